//! Headlines and where they stood.

use sha2::{Digest, Sha256};

use super::error::Fault;
use super::prepare::Prepared;
use super::values::clean;
use super::writer::Writer;
use crate::model::{Headline, HeadlineRole};

/// Stores what the page showed; gives the number of headlines that were not known before.
pub(super) fn record(w: &mut Writer, p: &Prepared, site: i64) -> Result<u32, Fault> {
    let headlines = &p.visit.parsed.headlines;
    if headlines.is_empty() {
        return Ok(0);
    }
    let page = p.visit.claim.page;
    let has_ticker = headlines.iter().any(|headline| headline.role == HeadlineRole::Ticker);
    // A ticker is printed on every page of a site: it belongs to the front page, not to each article.
    let front = if has_ticker { w.names.front(&w.conn, site)?.unwrap_or(page) } else { page };
    let mut unknown = w.conn.prepare(
        "insert into headlines (fingerprint, text, target_url, first_seen_at)
         values (?1, ?2, ?3, ?4)
         on conflict (fingerprint) do nothing",
    )?;
    // The same list again moves times and positions only; the same visit again changes nothing.
    let mut sighting = w.conn.prepare(
        "insert into headline_sightings (
           page_id, role, headline_id, first_seen_at, last_seen_at, first_position, last_position)
         values (?1, ?2, (select id from headlines where fingerprint = ?3), ?4, ?4, ?5, ?5)
         on conflict (page_id, role, headline_id) do update set
           last_seen_at = excluded.last_seen_at,
           last_position = excluded.last_position,
           times_seen = times_seen + 1
         where excluded.last_seen_at > last_seen_at",
    )?;
    let mut inserted = 0;
    for Headline { text, target, role, position } in headlines.iter().filter(|headline| !headline.text.is_empty()) {
        let source = if *role == HeadlineRole::Ticker { front } else { page };
        let text = clean(text);
        let fingerprint = fingerprint(&text, target.as_str());
        // Most of a page's stood on others before it.
        if w.names.is_new_headline(fingerprint) {
            inserted += unknown.run((fingerprint, text.as_ref(), target.as_str(), &p.at))?;
        }
        sighting.run((source.0, role.as_str(), fingerprint, &p.at, position))?;
    }
    Ok(u32::try_from(inserted).unwrap_or(u32::MAX))
}

/// Identity of a headline: 64 bits of SHA-256 over text and target, which are parted by a byte that neither holds.
fn fingerprint(text: &str, target: &str) -> i64 {
    let digest = Sha256::new().chain_update(text).chain_update([0]).chain_update(target).finalize();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(bytes)
}
