//! What a page asks of robots: meta elements, `X-Robots-Tag` and the headers that stand for meta elements.
//!
//! Whatever is asked is noted ([`OptOut`]); `Signals` says what follows for us. What speaks of storing and following
//! is strict: of several rules that disagree the forbidding one holds.
//!
//! # Source
//! Google, "Robots meta tag, data-nosnippet, and X-Robots-Tag specifications"; TDM Reservation Protocol, W3C Community
//! Group Report; contentsignals.org.

use super::article::meta::Metas;
use super::dates::{DateContext, parse_date};
use crate::model::{OptOut, OptOutKind, PageUrl, Signals, Timestamp};

/// Other crawlers whose meta elements are common.
const OTHER_ROBOTS: [&str; 7] =
    ["googlebot", "googlebot-news", "bingbot", "gptbot", "google-extended", "applebot", "yandex"];
/// Longest wish that is kept, in characters.
const MAX_VALUE: usize = 200;
/// Signals of one `Content-Signal` that are read.
const MAX_SIGNALS: usize = 100;

/// Reads all wishes of a page. `tags` are those of `Page::robots_tags`; `base` resolves the target of a refresh.
pub(crate) fn read(metas: &Metas, base: &PageUrl, tags: &[String], robot: &str, now: Timestamp) -> Signals {
    let mut wishes = Wishes { signals: Signals::default(), robot: robot.to_ascii_lowercase(), now };
    for value in metas.all("robots") {
        wishes.rules(value, Source::Meta);
    }
    for value in metas.all(&wishes.robot.clone()) {
        wishes.rules(value, Source::Meta);
    }
    for other in OTHER_ROBOTS.iter().filter(|other| **other != robot) {
        if let Some(value) = metas.first(other) {
            wishes.note(OptOutKind::OtherAgent, &format!("{other}: {value}"));
        }
    }
    let named = |name: &str| tags.iter().find_map(|tag| tag.strip_prefix(name)?.strip_prefix(':'));
    for tag in tags.iter().filter(|tag| !LIKE_META.iter().any(|name| starts_with_name(tag, name))) {
        wishes.rules(tag, Source::Header);
    }
    // The page's own word goes before its headers', and these before the site's.
    if let Some(value) = metas.first("tdm-reservation").or_else(|| named("tdm-reservation"))
        && value.trim() == "1"
    {
        wishes.note(OptOutKind::TdmReservation, value);
    }
    if let Some(value) = metas.first("tdm-policy").or_else(|| named("tdm-policy")) {
        wishes.note(OptOutKind::TdmPolicy, value);
    }
    if let Some(value) = named("content-signal") {
        wishes.content_signal(value);
    }
    let mut signals = wishes.signals;
    signals.refresh = metas.first("refresh").or_else(|| named("refresh")).and_then(|value| refresh(value, base));
    signals
}

/// Headers that stand among the tags with their names.
const LIKE_META: [&str; 4] = ["tdm-reservation", "tdm-policy", "content-signal", "refresh"];

fn starts_with_name(tag: &str, name: &str) -> bool {
    tag.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'))
}

/// Where rules stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Meta,
    Header,
}

struct Wishes {
    signals: Signals,
    robot: String,
    now: Timestamp,
}

impl Wishes {
    fn note(&mut self, kind: OptOutKind, value: &str) {
        if self.signals.opt_outs.iter().all(|known| known.kind != kind) {
            let value = value.trim().chars().filter(|c| !c.is_control()).take(MAX_VALUE).collect();
            self.signals.opt_outs.push(OptOut { kind, value });
        }
    }

    /// Rules between commas. In a header a rule may begin with the name of the agent that it and the rules
    /// after it are for: `googlebot: noindex, otherbot: nofollow`.
    fn rules(&mut self, value: &str, source: Source) {
        let mut is_ours = true;
        let mut rest = value;
        loop {
            let (rule, after) = rest.split_once(',').map_or((rest, None), |(rule, after)| (rule, Some(after)));
            let rule = match rule.split_once(':').filter(|(head, _)| source == Source::Header && is_agent(head)) {
                Some((agent, rule)) => {
                    is_ours = agent.trim().eq_ignore_ascii_case(&self.robot) || agent.trim() == "*";
                    rule
                }
                None => rule,
            };
            if !is_ours {
                self.note(OptOutKind::OtherAgent, value);
            } else if let Some(date) = date_of_end(rule, rest) {
                self.unavailable_after(date);
                // A date may hold commas; nothing is known to follow it.
                return;
            } else {
                self.rule(rule, value);
            }
            let Some(after) = after else { return };
            rest = after;
        }
    }

