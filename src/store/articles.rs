//! Articles and their versions. An article is what its fields say: the same fields are the same version.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};

use super::error::Fault;
use super::prepare::{Prepared, PreparedArticle, SearchText};
use super::values::{clean, clean_owned, json, utc_text};
use super::writer::Writer;
use super::{ArticleChange, archive, headlines};
use crate::model::{
    Article, ArticleHash, Direction, Extractor, Found, LiveEntry, NextVisit, Outcome, PageUrl, Picture, Retired, When,
};

/// The fields of an article as its row keeps them.
struct Fields {
    title: Option<String>,
    subtitle: Option<String>,
    kicker: Option<String>,
    authors: Vec<String>,
    agency: Option<String>,
    dateline: Option<String>,
    publisher: Option<String>,
    /// As the page tells it.
    published: Option<String>,
    published_at: Option<String>,
    published_day: Option<String>,
    published_precision: Option<&'static str>,
    published_raw: Option<String>,
    published_source: Option<&'static str>,
    published_offset_minutes: Option<i32>,
    modified_at: Option<String>,
    language: Option<String>,
    section: Option<String>,
    tags: Vec<String>,
    body: Option<String>,
    body_html: Option<String>,
    direction: Option<&'static str>,
    word_count: i64,
    image_url: Option<String>,
    canonical_url: Option<String>,
    amp_url: Option<String>,
    source_url: Option<String>,
    source_id: Option<String>,
    /// Kind and reason of each.
    flags: Vec<(&'static str, String)>,
    /// Address, caption and credit of each.
    pictures: Vec<(String, Option<String>, Option<String>)>,
    /// Time, time as shown, heading and text of each.
    entries: Vec<(Option<String>, String, Option<String>, String)>,
    /// JSON object.
    found_by: String,
}

/// The article that a page already has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) hash: Vec<u8>,
    /// Number of its current version.
    pub(super) version: i64,
}

/// Names of the compared fields, in the order of [`Fields::compared`].
const COMPARED: [&str; 8] = ["title", "subtitle", "authors", "publisher", "published", "section", "body", "source_url"];

/// Stores what the visit says about its article.
pub(super) async fn record(
    w: &mut Writer,
    p: &Prepared,
    site: i64,
    known: Option<&Known>,
) -> Result<ArticleChange, Fault> {
    let page = p.visit.claim.page.0;
    let (Some(prepared), Some(article)) = (&p.article, &p.visit.parsed.article) else {
        touch(&mut w.conn, p).await?;
        return Ok(ArticleChange::None);
    };
    if p.visit.claim.history.article == Some(prepared.hash) && confirm(&mut w.conn, page, &p.at).await? {
        return Ok(ArticleChange::Unchanged);
    }
    let row = Fields::new(article)?;
    let Some(known) = known else {
        let raw = keep_raw(w, p, prepared).await?;
        store(&mut w.conn, INSERT, p, &row, prepared.hash, site, "", raw).await?;
        store_lists(&mut w.conn, NEW_LISTS, p, &row).await?;
        store_search(w, article, prepared, page)?;
        return Ok(ArticleChange::New);
    };
    let changed = differences(&current_fields(&mut w.conn, page).await?, &row.compared());
    if known.hash == prepared.hash.0 || changed.is_empty() {
        confirm(&mut w.conn, page, &p.at).await?;
        return Ok(ArticleChange::Unchanged);
    }
    let raw = keep_raw(w, p, prepared).await?;
    store(&mut w.conn, UPDATE, p, &row, prepared.hash, known.version + 1, &changed, raw).await?;
    store_lists(&mut w.conn, OTHER_LISTS, p, &row).await?;
    store_search(w, article, prepared, page)?;
    Ok(ArticleChange::Changed)
}

async fn keep_raw(w: &mut Writer, p: &Prepared, prepared: &PreparedArticle) -> Result<Option<i64>, Fault> {
    match &prepared.raw {
        Some(raw) => archive::keep(w, p, raw).await,
        None => Ok(None),
    }
}

