//! murasil (مراسل, "correspondent"): a polite news crawler and scraper.
//!
//! **frontier decides, fetch acts, parse understands, store remembers, crawl conducts, serve answers.**
//! A reader who knows this sentence can guess the file for any question. [`model`] is the vocabulary that the
//! six share, [`config`] is what the operator told us. `docs/ARCHITECTURE.md` draws the whole.

pub mod cli;
pub mod config;
pub mod crawl;
pub mod daemon;
pub mod demo;
pub mod export;
pub mod fetch;
pub mod frontier;
pub mod model;
pub mod parse;
pub mod store;
