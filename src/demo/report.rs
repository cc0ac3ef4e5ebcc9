//! What a crawl of the demo web brought, for people at a terminal.
//!
//! Given what readers of the store get and the server's own log; prints, and decides nothing but whether every host
//! was treated as gently as configured.

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use super::{Arrival, Web};
use crate::model::query::{ArticleSummary, Refused};

/// Articles shown of each host.
const SHOWN: usize = 4;
/// Columns of a title.
const TITLE_COLUMNS: usize = 76;
/// Columns of a newspaper's name.
const PUBLISHER_COLUMNS: usize = 22;

/// What the crawl left in the database.
#[derive(Debug, Clone, Default)]
pub struct Harvest {
    /// Every article, newest first; `site` is the paper's name.
    pub articles: Vec<ArticleSummary>,
    /// Distinct headlines.
    pub headlines: i64,
    /// Rows of sightings.
    pub sightings: i64,
    /// What was not requested or not kept, by reason, most frequent first.
    pub refused: Vec<Refused>,
}

/// The whole report.
#[derive(Debug, Clone)]
pub struct DemoReport {
    /// One entry a paper.
    pub hosts: Vec<HostReport>,
    /// What the database holds.
    pub harvest: Harvest,
    /// The results file.
    pub database: PathBuf,
    /// From the first request to the end.
    pub elapsed: Duration,
}

/// What one host gave and how it was treated.
#[derive(Debug, Clone)]
pub struct HostReport {
    /// The paper's name.
    pub name: &'static str,
    /// As printed.
    pub title: String,
    /// Its address.
    pub authority: String,
    /// Articles that the paper has.
    pub has: usize,
    /// Its treatment.
    pub pace: Pace,
}

/// How one host was treated, by the server's own log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    /// Requests that arrived.
    pub requests: usize,
    /// Shortest time between two arrivals; `None` with fewer than two.
    pub smallest_gap: Option<Duration>,
    /// Most requests at the same time.
    pub at_once: u32,
    /// What was configured, or what the host asks for if that is longer.
    pub delay: Duration,
}

impl Pace {
    /// Judges the arrivals at one paper.
    pub fn of(log: &[Arrival], paper: &str, delay: Duration) -> Pace {
        let arrivals: Vec<&Arrival> = log.iter().filter(|arrival| arrival.paper == paper).collect();
        Pace {
            requests: arrivals.len(),
            smallest_gap: arrivals.windows(2).map(|pair| pair[1].at.duration_since(pair[0].at)).min(),
            at_once: arrivals.iter().map(|arrival| arrival.concurrent).max().unwrap_or_default(),
            delay,
        }
    }

    /// Whether the delay was kept and requests came one at a time. A request that travelled slower than the next
    /// one arrives late: [`slack`] is granted for it.
    pub fn is_polite(&self) -> bool {
        self.at_once <= 1 && self.smallest_gap.is_none_or(|gap| gap + slack(self.delay) >= self.delay)
    }
}

/// What arrivals may differ from the spacing at which requests were sent: 2 %, and 5 ms at least.
fn slack(delay: Duration) -> Duration {
    Duration::from_millis(5).max(delay / 50)
}

impl DemoReport {
    /// Puts together what the crawl brought and what the servers saw.
    pub fn new(web: &Web, delay: Duration, harvest: Harvest, database: PathBuf, elapsed: Duration) -> DemoReport {
        let log = web.log();
        let hosts = web.papers().iter().map(|paper| HostReport {
            name: paper.name,
            title: paper.title.clone(),
            authority: paper.authority.clone(),
            has: web.expected(paper.name).len(),
            pace: Pace::of(&log, paper.name, paper.crawl_delay.map_or(delay, |asked| asked.max(delay))),
        });
        DemoReport { hosts: hosts.collect(), harvest, database, elapsed }
    }

    /// Whether every host was treated as configured.
    pub fn is_polite(&self) -> bool {
        self.hosts.iter().all(|host| host.pace.is_polite())
    }

