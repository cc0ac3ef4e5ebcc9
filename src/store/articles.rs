//! Articles and their versions. An article is what its fields say: the same fields are the same version.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};

use super::error::Fault;
use super::prepare::{Prepared, PreparedArticle, SearchText};
use super::values::{clean_owned, json, utc_text};
use super::writer::Writer;
use super::{ArticleChange, archive};
use crate::model::{Article, ArticleHash, Found, NextVisit, Outcome, PageUrl, Retired, When};

/// The fields of an article as its row keeps them.
struct Fields {
    title: Option<String>,
    subtitle: Option<String>,
    authors: Vec<String>,
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
    word_count: i64,
    image_url: Option<String>,
    canonical_url: Option<String>,
    source_url: Option<String>,
    source_id: Option<String>,
    /// JSON object.
    found_by: String,
}

/// What is compared with the version before.
struct Version {
    article: i64,
    hash: Vec<u8>,
    number: i64,
    fields: Vec<Option<String>>,
}

/// Names of the compared fields, in the order of [`Version::fields`].
const COMPARED: [&str; 8] = ["title", "subtitle", "authors", "publisher", "published", "section", "body", "source_url"];

/// Stores what the visit says about its article.
pub(super) async fn record(w: &mut Writer, p: &Prepared, site: i64) -> Result<ArticleChange, Fault> {
    let page = p.visit.claim.page.0;
    let (Some(prepared), Some(article)) = (&p.article, &p.visit.parsed.article) else {
        touch(&mut w.conn, p).await?;
        return Ok(ArticleChange::None);
    };
    if p.visit.claim.history.article == Some(prepared.hash) && confirm(&mut w.conn, page, &p.at).await? {
        return Ok(ArticleChange::Unchanged);
    }
    let row = Fields::new(article)?;
    let Some(known) = load(&mut w.conn, page).await? else {
        let id = insert(&mut w.conn, p, site, &row, prepared.hash).await?;
        store_version(w, p, prepared, &row, id, 1, "").await?;
        store_lists(&mut w.conn, &row, id).await?;
        store_search(w, article, prepared, id)?;
        return Ok(ArticleChange::New);
    };
    let changed = differences(&known.fields, &row.compared());
    if known.hash == prepared.hash.0 || changed.is_empty() {
        confirm(&mut w.conn, page, &p.at).await?;
        return Ok(ArticleChange::Unchanged);
    }
    let number = known.number + 1;
    update(&mut w.conn, p, &row, prepared.hash, number).await?;
    store_version(w, p, prepared, &row, known.article, number, &changed).await?;
    clear_lists(&mut w.conn, known.article).await?;
    store_lists(&mut w.conn, &row, known.article).await?;
    store_search(w, article, prepared, known.article)?;
    Ok(ArticleChange::Changed)
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

async fn load(conn: &mut SqliteConnection, page: i64) -> Result<Option<Version>, Fault> {
    let row = sqlx::query(
        "select
           a.id, a.hash, a.version, v.title, v.subtitle, v.authors, v.publisher, v.published, v.section, v.body,
           v.source_url
         from articles a
         join article_versions v on v.article_id = a.id and v.version = a.version
         where a.page_id = ?1",
    )
    .bind(page)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Version {
        article: row.get(0),
        hash: row.get(1),
        number: row.get(2),
        fields: (3..3 + COMPARED.len()).map(|column| row.get(column)).collect(),
    }))
}

/// Names of the fields that differ, comma-separated.
fn differences(before: &[Option<String>], after: &[Option<String>]) -> String {
    let differing = COMPARED.iter().zip(before.iter().zip(after)).filter(|(_, (before, after))| before != after);
    differing.map(|(name, _)| *name).collect::<Vec<_>>().join(",")
}

async fn insert(
    conn: &mut SqliteConnection,
    p: &Prepared,
    site: i64,
    row: &Fields,
    hash: ArticleHash,
) -> Result<i64, Fault> {
    let inserted = sqlx::query(
        "insert into articles (
           page_id, site_id, title, subtitle, publisher, published_at, published_day, published_precision,
           published_raw, published_source, published_offset_minutes, modified_at, language, section, body, word_count,
           image_url, canonical_url, source_url, source_id, found_by, hash, version, first_seen_at, fetched_at,
           changed_at)
         values (
           ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, 1, ?23,
           ?23, ?23)
         returning id",
    )
    .bind(p.visit.claim.page.0)
    .bind(site)
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
    .fetch_one(conn)
    .await?;
    Ok(inserted.get(0))
}

async fn update(
    conn: &mut SqliteConnection,
    p: &Prepared,
    row: &Fields,
    hash: ArticleHash,
    version: i64,
) -> Result<(), Fault> {
    sqlx::query(
        "update articles
         set
           title = ?2, subtitle = ?3, publisher = ?4, published_at = ?5, published_day = ?6, published_precision = ?7,
           published_raw = ?8, published_source = ?9, published_offset_minutes = ?10, modified_at = ?11, language = ?12,
           section = ?13, body = ?14, word_count = ?15, image_url = ?16, canonical_url = ?17, source_url = ?18,
           source_id = ?19, found_by = ?20, hash = ?21, version = ?22, fetched_at = ?23, changed_at = ?23,
           removed_at = null
         where page_id = ?1",
    )
    .bind(p.visit.claim.page.0)
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
    .bind(version)
    .bind(&p.at)
    .execute(conn)
    .await?;
    Ok(())
}

