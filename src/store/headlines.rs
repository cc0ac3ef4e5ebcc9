//! Headlines and where they stood, and which article links to which page.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::Fault;
use super::keys::Sought;
use super::prepare::Prepared;
use super::sql;
use super::values::{clean, json};
use super::writer::Writer;
use crate::model::{Headline, HeadlineRole, PageId, PageKind, Place, Visit};

/// A headline in the order that both statements read.
#[derive(Serialize)]
struct Row<'a>(
    /* fingerprint */ i64,
    /* text */ std::borrow::Cow<'a, str>,
    /* target_url */ &'a str,
    /* source page */ i64,
    /* role */ &'a str,
    /* position */ u32,
);

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
    let rows: Vec<Row> =
        headlines.iter().filter(|headline| !headline.text.is_empty()).map(|h| row(h, page, front)).collect();
    let inserted = insert(w, &rows, &p.at)?;
    // The same list again moves times and positions only; the same visit again changes nothing.
    sql::query(
        "insert into headline_sightings (
           page_id, role, headline_id, first_seen_at, last_seen_at, first_position, last_position)
         select j.value ->> 3, j.value ->> 4, h.id, ?2, ?2, j.value ->> 5, j.value ->> 5
         from json_each(?1) j
         cross join headlines h on h.fingerprint = j.value ->> 0
         where true
         on conflict (page_id, role, headline_id) do update set
           last_seen_at = excluded.last_seen_at,
           last_position = excluded.last_position,
           times_seen = times_seen + 1
         where excluded.last_seen_at > last_seen_at",
    )
    .bind(json(&rows))
    .bind(&p.at)
    .execute(&w.conn)?;
    Ok(inserted)
}

/// Stores the headlines that are new; gives their number. Most of a page's stood on others before it.
fn insert(w: &mut Writer, rows: &[Row<'_>], at: &str) -> Result<u32, Fault> {
    let unknown: Vec<&Row> = rows.iter().filter(|row| w.names.is_new_headline(row.0)).collect();
    if unknown.is_empty() {
        return Ok(0);
    }
    let inserted = sql::query(
        "insert into headlines (fingerprint, text, target_url, first_seen_at)
         select value ->> 0, value ->> 1, value ->> 2, ?2
         from json_each(?1)
         where true
         on conflict (fingerprint) do nothing",
    )
    .bind(json(&unknown))
    .bind(at)
    .execute(&w.conn)?;
    Ok(u32::try_from(inserted).unwrap_or(u32::MAX))
}

/// Keys of the pages that an article links to, from its text or the boxes beside it, with the place and what
/// the link says of it.
pub(super) fn links(visit: &Visit) -> Vec<(Sought, &'static str, Option<String>)> {
    if visit.plan.kind != PageKind::Article {
        return Vec::new();
    }
    let links = visit.parsed.discovered.iter().filter(|link| matches!(link.place, Place::Main | Place::Aside));
    links.map(|link| (Sought::new(&link.url), link.place.as_str(), link.rel.text())).collect()
}

fn row(headline: &Headline, page: PageId, front: PageId) -> Row<'_> {
    let Headline { text, target, role, position } = headline;
    let source = if *role == HeadlineRole::Ticker { front } else { page };
    let text = clean(text);
    Row(fingerprint(&text, target.as_str()), text, target.as_str(), source.0, role.as_str(), *position)
}

/// Identity of a headline: 64 bits of SHA-256 over text and target, which are parted by a byte that neither holds.
fn fingerprint(text: &str, target: &str) -> i64 {
    let digest = Sha256::new().chain_update(text).chain_update([0]).chain_update(target).finalize();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(bytes)
}
