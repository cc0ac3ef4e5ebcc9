//! One paper as it stands at a moment: its articles, what is on the front page, what has changed since the start.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::dice::Dice;
use super::web::Expected;
use super::words::{Draft, Words};
use crate::config::SeedKind;
use crate::model::{Precision, Timestamp};

/// What makes one paper different from another. Never changes.
pub(super) struct Press {
    /// Its name in the database and in tests.
    pub(super) name: &'static str,
    /// Its name as printed.
    pub(super) title: &'static str,
    pub(super) words: &'static Words,
    /// BCP 47 primary language.
    pub(super) language: &'static str,
    /// IANA zone of the times that it prints.
    pub(super) zone: &'static str,
    /// How exactly it prints them.
    pub(super) precision: Precision,
    /// Whether answers are compressed for those who ask.
    pub(super) gzip: bool,
    /// Its profile's name in `sites/`.
    pub(super) profile: Option<&'static str>,
    /// Paths where a crawl begins.
    pub(super) seeds: &'static [(&'static str, Option<SeedKind>)],
    pub(super) sections: &'static [Section],
    /// Number of its oldest article.
    pub(super) first_id: u64,
    /// Articles at the start, at least.
    pub(super) least_articles: usize,
    /// Whether the paper names itself as publisher where a program can see it.
    pub(super) names_itself: bool,
    /// Makes a story look as this paper prints it.
    pub(super) style: fn(&mut Story, &mut Dice),
    /// Path of an article.
    pub(super) address: fn(&Story) -> String,
    /// The answer to a request; `None` is a 404.
    pub(super) answer: fn(&Edition, &Wanted<'_>) -> Option<Reply>,
    /// `Crawl-delay` of its robots.txt.
    pub(super) crawl_delay: Option<Duration>,
    /// Its robots.txt, `{authority}` standing for its address; `None` is a 404.
    pub(super) robots: Option<&'static str>,
}

/// A section of a paper.
pub(super) struct Section {
    /// Key that the words use.
    pub(super) key: &'static str,
    /// Path without its leading slash.
    pub(super) path: &'static str,
    /// As printed.
    pub(super) name: &'static str,
}

/// What a request asks for.
pub(super) struct Wanted<'a> {
    /// Path, percent-encoded as sent.
    pub(super) path: &'a str,
    /// Query without its question mark; empty if there is none.
    pub(super) query: &'a str,
}

/// An answer before validators and compression.
pub(super) struct Reply {
    pub(super) status: u16,
    /// `None`: the header is left out.
    pub(super) content_type: Option<&'static str>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    /// Revision of the paper at which this page changed last.
    pub(super) changed: u32,
}

impl Reply {
    /// A page in UTF-8 that says so.
    pub(super) fn html(body: String, changed: u32) -> Reply {
        Reply::typed("text/html; charset=utf-8", body, changed)
    }

    /// A body of any type.
    pub(super) fn typed(content_type: &'static str, body: impl Into<Vec<u8>>, changed: u32) -> Reply {
        Reply { status: 200, content_type: Some(content_type), headers: Vec::new(), body: body.into(), changed }
    }

    /// A permanent redirect.
    pub(super) fn moved(to: String) -> Reply {
        Reply {
            status: 301,
            content_type: Some("text/plain"),
            headers: vec![("location", to)],
            body: b"moved\n".to_vec(),
            changed: 0,
        }
    }
}

/// One article: the truth that pages are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Story {
    /// The paper's own number for it.
    pub(super) id: u64,
    /// Key of its section.
    pub(super) section: &'static str,
    /// Words of its address.
    pub(super) slug: String,
    pub(super) title: String,
    /// `None`: the paper prints none.
    pub(super) subtitle: Option<String>,
    pub(super) authors: Vec<String>,
    /// Slug and name of the newspaper, on an aggregator.
    pub(super) newspaper: Option<(&'static str, &'static str)>,
    pub(super) paragraphs: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) published: Timestamp,
    /// Whether front page, sections and feeds list it.
    pub(super) listed: bool,
    /// Revision of the paper at which it changed last; 0 at the start.
    pub(super) changed: u32,
    /// How often it was edited.
    pub(super) edits: u32,
}

impl Story {
    /// The original on the newspaper's own site, on an aggregator.
    pub(super) fn source_url(&self) -> Option<String> {
        self.newspaper.map(|(slug, _)| format!("http://www.{slug}.example/news/{}", self.id))
    }
}

/// Number of headlines in a ticker, as the real family prints it.
pub(super) const TICKER_ITEMS: usize = 58;
/// So often a title is drawn that the paper has not had; one in a few is new even after hundreds of articles.
const TITLE_DRAWS: u64 = 200;

