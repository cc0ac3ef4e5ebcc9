//! What the rules would do with an address, and what keeps a known page from being visited now. For people.

use std::sync::Arc;
use std::time::Duration;

use super::pace::daily_pages;
use super::{Frontier, admit};
use crate::config::Config;
use crate::model::page::day_of;
use crate::model::why::{Judgement, LastRun, Obstacle, PageStory, RobotsView};
use crate::model::{
    Claim, Discovered, History, HostId, HostPace, PageId, PageKind, PageUrl, Place, SiteLearning, Timestamp, Validators,
};

impl Frontier {
    /// What becomes of an address to which the front page of its site links, by the present configuration and what
    /// visits of the site's pages taught.
    pub fn judge(&self, url: &PageUrl, learning: Arc<SiteLearning>, now: Timestamp) -> Judgement {
        let Some((site, rules)) = self.site_of(url) else {
            return Judgement::TurnedAway { reason: "scope", rule: None };
        };
        let front = Claim {
            page: PageId(0),
            host_id: HostId(0),
            site: site.name.clone(),
            url: url.join("/").unwrap_or_else(|_| url.clone()),
            kind: PageKind::Front,
            depth: 0,
            hops: 0,
            validators: Validators::default(),
            history: History { learning, ..History::default() },
            pace: HostPace::new(url.host(), Duration::ZERO, now),
            robots: None,
        };
        let found = Discovered {
            url: url.clone(),
            kind: PageKind::Unknown,
            text: String::new(),
            place: Place::Main,
            published: None,
            rel: crate::model::Rel::NONE,
        };
        match admit::link(self, &front, PageKind::Front, &found, None, 0, now) {
            Ok(admission) => Judgement::Enters(admission),
            Err(reason) => {
                let address = url.path_and_query();
                let denied = rules.deny.iter().find(|deny| deny.is_match(&address));
                let rule = match reason {
                    "denied" => denied.map(|deny| format!("follow.deny {:?}", deny.as_str())),
                    "not-allowed" => Some(format!("follow.allow {:?}", site.follow.allow)),
                    "depth" => Some(format!("follow.depth {}", site.follow.depth)),
                    _ => None,
                };
                Judgement::TurnedAway { reason, rule }
            }
        }
    }
}

/// Everything that keeps a known page from being visited now, what lasts longest first; empty if it is due.
pub fn obstacles(
    config: &Config,
    page: &PageStory,
    robots: &RobotsView,
    run: Option<&LastRun>,
    now: Timestamp,
) -> Vec<Obstacle> {
    let mut all = Vec::new();
    if config.site(&page.site).is_none() {
        all.push(lasting("not-configured", format!("the site {} is not configured", page.site)));
    }
    if page.lane.is_none() {
        all.push(lasting("retired", retired(page)));
        return all;
    }
    match robots {
        RobotsView::Forbidden(_, rule) => all.push(lasting("robots", format!("robots.txt forbids it: {rule}"))),
        RobotsView::Unreachable(line) => {
            all.push(lasting("robots", format!("robots.txt of {} cannot be read", line.authority)));
        }
        RobotsView::Unread | RobotsView::Allowed(_) => {}
    }
    if let Some(ended) = run.and_then(|run| run.ended_at.as_ref()) {
        all.push(lasting("no-run", format!("the crawl does not run: the last one ended at {ended}")));
    }
    if let Some(due) = page.due_at.filter(|due| *due > now) {
        let quarantined = page.reason.as_deref() == Some("quarantined");
        let (what, why) = if quarantined {
            ("quarantine", "it is put aside: it broke the process or could not be recorded".to_owned())
        } else {
            ("not-due", not_due(page))
        };
        all.push(Obstacle { what, why, until: Some(due) });
    }
    all.extend(host_obstacles(config, page, now));
    all
}

fn lasting(what: &'static str, why: String) -> Obstacle {
    Obstacle { what, why, until: None }
}

/// What its host and the pages before it have to do with it.
fn host_obstacles(config: &Config, page: &PageStory, now: Timestamp) -> Vec<Obstacle> {
    let host = &page.host;
    let mut all = Vec::new();
    let budget = i64::from(daily_pages(config, &page.site));
    let spent = host.day == day_of(now).to_string() && host.pages_today >= budget;
    if spent {
        let why =
            format!("{} pages of {} were asked for today: no more than {budget} are", host.pages_today, host.host);
        all.push(Obstacle { what: "budget", why, until: Some(host.next_at) });
    } else if host.next_at > now {
        let why = match &host.note {
            Some(note) => format!("{} rests: {note}", host.host),
            None => format!("{} is asked once in {}", host.host, crate::config::units::format_duration(delay(page))),
        };
        all.push(Obstacle { what: "host", why, until: Some(host.next_at) });
    }
    if page.ahead > 0 {
        let count = if page.ahead >= 10_000 { "10,000 or more".to_owned() } else { page.ahead.to_string() };
        let pages = if page.ahead == 1 { "page" } else { "pages" };
        all.push(lasting("queue", format!("{count} {pages} of {} come first", host.host)));
    }
    all
}

fn delay(page: &PageStory) -> Duration {
    Duration::from_millis(page.host.delay_ms.max(page.host.backoff_ms).max(0).unsigned_abs())
}

/// Why a page is not due.
fn not_due(page: &PageStory) -> String {
    if page.failures > 0 {
        let times = if page.failures == 1 { "once".to_owned() } else { format!("{} times in a row", page.failures) };
        return format!("not due: it failed {times} and is tried again later");
    }
    match (page.outcome.as_deref(), &page.source) {
        (Some("refused"), _) => "not due: it was refused and is looked at again, because rules change".into(),
        (_, Some(_)) => "not due: a source is visited at its own pace".into(),
        (_, None) => "not due: an article is looked at again at set ages".into(),
    }
}

