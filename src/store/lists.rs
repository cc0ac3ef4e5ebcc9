//! What stands beside the row of an article: authors and tags, pictures, flags and live entries, links.
//!
//! Pictures, flags and live entries are the details: they follow the page while its words stay the same.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::Fault;
use super::keys;
use super::prepare::Prepared;
use super::sql::{self, Connection};
use super::values::{clean, clean_owned, json, utc_text};
use crate::model::boilerplate::fingerprint;
use crate::model::{Article, Found, LiveEntry, PageKind, Parsed, Place};

/// The details of an article as they are stored.
pub(super) struct Details {
    pictures: Vec<PictureRow>,
    flags: Vec<FlagRow>,
    entries: Vec<EntryRow>,
    /// Fingerprints of the paragraphs that were left out of the body, as JSON; `None`: none.
    pub(super) left_out: Option<String>,
    /// Over all of them and the lead picture.
    pub(super) hash: Vec<u8>,
}

/// A row of `images`: address, caption, credit.
#[derive(Serialize)]
struct PictureRow(String, Option<String>, Option<String>);

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
        let pictures = pictures(article);
        let left_out: Vec<i64> = parsed.left_out.iter().filter_map(|it| fingerprint(&it.text)).collect();
        let left_out = (!left_out.is_empty()).then(|| json(&left_out));
        let lead = article.image.as_ref().map_or("", |image| image.value.as_str());
        let mut hasher = Sha256::new();
        let lists = json(&(&pictures, &flags, &entries));
        for part in [lists.as_str(), left_out.as_deref().unwrap_or_default(), lead] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Details { pictures, flags, entries, left_out, hash: hasher.finalize()[..16].to_vec() }
    }
}

/// A picture of an article. Here and below rows that are the same stay as they are.
const PICTURE: &str = "
insert into images (article_id, position, url, caption, credit)
values (?1, ?2, ?3, ?4, ?5)
on conflict (article_id, position) do update set
  url = excluded.url, caption = excluded.caption, credit = excluded.credit
where (url, caption, credit) is not (excluded.url, excluded.caption, excluded.credit)";

/// A flag of an article.
const FLAG: &str = "
insert into article_flags (article_id, flag, reason)
values (?1, ?2, ?3)
on conflict (article_id, flag) do update set reason = excluded.reason
where reason <> excluded.reason";

/// A live entry of an article.
const ENTRY: &str = "
insert into live_entries (article_id, position, at, at_raw, title, text)
values (?1, ?2, ?3, ?4, ?5, ?6)
on conflict (article_id, position) do update set
  at = excluded.at, at_raw = excluded.at_raw, title = excluded.title, text = excluded.text
where (at, at_raw, title, text) is not (excluded.at, excluded.at_raw, excluded.title, excluded.text)";

/// Drops what an article has beyond ?2 pictures, the flags of the list ?3 and ?4 live entries.
const DROP_DETAILS: &str = "
delete from images where article_id = ?1 and position > ?2;
delete from article_flags where article_id = ?1 and flag not in (select value ->> 0 from json_each(?3));
delete from live_entries where article_id = ?1 and position > ?4";

/// An author by name, and an article's author.
const AUTHORS: [&str; 2] = [
    "insert into authors (name) values (?1) on conflict (name) do nothing",
    "insert into article_authors (article_id, position, author_id)
     values (?1, ?2, (select id from authors where name = ?3))",
];

/// A tag by name, and an article's tag.
const TAGS: [&str; 2] = [
    "insert into tags (name) values (?1) on conflict (name) do nothing",
    "insert into article_tags (article_id, position, tag_id)
     values (?1, ?2, (select id from tags where name = ?3))",
];

/// A link from a page to another.
const LINK: &str = "
insert into links (from_page_id, to_page_id, place, rel)
values (?1, ?2, ?3, ?4)
on conflict (from_page_id, to_page_id) do nothing";

/// Stores the lists of a new article, whose number is `id`.
pub(super) fn store_new(
    conn: &Connection,
    p: &Prepared,
    id: i64,
    article: &Article,
    details: &Details,
) -> Result<(), Fault> {
    store_details(conn, id, details)?;
    store_names(conn, AUTHORS, id, &names(article.authors.as_ref()))?;
    store_names(conn, TAGS, id, &names(article.tags.as_ref()))?;
    store_links(conn, p)
}

