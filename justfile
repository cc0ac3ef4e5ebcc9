# Thin names for plain commands; README gives them too. `just` is optional.

# a small newspaper on loopback, crawled end to end
demo:
    cargo run --release -- demo

# the tests, or those whose name contains NAME
test name="":
    cargo test --release {{name}}

lint:
    cargo fmt --check
    cargo clippy --release --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --release --no-deps

# all of CI
check:
    bash .ci/run

# the longer checks, run by hand
nightly:
    bash .ci/nightly
