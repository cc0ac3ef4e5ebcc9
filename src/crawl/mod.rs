//! The loop: claim, fetch, understand, decide, remember.

pub mod extract;
