//! Everything about one page or one site, for `murasil why`. Read only: the daemon may go on writing.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::values::{from_millis, from_utc_text, unknown_word, utc_text};
use super::{Reader, StoreError, keys};
use crate::model::query::{OutcomeCount, StateCount};
use crate::model::why::{
    ArticleLine, AwayLine, FetchLine, HeadlineLine, HostStory, LastRun, OptOutLine, PageStory, RobotsLine, SiteStory,
    SourceStory, TrailStep,
};
use crate::model::{Authority, PageKey, PageKind, RobotsCopy, Timestamp};

/// Columns of a host, for [`host`].
macro_rules! host_columns {
    () => {
        "h.name, h.next_at_ms, h.delay_ms, h.crawl_delay_ms, h.backoff_ms, h.failures, h.day, h.pages_today, h.requests,
         h.note, h.wake_at_ms"
    };
}

/// Columns of a request `f` and the copy of robots.txt `r` that decided, for [`fetch`].
macro_rules! fetch_columns {
    () => {
        "f.started_at, f.kind, f.url, f.sent, f.status, f.elapsed_ms, f.body_bytes, f.outcome, f.reason, f.error,
         r.fetched_at"
    };
}

impl Reader {
    /// The page with a key; `None` if the frontier does not know it.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn page_story(&self, key: &PageKey, now: Timestamp) -> Result<Option<PageStory>, StoreError> {
        self.story(key, now).await.map_err(|e| self.at(e))
    }

    /// The site of a name; `None` if the database does not know it.
    ///
    /// Counts walk whole tables: meant for people.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn site_story(&self, name: &str, now: Timestamp) -> Result<Option<SiteStory>, StoreError> {
        let story = self.site(name, now).await.map_err(|e| self.at(e))?;
        let Some(mut story) = story else { return Ok(None) };
        story.sources = self.sources().await?;
        story.sources.retain(|source| source.site == name);
        story.turned_away = self.turned_away(name).await?;
        Ok(Some(story))
    }

    /// Names of all sites, configured or not.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn site_names(&self) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query("select name from sites order by name").fetch_all(self.pool()).await;
        Ok(rows.map_err(|e| self.at(e))?.iter().map(|row| row.get(0)).collect())
    }

    /// The robots.txt that is in force for an authority; `None` if it was never read.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn robots_in_force(&self, authority: &Authority) -> Result<Option<(RobotsCopy, RobotsLine)>, StoreError> {
        let copies = self.robots(std::slice::from_ref(authority)).await?;
        let Some(copy) = copies.into_iter().next() else { return Ok(None) };
        let line = self.robots_line(authority.as_str()).await.map_err(|e| self.at(e))?;
        Ok(line.map(|line| (copy, line)))
    }

    /// Links of a site that did not enter the frontier, the most frequent reason first.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn turned_away(&self, site: &str) -> Result<Vec<AwayLine>, StoreError> {
        let rows = sqlx::query(
            "select t.reason, t.times, t.example_url, t.last_at
             from turned_away t
             join sites s on s.id = t.site_id
             where s.name = ?1
             order by t.times desc, t.reason",
        )
        .bind(site)
        .fetch_all(self.pool())
        .await
        .map_err(|e| self.at(e))?;
        let away = |row: &SqliteRow| AwayLine {
            reason: row.get(0),
            times: row.get(1),
            example_url: row.get(2),
            last_at: row.get(3),
        };
        Ok(rows.iter().map(away).collect())
    }

    /// The last start of the daemon; `None` before the first.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn last_run(&self) -> Result<Option<LastRun>, StoreError> {
        let row = sqlx::query("select started_at, ended_at from runs order by id desc limit 1")
            .fetch_optional(self.pool())
            .await
            .map_err(|e| self.at(e))?;
        Ok(row.map(|row| LastRun { started_at: row.get(0), ended_at: row.get(1) }))
    }

    async fn story(&self, key: &PageKey, now: Timestamp) -> Result<Option<PageStory>, sqlx::Error> {
        let Some(page) = keys::find_committed(self.pool(), key).await? else { return Ok(None) };
        let row = sqlx::query(concat!(
            "select
               p.id, p.url, s.name, s.active, p.kind, p.state, p.lane, p.depth, p.hops, p.found_by, p.found_at,
               p.visited_at_ms, p.due_at_ms, p.successes, p.failures, p.unchanged, p.status, p.outcome, p.reason,
               p.detail, k.url, p.kind_reasons, ",
            host_columns!(),
            "
             from pages p
             join sites s on s.id = p.site_id
             join hosts h on h.id = p.host_id
             left join pages k on k.id = p.alias_of
             where p.id = ?1"
        ))
        .bind(page.0)
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id: i64 = row.get(0);
        let kind: &str = row.get(4);
        Ok(Some(PageStory {
            id,
            url: row.get(1),
            site: row.get(2),
            site_active: row.get(3),
            kind: PageKind::from_word(kind).ok_or_else(|| unknown_word("pages.kind", kind))?,
            kind_reasons: words(row.get(21)),
            state: row.get(5),
            lane: row.get(6),
            depth: row.try_get(7)?,
            hops: row.try_get(8)?,
            found_by: row.get(9),
            found_rel: self.found_rel(id).await?,
            found_at: from_utc_text(row.get(10))?,
            trail: self.trail(id).await?,
            visited_at: row.get::<Option<i64>, _>(11).map(from_millis),
            due_at: row.get::<Option<i64>, _>(12).map(from_millis),
            successes: row.get(13),
            failures: row.get(14),
            unchanged: row.get(15),
            status: row.get(16),
            outcome: row.get(17),
            reason: row.get(18),
            detail: row.get(19),
            alias_of: row.get(20),
            aliases: self.aliases(id).await?,
            source: self.source(id).await?,
            host: host(&row, 22),
            ahead: self.ahead(id, now).await?,
            fetches: self.last_fetches(id).await?,
            opt_outs: self.opt_outs(id).await?,
            article: self.article_line(id).await?,
            headlines: self.headlines(row.get(1)).await?,
        }))
    }

    /// The pages that led to a page, back to a seed.
    async fn trail(&self, page: i64) -> Result<Vec<TrailStep>, sqlx::Error> {
        let rows = sqlx::query(
            "with recursive trail (id, steps) as (
               select found_on, 1 from pages where id = ?1
               union
               select p.found_on, steps + 1
               from trail
               join pages p on p.id = trail.id
               where steps < 10
             )
             select p.url, p.kind, p.found_by
             from trail
             join pages p on p.id = trail.id
             order by steps",
        )
        .bind(page)
        .fetch_all(self.pool())
        .await?;
        let step = |row: &SqliteRow| TrailStep { url: row.get(0), kind: row.get(1), found_by: row.get(2) };
        Ok(rows.iter().map(step).collect())
    }

    /// What the link says by which an article led to a page first.
    async fn found_rel(&self, page: i64) -> Result<Option<String>, sqlx::Error> {
        let rel = sqlx::query_scalar::<_, Option<String>>(
            "select l.rel
             from pages p
             join links l on l.from_page_id = p.found_on and l.to_page_id = p.id
             where p.id = ?1",
        );
        Ok(rel.bind(page).fetch_optional(self.pool()).await?.flatten())
    }

    async fn aliases(&self, page: i64) -> Result<Vec<String>, sqlx::Error> {
        let rows = sqlx::query("select url from pages where alias_of = ?1 order by id limit 10") // index pages_alias
            .bind(page)
            .fetch_all(self.pool())
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    async fn source(&self, page: i64) -> Result<Option<SourceStory>, sqlx::Error> {
        let row = sqlx::query(
            "select interval_ms / 1000, visits, brought, brought_at, failures, error, health, gap_ms / 1000
             from sources
             where page_id = ?1",
        )
        .bind(page)
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map(|row| SourceStory {
            interval_seconds: row.get(0),
            visits: row.get(1),
            brought: row.get(2),
            brought_at: row.get(3),
            failures: row.get(4),
            error: row.get(5),
            health: row.get(6),
            gap_seconds: row.get(7),
        }))
    }

    /// Pages of the same host that come first: due sources, then new pages by priority, then revisits. Each lane by
    /// its index, and no further than the limit.
    async fn ahead(&self, page: i64, now: Timestamp) -> Result<i64, sqlx::Error> {
        let row = sqlx::query(
            "select
               (select count(*) from (
                  select 1
                  from pages q
                  where q.host_id = p.host_id and q.lane = 'source' and q.due_at_ms <= ?2 and q.id <> p.id
                    and (p.lane <> 'source' or q.due_at_ms < p.due_at_ms)
                  limit 10000))
               + iif(p.lane = 'source', 0, (select count(*) from (
                  select 1
                  from pages q
                  where q.host_id = p.host_id and q.lane = 'new'
                    and (p.lane = 'revisit' or q.priority < p.priority or (q.priority = p.priority and q.id < p.id))
                  limit 10000)))
               + iif(p.lane = 'revisit', (select count(*) from (
                  select 1
                  from pages q
                  where q.host_id = p.host_id and q.lane = 'revisit' and q.due_at_ms <= ?2
                    and q.due_at_ms < p.due_at_ms
                  limit 10000)), 0)
             from pages p
             where p.id = ?1 and p.lane is not null",
        )
        .bind(page)
        .bind(now.as_millisecond())
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map_or(0, |row| row.get::<i64, _>(0).min(10_000)))
    }

    async fn last_fetches(&self, page: i64) -> Result<Vec<FetchLine>, sqlx::Error> {
        let rows = sqlx::query(concat!(
            "select ",
            fetch_columns!(),
            "
             from fetches f
             left join robots r on r.id = f.robots_id
             where f.page_id = ?1
             order by f.id desc -- index fetches_page
             limit 10"
        ))
        .bind(page)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.iter().map(fetch).collect())
    }

    async fn opt_outs(&self, page: i64) -> Result<Vec<OptOutLine>, sqlx::Error> {
        let rows = sqlx::query("select kind, value, last_seen_at from opt_outs where page_id = ?1 order by kind")
            .bind(page)
            .fetch_all(self.pool())
            .await?;
        let wish = |row: &SqliteRow| OptOutLine { kind: row.get(0), value: row.get(1), last_seen_at: row.get(2) };
        Ok(rows.iter().map(wish).collect())
    }

    async fn article_line(&self, page: i64) -> Result<Option<ArticleLine>, sqlx::Error> {
        let row = sqlx::query(
            "select id, title, published_at, first_seen_at, version, removed_at from articles where page_id = ?1",
        )
        .bind(page)
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(ArticleLine {
            id: row.get(0),
            title: row.get(1),
            published_at: row.get(2),
            first_seen_at: row.get(3),
            version: row.get(4),
            removed_at: row.get(5),
            left_out: self.left_out(page).await?,
        }))
    }

    /// Paragraphs that were left out of the body of a page's article.
    async fn left_out(&self, page: i64) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar(
            "select coalesce(b.text, '(forgotten since)')
             from pages p
             join articles a on a.page_id = p.id
             cross join json_each(a.left_out) j
             left join boilerplate b on b.host_id = p.host_id and b.fingerprint = j.value
             where p.id = ?1
             order by j.key",
        )
        .bind(page)
        .fetch_all(self.pool())
        .await
    }

    async fn headlines(&self, url: &str) -> Result<Vec<HeadlineLine>, sqlx::Error> {
        let rows = sqlx::query(
            "select h.text, p.url, g.role, g.first_seen_at, g.last_seen_at
             from headlines h -- index headlines_target
             join headline_sightings g on g.headline_id = h.id
             join pages p on p.id = g.page_id
             where h.target_url = ?1
             order by g.first_seen_at, p.id
             limit 5",
        )
        .bind(url)
        .fetch_all(self.pool())
        .await?;
        let headline = |row: &SqliteRow| HeadlineLine {
            text: row.get(0),
            page_url: row.get(1),
            role: row.get(2),
            first_seen_at: row.get(3),
            last_seen_at: row.get(4),
        };
        Ok(rows.iter().map(headline).collect())
    }

    async fn site(&self, name: &str, now: Timestamp) -> Result<Option<SiteStory>, sqlx::Error> {
        let row = sqlx::query(
            "select s.id, s.active, count(a.id), max(a.first_seen_at)
             from sites s
             left join articles a on a.site_id = s.id
             where s.name = ?1
             group by s.id",
        )
        .bind(name)
        .fetch_optional(self.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let site: i64 = row.get(0);
        let since = Timestamp::from_second(now.as_second() - 24 * 3600).unwrap_or(now);
        Ok(Some(SiteStory {
            site: name.to_owned(),
            active: row.get(1),
            articles: row.get(2),
            newest_at: row.get(3),
            pages: self.site_pages(site).await?,
            sources: Vec::new(),
            hosts: self.site_hosts(site).await?,
            robots: self.site_robots(site).await?,
            outcomes_24h: self.site_outcomes(site, since).await?,
            errors: self.site_errors(site, since).await?,
            turned_away: Vec::new(),
            opt_outs: self.site_opt_outs(site).await?,
        }))
    }

    async fn site_pages(&self, site: i64) -> Result<Vec<StateCount>, sqlx::Error> {
        let rows = sqlx::query(
            "select state, count(*) from pages where site_id = ?1 group by state order by count(*) desc, state",
        )
        .bind(site)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.iter().map(|row| StateCount { state: row.get(0), count: row.get(1) }).collect())
    }

    async fn site_hosts(&self, site: i64) -> Result<Vec<HostStory>, sqlx::Error> {
        let rows = sqlx::query(concat!(
            "select ",
            host_columns!(),
            "
             from hosts h
             where h.id in (select distinct host_id from pages where site_id = ?1)
             order by h.name"
        ))
        .bind(site)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.iter().map(|row| host(row, 0)).collect())
    }

    /// robots.txt of the authorities whose hosts have pages of the site.
    async fn site_robots(&self, site: i64) -> Result<Vec<RobotsLine>, sqlx::Error> {
        let rows = sqlx::query(
            "select r.authority, r.status, r.fetched_at, r.expires_at, r.failed_at, r.body_bytes
             from robots r
             join hosts h on r.authority in ('https://' || h.name, 'http://' || h.name)
             where h.id in (select distinct host_id from pages where site_id = ?1)
               and r.decided = (select max(o.decided) from robots o where o.authority = r.authority)
             order by r.authority",
        )
        .bind(site)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.iter().map(robots_line).collect())
    }

    async fn robots_line(&self, authority: &str) -> Result<Option<RobotsLine>, sqlx::Error> {
        let row = sqlx::query(
            "select authority, status, fetched_at, expires_at, failed_at, body_bytes
             from robots
             where authority = ?1
             order by decided desc -- index robots_in_force
             limit 1",
        )
        .bind(authority)
        .fetch_optional(self.pool())
        .await?;
        Ok(row.as_ref().map(robots_line))
    }

    async fn site_outcomes(&self, site: i64, since: Timestamp) -> Result<Vec<OutcomeCount>, sqlx::Error> {
        let rows = sqlx::query(
            "select f.outcome, f.reason, count(*)
             from fetches f
             join pages p on p.id = f.page_id
             where f.started_at >= ?2 and f.outcome is not null and p.site_id = ?1
             group by f.outcome, f.reason
             order by count(*) desc, f.outcome, f.reason",
        )
        .bind(site)
        .bind(utc_text(since))
        .fetch_all(self.pool())
        .await?;
        let count = |row: &SqliteRow| OutcomeCount { outcome: row.get(0), reason: row.get(1), count: row.get(2) };
        Ok(rows.iter().map(count).collect())
    }

    async fn site_errors(&self, site: i64, since: Timestamp) -> Result<Vec<FetchLine>, sqlx::Error> {
        let rows = sqlx::query(concat!(
            "select ",
            fetch_columns!(),
            "
             from fetches f
             join pages p on p.id = f.page_id
             left join robots r on r.id = f.robots_id
             where f.started_at >= ?2 and f.outcome in ('failed', 'refused') and p.site_id = ?1
             order by f.started_at desc, f.id desc -- index fetches_started
             limit 10"
        ))
        .bind(site)
        .bind(utc_text(since))
        .fetch_all(self.pool())
        .await?;
        Ok(rows.iter().map(fetch).collect())
    }

    async fn site_opt_outs(&self, site: i64) -> Result<Vec<(String, String, i64)>, sqlx::Error> {
        let rows = sqlx::query(
            "select o.kind, o.value, count(*)
             from opt_outs o
             join pages p on p.id = o.page_id
             where p.site_id = ?1
             group by o.kind, o.value
             order by count(*) desc, o.kind, o.value
             limit 20",
        )
        .bind(site)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
    }
}

