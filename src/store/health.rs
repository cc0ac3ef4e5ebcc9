//! Questions about how well sites' fields are found: over time, and what stopped being found.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Reader, StoreError};
use crate::model::query::{AlertSummary, FillRow, Period};

impl Reader {
    /// Shares of articles that have each field, by the period in which they were first seen, oldest first; of one
    /// site, or of all, each site for itself.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn fill_rates(&self, site: Option<&str>, period: Period) -> Result<Vec<FillRow>, StoreError> {
        let rows = sqlx::query(
            "select
               s.name,
               case ?2
                 when 'day' then substr(a.first_seen_at, 1, 10)
                 when 'week' then date(a.first_seen_at, 'weekday 0', '-6 days')
                 else substr(a.first_seen_at, 1, 7)
               end as period,
               count(*),
               avg(a.title is not null),
               avg(a.subtitle is not null),
               avg(exists (select 1 from article_authors aa where aa.article_id = a.id)),
               avg(a.publisher is not null),
               avg(a.published_at is not null),
               avg(a.section is not null),
               avg(exists (select 1 from article_tags t where t.article_id = a.id)),
               avg(a.body is not null),
               avg(a.image_url is not null),
               avg(coalesce(a.found_by ->> 'title' like 'profile %', 0)),
               cast(coalesce(avg(length(a.body)), 0) as integer)
             from articles a
             join sites s on s.id = a.site_id
             where ?1 is null or s.name = ?1
             group by s.name, period
             order by s.name, period",
        )
        .bind(site)
        .bind(period.as_str())
        .fetch_all(self.pool())
        .await
        .map_err(|e| self.at(e))?;
        let fill = |row: &SqliteRow| FillRow {
            site: row.get(0),
            period: row.get(1),
            articles: row.get(2),
            title: row.get(3),
            subtitle: row.get(4),
            authors: row.get(5),
            publisher: row.get(6),
            published: row.get(7),
            section: row.get(8),
            tags: row.get(9),
            body: row.get(10),
            image: row.get(11),
            by_profile: row.get(12),
            body_chars: row.get(13),
        };
        Ok(rows.iter().map(fill).collect())
    }

    /// Alerts, the newest first: the open ones, or all.
    ///
    /// # Errors
    /// If the disk fails.
    pub async fn alerts(&self, open_only: bool) -> Result<Vec<AlertSummary>, StoreError> {
        let rows = sqlx::query(
            "select site, field, raised_at, example_url, usual, suggestion, ended_at
             from v_alerts
             where not ?1 or ended_at is null
             order by raised_at desc, id desc
             limit 200",
        )
        .bind(open_only)
        .fetch_all(self.pool())
        .await
        .map_err(|e| self.at(e))?;
        let alert = |row: &SqliteRow| AlertSummary {
            site: row.get(0),
            field: row.get(1),
            raised_at: row.get(2),
            example_url: row.get(3),
            usual: row.get(4),
            suggestion: row.get(5),
            ended_at: row.get(6),
        };
        Ok(rows.iter().map(alert).collect())
    }
}
