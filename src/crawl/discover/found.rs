//! What a look at a site found, and which of it a crawl should begin with. Pure.

use std::time::Duration;

use crate::config::{SeedKind, Site};
use crate::model::{
    Article, Authority, FoundBy, OptOut, PageKind, PageUrl, Place, Precision, RobotsStatus, Timestamp, TurnedAway,
};

/// Feeds, and sitemaps, that are suggested as seeds.
const MAX_SEEDS: usize = 5;

/// What was found.
#[derive(Debug)]
pub struct Discovery {
    /// The address that was given.
    pub given: PageUrl,
    /// The site that it belongs to: the configured one, or one made from the address.
    pub site: Site,
    /// Whether the configuration had this site before.
    pub configured: bool,
    /// robots.txt of each authority that was asked.
    pub robots: Vec<RobotsFound>,
    /// The pages that were asked for, in order.
    pub looks: Vec<Look>,
    /// Sources that were found and not looked at, because of the limit; at most 50 of each kind.
    pub unread: Vec<Unread>,
    /// What the front page is made with; see [`crate::parse::platform::hints`].
    pub platform: Vec<String>,
    /// Addresses that would not enter the frontier, by reason.
    pub turned_away: Vec<TurnedAway>,
    /// Requests that were sent, robots.txt included.
    pub requests: usize,
}

/// A robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsFound {
    /// Whose rules these are.
    pub authority: Authority,
    /// What the server answered.
    pub status: RobotsStatus,
    /// `Crawl-delay` that holds for us.
    pub crawl_delay: Option<Duration>,
    /// Its `Sitemap:` lines.
    pub sitemaps: usize,
}

/// One page that was asked for.
#[derive(Debug)]
pub struct Look {
    /// Its address.
    pub url: PageUrl,
    /// Why it was asked for.
    pub role: Role,
    /// What it was taken for.
    pub taken_for: PageKind,
    /// What it turned out to be; what it was taken for if no page came back.
    pub kind: PageKind,
    /// How it was found.
    pub found_by: FoundBy,
    /// The text of the link that led to it; empty if there was none.
    pub name: String,
    /// Why there is no page, in words; `None` if one came back.
    pub trouble: Option<Trouble>,
    /// Entries of a feed or sitemap, or links of a page to what look like articles.
    pub entries: usize,
    /// Of these, what no feed or sitemap before it names; of a page's links, what none names at all.
    pub own: usize,
    /// Further sitemaps that it names.
    pub maps: usize,
    /// Whether it is a sitemap with the news extension.
    pub is_news: bool,
    /// The latest time that it gives for an entry; of a page, the latest that feeds and sitemaps know of its links.
    pub newest: Option<Timestamp>,
    /// The earliest likewise.
    pub oldest: Option<Timestamp>,
    /// The article, if it is one.
    pub article: Option<Article>,
    /// Wishes beyond robots.txt.
    pub opt_outs: Vec<OptOut>,
}

/// Why a page did not come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It leads elsewhere; the target was asked, too, if it belongs to the site.
    Redirect {
        /// Where to.
        to: PageUrl,
        /// Whether the target belongs to the site.
        own: bool,
    },
    /// It was not asked for, or not read on.
    Refused(String),
    /// It was asked for in vain.
    Failed(String),
}

/// Why a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It was given.
    Given,
    /// The root of the given address.
    Root,
    /// It was found.
    Found,
}

/// A source that was found and not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its address.
    pub url: PageUrl,
    /// What it is taken for.
    pub kind: PageKind,
    /// The text of the link that led to it.
    pub name: String,
}

/// A seed that the site's block should have, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedSeed {
    /// Its address.
    pub url: PageUrl,
    /// What it is.
    pub kind: SeedKind,
    /// A few words for people.
    pub why: String,
}

impl Discovery {
    /// Looks at pages that came back.
    pub fn pages(&self) -> impl Iterator<Item = &Look> {
        self.looks.iter().filter(|look| look.trouble.is_none())
    }

    /// The language of most of the articles, and how many of how many have it; `None` without an article.
    pub fn language(&self) -> Option<(&str, usize, usize)> {
        let languages: Vec<&str> =
            self.pages().filter_map(|look| Some(look.article.as_ref()?.language.as_ref()?.value.as_str())).collect();
        let count = |language: &str| languages.iter().filter(|other| **other == language).count();
        let most = languages.iter().copied().max_by_key(|language| count(language))?;
        Some((most, count(most), languages.len()))
    }

    /// Whether articles print times without a zone, so that the site's zone must be configured.
    pub fn needs_timezone(&self) -> bool {
        let articles = self.pages().filter_map(|look| look.article.as_ref()?.published.as_ref());
        self.site.timezone.is_none()
            && articles.into_iter().any(|found| !found.value.offset_stated && found.value.precision != Precision::Day)
    }

    /// The seeds of the site's block: its front page, feeds that name what no source before them names, sitemaps of
    /// news, and sitemaps that the site itself offers.
    pub fn seeds(&self) -> Vec<SuggestedSeed> {
        let mut seeds: Vec<SuggestedSeed> = self.pages().filter_map(home_seed).collect();
        let mut add = |looks: Vec<&Look>, kind: SeedKind| {
            for look in looks.into_iter().take(MAX_SEEDS) {
                if !seeds.iter().any(|seed| seed.url.key() == look.url.key()) {
                    seeds.push(SuggestedSeed { url: look.url.clone(), kind, why: why(look) });
                }
            }
        };
        add(self.pages().filter(|look| look.kind == PageKind::Feed && look.own > 0).collect(), SeedKind::Feed);
        add(
            self.pages().filter(|look| look.kind == PageKind::Sitemap && is_offered(look)).collect(),
            SeedKind::Sitemap,
        );
        seeds
    }
}

/// The given address or its root, if a crawl can begin there.
fn home_seed(look: &Look) -> Option<SuggestedSeed> {
    let kind = match (look.role, look.kind) {
        (Role::Found, _) => return None,
        (_, PageKind::Front)
        | (
            Role::Root,
            PageKind::Section | PageKind::Tag | PageKind::Author | PageKind::Other | PageKind::Unknown,
        ) => SeedKind::Front,
        (_, PageKind::Section | PageKind::Tag | PageKind::Author) => SeedKind::Section,
        (_, PageKind::Feed) => SeedKind::Feed,
        (_, PageKind::Sitemap) => SeedKind::Sitemap,
        (_, PageKind::Article | PageKind::Other | PageKind::Unknown) => return None,
    };
    Some(SuggestedSeed { url: look.url.clone(), kind, why: why(look) })
}

/// Whether a sitemap has news, or is one that the site itself offers rather than a part of another.
fn is_offered(look: &Look) -> bool {
    let offered = match look.found_by {
        FoundBy::Robots | FoundBy::WellKnown | FoundBy::Seed | FoundBy::Redirect => true,
        FoundBy::Link(place) => place != Place::Sitemap,
    };
    look.is_news && look.entries > 0 || offered && look.entries + look.maps > 0
}

fn why(look: &Look) -> String {
    match look.kind {
        PageKind::Sitemap if look.is_news => format!("news, {} entries", look.entries),
        PageKind::Sitemap if look.maps > 0 => format!("{} sitemaps", look.maps),
        PageKind::Feed | PageKind::Sitemap => format!("{} entries", look.entries),
        PageKind::Front | PageKind::Section | PageKind::Tag | PageKind::Author => {
            format!("{} links to articles", look.entries)
        }
        PageKind::Article | PageKind::Other | PageKind::Unknown => String::new(),
    }
}
