//! Questions about what is stored. Read only; every method is one statement or a few short ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use super::values::utc_text;
use super::{StoreError, learnt, open};
use crate::model::arabic::normalise;
use crate::model::query::{
    ArticleFilter, ArticleSummary, CopySummary, ExportedArticle, HostStatus, OutcomeCount, Refused, SiteStatus,
    SourceStatus, StateCount, Status, StoredArticle, VersionSummary,
};
use crate::model::{SiteLearning, Timestamp};

/// Words of a query that are looked at; more would only cost.
const MOST_WORDS: usize = 32;

/// Reads the results file; cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader {
    pool: SqlitePool,
    pub(super) path: PathBuf,
}

/// Columns of [`ArticleSummary`] without its snippet, from `v_articles` as `v`.
macro_rules! summary_columns {
    () => {
        "v.id, v.site, v.url, v.title,
         (select json_group_array(name) from (
            select au.name
            from article_authors aa
            join authors au on au.id = aa.author_id
            where aa.article_id = v.id
            order by aa.position)),
         v.publisher, v.published_at, v.published_day, v.language, v.word_count, v.version"
    };
}

impl Reader {
    /// Opens a results file for reading. Never creates one, never writes; works beside a running daemon. SQLite may
    /// leave its empty `-wal` and `-shm` beside the file, as for any reader.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Foreign`], [`StoreError::Newer`] and [`StoreError::Older`] say why this
    /// program cannot read it.
    pub async fn open(path: &Path) -> Result<Reader, StoreError> {
        if !path.exists() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        let pool = open::readers(path).await?;
        open::check_schema(&pool, path).await?;
        Ok(Reader { pool, path: path.to_owned() })
    }

    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    pub(super) fn at(&self, error: sqlx::Error) -> StoreError {
        StoreError::from_sqlx(&self.path, error)
    }

