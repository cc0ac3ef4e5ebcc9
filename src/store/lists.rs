//! What stands beside the row of an article: authors and tags, pictures, flags and live entries, links.
//!
//! Pictures, flags and live entries are the details: they follow the page while its words stay the same.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::Fault;
use super::headlines;
use super::prepare::Prepared;
use super::sql::{self, Connection};
use super::values::{clean, clean_owned, json, utc_text};
use crate::model::boilerplate::fingerprint;
use crate::model::{Article, Found, LiveEntry, PageId, Parsed};

/// The details of an article as they are stored.
pub(super) struct Details {
    /// Lists as JSON.
    pictures: String,
    flags: String,
    entries: String,
    /// Fingerprints of the paragraphs that were left out of the body, as JSON; `None`: none.
    pub(super) left_out: Option<String>,
    /// Over all of them and the lead picture.
    pub(super) hash: Vec<u8>,
}

/// A row of `images`: address, caption, credit.
#[derive(Serialize)]
struct PictureRow<'a>(&'a str, Option<String>, Option<String>);

/// A row of `article_flags`: kind, reason.
#[derive(Serialize)]
struct FlagRow(&'static str, String);

/// A row of `live_entries`: time, time as shown, heading, text.
#[derive(Serialize)]
struct EntryRow(Option<String>, String, Option<String>, String);

impl Details {
    pub(super) fn new(article: &Article, parsed: &Parsed) -> Details {
        let flags = article.flags.iter().map(|flag| FlagRow(flag.kind.as_str(), clean(&flag.reason).into_owned()));
        let flags: Vec<FlagRow> = flags.collect();
        let entries: Vec<EntryRow> = article.entries.iter().map(entry).collect();
        let (pictures, flags, entries) = (json(&pictures(article)), json(&flags), json(&entries));
        let left_out: Vec<i64> = parsed.left_out.iter().filter_map(|it| fingerprint(&it.text)).collect();
        let left_out = (!left_out.is_empty()).then(|| json(&left_out));
        let lead = article.image.as_ref().map_or("", |image| image.value.as_str());
        let mut hasher = Sha256::new();
        let lists = format!("[{pictures},{flags},{entries}]");
        for part in [lists.as_str(), left_out.as_deref().unwrap_or_default(), lead] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Details { pictures, flags, entries, left_out, hash: hasher.finalize()[..16].to_vec() }
    }
}

/// Pictures of page ?1's article, the list ?2. Here and below rows that are the same stay as they are.
const PICTURES: &str = "
insert into images (article_id, position, url, caption, credit)
select (select id from articles where page_id = ?1), j.key + 1, j.value ->> 0, j.value ->> 1, j.value ->> 2
from json_each(?2) j
where true
on conflict (article_id, position) do update set
  url = excluded.url, caption = excluded.caption, credit = excluded.credit
where (url, caption, credit) is not (excluded.url, excluded.caption, excluded.credit)";

/// Flags of page ?1's article, the list ?2.
const FLAGS: &str = "
insert into article_flags (article_id, flag, reason)
select (select id from articles where page_id = ?1), j.value ->> 0, j.value ->> 1
from json_each(?2) j
where true
on conflict (article_id, flag) do update set reason = excluded.reason
where reason <> excluded.reason";

/// Live entries of page ?1's article, the list ?2.
const ENTRIES: &str = "
insert into live_entries (article_id, position, at, at_raw, title, text)
select
  (select id from articles where page_id = ?1), j.key + 1, j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3
from json_each(?2) j
where true
on conflict (article_id, position) do update set
  at = excluded.at, at_raw = excluded.at_raw, title = excluded.title, text = excluded.text
where (at, at_raw, title, text) is not (excluded.at, excluded.at_raw, excluded.title, excluded.text)";

/// Drops the pictures, flags and live entries of page ?1's article that the lists ?2, ?3 and ?4 do not have.
const DROP_DETAILS: &str = "
delete from images
where article_id = (select id from articles where page_id = ?1)
  and position > json_array_length(?2);
delete from article_flags
where article_id = (select id from articles where page_id = ?1)
  and flag not in (select value ->> 0 from json_each(?3));
delete from live_entries
where article_id = (select id from articles where page_id = ?1)
  and position > json_array_length(?4)";

/// Authors of page ?1's article, the list ?2, which has none yet.
const AUTHORS: &str = "
insert into authors (name)
select value
from json_each(?2)
where true
on conflict (name) do nothing;
insert into article_authors (article_id, position, author_id)
select (select id from articles where page_id = ?1), j.key + 1, a.id
from json_each(?2) j
cross join authors a on a.name = j.value";

/// Tags of page ?1's article, the list ?2, which has none yet.
const TAGS: &str = "
insert into tags (name)
select value
from json_each(?2)
where true
on conflict (name) do nothing;
insert into article_tags (article_id, position, tag_id)
select (select id from articles where page_id = ?1), j.key + 1, t.id
from json_each(?2) j
cross join tags t on t.name = j.value";

/// Links of page ?1, the list ?2.
const LINKS: &str = "
insert into links (from_page_id, to_page_id, place, rel)
select ?1, p.id, j.value ->> 1, j.value ->> 2
from json_each(?2) j
cross join pages p on p.key_hash = j.value ->> '$[0][0]' and p.key = j.value ->> '$[0][1]'
where p.id <> ?1
on conflict (from_page_id, to_page_id) do nothing";

/// Stores the lists of a new article.
pub(super) fn store_new(conn: &Connection, p: &Prepared, details: &Details) -> Result<(), Fault> {
    let page = p.visit.claim.page;
    let article = p.visit.parsed.article.as_ref();
    store_details(conn, page, details)?;
    store(conn, AUTHORS, page, &json(&names(article.and_then(|article| article.authors.as_ref()))))?;
    store(conn, TAGS, page, &json(&names(article.and_then(|article| article.tags.as_ref()))))?;
    store(conn, LINKS, page, &json(&headlines::links(&p.visit)))
}

/// Stores the lists of a new version in place of the old ones.
pub(super) fn store_other(conn: &Connection, p: &Prepared, details: &Details) -> Result<(), Fault> {
    sql::query(
        "delete from article_authors where article_id = (select id from articles where page_id = ?1);
         delete from article_tags where article_id = (select id from articles where page_id = ?1)",
    )
    .bind(p.visit.claim.page.0)
    .execute(conn)?;
    drop_details(conn, p.visit.claim.page, details)?;
    store_new(conn, p, details)
}

fn store_details(conn: &Connection, page: PageId, details: &Details) -> Result<(), Fault> {
    store(conn, PICTURES, page, &details.pictures)?;
    store(conn, FLAGS, page, &details.flags)?;
    store(conn, ENTRIES, page, &details.entries)
}

fn drop_details(conn: &Connection, page: PageId, details: &Details) -> Result<(), Fault> {
    let query = sql::query(DROP_DETAILS).bind(page.0);
    query.bind(&details.pictures).bind(&details.flags).bind(&details.entries).execute(conn)?;
    Ok(())
}

/// Stores one list; most are empty.
fn store(conn: &Connection, sql: &'static str, page: PageId, list: &str) -> Result<(), Fault> {
    if list != "[]" {
        sql::query(sql).bind(page.0).bind(list).execute(conn)?;
    }
    Ok(())
}

/// Brings the details of an article up to date whose words are the same.
pub(super) fn refresh(conn: &Connection, p: &Prepared, article: &Article, details: &Details) -> Result<(), Fault> {
    let page = p.visit.claim.page;
    drop_details(conn, page, details)?;
    store_details(conn, page, details)?;
    sql::query("update articles set image_url = ?2, left_out = ?3, details_hash = ?4 where page_id = ?1")
        .bind(page.0)
        .bind(article.image.as_ref().map(|image| image.value.as_str()))
        .bind(&details.left_out)
        .bind(&details.hash)
        .execute(conn)?;
    Ok(())
}

/// Names as they are stored.
pub(super) fn names(found: Option<&Found<Vec<String>>>) -> Vec<String> {
    let values = found.map(|found| found.value.as_slice()).unwrap_or_default();
    values.iter().map(|value| clean(value).into_owned()).collect()
}

/// The pictures as rows; an article whose picture is only known by its address has that one.
fn pictures(article: &Article) -> Vec<PictureRow<'_>> {
    if article.pictures.is_empty() {
        return article.image.iter().map(|lead| PictureRow(lead.value.as_str(), None, None)).collect();
    }
    let rows = article
        .pictures
        .iter()
        .map(|it| PictureRow(it.url.as_str(), clean_owned(it.caption.as_deref()), clean_owned(it.credit.as_deref())));
    rows.collect()
}

fn entry(entry: &LiveEntry) -> EntryRow {
    let at = entry.at.as_ref().map(|when| utc_text(when.at));
    EntryRow(at, clean(&entry.raw).into_owned(), clean_owned(entry.title.as_deref()), clean(&entry.text).into_owned())
}
