//! What a sitemap may say: for whom, how deep, and whether its dates of change are believed.

use crate::model::{Claim, Host, LastmodRecord, PageUrl, Parsed};

/// Links between a seed and a sitemap: an index of indexes of indexes is deep enough.
pub(super) const MAX_DEPTH: u16 = 4;
/// Sitemaps that enter from one index.
pub(super) const MAX_MAPS: usize = 1_000;
/// Sitemaps that enter from one robots.txt.
pub(super) const MAX_NAMED: usize = 500;
/// Right claims of change before a sitemap's dates are believed.
const PROVEN: u32 = 3;

/// Whether the claimed sitemap may name pages of an address's host: its own, or one whose robots.txt names the sitemap.
///
/// # Source
/// sitemaps.org, "Sitemaps & Cross Submits".
pub(super) fn speaks_for(claim: &Claim, url: &PageUrl) -> bool {
    let host = url.host();
    bare(&host) == bare(&claim.url.host()) || claim.history.source.vouched_by.contains(&host)
}

fn bare(host: &Host) -> &str {
    host.as_str().strip_prefix("www.").unwrap_or(host.as_str())
}

/// Whether pages that a sitemap says have changed are visited soon.
pub(super) fn steers(claim: &Claim, parsed: &Parsed) -> bool {
    let LastmodRecord { right, wrong } = claim.history.source.lastmod;
    !parsed.lastmods.uniform && !parsed.lastmods.dates.is_empty() && right >= PROVEN && wrong.saturating_mul(3) <= right
}