    /// What was not asked for, not kept or not let into the frontier, by reason, most frequent first.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn refused(&self) -> Result<Vec<Refused>, StoreError> {
        let rows = sqlx::query(
            "select reason, times, example from (
               select coalesce(reason, outcome, state) as reason, count(*) as times, max(url) as example
               from pages
               where state in ('refused', 'gone', 'gave-up')
               group by 1
               union all
               select 'link: ' || reason, sum(times), max(example_url) from turned_away group by 1)
             order by times desc, reason",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        Ok(rows.iter().map(|row| Refused { reason: row.get(0), count: row.get(1), example: row.get(2) }).collect())
    }

    /// Articles that a filter wants, newest first.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn articles(&self, filter: &ArticleFilter) -> Result<Vec<ArticleSummary>, StoreError> {
        let ArticleFilter { site, since, until, language, limit } = filter;
        let rows = sqlx::query(concat!(
            "select ",
            summary_columns!(),
            ", null
             from articles a
             join v_articles v on v.id = a.id
             where (?1 is null or v.site = ?1)
               and (?2 is null or a.published_day >= ?2)
               and (?3 is null or a.published_day < ?3)
               and (?4 is null or a.language = ?4)
             order by coalesce(a.published_at, a.first_seen_at) desc, a.id desc -- index articles_newest
             limit ?5"
        ))
        .bind(site)
        .bind(since.map(|day| day.to_string()))
        .bind(until.map(|day| day.to_string()))
        .bind(language)
        .bind(*limit)
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        rows.iter().map(|row| summary(row).map_err(|e| self.at(e))).collect()
    }

    /// Articles that a filter wants whose number is above `after`, by number; `filter.limit` of them at most.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn exported(&self, filter: &ArticleFilter, after: i64) -> Result<Vec<ExportedArticle>, StoreError> {
        let ArticleFilter { site, since, until, language, limit } = filter;
        let rows = sqlx::query(
            "select id, site, url, title, subtitle, authors, publisher, published_at, published_day,
               published_precision, language, section, body, word_count, source_url, image_url, first_seen_at,
               fetched_at, changed_at, version, removed_at, kicker, agency, dateline, direction, flags,
               body_html, published_offset_minutes, published_raw, published_source, modified_at, modified_day,
               modified_precision, modified_offset_minutes, modified_raw, modified_source
             from v_articles
             where id > ?1
               and (?2 is null or site = ?2)
               and (?3 is null or published_day >= ?3)
               and (?4 is null or published_day < ?4)
               and (?5 is null or language = ?5)
             order by id
             limit ?6",
        )
        .bind(after)
        .bind(site)
        .bind(since.map(|day| day.to_string()))
        .bind(until.map(|day| day.to_string()))
        .bind(language)
        .bind(*limit)
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        Ok(rows.iter().map(exported).collect())
    }

    /// Articles that hold every word of a query, the best match first.
    ///
    /// Query and text are normalised alike, so that spellings of an Arabic word find each other; there are no
    /// operators. A query without a word finds nothing.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn search(&self, query: &str, limit: u32) -> Result<Vec<ArticleSummary>, StoreError> {
        let Some(query) = match_expression(query) else { return Ok(Vec::new()) };
        let rows = sqlx::query(concat!(
            "with found as materialized (
               select rowid as id, rank, snippet(article_fts, -1, '[', ']', '…', 16) as snippet
               from article_fts
               where article_fts match ?1
               order by rank
               limit ?2
             )
             select ",
            summary_columns!(),
            ", found.snippet
             from found
             join v_articles v on v.id = found.id
             order by found.rank, found.id"
        ))
        .bind(query)
        .bind(limit)
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        rows.iter().map(|row| summary(row).map_err(|e| self.at(e))).collect()
    }

    /// One article, whole; `None` if there is no such row.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn article(&self, id: i64) -> Result<Option<StoredArticle>, StoreError> {
        let row = sqlx::query(concat!(
            "select ",
            summary_columns!(),
            ", null,
               v.subtitle, a.published_raw, a.published_precision, a.published_source, a.modified_at, a.section,
               (select json_group_array(name) from (
                  select t.name
                  from article_tags at
                  join tags t on t.id = at.tag_id
                  where at.article_id = a.id
                  order by at.position)),
               v.body, a.image_url, a.canonical_url, a.source_url, a.first_seen_at, a.fetched_at, a.changed_at,
               a.found_by, a.kicker, a.agency, a.dateline, v.body_html, a.direction,
               (select json_group_object(flag, reason) from article_flags where article_id = a.id),
               a.published_offset_minutes, a.modified_day, a.modified_precision, a.modified_offset_minutes,
               a.modified_raw, a.modified_source
             from articles a
             join v_articles v on v.id = a.id
             where a.id = ?1"
        ))
        .bind(id)
        .fetch_optional(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        let Some(row) = row else { return Ok(None) };
        let (versions, copies) = (self.versions(id).await?, self.copies(id).await?);
        stored(&row, versions, copies).map(Some).map_err(|e| self.at(e))
    }

    async fn versions(&self, article: i64) -> Result<Vec<VersionSummary>, StoreError> {
        let rows = sqlx::query(
            "select version, seen_at, changed, title
             from article_versions
             where article_id = ?1
             order by version",
        )
        .bind(article)
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        let version = |row: &SqliteRow| VersionSummary {
            version: row.get(0),
            seen_at: row.get(1),
            changed: row.get(2),
            title: row.get(3),
        };
        Ok(rows.iter().map(version).collect())
    }

    async fn copies(&self, article: i64) -> Result<Vec<CopySummary>, StoreError> {
        let rows = sqlx::query(
            "with copies as (
               select other_id as id, distance from near_copies where article_id = ?1
               union all
               select article_id, distance from near_copies where other_id = ?1 -- index near_copies_other
             )
             select c.id, coalesce(a.published_at, a.first_seen_at) as printed_at, s.name, p.url, c.distance
             from copies c
             join articles a on a.id = c.id
             join sites s on s.id = a.site_id
             join pages p on p.id = a.page_id
             order by printed_at, c.id
             limit 50",
        )
        .bind(article)
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        let copy = |row: &SqliteRow| CopySummary {
            id: row.get(0),
            printed_at: row.get(1),
            site: row.get(2),
            url: row.get(3),
            distance: row.get(4),
        };
        Ok(rows.iter().map(copy).collect())
    }

    /// The state of everything. Counts walk whole tables: meant for people, not for every second.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn status(&self, now: Timestamp) -> Result<Status, StoreError> {
        let (sites, hosts, sources) = (self.sites().await?, self.hosts().await?, self.sources().await?);
        let (outcomes_24h, pages) = (self.outcomes_24h(now).await?, self.states().await?);
        let alerts = self.alerts(true).await?;
        let row = sqlx::query(
            "select
               (select count(*) from articles),
               (select count(*) from article_versions),
               (select count(*) from headlines),
               (select count(*) from headline_sightings),
               (select started_at from runs order by id desc limit 1),
               (select ended_at from runs order by id desc limit 1)",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        Ok(Status {
            sites,
            hosts,
            sources,
            outcomes_24h,
            alerts,
            pages,
            articles: row.get(0),
            versions: row.get(1),
            headlines: row.get(2),
            sightings: row.get(3),
            last_run_started_at: row.get(4),
            last_run_ended_at: row.get(5),
        })
    }

    /// What visits of a site's pages showed about the shapes of its addresses; empty for an unknown site.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn learning(&self, site: &str) -> Result<SiteLearning, StoreError> {
        learnt::load(&self.pool, site).await.map_err(|e| self.at(e))
    }

    async fn sites(&self) -> Result<Vec<SiteStatus>, StoreError> {
        let rows = sqlx::query(
            "select
               s.name, coalesce(a.articles, 0), coalesce(p.queued, 0), coalesce(p.scheduled, 0), a.newest_at
             from sites s
             left join (
               select site_id, sum(state = 'new') as queued, sum(state = 'scheduled') as scheduled
               from pages
               group by site_id
             ) p on p.site_id = s.id
             left join (
               select site_id, count(*) as articles, max(first_seen_at) as newest_at
               from articles
               group by site_id
             ) a on a.site_id = s.id
             where s.active = 1 or a.articles > 0
             order by s.name",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        let site = |row: &SqliteRow| SiteStatus {
            site: row.get(0),
            articles: row.get(1),
            queued: row.get(2),
            scheduled: row.get(3),
            newest_at: row.get(4),
        };
        Ok(rows.iter().map(site).collect())
    }

    async fn hosts(&self) -> Result<Vec<HostStatus>, StoreError> {
        let rows = sqlx::query(
            "select
               name, strftime('%Y-%m-%dT%H:%M:%fZ', next_at_ms / 1000.0, 'unixepoch'), requests,
               iif(day = date('now'), pages_today, 0), backoff_ms, failures, note
             from hosts
             order by name",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        let host = |row: &SqliteRow| HostStatus {
            host: row.get(0),
            next_at: row.get::<Option<_>, _>(1).unwrap_or_default(),
            requests: row.get(2),
            pages_today: row.get(3),
            backoff_ms: row.get(4),
            failures: row.get(5),
            note: row.get(6),
        };
        Ok(rows.iter().map(host).collect())
    }

    pub(super) async fn sources(&self) -> Result<Vec<SourceStatus>, StoreError> {
        let rows = sqlx::query(
            // What was put aside for good is told where it was lost, not where it leads elsewhere or was only guessed.
            "select site, url, kind, interval_seconds, due_at, visits, brought, health, failures, error
             from v_sources_health
             where state in ('new', 'scheduled')
               or (state in ('gone', 'gave-up', 'refused') and found_by <> 'well-known')
             order by site, url",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        let source = |row: &SqliteRow| SourceStatus {
            site: row.get(0),
            url: row.get(1),
            kind: row.get(2),
            interval_seconds: row.get(3),
            due_at: row.get(4),
            visits: row.get(5),
            brought: row.get(6),
            health: row.get(7),
            failures: row.get(8),
            error: row.get(9),
        };
        Ok(rows.iter().map(source).collect())
    }

    async fn outcomes_24h(&self, now: Timestamp) -> Result<Vec<OutcomeCount>, StoreError> {
        let since = Timestamp::from_second(now.as_second() - 24 * 3600).unwrap_or(now);
        let rows = sqlx::query(
            "select outcome, reason, count(*)
             from fetches
             where started_at >= ?1
               and outcome is not null
             group by outcome, reason
             order by count(*) desc, outcome, reason",
        )
        .bind(utc_text(since))
        .fetch_all(&self.pool)
        .await
        .map_err(|e| self.at(e))?;
        let count = |row: &SqliteRow| OutcomeCount { outcome: row.get(0), reason: row.get(1), count: row.get(2) };
        Ok(rows.iter().map(count).collect())
    }

    async fn states(&self) -> Result<Vec<StateCount>, StoreError> {
        let rows = sqlx::query("select state, count(*) from pages group by state order by count(*) desc, state")
            .fetch_all(&self.pool)
            .await
            .map_err(|e| self.at(e))?;
        Ok(rows.iter().map(|row| StateCount { state: row.get(0), count: row.get(1) }).collect())
    }

    /// Looks for damage: pages and indexes of the file, references between rows, the search index.
    ///
    /// Reads the whole file. One line a finding; empty if all is well.
    ///
    /// # Errors
    /// Only if the file cannot be read at all.
    pub async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let mut findings = Vec::new();
        let rows = sqlx::query("pragma integrity_check").fetch_all(&self.pool).await.map_err(|e| self.at(e))?;
        findings.extend(rows.iter().map(|row| row.get::<String, _>(0)).filter(|line| line != "ok"));
        let rows = sqlx::query("pragma foreign_key_check").fetch_all(&self.pool).await.map_err(|e| self.at(e))?;
        for row in rows {
            let (table, id, parent): (String, Option<i64>, String) = (row.get(0), row.get(1), row.get(2));
            findings.push(format!("{table}: row {} names a row of {parent} that is not there", id.unwrap_or_default()));
        }
        findings.extend(self.inconsistent().await?);
        Ok(findings)
    }

    /// Each page is there once; articles and their search text exist together, and the index holds every text.
    async fn inconsistent(&self) -> Result<Vec<String>, StoreError> {
        const CHECKS: [(&str, &str); 4] = [
            (
                "pages that are there more than once",
                "select count(*) from (select 1 from pages group by key_hash, key having count(*) > 1)",
            ),
            (
                "articles without their search text",
                "select count(*) from articles where id not in (select article_id from article_search)",
            ),
            (
                "search texts that the index does not hold",
                "select count(*) from article_search where article_id not in (select id from article_fts_docsize)",
            ),
            (
                "articles without their current version",
                "select count(*) from articles a where not exists (
                   select 1 from article_versions v where v.article_id = a.id and v.version = a.version)",
            ),
        ];
        let mut findings = Vec::new();
        for (what, sql) in CHECKS {
            let row = sqlx::query(sql).fetch_one(&self.pool).await.map_err(|e| self.at(e))?;
            let count: i64 = row.get(0);
            if count > 0 {
                findings.push(format!("{what}: {count}"));
            }
        }
        Ok(findings)
    }
}