async fn store_version(
    w: &mut Writer,
    p: &Prepared,
    prepared: &PreparedArticle,
    row: &Fields,
    article: i64,
    version: i64,
    changed: &str,
) -> Result<(), Fault> {
    let raw_page = match &prepared.raw {
        Some(raw) => archive::keep(w, p, raw).await?,
        None => None,
    };
    sqlx::query(
        "insert into article_versions (
           article_id, version, seen_at, changed, title, subtitle, authors, publisher, published, section, body,
           source_url, raw_page_id)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )
    .bind(article)
    .bind(version)
    .bind(&p.at)
    .bind(changed)
    .bind(&row.title)
    .bind(&row.subtitle)
    .bind(row.author_lines())
    .bind(&row.publisher)
    .bind(&row.published)
    .bind(&row.section)
    .bind(&row.body)
    .bind(&row.source_url)
    .bind(raw_page)
    .execute(&mut w.conn)
    .await?;
    Ok(())
}

async fn clear_lists(conn: &mut SqliteConnection, article: i64) -> Result<(), Fault> {
    sqlx::query(
        "delete from article_authors where article_id = ?1;
         delete from article_tags where article_id = ?1;
         delete from images where article_id = ?1",
    )
    .bind(article)
    .execute(conn)
    .await?;
    Ok(())
}

/// Authors, tags and pictures of a new version.
async fn store_lists(conn: &mut SqliteConnection, row: &Fields, article: i64) -> Result<(), Fault> {
    if !row.authors.is_empty() {
        sqlx::query(
            "insert into authors (name)
             select value
             from json_each(?1)
             where true
             on conflict (name) do nothing;
             insert into article_authors (article_id, position, author_id)
             select ?2, j.key + 1, a.id
             from json_each(?1) j
             cross join authors a on a.name = j.value",
        )
        .bind(json(&row.authors)?)
        .bind(article)
        .execute(&mut *conn)
        .await?;
    }
    if !row.tags.is_empty() {
        sqlx::query(
            "insert into tags (name)
             select value
             from json_each(?1)
             where true
             on conflict (name) do nothing;
             insert into article_tags (article_id, position, tag_id)
             select ?2, j.key + 1, t.id
             from json_each(?1) j
             cross join tags t on t.name = j.value",
        )
        .bind(json(&row.tags)?)
        .bind(article)
        .execute(&mut *conn)
        .await?;
    }
    if let Some(image) = &row.image_url {
        sqlx::query("insert into images (article_id, position, url) values (?1, 1, ?2)")
            .bind(article)
            .bind(image)
            .execute(conn)
            .await?;
    }
    Ok(())
}

fn store_search(w: &mut Writer, article: &Article, prepared: &PreparedArticle, id: i64) -> Result<(), Fault> {
    match &prepared.search {
        Some(text) => w.search.add(id, text),
        // The claim knew these fields, but its row is gone or was changed since.
        None => w.search.add(id, &SearchText::new(article)),
    }
}

impl Fields {
    fn new(article: &Article) -> Result<Fields, sqlx::Error> {
        let Article {
            title,
            subtitle,
            authors,
            publisher,
            published,
            modified,
            language,
            section,
            tags,
            body: _,
            image,
            canonical,
            source,
            source_id,
        } = article;
        let when = published.as_ref().map(|found| &found.value);
        Ok(Fields {
            title: text(title.as_ref()),
            subtitle: text(subtitle.as_ref()),
            authors: list(authors.as_ref()),
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
            word_count: article.word_count() as i64,
            image_url: address(image.as_ref()),
            canonical_url: address(canonical.as_ref()),
            source_url: address(source.as_ref()),
            source_id: text(source_id.as_ref()),
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
    fn note<T>(into: &mut BTreeMap<&'static str, String>, field: &'static str, found: Option<&Found<T>>) {
        if let Some(found) = found {
            into.insert(field, super::values::clean(&format!("{} {}", found.by.as_str(), found.rule)).into_owned());
        }
    }
    let Article {
        title,
        subtitle,
        authors,
        publisher,
        published,
        modified,
        language,
        section,
        tags,
        body,
        image,
        canonical,
        source,
        source_id,
    } = article;
    let mut by = BTreeMap::new();
    note(&mut by, "title", title.as_ref());
    note(&mut by, "subtitle", subtitle.as_ref());
    note(&mut by, "authors", authors.as_ref());
    note(&mut by, "publisher", publisher.as_ref());
    note(&mut by, "published", published.as_ref());
    note(&mut by, "modified", modified.as_ref());
    note(&mut by, "language", language.as_ref());
    note(&mut by, "section", section.as_ref());
    note(&mut by, "tags", tags.as_ref());
    note(&mut by, "body", body.as_ref());
    note(&mut by, "image", image.as_ref());
    note(&mut by, "canonical", canonical.as_ref());
    note(&mut by, "source", source.as_ref());
    note(&mut by, "source_id", source_id.as_ref());
    by
}