/// Stores the lists of a new version in place of the old ones.
pub(super) fn store_other(
    conn: &Connection,
    p: &Prepared,
    id: i64,
    article: &Article,
    details: &Details,
) -> Result<(), Fault> {
    sql::query("delete from article_authors where article_id = ?1; delete from article_tags where article_id = ?1")
        .bind(id)
        .execute(conn)?;
    drop_details(conn, id, details)?;
    store_new(conn, p, id, article, details)
}

/// Brings the details of an article up to date whose words are the same.
pub(super) fn refresh(conn: &Connection, id: i64, article: &Article, details: &Details) -> Result<(), Fault> {
    drop_details(conn, id, details)?;
    store_details(conn, id, details)?;
    sql::query("update articles set image_url = ?2, left_out = ?3, details_hash = ?4 where id = ?1")
        .bind(id)
        .bind(article.image.as_ref().map(|image| image.value.as_str()))
        .bind(&details.left_out)
        .bind(&details.hash)
        .execute(conn)?;
    Ok(())
}

fn store_details(conn: &Connection, article: i64, details: &Details) -> Result<(), Fault> {
    let (mut picture, mut flag_row, mut entry) = (conn.prepare(PICTURE)?, conn.prepare(FLAG)?, conn.prepare(ENTRY)?);
    for (position, PictureRow(url, caption, credit)) in (1..).zip(&details.pictures) {
        picture.run((article, position, url, caption, credit))?;
    }
    for FlagRow(flag, reason) in &details.flags {
        flag_row.run((article, flag, reason))?;
    }
    for (position, EntryRow(at, raw, title, text)) in (1..).zip(&details.entries) {
        entry.run((article, position, at, raw, title, text))?;
    }
    Ok(())
}

fn drop_details(conn: &Connection, article: i64, details: &Details) -> Result<(), Fault> {
    let Details { pictures, flags, entries, left_out: _, hash: _ } = details;
    let query = sql::query(DROP_DETAILS).bind(article);
    query.bind(pictures.len() as i64).bind(json(flags)).bind(entries.len() as i64).execute(conn)?;
    Ok(())
}

/// Stores the names of an article that has none yet.
fn store_names(conn: &Connection, [name, of_article]: [&str; 2], article: i64, names: &[String]) -> Result<(), Fault> {
    let (mut name, mut of_article) = (conn.prepare(name)?, conn.prepare(of_article)?);
    for (position, text) in (1..).zip(names) {
        name.run([text])?;
        of_article.run((article, position, text))?;
    }
    Ok(())
}

/// Stores to which known pages an article leads, from its text or the boxes beside it.
fn store_links(conn: &Connection, p: &Prepared) -> Result<(), Fault> {
    let visit = &p.visit;
    if visit.plan.kind != PageKind::Article {
        return Ok(());
    }
    let page = visit.claim.page;
    let links = visit.parsed.discovered.iter().filter(|link| matches!(link.place, Place::Main | Place::Aside));
    let mut row = conn.prepare(LINK)?;
    for link in links {
        if let Some(target) = keys::find(conn, &link.url.key())?.filter(|target| *target != page) {
            row.run((page.0, target.0, link.place.as_str(), link.rel.text()))?;
        }
    }
    Ok(())
}

/// Names as they are stored.
pub(super) fn names(found: Option<&Found<Vec<String>>>) -> Vec<String> {
    let values = found.map(|found| found.value.as_slice()).unwrap_or_default();
    values.iter().map(|value| clean(value).into_owned()).collect()
}

/// The pictures as rows; an article whose picture is only known by its address has that one.
fn pictures(article: &Article) -> Vec<PictureRow> {
    if article.pictures.is_empty() {
        return article.image.iter().map(|lead| PictureRow(lead.value.to_string(), None, None)).collect();
    }
    let rows = article.pictures.iter().map(|it| {
        PictureRow(it.url.to_string(), clean_owned(it.caption.as_deref()), clean_owned(it.credit.as_deref()))
    });
    rows.collect()
}

fn entry(entry: &LiveEntry) -> EntryRow {
    let at = entry.at.as_ref().map(|when| utc_text(when.at));
    EntryRow(at, clean(&entry.raw).into_owned(), clean_owned(entry.title.as_deref()), clean(&entry.text).into_owned())
}
