//! Migrations are embedded by a macro, which does not see a new file by itself; and tests of costs ask whether they measure
//! an optimised build.
fn main() {
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!("cargo::rustc-env=BUILD_OPT_LEVEL={level}");
    println!("cargo::rerun-if-changed=migrations");
}