    /// Writes the report.
    ///
    /// # Errors
    /// If `out` does not take it.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let articles = self.harvest.articles.len();
        let seconds = self.elapsed.as_secs_f64();
        writeln!(out, "{articles} articles from {} papers in {seconds:.1} s", self.hosts.len())?;
        for host in &self.hosts {
            self.print_articles(out, host)?;
        }
        writeln!(out, "\nHeadlines: {} seen, {} sightings", self.harvest.headlines, self.harvest.sightings)?;
        self.print_refused(out)?;
        self.print_pace(out)?;
        self.print_queries(out)
    }

    fn print_articles(&self, out: &mut impl Write, host: &HostReport) -> io::Result<()> {
        let articles: Vec<&ArticleSummary> =
            self.harvest.articles.iter().filter(|article| article.site == host.name).collect();
        let title = isolated(&host.title);
        writeln!(out, "\n{} · {title} · {} · {} of {}", host.name, host.authority, articles.len(), host.has)?;
        for article in articles.iter().take(SHOWN) {
            let day = article.published_day.as_deref().unwrap_or("          ");
            let publisher = padded(article.publisher.as_deref().unwrap_or("–"), PUBLISHER_COLUMNS);
            let title = isolated(&cut(article.title.as_deref().unwrap_or("(no title)"), TITLE_COLUMNS));
            writeln!(out, "  {day}  {publisher}  {title}")?;
        }
        match articles.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(out, "  … and {more} more"),
        }
    }

    fn print_refused(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "\nLeft alone:")?;
        let columns = self.harvest.refused.iter().map(|line| width(&line.reason)).max().unwrap_or_default();
        for line in &self.harvest.refused {
            let reason = padded(&line.reason, columns);
            writeln!(out, "  {:>5}  {reason}  {}", line.count, isolated(&cut(&line.example, TITLE_COLUMNS)))?;
        }
        Ok(())
    }

    fn print_pace(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "\nPoliteness, by the servers' own log of arrivals (up to 5 ms, or 2 %, may be the way's doing):"
        )?;
        for host in &self.hosts {
            let pace = &host.pace;
            let gap = pace.smallest_gap.map_or("     –".to_owned(), |gap| format!("{:6.1}", milliseconds(gap)));
            let verdict = if pace.is_polite() { "kept" } else { "BROKEN" };
            writeln!(
                out,
                "  {}  {:>4} requests  smallest gap {gap} ms, asked for {:.1} ms  at most {} at once  {verdict}",
                padded(host.name, 12),
                pace.requests,
                milliseconds(pace.delay),
                pace.at_once,
            )?;
        }
        Ok(())
    }

    fn print_queries(&self, out: &mut impl Write) -> io::Result<()> {
        let database = quoted(&self.database.display().to_string());
        writeln!(out, "\nDatabase: {}\nTry:", self.database.display())?;
        for query in QUERIES {
            writeln!(out, "  sqlite3 -box {database} \"{query}\"")?;
        }
        Ok(())
    }
}

/// Three questions over the stable views; none holds a double quote or a dollar sign.
pub const QUERIES: [&str; 3] = [
    "select site, published_day, publisher, title from v_articles order by published_at desc limit 10",
    "select site, language, count(*) as articles, sum(word_count) as words, max(published_day) as newest \
     from v_articles group by site, language",
    "select site, position, text from v_front_page_now where role = 'ticker' order by position limit 10",
];

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// A word for the shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Text of the web as a terminal may show it: no control characters, and a direction of its own if it has letters
/// that run from right to left.
fn isolated(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() || is_bidi_control(c) { ' ' } else { c }).collect();
    if clean.chars().any(is_right_to_left) { format!("\u{2068}{clean}\u{2069}") } else { clean }
}

fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Hebrew, Arabic, Syriac, Thaana and their presentation forms.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

/// At most so many columns; an ellipsis tells that something is missing.
fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += columns_of(*c);
            used <= columns
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// Exactly so many columns.
fn padded(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    format!("{}{}", isolated(&text), " ".repeat(columns.saturating_sub(width(&text))))
}

