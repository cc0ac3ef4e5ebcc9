//! Recorded visits of sources and what each was the first to show, for `murasil simulate`.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::values::{from_millis, from_utc_text};
use super::{Reader, StoreError};
use crate::model::recording::{RecordedItem, RecordedSource, Recording};
use crate::model::{PageKey, PageUrl, Timestamp};

/// Visits of a source, in order.
struct Visits {
    source: RecordedSource,
    starts: Vec<Timestamp>,
}

/// An article as it is stored.
struct Stored {
    key: PageKey,
    /// The source that brought it.
    source: i64,
    found: Timestamp,
    /// With a time of day.
    published: Option<Timestamp>,
}

/// When something appeared, as far as two visits tell.
struct Appearance {
    at: Timestamp,
    exact: bool,
    measured: bool,
}

impl Reader {
    /// The history of all sources, or of one site's; `None` if no visit of a source is recorded.
    ///
    /// Reads the log of fetches as far back as it is kept, all articles and all sightings: meant for people.
    ///
    /// # Errors
    /// Only if the file cannot be read.
    pub async fn recording(&self, site: Option<&str>) -> Result<Option<Recording>, StoreError> {
        let mut hosts = HashMap::new();
        let mut recording = Recording {
            from: Timestamp::MAX,
            until: Timestamp::MIN,
            visits: 0,
            hosts: Vec::new(),
            sources: Vec::new(),
            items: Vec::new(),
        };
        let mut visits = self.visits(site, &mut hosts, &mut recording.hosts).await.map_err(|e| self.at(e))?;
        for visits in visits.values() {
            recording.visits += visits.starts.len() as u64;
            recording.from = recording.from.min(visits.source.first_visit);
            recording.until = visits.starts.iter().copied().fold(recording.until, Timestamp::max);
        }
        if visits.is_empty() {
            return Ok(None);
        }
        let articles = self.brought(site).await.map_err(|e| self.at(e))?;
        let mut items: HashMap<PageKey, usize> = HashMap::with_capacity(articles.len());
        for article in articles {
            let Some(visits) = visits.get_mut(&article.source) else { continue };
            let appeared = appearance(&visits.starts, article.found, article.published);
            let item = recording.items.len();
            items.insert(article.key, item);
            visits.source.appearances.push((appeared.at, item));
            let Appearance { at, exact, measured } = appeared;
            recording.items.push(RecordedItem { appeared: at, exact, found: article.found, measured });
        }
        self.add_sightings(site, &items, &mut visits, &mut recording).await.map_err(|e| self.at(e))?;
        let mut ids: Vec<i64> = visits.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            if let Some(Visits { mut source, .. }) = visits.remove(&id) {
                source.appearances.sort_unstable();
                recording.sources.push(source);
            }
        }
        Ok(Some(recording))
    }

    /// Answered visits of each source, by its row; hosts get places in the order in which they come.
    async fn visits(
        &self,
        site: Option<&str>,
        places: &mut HashMap<i64, usize>,
        delays: &mut Vec<Duration>,
    ) -> Result<HashMap<i64, Visits>, sqlx::Error> {
        let rows = sqlx::query(
            "select p.id, p.url, s.name, h.id, h.delay_ms, f.started_at_ms,
                    p.kind in ('tag', 'author') and p.depth > 0
             from sources o
             join pages p on p.id = o.page_id
             join sites s on s.id = p.site_id
             join hosts h on h.id = p.host_id
             join fetches f on f.page_id = p.id
             where f.outcome in ('page', 'not-modified')
               and (?1 is null or s.name = ?1)
             order by p.id, f.started_at_ms",
        )
        .bind(site)
        .fetch_all(self.pool())
        .await?;
        let mut visits: HashMap<i64, Visits> = HashMap::new();
        for row in rows {
            let start = from_millis(row.get(5));
            let host = *places.entry(row.get(3)).or_insert_with(|| {
                delays.push(Duration::from_millis(row.get::<i64, _>(4).max(0).unsigned_abs()));
                delays.len() - 1
            });
            let source = || RecordedSource {
                url: row.get(1),
                site: row.get(2),
                host,
                slow: row.get(6),
                first_visit: start,
                appearances: Vec::new(),
            };
            let known = visits.entry(row.get(0)).or_insert_with(|| Visits { source: source(), starts: Vec::new() });
            known.starts.push(start);
        }
        Ok(visits)
    }

    /// Articles whose page a source brought.
    async fn brought(&self, site: Option<&str>) -> Result<Vec<Stored>, sqlx::Error> {
        let rows = sqlx::query(
            "select p.url, p.found_on, p.found_at, iif(a.published_precision = 'day', null, a.published_at)
             from articles a
             join pages p on p.id = a.page_id
             join sources o on o.page_id = p.found_on
             join sites s on s.id = p.site_id
             where ?1 is null or s.name = ?1
             order by p.id",
        )
        .bind(site)
        .fetch_all(self.pool())
        .await?;
        rows.iter().filter_map(|row| stored(row).transpose()).collect()
    }

    /// Where else articles were seen: front pages and sections note every headline that they show.
    async fn add_sightings(
        &self,
        site: Option<&str>,
        items: &HashMap<PageKey, usize>,
        visits: &mut HashMap<i64, Visits>,
        recording: &mut Recording,
    ) -> Result<(), sqlx::Error> {
        let rows = sqlx::query(
            "select g.page_id, h.target_url, min(g.first_seen_at)
             from headline_sightings g
             join headlines h on h.id = g.headline_id
             join sources o on o.page_id = g.page_id
             join pages p on p.id = g.page_id
             join sites s on s.id = p.site_id
             where ?1 is null or s.name = ?1
             group by g.page_id, h.target_url",
        )
        .bind(site)
        .fetch_all(self.pool())
        .await?;
        let mut listed: HashSet<(i64, usize)> = HashSet::new();
        for (source, visits) in visits.iter() {
            listed.extend(visits.source.appearances.iter().map(|(_, item)| (*source, *item)));
        }
        for row in rows {
            let (source, target): (i64, &str) = (row.get(0), row.get(1));
            let Some(item) = PageUrl::parse(target).ok().and_then(|url| items.get(&url.key()).copied()) else {
                continue;
            };
            let Some(visits) = visits.get_mut(&source) else { continue };
            if !listed.insert((source, item)) {
                continue;
            }
            let known = &mut recording.items[item];
            let published = known.exact.then_some(known.appeared);
            let appeared = appearance(&visits.starts, from_utc_text(row.get(2))?, published);
            if appeared.at < known.appeared {
                (known.appeared, known.exact) = (appeared.at, appeared.exact);
            }
            known.measured &= appeared.measured;
            visits.source.appearances.push((appeared.at, item));
        }
        Ok(())
    }
}