/// One paper at a moment.
pub(super) struct Edition {
    pub(super) press: &'static Press,
    /// `http://127.0.0.1:PORT`.
    pub(super) authority: String,
    /// The other papers' authorities.
    pub(super) neighbours: Vec<String>,
    /// Oldest first.
    pub(super) stories: Vec<Story>,
    /// What the ticker shows: places in `stories`.
    pub(super) ticker: Vec<usize>,
    /// Grows with every change.
    pub(super) revision: u32,
    /// The second design of the pages.
    pub(super) redesigned: bool,
    zone: TimeZone,
    seed: u64,
    newest: Timestamp,
    titles: HashSet<String>,
}

impl Edition {
    /// A paper whose latest article appeared at `newest`.
    pub(super) fn new(
        press: &'static Press,
        authority: String,
        seed: u64,
        articles: usize,
        newest: Timestamp,
    ) -> Edition {
        let zone = TimeZone::get(press.zone).unwrap_or(TimeZone::UTC);
        let mut edition = Edition {
            press,
            authority,
            neighbours: Vec::new(),
            stories: Vec::new(),
            ticker: Vec::new(),
            revision: 0,
            redesigned: false,
            zone,
            seed,
            newest,
            titles: HashSet::new(),
        };
        let count = articles.max(press.least_articles);
        let mut minutes = 0;
        let mut ages = Vec::with_capacity(count);
        for _ in 0..count {
            ages.push(minutes);
            minutes += 35 + (edition.roll(ages.len() as u64) % 150) as i64;
        }
        for age in ages.into_iter().rev() {
            let seconds = edition.roll(age as u64) as i64 % 60;
            edition.write(newest.as_second() - age * 60 - seconds, true);
        }
        edition.ticker = (0..edition.stories.len()).rev().take(TICKER_ITEMS).collect();
        edition
    }

    fn roll(&self, salt: u64) -> u64 {
        Dice::new(&[self.seed, self.press.first_id, 1, salt]).roll() >> 1
    }

    /// Draws an article whose title the paper never had. `purpose` and `index` choose the stream of chance.
    fn draw(&mut self, purpose: u64, index: u64) -> (Draft, Dice) {
        let (draft, dice) = (0..TITLE_DRAWS)
            .map(|draw| {
                let mut dice = Dice::new(&[self.seed, self.press.first_id, purpose, index, draw]);
                let paragraphs = dice.between(3, 5) as usize;
                (self.press.words.draft(&mut dice, paragraphs), dice)
            })
            .find(|(draft, _)| !self.titles.contains(&draft.title))
            .expect("the patterns give far more titles than a paper has articles");
        self.titles.insert(draft.title.clone());
        (draft, dice)
    }

    /// Writes the next article.
    fn write(&mut self, published: i64, listed: bool) {
        let index = self.stories.len() as u64;
        let (draft, mut dice) = self.draw(2, index);
        let mut story = Story {
            id: self.press.first_id + index * 3,
            section: draft.section,
            slug: slug(&draft.title),
            title: draft.title,
            subtitle: Some(draft.subtitle),
            authors: vec![draft.author, draft.co_author],
            newspaper: None,
            paragraphs: draft.paragraphs,
            tags: draft.tags,
            published: Timestamp::from_second(published).unwrap_or(self.newest),
            listed,
            changed: self.revision,
            edits: 0,
        };
        (self.press.style)(&mut story, &mut dice);
        self.stories.push(story);
    }

    /// So many new articles appear, first in every list, the first of them at this instant; `None`: a minute after the
    /// latest.
    pub(super) fn publish(&mut self, count: usize, at: Option<Timestamp>) {
        self.revision += 1;
        self.append(count, true, at);
        let newest = (0..self.stories.len()).rev().take(count);
        self.ticker = newest.chain(self.ticker.iter().copied()).take(TICKER_ITEMS).collect();
    }

    /// The ticker shows other articles from now on, which no list names.
    pub(super) fn rotate_ticker(&mut self) {
        self.revision += 1;
        self.append(TICKER_ITEMS, false, None);
        self.ticker = (0..self.stories.len()).rev().take(TICKER_ITEMS).collect();
    }

    fn append(&mut self, count: usize, listed: bool, mut first: Option<Timestamp>) {
        for _ in 0..count {
            let latest = self.stories.last().map_or(self.newest, |story| story.published);
            self.write(first.take().map_or(latest.as_second() + 61, Timestamp::as_second), listed);
        }
    }

