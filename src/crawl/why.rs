//! `murasil why`: what is known of a page or a site, and what the rules say about it now. Only reads.

use std::sync::Arc;

use super::CrawlError;
use crate::config::Config;
use crate::fetch::robots::{Rules, Verdict};
use crate::frontier::learning::learnt;
use crate::frontier::{Frontier, obstacles};
use crate::model::why::{AwayLine, Judgement, LastRun, Obstacle, PageStory, RobotsView, SiteStory};
use crate::model::{PageUrl, RobotsStatus, Timestamp};
use crate::store::Reader;

/// What is known of an address.
#[derive(Debug)]
pub struct PageReport {
    /// The address.
    pub url: PageUrl,
    /// Name of the configured site that it belongs to; `None`: none.
    pub site: Option<String>,
    /// Its story; `None` if the frontier does not know it.
    pub story: Option<PageStory>,
    /// What robots.txt says at present.
    pub robots: RobotsView,
    /// What the present configuration says to a link to it.
    pub judgement: Judgement,
    /// What visits of the site's pages say about addresses of its shape, `learnt:SHAPE=KIND(TIMES)`; `None`: too little.
    pub learnt: Option<String>,
    /// What keeps it from being visited now; of a known page only.
    pub obstacles: Vec<Obstacle>,
    /// Links of its site that were turned away for the same reason as it would be.
    pub turned_away: Option<AwayLine>,
}

/// What is known of a site.
#[derive(Debug)]
pub struct SiteReport {
    /// Its story; `None` if the database does not know it.
    pub story: Option<SiteStory>,
    /// Whether it is configured.
    pub configured: bool,
    /// The last start of the daemon.
    pub run: Option<LastRun>,
}

/// Everything about an address.
///
/// # Errors
/// The database cannot be read, or a pattern of the configuration is none.
pub async fn page(config: Arc<Config>, reader: &Reader, url: PageUrl) -> Result<PageReport, CrawlError> {
    let now = Timestamp::now();
    let frontier = Frontier::new(config.clone())?;
    let story = reader.page_story(&url.key(), now).await?;
    // A known page is judged by the spelling that is requested.
    let asked = story.as_ref().and_then(|story| PageUrl::parse(&story.url).ok()).unwrap_or_else(|| url.clone());
    let robots = robots_view(&config, reader, &asked).await?;
    let site = config.site_of(&asked.host()).map(|site| site.name.clone());
    let learning = Arc::new(reader.learning(site.as_deref().unwrap_or_default()).await?);
    let learnt = learnt(&learning, &asked).map(|learnt| learnt.to_string());
    let judgement = frontier.judge(&asked, learning, now);
    let run = reader.last_run().await?;
    let obstacles = story.as_ref().map(|story| obstacles::obstacles(&config, story, &robots, run.as_ref(), now));
    let turned_away = match (&judgement, &site) {
        (Judgement::TurnedAway { reason, .. }, Some(site)) if story.is_none() => {
            reader.turned_away(site).await?.into_iter().find(|away| away.reason == *reason)
        }
        _ => None,
    };
    Ok(PageReport {
        url,
        site,
        story,
        robots,
        judgement,
        learnt,
        obstacles: obstacles.unwrap_or_default(),
        turned_away,
    })
}

/// Everything about a site.
///
/// # Errors
/// The database cannot be read.
pub async fn site(config: &Config, reader: &Reader, name: &str) -> Result<SiteReport, CrawlError> {
    let story = reader.site_story(name, Timestamp::now()).await?;
    Ok(SiteReport { story, configured: config.site(name).is_some(), run: reader.last_run().await? })
}

async fn robots_view(config: &Config, reader: &Reader, url: &PageUrl) -> Result<RobotsView, CrawlError> {
    let Some((copy, line)) = reader.robots_in_force(&url.authority()).await? else { return Ok(RobotsView::Unread) };
    Ok(match copy.status {
        RobotsStatus::Unreachable => RobotsView::Unreachable(line),
        RobotsStatus::Absent => RobotsView::Allowed(line),
        RobotsStatus::Rules => {
            let rules = Rules::parse(&copy.text, config.crawler.product_token());
            match rules.verdict(&url.path_and_query()) {
                Verdict::Allowed => RobotsView::Allowed(line),
                Verdict::Disallowed { rule } => RobotsView::Forbidden(line, rule),
            }
        }
    })
}