fn stored(row: &SqliteRow) -> Result<Option<Stored>, sqlx::Error> {
    let Ok(url) = PageUrl::parse(row.get(0)) else { return Ok(None) };
    Ok(Some(Stored {
        key: url.key(),
        source: row.get(1),
        found: from_utc_text(row.get(2))?,
        published: row.get::<Option<&str>, _>(3).map(from_utc_text).transpose()?,
    }))
}

/// When something appeared that a visit found: after the visit before, and where its time of publication lies between
/// the two, then.
fn appearance(starts: &[Timestamp], found: Timestamp, published: Option<Timestamp>) -> Appearance {
    // Texts of times have no fractions: a visit that began in the same second brought it.
    let seen = starts.partition_point(|start| start.as_second() <= found.as_second());
    let visit = seen.checked_sub(1).and_then(|at| starts.get(at)).copied().unwrap_or(found);
    let Some(before) = seen.checked_sub(2).and_then(|at| starts.get(at)).copied() else {
        return Appearance { at: visit, exact: false, measured: false };
    };
    match published {
        Some(at) if at > before && at <= visit => Appearance { at, exact: true, measured: true },
        Some(_) | None => {
            let middle = i64::midpoint(before.as_millisecond(), visit.as_millisecond());
            Appearance { at: from_millis(middle), exact: false, measured: true }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a timestamp")
    }

    fn check(found: i64, published: Option<i64>, expected: (i64, bool, bool)) {
        let starts = [at(100), at(200), at(300)];
        let Appearance { at: when, exact, measured } = appearance(&starts, at(found), published.map(at));
        assert_eq!((when.as_second(), exact, measured), expected, "found at {found}, published at {published:?}");
    }

    #[test]
    fn an_article_appeared_between_the_visit_that_brought_it_and_the_one_before() {
        check(201, Some(150), (150, true, true));
        check(300, Some(299), (299, true, true));
        check(201, Some(90), (150, false, true));
        check(201, Some(250), (150, false, true));
        check(301, None, (250, false, true));
        check(101, Some(50), (100, false, false));
        check(50, None, (50, false, false));
    }
}
