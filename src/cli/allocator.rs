//! glibc's allocator, told to give large blocks back to the system.
//!
//! It raises the size from which a block gets memory of its own whenever such a block is freed, up to 32 MiB. A daemon that
//! reads bodies of megabytes and builds trees of them then has all of these in its heaps, which shrink hardly ever: the
//! hostile web left it with twice what was in use (docs/decisions/0010). A fixed size prevents that, but can be set
//! without `unsafe` only by the environment, and that is read when a process starts.

/// Starts the program anew in this process with the allocator set, unless somebody has set it already.
///
/// Returns where nothing is to be done, and where the system refuses: then more memory is used, nothing else.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(super) fn settle() {
    use std::os::unix::process::CommandExt as _;
    /// mallopt(3), "Environment variables".
    const VARIABLE: &str = "MALLOC_MMAP_THRESHOLD_";
    /// Blocks from this size on get memory of their own.
    const THRESHOLD: usize = 1 << 20;
    if std::env::var_os(VARIABLE).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let mut again = std::process::Command::new(program);
    again.env(VARIABLE, THRESHOLD.to_string());
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    tracing::debug!(error = %again.args(arguments).exec(), "the allocator stays as it is");
}

/// Other systems' allocators give large blocks back.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(super) fn settle() {}
