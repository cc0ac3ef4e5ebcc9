//! One file a verb (or a family of verbs): prints; no logic that another caller could want.

pub mod extract;
