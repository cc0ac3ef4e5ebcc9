//! Parse arguments, run, turn the result into an exit code.

use std::process::ExitCode;

/// Gives memory back to the system once a large page is read; glibc's allocator holds on to it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    murasil::cli::main()
}
