//! How each site's fields do, and alerts when one stops being found. Memory in the writer, written once a group.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::prepare::Prepared;
use super::sql::{self, Connection};
use super::values::json;
use super::{Alert, ArticleChange};
use crate::model::{Article, Drift, Extractor, FieldHealth, Outcome, PageKind};

/// Sites that are known by heart; then all are forgotten and read again when needed.
const MOST_SITES: usize = 5_000;
/// A page that looks like an article is one.
const ARTICLE: &str = "article";
/// Before a field's name: the profile gave it.
const PROFILE: &str = "profile:";
/// Fields that are watched.
const WATCHED: [&str; 9] =
    ["title", "subtitle", "authors", "publisher", "published", "section", "tags", "body", "image"];

/// The writer's memory of `profile_health`.
#[derive(Default)]
pub(super) struct Watch {
    sites: HashMap<i64, BTreeMap<String, FieldHealth>>,
    /// Sites whose rows are older than the memory.
    touched: BTreeSet<i64>,
}

/// A row of `profile_health`, in the order that the statement reads.
#[derive(Serialize)]
struct HealthRow<'a>(i64, &'a str, u32, f64, Option<f64>, i32, bool);

impl Watch {
    /// After a rollback: memory and rows may differ.
    pub(super) fn forget(&mut self) {
        *self = Watch::default();
    }

    /// Takes a visit into account; gives the alerts that it raised.
    pub(super) fn observe(
        &mut self,
        conn: &Connection,
        p: &Prepared,
        site: i64,
        change: ArticleChange,
    ) -> Result<Vec<Alert>, sql::Error> {
        let mut seen = observations(p, change);
        if seen.is_empty() {
            return Ok(Vec::new());
        }
        if !self.sites.contains_key(&site) {
            if self.sites.len() >= MOST_SITES && self.touched.is_empty() {
                self.sites.clear();
            }
            self.sites.insert(site, load(conn, site)?);
        }
        let fields = self.sites.entry(site).or_default();
        if change == ArticleChange::New {
            let by_profile: Vec<String> = fields.keys().filter(|name| name.starts_with(PROFILE)).cloned().collect();
            for name in by_profile {
                seen.entry(name).or_insert(None);
            }
        }
        self.touched.insert(site);
        let mut alerts = Vec::new();
        for (field, found) in seen {
            let health = fields
                .entry(field.clone())
                .or_insert_with(|| FieldHealth { length: (field == "body").then_some(0.0), ..FieldHealth::default() });
            match health.observe(found) {
                Some(Drift::Began) => {
                    let usual = health.usual_before_misses();
                    alerts.push(raise(conn, p, site, field, usual)?);
                }
                Some(Drift::Ended) => end(conn, site, &field, &p.at)?,
                None => {}
            }
        }
        Ok(alerts)
    }

    /// Writes what changed.
    pub(super) fn write(&mut self, conn: &Connection) -> Result<(), sql::Error> {
        if self.touched.is_empty() {
            return Ok(());
        }
        let rows: Vec<HealthRow> = self
            .touched
            .iter()
            .filter_map(|site| Some((*site, self.sites.get(site)?)))
            .flat_map(|(site, fields)| {
                fields.iter().map(move |(field, health)| {
                    let FieldHealth { articles, usual, length, streak, drifting } = *health;
                    HealthRow(site, field, articles, usual, length, streak, drifting)
                })
            })
            .collect();
        sql::query(
            "insert into profile_health (site_id, field, articles, usual, usual_length, streak, drifting)
             select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
             from json_each(?1)
             where true
             on conflict (site_id, field) do update set
               articles = excluded.articles, usual = excluded.usual, usual_length = excluded.usual_length,
               streak = excluded.streak, drifting = excluded.drifting",
        )
        .bind(json(&rows))
        .execute(conn)?;
        self.touched.clear();
        Ok(())
    }
}

/// What a visit says: field → its length, `None` if it is missing.
fn observations(p: &Prepared, change: ArticleChange) -> BTreeMap<String, Option<usize>> {
    let mut seen = BTreeMap::new();
    let claim = &p.visit.claim;
    let article = p.visit.parsed.article.as_ref();
    let answered = matches!(p.visit.fetched.outcome, Outcome::Page(_));
    if answered && claim.kind == PageKind::Article && claim.history.successes == 0 {
        seen.insert(ARTICLE.to_owned(), article.map(|_| 1));
    }
    if let (ArticleChange::New, Some(article)) = (change, article) {
        let found = article.found_by();
        for field in WATCHED {
            let hit = found.iter().find(|(name, _, _)| *name == field);
            seen.insert(field.to_owned(), hit.map(|_| length(article, field)));
            if hit.is_some_and(|(_, by, _)| *by == Extractor::Profile) {
                seen.insert(format!("{PROFILE}{field}"), Some(1));
            }
        }
    }
    seen
}

fn length(article: &Article, field: &str) -> usize {
    if field == "body" { article.paragraphs().iter().map(|paragraph| paragraph.chars().count()).sum() } else { 1 }
}

fn load(conn: &Connection, site: i64) -> Result<BTreeMap<String, FieldHealth>, sql::Error> {
    let rows = sql::query(
        "select field, articles, usual, usual_length, streak, drifting from profile_health where site_id = ?1",
    )
    .bind(site)
    .fetch_all(conn)?;
    let health = |row: &sql::Row| FieldHealth {
        articles: row.get(1),
        usual: row.get(2),
        length: row.get(3),
        streak: row.get(4),
        drifting: row.get(5),
    };
    Ok(rows.iter().map(|row| (row.get(0), health(row))).collect())
}

fn raise(conn: &Connection, p: &Prepared, site: i64, field: String, usual: f64) -> Result<Alert, sql::Error> {
    let row = sql::query(
        "insert into alerts (site_id, kind, field, raised_at, page_id, usual)
         values (?1, 'drift', ?2, ?3, ?4, ?5)
         returning id",
    )
    .bind(site)
    .bind(&field)
    .bind(&p.at)
    .bind(p.visit.claim.page.0)
    .bind(usual)
    .fetch_one(conn)?;
    Ok(Alert { id: row.get(0), field })
}

fn end(conn: &Connection, site: i64, field: &str, at: &str) -> Result<(), sql::Error> {
    sql::query("update alerts set ended_at = ?3 where site_id = ?1 and field = ?2 and ended_at is null")
        .bind(site)
        .bind(field)
        .bind(at)
        .execute(conn)?;
    Ok(())
}

/// Notes the selector that was proposed for an alert.
pub(super) fn suggest(conn: &Connection, alert: i64, css: &str) -> Result<(), sql::Error> {
    sql::query("update alerts set suggestion = ?2 where id = ?1").bind(alert).bind(css).execute(conn)?;
    Ok(())
}