/// Every word as an FTS5 string, so that nothing in a query is an operator; `None` without a word.
fn match_expression(query: &str) -> Option<String> {
    let query = normalise(query);
    let words = query.split(|c: char| !(c.is_alphanumeric() || ('\u{0300}'..='\u{036F}').contains(&c)));
    let quoted: Vec<String> =
        words.filter(|word| !word.is_empty()).take(MOST_WORDS).map(|word| format!("\"{word}\"")).collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}

fn exported(row: &SqliteRow) -> ExportedArticle {
    ExportedArticle {
        id: row.get(0),
        site: row.get(1),
        url: row.get(2),
        title: row.get(3),
        subtitle: row.get(4),
        authors: row.get(5),
        publisher: row.get(6),
        published_at: row.get(7),
        published_day: row.get(8),
        published_precision: row.get(9),
        language: row.get(10),
        section: row.get(11),
        body: row.get(12),
        word_count: row.get(13),
        source_url: row.get(14),
        image_url: row.get(15),
        first_seen_at: row.get(16),
        fetched_at: row.get(17),
        changed_at: row.get(18),
        version: row.get(19),
        removed_at: row.get(20),
        kicker: row.get(21),
        agency: row.get(22),
        dateline: row.get(23),
        direction: row.get(24),
        flags: row.get(25),
        body_html: row.get(26),
        published_offset_minutes: row.get(27),
        published_raw: row.get(28),
        published_source: row.get(29),
        modified_at: row.get(30),
        modified_day: row.get(31),
        modified_precision: row.get(32),
        modified_offset_minutes: row.get(33),
        modified_raw: row.get(34),
        modified_source: row.get(35),
    }
}