    fn rule(&mut self, rule: &str, value: &str) {
        match rule.trim().to_ascii_lowercase().as_str() {
            "noindex" => self.no_index(value),
            "nofollow" => self.no_follow(value),
            "none" => {
                self.no_index(value);
                self.no_follow(value);
            }
            "noarchive" | "nocache" => {
                self.signals.noarchive = true;
                self.note(OptOutKind::NoArchive, value);
            }
            "noai" => self.note(OptOutKind::NoAi, value),
            "noimageai" => self.note(OptOutKind::NoImageAi, value),
            _ => {}
        }
    }

    fn no_index(&mut self, value: &str) {
        self.signals.noindex = true;
        self.note(OptOutKind::NoIndex, value);
    }

    fn no_follow(&mut self, value: &str) {
        self.signals.nofollow = true;
        self.note(OptOutKind::NoFollow, value);
    }

    /// After its end a page is not to be kept; an end that cannot be read is noted and has not come.
    fn unavailable_after(&mut self, date: &str) {
        self.note(OptOutKind::UnavailableAfter, date);
        let zone = jiff::tz::TimeZone::UTC;
        let ctx = DateContext { now: self.now, visited: None, zone: &zone, language: None, day_first: None };
        if parse_date(date.trim(), &ctx).is_some_and(|end| end.at <= self.now) {
            self.signals.noindex = true;
        }
    }

    /// `search=yes, ai-train=no`.
    fn content_signal(&mut self, value: &str) {
        for (name, answer) in value.split(',').take(MAX_SIGNALS).filter_map(|signal| signal.split_once('=')) {
            if !answer.trim().eq_ignore_ascii_case("no") {
                continue;
            }
            match name.trim().to_ascii_lowercase().as_str() {
                "search" => {
                    self.signals.noindex = true;
                    self.note(OptOutKind::SignalSearch, value);
                }
                "ai-input" => self.note(OptOutKind::SignalAiInput, value),
                "ai-train" => self.note(OptOutKind::SignalAiTrain, value),
                _ => {}
            }
        }
    }
}

/// The date behind `unavailable_after`, as far as the value goes; `None` for every other rule.
fn date_of_end<'v>(rule: &str, rest: &'v str) -> Option<&'v str> {
    const NAME: &str = "unavailable_after";
    if !rule.trim_start().to_ascii_lowercase().starts_with(NAME) {
        return None;
    }
    let at = rest.to_ascii_lowercase().find(NAME)?;
    rest.get(at + NAME.len()..)?.trim_start().strip_prefix(':')
}

/// Whether what stands before a colon is the name of an agent, and not that of a rule with a value.
fn is_agent(head: &str) -> bool {
    const VALUED: [&str; 4] = ["unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"];
    let head = head.trim();
    let is_name = head == "*" || head.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    !head.is_empty() && is_name && !VALUED.iter().any(|name| head.eq_ignore_ascii_case(name))
}