fn width(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// Columns of a character in a terminal: none for marks, two for East Asian wide characters and emoji.
///
/// # Source
/// Unicode Standard Annex #11, the large blocks only: a few rare characters count as one.
fn columns_of(c: char) -> usize {
    match c {
        '\u{0300}'..='\u{036f}'
        | '\u{0591}'..='\u{05bd}'
        | '\u{0610}'..='\u{061a}'
        | '\u{064b}'..='\u{065f}'
        | '\u{0670}'
        | '\u{06d6}'..='\u{06dc}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_text_is_cut_by_columns_and_not_by_characters() {
        assert_eq!(cut("مُحَمَّد", 4), "مُحَمَّد");
        assert_eq!(cut("خبر عاجل", 5), "خبر…");
        assert_eq!(cut("新聞新聞", 5), "新聞…");
        assert_eq!(width(&padded("مُحَمَّد", 9)), 9);
    }

    #[test]
    fn right_to_left_text_is_isolated_and_control_characters_are_dropped() {
        assert_eq!(isolated("خبر"), "\u{2068}خبر\u{2069}");
        assert_eq!(isolated("news\u{1b}[2J\u{202e}"), "news [2J ");
    }

    #[test]
    fn a_path_is_quoted_for_the_shell_where_it_must_be() {
        assert_eq!(quoted("/tmp/a.db"), "/tmp/a.db");
        assert_eq!(quoted("/tmp/it's here"), "'/tmp/it'\\''s here'");
        assert!(QUERIES.iter().all(|query| !query.contains(['"', '$', '`', '\\'])));
    }

    fn arrivals(milliseconds: &[u64], concurrent: u32) -> Vec<Arrival> {
        let start = Instant::now();
        let arrival = |ms: &u64| Arrival {
            paper: "x",
            at: start + Duration::from_millis(*ms),
            path: "/".into(),
            status: 200,
            conditional: false,
            user_agent: String::new(),
            concurrent,
        };
        milliseconds.iter().map(arrival).collect()
    }

    #[test]
    fn a_host_was_treated_politely_if_every_gap_was_kept_and_requests_came_one_at_a_time() {
        let judge = |log: &[Arrival]| Pace::of(log, "x", Duration::from_millis(50));
        assert!(judge(&arrivals(&[0, 50, 120], 1)).is_polite());
        assert!(judge(&arrivals(&[0, 46, 120], 1)).is_polite());
        assert!(!judge(&arrivals(&[0, 44, 120], 1)).is_polite());
        assert!(!judge(&arrivals(&[0, 60], 2)).is_polite());
        assert!(judge(&[]).is_polite());
        assert_eq!(judge(&arrivals(&[0, 60, 112], 1)).smallest_gap, Some(Duration::from_millis(52)));
    }

    #[tokio::test]
    async fn the_report_shows_articles_refusals_pace_and_queries() {
        let web = Web::start(crate::demo::WebOptions::default()).await.expect("starts");
        let article = ArticleSummary {
            id: 1,
            site: "family".into(),
            url: "http://127.0.0.1/a/1".into(),
            title: Some("خبر".into()),
            authors: Vec::new(),
            publisher: Some("الصحيفة".into()),
            published_at: None,
            published_day: Some("2024-11-05".into()),
            language: None,
            word_count: 9,
            version: 1,
            snippet: None,
        };
        let harvest = Harvest {
            articles: vec![article; 6],
            headlines: 58,
            sightings: 60,
            refused: vec![Refused { reason: "robots.txt".into(), count: 3, example: "/private/".into() }],
        };

        let delay = Duration::from_millis(50);
        let report = DemoReport::new(&web, delay, harvest, "/tmp/demo/murasil.db".into(), Duration::from_secs(3));
        let mut out = Vec::new();
        report.print(&mut out).expect("memory takes it");
        let text = String::from_utf8(out).expect("UTF-8");

        for part in [
            "6 articles from 6 papers in 3.0 s",
            "2024-11-05",
            "\u{2068}خبر\u{2069}",
            "… and 2 more",
            "58 seen",
            "robots.txt  /private/",
            "asked for 200.0 ms",
            "sqlite3 -box /tmp/demo/murasil.db \"select",
        ] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert!(report.is_polite());
    }
}