fn summary(row: &SqliteRow) -> Result<ArticleSummary, sqlx::Error> {
    Ok(ArticleSummary {
        id: row.get(0),
        site: row.get(1),
        url: row.get(2),
        title: row.get(3),
        authors: names(row.get(4))?,
        publisher: row.get(5),
        published_at: row.get(6),
        published_day: row.get(7),
        language: row.get(8),
        word_count: row.get(9),
        version: row.get(10),
        snippet: row.get(11),
    })
}

fn stored(
    row: &SqliteRow,
    versions: Vec<VersionSummary>,
    copies: Vec<CopySummary>,
) -> Result<StoredArticle, sqlx::Error> {
    let body: Option<&str> = row.get(19);
    let found_by: BTreeMap<String, String> =
        serde_json::from_str(row.get(26)).map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
    Ok(StoredArticle {
        summary: summary(row)?,
        subtitle: row.get(12),
        kicker: row.get(27),
        agency: row.get(28),
        dateline: row.get(29),
        body_html: row.get(30),
        direction: row.get(31),
        flags: serde_json::from_str(row.get(32)).map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
        published_raw: row.get(13),
        published_precision: row.get(14),
        published_offset_minutes: row.get(33),
        published_source: row.get(15),
        modified_at: row.get(16),
        modified_day: row.get(34),
        modified_precision: row.get(35),
        modified_offset_minutes: row.get(36),
        modified_raw: row.get(37),
        modified_source: row.get(38),
        section: row.get(17),
        tags: names(row.get(18))?,
        body: body.map(|body| body.split("\n\n").map(str::to_owned).collect()).unwrap_or_default(),
        image_url: row.get(20),
        canonical_url: row.get(21),
        source_url: row.get(22),
        first_seen_at: row.get(23),
        fetched_at: row.get(24),
        changed_at: row.get(25),
        versions,
        copies,
        found_by,
    })
}

/// A JSON list of names.
fn names(json: &str) -> Result<Vec<String>, sqlx::Error> {
    serde_json::from_str(json).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Option<&str>) {
        assert_eq!(match_expression(query).as_deref(), expected, "{query}");
    }

    #[test]
    fn nothing_in_a_query_is_an_operator() {
        check("alpha beta", Some("\"alpha\" \"beta\""));
        check(
            "a AND (b OR c*) NEAR title:\"x\" -y ^z",
            Some("\"a\" \"and\" \"b\" \"or\" \"c\" \"near\" \"title\" \"x\" \"y\" \"z\""),
        );
        check("\"", None);
        check("  \0 - ", None);
        check("الأحداث ٢٠١٦", Some("\"الاحداث\" \"2016\""));
    }
}