/// A visit without an article may still say that a stored one is there (304) or gone.
async fn touch(conn: &mut SqliteConnection, p: &Prepared) -> Result<(), Fault> {
    if p.visit.claim.history.article.is_none() {
        return Ok(());
    }
    if let Outcome::NotModified { .. } = p.visit.fetched.outcome {
        confirm(conn, p.visit.claim.page.0, &p.at).await?;
    } else if p.visit.plan.next == NextVisit::Never(Retired::Gone) {
        sqlx::query("update articles set removed_at = coalesce(removed_at, ?2) where page_id = ?1")
            .bind(p.visit.claim.page.0)
            .bind(&p.at)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The article is there, as it was. False if none is stored.
async fn confirm(conn: &mut SqliteConnection, page: i64, at: &str) -> Result<bool, Fault> {
    let done = sqlx::query("update articles set fetched_at = ?2, removed_at = null where page_id = ?1")
        .bind(page)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// The compared fields of the current version; `None` each for what it has not.
async fn current_fields(conn: &mut SqliteConnection, page: i64) -> Result<Vec<Option<String>>, Fault> {
    let row = sqlx::query(
        "select v.title, v.subtitle, v.authors, v.publisher, v.published, v.section, v.body, v.source_url
         from articles a
         join article_versions v on v.article_id = a.id and v.version = a.version
         where a.page_id = ?1",
    )
    .bind(page)
    .fetch_one(conn)
    .await?;
    Ok((0..COMPARED.len()).map(|column| row.get(column)).collect())
}

/// Names of the fields that differ, comma-separated.
fn differences(before: &[Option<String>], after: &[Option<String>]) -> String {
    let differing = COMPARED.iter().zip(before.iter().zip(after)).filter(|(_, (before, after))| before != after);
    differing.map(|(name, _)| *name).collect::<Vec<_>>().join(",")
}

/// The current state of an article as a new version of it: the second statement of [`INSERT`] and [`UPDATE`].
///
/// sqlx binds parameters by their number, but gives a parameter to every number that a statement skips, too. That is
/// harmless as long as the statements of one call together skip no more numbers than it has parameters.
macro_rules! version_sql {
    () => {
        "insert into article_versions (
           article_id, version, seen_at, changed, title, subtitle, authors, publisher, published, section, body,
           source_url, raw_page_id)
         select id, version, ?23, ?24, ?3, ?4, ?25, ?5, ?26, ?14, ?15, ?19, ?27
         from articles
         where page_id = ?1"
    };
}

/// A new article; ?2 is its site.
const INSERT: &str = concat!(
    "insert into articles (
       page_id, site_id, title, subtitle, publisher, published_at, published_day, published_precision,
       published_raw, published_source, published_offset_minutes, modified_at, language, section, body, word_count,
       image_url, canonical_url, source_url, source_id, found_by, hash, version, first_seen_at, fetched_at,
       changed_at, kicker, agency, dateline, body_html, direction, amp_url)
     values (
       ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, 1, ?23,
       ?23, ?23, ?28, ?29, ?30, ?31, ?32,
       ?33);",
    version_sql!()
);

/// A changed article; ?2 is the number of its version.
const UPDATE: &str = concat!(
    "update articles
     set
       version = ?2, title = ?3, subtitle = ?4, publisher = ?5, published_at = ?6, published_day = ?7,
       published_precision = ?8, published_raw = ?9, published_source = ?10, published_offset_minutes = ?11,
       modified_at = ?12, language = ?13, section = ?14, body = ?15, word_count = ?16, image_url = ?17,
       canonical_url = ?18, source_url = ?19, source_id = ?20, found_by = ?21, hash = ?22, fetched_at = ?23,
       changed_at = ?23, removed_at = null, kicker = ?28, agency = ?29, dateline = ?30,
       body_html = ?31, direction = ?32, amp_url = ?33
     where page_id = ?1;",
    version_sql!()
);

/// Runs [`INSERT`] or [`UPDATE`].
#[allow(clippy::too_many_arguments)] // Both statements take exactly these.
async fn store(
    conn: &mut SqliteConnection,
    sql: &'static str,
    p: &Prepared,
    row: &Fields,
    hash: ArticleHash,
    second: i64,
    changed: &str,
    raw_page: Option<i64>,
) -> Result<(), Fault> {
    sqlx::query(sql)
        .bind(p.visit.claim.page.0)
        .bind(second)
        .bind(&row.title)
        .bind(&row.subtitle)
        .bind(&row.publisher)
        .bind(&row.published_at)
        .bind(&row.published_day)
        .bind(row.published_precision)
        .bind(&row.published_raw)
        .bind(row.published_source)
        .bind(row.published_offset_minutes)
        .bind(&row.modified_at)
        .bind(&row.language)
        .bind(&row.section)
        .bind(&row.body)
        .bind(row.word_count)
        .bind(&row.image_url)
        .bind(&row.canonical_url)
        .bind(&row.source_url)
        .bind(&row.source_id)
        .bind(&row.found_by)
        .bind(hash.0.as_slice())
        .bind(&p.at)
        .bind(changed)
        .bind(row.author_lines())
        .bind(&row.published)
        .bind(raw_page)
        .bind(&row.kicker)
        .bind(&row.agency)
        .bind(&row.dateline)
        .bind(&row.body_html)
        .bind(row.direction)
        .bind(&row.amp_url)
        .execute(conn)
        .await?;
    Ok(())
}

/// Links, authors, tags, pictures, flags and live entries of page ?1's article: ?2 is a list of five lists, ?3 the links.
macro_rules! lists_sql {
    () => {
        "insert into authors (name)
         select value
         from json_each(?2, '$[0]')
         where true
         on conflict (name) do nothing;
         insert into article_authors (article_id, position, author_id)
         select (select id from articles where page_id = ?1), j.key + 1, a.id
         from json_each(?2, '$[0]') j
         cross join authors a on a.name = j.value;
         insert into tags (name)
         select value
         from json_each(?2, '$[1]')
         where true
         on conflict (name) do nothing;
         insert into article_tags (article_id, position, tag_id)
         select (select id from articles where page_id = ?1), j.key + 1, t.id
         from json_each(?2, '$[1]') j
         cross join tags t on t.name = j.value;
         insert into images (article_id, position, url, caption, credit)
         select (select id from articles where page_id = ?1), j.key + 1, j.value ->> 0, j.value ->> 1, j.value ->> 2
         from json_each(?2, '$[2]') j;
         insert into article_flags (article_id, flag, reason)
         select (select id from articles where page_id = ?1), j.value ->> 0, j.value ->> 1
         from json_each(?2, '$[3]') j;
         insert into live_entries (article_id, position, at, at_raw, title, text)
         select
           (select id from articles where page_id = ?1), j.key + 1, j.value ->> 0, j.value ->> 1, j.value ->> 2,
           j.value ->> 3
         from json_each(?2, '$[4]') j;
         insert into links (from_page_id, to_page_id, place, rel)
         select ?1, p.id, j.value ->> 1, j.value ->> 2
         from json_each(?3) j
         cross join pages p on p.key_hash = j.value ->> '$[0][0]' and p.key = j.value ->> '$[0][1]'
         where p.id <> ?1
         on conflict (from_page_id, to_page_id) do nothing"
    };
}

/// Lists of a new article.
const NEW_LISTS: &str = lists_sql!();

/// Lists of a new version, in place of the old ones.
const OTHER_LISTS: &str = concat!(
    "delete from article_authors where article_id = (select id from articles where page_id = ?1);
     delete from article_tags where article_id = (select id from articles where page_id = ?1);
     delete from images where article_id = (select id from articles where page_id = ?1);
     delete from article_flags where article_id = (select id from articles where page_id = ?1);
     delete from live_entries where article_id = (select id from articles where page_id = ?1);",
    lists_sql!()
);

/// Runs [`NEW_LISTS`] or [`OTHER_LISTS`].
async fn store_lists(conn: &mut SqliteConnection, sql: &'static str, p: &Prepared, row: &Fields) -> Result<(), Fault> {
    let lists = (&row.authors, &row.tags, &row.pictures, &row.flags, &row.entries);
    sqlx::query(sql)
        .bind(p.visit.claim.page.0)
        .bind(json(&lists)?)
        .bind(json(&headlines::links(&p.visit))?)
        .execute(conn)
        .await?;
    Ok(())
}

fn store_search(w: &mut Writer, article: &Article, prepared: &PreparedArticle, page: i64) -> Result<(), Fault> {
    match &prepared.search {
        Some(text) => w.search.add(page, text),
        // The claim knew these fields, but its row is gone or was changed since.
        None => w.search.add(page, &SearchText::new(article)),
    }
}

impl Fields {
    fn new(article: &Article) -> Result<Fields, sqlx::Error> {
        let Article {
            title,
            subtitle,
            kicker,
            authors,
            agency,
            dateline,
            publisher,
            published,
            modified,
            language,
            section,
            tags,
            body: _,
            body_html,
            image,
            canonical,
            amp,
            source,
            source_id,
            flags,
            pictures,
            entries,
        } = article;
        let when = published.as_ref().map(|found| &found.value);
        Ok(Fields {
            title: text(title.as_ref()),
            subtitle: text(subtitle.as_ref()),
            kicker: text(kicker.as_ref()),
            authors: list(authors.as_ref()),
            agency: text(agency.as_ref()),
            dateline: text(dateline.as_ref()),
            publisher: text(publisher.as_ref()),
            published: when.map(ToString::to_string),
            published_at: when.map(|when| utc_text(when.at)),
            published_day: when.map(|when| when.day.to_string()),
            published_precision: when.map(|when| when.precision.as_str()),
            published_raw: clean_owned(when.map(|when| when.raw.as_str())),
            published_source: published.as_ref().map(|found| found.by.as_str()),
            published_offset_minutes: when.and_then(When::stated_offset_minutes),
            modified_at: modified.as_ref().map(|found| utc_text(found.value.at)),
            language: text(language.as_ref()),
            section: text(section.as_ref()),
            tags: list(tags.as_ref()),
            body: clean_owned(article.body_text().as_deref()),
            body_html: clean_owned(body_html.as_deref()),
            direction: article.direction().map(Direction::as_str),
            word_count: article.word_count() as i64,
            image_url: address(image.as_ref()),
            canonical_url: address(canonical.as_ref()),
            amp_url: address(amp.as_ref()),
            source_url: address(source.as_ref()),
            source_id: text(source_id.as_ref()),
            flags: flags.iter().map(|flag| (flag.kind.as_str(), clean(&flag.reason).into_owned())).collect(),
            pictures: stored_pictures(pictures, image.as_ref()),
            entries: entries.iter().map(stored_entry).collect(),
            found_by: json(&provenance(article))?,
        })
    }

    /// Authors as versions keep them; `None` without any.
    fn author_lines(&self) -> Option<String> {
        (!self.authors.is_empty()).then(|| self.authors.join("\n"))
    }

    /// The fields in the order of [`COMPARED`].
    fn compared(&self) -> Vec<Option<String>> {
        vec![
            self.title.clone(),
            self.subtitle.clone(),
            self.author_lines(),
            self.publisher.clone(),
            self.published.clone(),
            self.section.clone(),
            self.body.clone(),
            self.source_url.clone(),
        ]
    }
}

/// The pictures as rows; an article whose picture is only known by its address has that one.
fn stored_pictures(
    pictures: &[Picture],
    lead: Option<&Found<PageUrl>>,
) -> Vec<(String, Option<String>, Option<String>)> {
    if pictures.is_empty() {
        return lead.map(|lead| (lead.value.as_str().to_owned(), None, None)).into_iter().collect();
    }
    let row = |it: &Picture| {
        (it.url.as_str().to_owned(), clean_owned(it.caption.as_deref()), clean_owned(it.credit.as_deref()))
    };
    pictures.iter().map(row).collect()
}

fn stored_entry(entry: &LiveEntry) -> (Option<String>, String, Option<String>, String) {
    let at = entry.at.as_ref().map(|when| utc_text(when.at));
    (at, clean(&entry.raw).into_owned(), clean_owned(entry.title.as_deref()), clean(&entry.text).into_owned())
}

fn text(found: Option<&Found<String>>) -> Option<String> {
    clean_owned(found.map(|found| found.value.as_str()))
}

fn list(found: Option<&Found<Vec<String>>>) -> Vec<String> {
    let values = found.map(|found| found.value.as_slice()).unwrap_or_default();
    values.iter().filter_map(|value| clean_owned(Some(value))).collect()
}

fn address(found: Option<&Found<PageUrl>>) -> Option<String> {
    found.map(|found| found.value.as_str().to_owned())
}

/// Field → "extractor rule", for every field that was found.
fn provenance(article: &Article) -> BTreeMap<&'static str, String> {
    let note = |by: Extractor, rule: &str| clean(&format!("{} {rule}", by.as_str())).into_owned();
    article.found_by().into_iter().map(|(field, by, rule)| (field, note(by, rule))).collect()
}
