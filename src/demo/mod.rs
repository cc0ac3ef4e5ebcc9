//! A small generated newspaper web on loopback, for `murasil demo` and for tests.
//!
//! Six papers, each a `Host` of its own: an Arabic aggregator with a ticker, an Arabic paper in windows-1256, an
//! English one with JSON-LD, a French one with OpenGraph, one with only a feed and a sitemap, one with things to
//! refuse. All text is invented here. The server keeps a log of arrivals, from which politeness is judged.
//! This module never fetches, parses or stores; `tests/demo_web.rs` shows it in use.

mod dice;
mod edition;
mod papers;
pub mod report;
mod server;
mod web;
mod words;

pub use web::{Arrival, Expected, Fault, Paper, Web, WebOptions};
