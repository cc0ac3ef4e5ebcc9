//! Bytes to facts. Pure, total, synchronous: junk gives an empty answer and a warning, never an error or a panic.
//!
//! No I/O, no clock, no async; what a function needs to know of time arrives as an argument.

pub mod dates;
pub mod decode;
pub mod feed;
pub mod language;
pub mod sitemap;
pub mod sniff;
mod xml;