/// Why a page is not visited again.
fn retired(page: &PageStory) -> String {
    let detail = page.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
    match page.state.as_str() {
        "done" => "it was read and is not visited again".into(),
        "redirected" => match &page.alias_of {
            Some(target) => format!("it leads to {target}"),
            None => format!("it leads to where we do not follow{detail}"),
        },
        "alias" => format!("it is another address of {}", page.alias_of.as_deref().unwrap_or("a page that is kept")),
        "gone" => format!("it is gone{detail}"),
        "refused" => format!("it was refused{detail}"),
        "gave-up" => format!("it failed {} times{detail}", page.failures),
        "quarantined" => format!("reading it broke the program{detail}"),
        "out-of-scope" => "its site was not configured when the crawl last began".into(),
        other => format!("it is {other}{detail}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Site;
    use crate::model::why::{HostStory, RobotsLine};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a timestamp")
    }

    fn config() -> Config {
        let seed = PageUrl::parse("https://a.example/").expect("an address");
        let site = Site { daily_pages: Some(50), ..Site::from_seed(&seed) };
        Config { sites: vec![site], ..Config::default() }
    }

    /// A page that is due, of a host that may be asked.
    fn page() -> PageStory {
        PageStory {
            id: 1,
            url: "https://a.example/1".into(),
            site: "a.example".into(),
            site_active: true,
            kind: PageKind::Article,
            kind_reasons: Vec::new(),
            state: "scheduled".into(),
            lane: Some("revisit".into()),
            depth: 1,
            hops: 0,
            found_by: "main".into(),
            found_rel: None,
            found_at: at(0),
            trail: Vec::new(),
            visited_at: Some(at(10)),
            due_at: Some(at(1000)),
            successes: 1,
            failures: 0,
            unchanged: 0,
            status: Some(200),
            outcome: Some("page".into()),
            reason: None,
            detail: None,
            alias_of: None,
            aliases: Vec::new(),
            source: None,
            host: HostStory {
                host: "a.example".into(),
                next_at: at(1000),
                delay_ms: 5000,
                crawl_delay_ms: None,
                backoff_ms: 0,
                failures: 0,
                day: "1970-01-01".into(),
                pages_today: 10,
                requests: 10,
                note: None,
                wake_at: None,
            },
            ahead: 0,
            fetches: Vec::new(),
            opt_outs: Vec::new(),
            article: None,
            headlines: Vec::new(),
        }
    }

    fn check(page: &PageStory, robots: &RobotsView, run: Option<&LastRun>, expected: &[(&str, Option<i64>)]) {
        let found = obstacles(&config(), page, robots, run, at(2000));
        let found: Vec<(&str, Option<i64>)> =
            found.iter().map(|one| (one.what, one.until.map(Timestamp::as_second))).collect();
        assert_eq!(found, expected, "{page:?}");
    }

    #[test]
    fn a_page_that_is_due_is_blocked_by_nothing() {
        check(&page(), &RobotsView::Unread, None, &[]);
    }

    #[test]
    fn what_blocks_a_page_is_named_with_its_end() {
        let unread = RobotsView::Unread;
        check(&PageStory { due_at: Some(at(9000)), ..page() }, &unread, None, &[("not-due", Some(9000))]);
        let aside = PageStory { due_at: Some(at(9000)), reason: Some("quarantined".into()), ..page() };
        check(&aside, &unread, None, &[("quarantine", Some(9000))]);
        check(&PageStory { ahead: 3, ..page() }, &unread, None, &[("queue", None)]);
        check(&PageStory { site: "b".into(), ..page() }, &unread, None, &[("not-configured", None)]);
        let rests = HostStory { next_at: at(3000), note: Some("status 503".into()), ..page().host };
        check(&PageStory { host: rests, ..page() }, &unread, None, &[("host", Some(3000))]);
        let spent = HostStory { next_at: at(86_400), pages_today: 50, ..page().host };
        check(&PageStory { host: spent, ..page() }, &unread, None, &[("budget", Some(86_400))]);
        let run = LastRun { started_at: "then".into(), ended_at: Some("now".into()) };
        check(&page(), &unread, Some(&run), &[("no-run", None)]);
        check(&page(), &unread, Some(&LastRun { ended_at: None, ..run }), &[]);
    }

    #[test]
    fn robots_txt_blocks_what_it_forbids_and_everything_while_it_cannot_be_read() {
        let line = RobotsLine {
            authority: "https://a.example".into(),
            status: "rules".into(),
            fetched_at: String::new(),
            expires_at: String::new(),
            failed_at: None,
            body_bytes: 1,
        };
        check(&page(), &RobotsView::Allowed(line.clone()), None, &[]);
        check(&page(), &RobotsView::Forbidden(line.clone(), "Disallow: /".into()), None, &[("robots", None)]);
        check(&page(), &RobotsView::Unreachable(line), None, &[("robots", None)]);
    }

    #[test]
    fn a_page_that_is_not_visited_again_has_one_reason() {
        for (state, expected) in [("gone", "it is gone: status 410"), ("done", "it was read and is not visited again")]
        {
            let retired = PageStory {
                state: state.into(),
                lane: None,
                due_at: None,
                detail: Some("status 410".into()),
                ahead: 9,
                ..page()
            };
            let found = obstacles(&config(), &retired, &RobotsView::Unread, None, at(2000));
            assert_eq!((found.len(), found[0].what, found[0].why.as_str()), (1, "retired", expected));
        }
    }
}