/// `5; url=/x` within ten seconds.
fn refresh(value: &str, base: &PageUrl) -> Option<PageUrl> {
    let (delay, rest) = value.split_once([';', ','])?;
    let delay: f32 = delay.trim().parse().ok()?;
    if !(0.0..=10.0).contains(&delay) {
        return None;
    }
    let rest = rest.trim();
    let target = match rest.get(..3) {
        Some(head) if head.eq_ignore_ascii_case("url") => rest[3..].trim_start().strip_prefix('=')?.trim(),
        _ => rest,
    };
    base.join(target.trim_matches(['"', '\''])).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_tags(tags: &[&str]) -> Signals {
        let tags: Vec<String> = tags.iter().map(|&tag| tag.to_owned()).collect();
        let base = PageUrl::parse("https://a.example/dir/").expect("an address");
        read(&Metas::default(), &base, &tags, "murasil", "2025-06-01T00:00:00Z".parse().expect("a timestamp"))
    }

    fn kinds(tags: &[&str]) -> Vec<&'static str> {
        of_tags(tags).opt_outs.into_iter().map(|wish| wish.kind.as_str()).collect()
    }

    #[test]
    fn a_tag_for_an_agent_holds_for_it_alone() {
        for (tag, noindex) in [
            ("noindex", true),
            ("NOINDEX", true),
            ("murasil: noindex, nofollow", true),
            ("Murasil: none", true),
            ("otherbot: noindex", false),
            ("googlebot: noindex, nofollow", false),
            ("googlebot: nofollow, murasil: noindex", true),
            ("murasil: nofollow, googlebot: noindex", false),
            ("*: noindex", true),
            ("max-snippet:-1, noindex", true),
            ("noindex, max-image-preview:large", true),
            ("indexifembedded", false),
        ] {
            assert_eq!(of_tags(&[tag]).noindex, noindex, "{tag}");
        }
        assert_eq!(kinds(&["googlebot: noindex"]), ["other-agent"], "it is noted all the same");
    }

    #[test]
    fn a_page_is_not_kept_after_its_end() {
        for (end, noindex) in [
            ("25 Jun 2010 15:00:00 GMT", true),
            ("Fri, 25 Jun 2010 15:00:00 GMT", true),
            ("2010-06-25T15:00:00Z", true),
            ("Wed, 03 Dec 2031 13:09:53 GMT", false),
            ("2031-12-03", false),
            ("soon", false),
        ] {
            for tag in [format!("unavailable_after: {end}"), format!("murasil: unavailable_after: {end}")] {
                assert_eq!(of_tags(&[&tag]).noindex, noindex, "{tag}");
                assert_eq!(kinds(&[&tag]), ["unavailable-after"], "{tag}");
            }
            let other = format!("otherbot: unavailable_after: {end}");
            assert!(!of_tags(&[&other]).noindex, "{other}");
        }
    }

    #[test]
    fn wishes_are_noted_each_by_its_kind() {
        assert_eq!(kinds(&["noai, noimageai", "noai"]), ["noai", "noimageai"]);
        assert_eq!(kinds(&["none"]), ["noindex", "nofollow"]);
        assert_eq!(kinds(&["noarchive"]), ["noarchive"]);
        assert_eq!(
            kinds(&["tdm-reservation: 1", "tdm-policy: https://a.example/terms"]),
            ["tdm-reservation", "tdm-policy"]
        );
        assert_eq!(kinds(&["tdm-reservation: 0", "otherbot: noai"]), ["other-agent"]);
    }

    #[test]
    fn a_content_signal_is_obeyed_where_it_speaks_of_search_and_noted_where_it_does_not() {
        let signals = of_tags(&["content-signal: search=yes, ai-train=no"]);
        assert!(!signals.noindex);
        assert_eq!(signals.opt_outs[0].value, "search=yes, ai-train=no");
        assert_eq!(kinds(&["content-signal: search=yes, ai-train=no"]), ["content-signal-ai-train"]);
        assert!(of_tags(&["content-signal: Search = NO,ai-input=no"]).noindex);
        assert_eq!(kinds(&["content-signal: ai-input=yes,search"]), Vec::<&str>::new());
    }

    #[test]
    fn the_page_s_own_word_about_mining_goes_before_its_headers() {
        let tree = super::super::tree::Tree::parse("<meta name=tdm-reservation content=0><p>x");
        let scan = super::super::scan::scan(&tree);
        let base = PageUrl::parse("https://a.example/").expect("an address");
        let tags = ["tdm-reservation: 1".to_owned()];
        let signals = read(&Metas::read(&scan), &base, &tags, "murasil", Timestamp::UNIX_EPOCH);
        assert_eq!(signals.opt_outs, []);
    }

    #[test]
    fn a_refresh_is_a_link_wherever_it_is_said_and_only_to_the_web() {
        let of = |value: &str| of_tags(&[&format!("refresh: {value}")]).refresh.map(|url| url.as_str().to_owned());
        assert_eq!(of("0; url=/x").as_deref(), Some("https://a.example/x"));
        assert_eq!(of("5;URL='y'").as_deref(), Some("https://a.example/dir/y"));
        assert_eq!(of("0,https://b.example/").as_deref(), Some("https://b.example/"));
        for none in ["60; url=/x", "0", "-1; url=/x", "0; url=javascript:alert(1)", "0; url=file:///etc/passwd", "x"] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn a_flood_of_rules_costs_little() {
        let started = std::time::Instant::now();
        let flood = "murasil: max-snippet:-1, otherbot: noai,".repeat(6_000);
        assert_eq!(kinds(&[&flood]), ["other-agent"]);
        assert!(of_tags(&[&format!("{flood} murasil: noindex")]).noindex, "the last rule counts like the first");
        assert!(started.elapsed() < std::time::Duration::from_secs(1), "{:?}", started.elapsed());
    }
}