/// Words parted by commas.
fn words(list: Option<&str>) -> Vec<String> {
    list.unwrap_or_default().split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A host whose columns begin at `at`.
fn host(row: &SqliteRow, at: usize) -> HostStory {
    HostStory {
        host: row.get(at),
        next_at: from_millis(row.get(at + 1)),
        delay_ms: row.get(at + 2),
        crawl_delay_ms: row.get(at + 3),
        backoff_ms: row.get(at + 4),
        failures: row.get(at + 5),
        day: row.get(at + 6),
        pages_today: row.get(at + 7),
        requests: row.get(at + 8),
        note: row.get(at + 9),
        wake_at: row.get::<Option<i64>, _>(at + 10).map(from_millis),
    }
}

fn fetch(row: &SqliteRow) -> FetchLine {
    FetchLine {
        started_at: row.get(0),
        kind: row.get(1),
        url: row.get(2),
        sent: row.get(3),
        status: row.get(4),
        elapsed_ms: row.get(5),
        body_bytes: row.get(6),
        outcome: row.get(7),
        reason: row.get(8),
        error: row.get(9),
        robots_fetched_at: row.get(10),
    }
}

fn robots_line(row: &SqliteRow) -> RobotsLine {
    RobotsLine {
        authority: row.get(0),
        status: row.get(1),
        fetched_at: row.get(2),
        expires_at: row.get(3),
        failed_at: row.get(4),
        body_bytes: row.get(5),
    }
}