    /// An article changes its title and its last paragraph. `index` counts from the newest listed one.
    pub(super) fn edit(&mut self, index: usize) {
        let Some(at) = self.listed_places().nth(index) else { return };
        self.revision += 1;
        let edits = self.stories[at].edits + 1;
        let (draft, mut dice) = self.draw(2 + u64::from(edits), at as u64);
        let paragraph = self.press.words.update(&mut dice);
        let revision = self.revision;
        let story = &mut self.stories[at];
        story.title = draft.title;
        if let Some(last) = story.paragraphs.last_mut() {
            *last = paragraph;
        }
        story.edits = edits;
        story.changed = revision;
    }

    /// Every page gets the other design.
    pub(super) fn redesign(&mut self) {
        self.revision += 1;
        self.redesigned = !self.redesigned;
        for story in &mut self.stories {
            story.changed = self.revision;
        }
    }

    fn listed_places(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.stories.len()).rev().filter(|at| self.stories[*at].listed)
    }

    /// What lists show, newest first.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Story> {
        self.stories.iter().rev().filter(|story| story.listed)
    }

    /// The ticker's articles, in its order.
    pub(super) fn ticker(&self) -> impl Iterator<Item = &Story> {
        self.ticker.iter().filter_map(|at| self.stories.get(*at))
    }

    /// The article with this number.
    pub(super) fn story(&self, id: u64) -> Option<&Story> {
        self.stories.iter().find(|story| story.id == id)
    }

    /// A few others that a reader of this one may like.
    pub(super) fn related(&self, story: &Story, count: usize) -> Vec<&Story> {
        let mut others: Vec<&Story> = self.listed().filter(|other| other.id != story.id).collect();
        let shift = story.id as usize % others.len().max(1);
        others.rotate_left(shift);
        others.truncate(count);
        others
    }

    /// Path of an article.
    pub(super) fn path(&self, story: &Story) -> String {
        (self.press.address)(story)
    }

    /// Absolute address of an article.
    pub(super) fn url(&self, story: &Story) -> String {
        format!("{}{}", self.authority, self.path(story))
    }

    /// The section of an article.
    pub(super) fn section(&self, story: &Story) -> &'static Section {
        let sections = self.press.sections;
        sections.iter().find(|section| section.key == story.section).unwrap_or(&sections[0])
    }

    /// The section at a path without its slashes.
    pub(super) fn section_at(&self, path: &str) -> Option<&'static Section> {
        self.press.sections.iter().find(|section| section.path == path)
    }

    /// Whether a story is of a section.
    pub(super) fn is_in(&self, story: &Story, section: &Section) -> bool {
        self.section(story).key == section.key
    }

    /// The paper's local time of publication.
    pub(super) fn local(&self, story: &Story) -> DateTime {
        self.zone.to_datetime(story.published)
    }

    /// Time of publication with seconds and offset: `2024-11-05T10:30:00+01:00`.
    pub(super) fn iso(&self, story: &Story) -> String {
        let seconds = self.zone.to_offset(story.published).seconds();
        let sign = if seconds < 0 { '-' } else { '+' };
        let minutes = seconds.unsigned_abs() / 60;
        let local = self.local(story).strftime("%Y-%m-%dT%H:%M:%S");
        format!("{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// Instant of the paper's revision, which is its `Last-Modified`.
    pub(super) fn modified_at(&self, revision: u32) -> Timestamp {
        Timestamp::from_second(self.newest.as_second() + i64::from(revision)).unwrap_or(self.newest)
    }

    /// What a perfect reader would take from the article's page.
    pub(super) fn truth(&self, story: &Story) -> Expected {
        let local = self.local(story);
        let own_name = self.press.names_itself.then(|| self.press.title.to_owned());
        Expected {
            url: self.url(story),
            title: story.title.clone(),
            subtitle: story.subtitle.clone(),
            authors: story.authors.clone(),
            publisher: story.newspaper.map(|(_, name)| name.to_owned()).or(own_name),
            published_day: local.date(),
            published: match self.press.precision {
                Precision::Day => local.date().to_string(),
                Precision::Minute => {
                    let mut text = self.iso(story);
                    text.replace_range(17..19, "00");
                    text
                }
                Precision::Second => self.iso(story),
            },
            language: self.press.language,
            body: story.paragraphs.clone(),
            source_url: story.source_url(),
        }
    }
}

/// Words for an address: ASCII letters and digits joined by hyphens, at most eight of them.
fn slug(title: &str) -> String {
    let plain: String = title
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'à' | 'â' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' => 'o',
            'ù' | 'û' => 'u',
            c if c.is_ascii_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    plain.split_whitespace().take(8).collect::<Vec<_>>().join("-")
}

/// Text for HTML and XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
