//! What a configuration must satisfy beyond its types, and the domains that it leaves to us.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::fmt::strtime::BrokenDownTime;
use regex::RegexBuilder;

use super::cidr::Cidr;
use super::origin::{KeyPath, Node};
use super::problem::{Place, Problem};
use super::profile::{TESTED, selector_and_attribute};
use super::shape::{closest, did_you_mean};
use super::units::format_duration;
use super::{Config, Profile, ProfileTest, Site, builtin_profiles};
use crate::model::url::public_suffix;
use crate::model::{Date, HeadlineRole, Host, PageUrl};

/// No host that somebody else runs is asked more often than this.
const PUBLIC_FLOOR: Duration = Duration::from_secs(1);
/// The least `max_retry_after` for public hosts.
const PUBLIC_RETRY_AFTER: Duration = Duration::from_mins(1);
/// Memory that a compiled pattern may take, in bytes; a pattern that needs more is a mistake.
const MAX_PATTERN_BYTES: usize = 1 << 20;
/// Most origins of a site that get headers of their own, and most headers of one.
const MAX_SECRETS: usize = 10;
/// Longest product token and version, in bytes; servers cut or refuse longer header fields.
const MAX_USER_AGENT_BYTES: usize = 256;

/// Checks the configuration and fills in the domains of sites that name none.
///
/// `written` tells where each key stands; its sites are those of `config` in the same order.
pub(super) fn complete(config: &mut Config, written: &Node) -> Vec<Problem> {
    for site in &mut config.sites {
        fill_domains(site);
    }
    let mut check = Check { config, written, ranges: Vec::new(), problems: Vec::new() };
    check.ranges();
    check.crawler();
    check.politeness();
    check.schedule();
    check.fetch();
    check.serve();
    check.alerts();
    check.retention();
    check.sites();
    check.profiles();
    check.problems
}

/// The host pattern that a seed's site has if it names none: the registrable domain, or `host:port`.
pub(super) fn domain_of(seed: &PageUrl) -> String {
    Site::from_seed(seed).name
}

fn fill_domains(site: &mut Site) {
    if !site.domains.is_empty() {
        return;
    }
    for seed in &site.seeds {
        let Ok(url) = PageUrl::parse(seed.url()) else { continue };
        let domain = domain_of(&url);
        if !site.domains.contains(&domain) {
            site.domains.push(domain);
        }
    }
}

/// Whether every host of a site is a literal address inside the ranges.
pub(super) fn is_private(site: &Site, ranges: &[Cidr]) -> bool {
    let inside = |host: &str| {
        let address = host.parse::<SocketAddr>().map(|socket| socket.ip());
        let address = address.or_else(|_| host.trim_matches(['[', ']']).parse::<IpAddr>());
        address.is_ok_and(|address| ranges.iter().any(|range| range.contains(address)))
    };
    let seeds_inside =
        site.seeds.iter().all(|seed| PageUrl::parse(seed.url()).is_ok_and(|url| inside(url.host_name())));
    seeds_inside && !site.domains.is_empty() && site.domains.iter().all(|domain| inside(domain))
}

/// The slips of one profile: key below the profile, value, what is wrong.
pub(super) fn profile_slips(profile: &Profile) -> Vec<(String, String)> {
    let mut slips = Vec::new();
    let mut note = |key: &str, result: Result<(), String>| {
        if let Err(what) = result {
            slips.push((key.to_owned(), what));
        }
    };
    note("article_url", profile.article_url.as_deref().map_or(Ok(()), check_pattern));
    note("timezone", profile.timezone.as_deref().map_or(Ok(()), check_zone));
    note("until", check_day(profile.until.as_deref()));
    for (name, rule) in profile.rules() {
        note(&format!("{name}.pattern"), rule.pattern.as_deref().map_or(Ok(()), check_pattern));
        note(&format!("{name}.timezone"), rule.timezone.as_deref().map_or(Ok(()), check_zone));
        for pattern in &rule.drop {
            note(&format!("{name}.drop"), check_pattern(pattern));
        }
        for format in &rule.formats {
            note(&format!("{name}.formats"), check_format(format));
        }
        let months = rule.months.len();
        let twelve = || format!("{months} months: it must be twelve, in order");
        note(&format!("{name}.months"), if matches!(months, 0 | 12) { Ok(()) } else { Err(twelve()) });
    }
    if let Some(rule) = &profile.body {
        note(
            "body.pattern",
            if rule.pattern.is_some() { Err(body_slip("a pattern picks a part of one text")) } else { Ok(()) },
        );
        for css in rule.css.iter().filter(|css| selector_and_attribute(css).1.is_some()) {
            note("body.css", Err(body_slip(&format!("{css:?} takes an attribute"))));
        }
    }
    for rule in &profile.headlines {
        let words: Vec<&str> = HeadlineRole::ALL.iter().map(|role| role.as_str()).collect();
        let known = HeadlineRole::from_word(&rule.role).map(drop);
        note("headlines", known.ok_or_else(|| format!("role \"{}\" must be one of {}", rule.role, words.join(", "))));
    }
    for test in &profile.test {
        note("test", check_profile_test(test));
    }
    for version in &profile.version {
        note("version", check_version(version));
        for (key, what) in profile_slips(version) {
            note(&format!("version.{key}"), Err(what));
        }
    }
    slips
}

/// What is wrong with a rule for the body, and what such a rule may have.
fn body_slip(what: &str) -> String {
    format!(
        "{what}, but a body is the paragraphs of whole elements: it has `css` without \"@attr\", `remove` and `drop`"
    )
}

fn check_version(version: &Profile) -> Result<(), String> {
    let Profile { description, domains, article_url, version: versions, test, until, .. } = version;
    if until.is_none() {
        return Err(
            "a version needs `until`: the last day on which pages looked like this, as in \"2025-03-31\"".into()
        );
    }
    let is_plain = description.is_none() && domains.is_empty() && article_url.is_none();
    if is_plain && versions.is_empty() && test.is_empty() {
        Ok(())
    } else {
        Err("a version has rules for fields, `headlines`, `language` and `timezone`; all else belongs to the profile"
            .into())
    }
}

fn check_day(text: Option<&str>) -> Result<(), String> {
    let day = text.map(str::parse::<Date>).transpose();
    day.map(drop).map_err(|_| format!("{:?} is no day, as in \"2025-03-31\"", text.unwrap_or_default()))
}

fn check_profile_test(test: &ProfileTest) -> Result<(), String> {
    if test.file.is_some() == test.page.is_some() {
        return Err("a test needs either `file` or `page`".into());
    }
    if test.expect.is_empty() {
        return Err("a test needs `expect`: field = \"text\"".into());
    }
    if let Some(name) = test.expect.keys().find(|name| !TESTED.contains(&name.as_str())) {
        let hint = closest(name, TESTED.iter().copied()).map_or_else(String::new, did_you_mean);
        return Err(format!("expect.{name} is no field; there are: {}{hint}", TESTED.join(", ")));
    }
    check_day(test.fetched.as_deref())?;
    match test.url.as_deref().map(PageUrl::parse) {
        Some(Err(error)) => Err(format!("url is no address: {error}")),
        Some(Ok(_)) | None => Ok(()),
    }
}

/// A format must write a day so that it can be read again.
fn check_format(format: &str) -> Result<(), String> {
    let day = jiff::civil::date(2024, 11, 28);
    let written = day
        .at(0, 0, 0, 0)
        .to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .map(|day| jiff::fmt::strtime::format(format, &day));
    let read = written.ok().and_then(Result::ok).and_then(|text| BrokenDownTime::parse(format, text).ok());
    let same = read.and_then(|parts| parts.to_date().ok()) == Some(day);
    same.then_some(()).ok_or_else(|| format!("{format:?} is no format of a date, as in \"%d/%m/%Y %H:%M\""))
}

fn check_pattern(pattern: &str) -> Result<(), String> {
    RegexBuilder::new(pattern).size_limit(MAX_PATTERN_BYTES).build().map(drop).map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => format!("is a pattern that needs more than {limit} bytes when compiled"),
        // The last line says what is wrong; those before it draw the pattern.
        error => {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            format!("is no regular expression: {reason}")
        }
    })
}

fn check_zone(name: &str) -> Result<(), String> {
    if jiff::tz::db().get(name).is_ok() {
        return Ok(());
    }
    let known: Vec<String> = jiff::tz::db().available().map(|zone| zone.to_string()).collect();
    let wanted = name.to_lowercase();
    let near = known
        .iter()
        .map(|zone| (strsim::damerau_levenshtein(&wanted, &zone.to_lowercase()), zone))
        .filter(|(distance, _)| *distance <= 3)
        .min_by_key(|(distance, _)| *distance);
    let hint = near.map_or_else(String::new, |(_, zone)| did_you_mean(zone));
    Err(format!("must be an IANA time zone such as \"Asia/Riyadh\"{hint}"))
}

struct Check<'c> {
    config: &'c Config,
    written: &'c Node,
    ranges: Vec<Cidr>,
    problems: Vec<Problem>,
}

impl Check<'_> {
    /// Notes a problem at the first of these keys that was written.
    fn fault(&mut self, keys: &[&KeyPath], what: impl Into<String>) {
        let written = keys.iter().find(|key| self.written.find(key).is_some()).or(keys.first());
        let Some(key) = written else { return };
        self.problems.push(Problem {
            place: self.written.place_of(key),
            key: self.written.name_of(key),
            value: self.written.find(key).and_then(Node::text),
            what: what.into(),
        });
    }

    fn require(&mut self, holds: bool, key: &str, what: impl Into<String>) {
        if !holds {
            self.fault(&[&KeyPath::dotted(key)], what);
        }
    }

    fn ranges(&mut self) {
        let list = KeyPath::dotted("fetch.allow_private");
        for (n, text) in self.config.fetch.allow_private.iter().enumerate() {
            match text.parse() {
                Ok(range) => self.ranges.push(range),
                Err(what) => self.fault(&[&list.index(n)], what),
            }
        }
    }

    fn crawler(&mut self) {
        let crawler = &self.config.crawler;
        self.require(
            is_user_agent(&crawler.user_agent),
            "crawler.user_agent",
            "must be token/version, the token of letters, \"_\" and \"-\" only (\"murasil/0.1\"; RFC 9309 section 2.2.1)",
        );
        self.require(
            is_contact(&crawler.contact),
            "crawler.contact",
            "must be an http(s) URL or a mail address, or empty",
        );
        self.require(!crawler.database.as_os_str().is_empty(), "crawler.database", "must be a file name");
        self.require(!crawler.archive.is_empty(), "crawler.archive", "must be a file name, or \"none\"");
        let same = crawler.database.as_os_str() == crawler.archive.as_str();
        self.require(!same, "crawler.archive", "must be another file than crawler.database");
        self.require(crawler.wal_limit >= 1 << 20, "crawler.wal_limit", "must be at least 1 MiB");
        if let Err(what) = check_zone(&crawler.timezone) {
            self.fault(&[&KeyPath::dotted("crawler.timezone")], what);
        }
    }

    fn politeness(&mut self) {
        let polite = &self.config.politeness;
        let no_public_site =
            !self.ranges.is_empty() && self.config.sites.iter().all(|site| is_private(site, &self.ranges));
        self.require(
            polite.floor >= PUBLIC_FLOOR || no_public_site,
            "politeness.floor",
            "must be at least 1s, unless every site's hosts and seeds are addresses inside fetch.allow_private",
        );
        // It holds for sites that set no delay of their own; those that do are looked at one by one.
        let mut followers = self.config.sites.iter().filter(|site| site.delay.is_none());
        let all_private = !self.ranges.is_empty() && followers.all(|site| is_private(site, &self.ranges));
        self.require(polite.delay >= floor(self.config) || all_private, "politeness.delay", too_fast(self.config));
        self.require(polite.delay <= polite.max_crawl_delay, "politeness.delay", "must not be above max_crawl_delay");
        self.require(
            polite.max_retry_after >= PUBLIC_RETRY_AFTER || no_public_site,
            "politeness.max_retry_after",
            "must be at least 1m, or sites' wishes to be left alone would mean nothing",
        );
        self.require(
            polite.max_crawl_delay >= Duration::from_secs(30),
            "politeness.max_crawl_delay",
            "must be at least 30s, or sites with usual wishes would be paused",
        );
    }

    fn schedule(&mut self) {
        let schedule = &self.config.schedule;
        let min = KeyPath::dotted("schedule.sources.min");
        if schedule.sources.min > schedule.sources.max {
            self.fault(&[&min, &KeyPath::dotted("schedule.sources.max")], "sources.min must not be above sources.max");
        }
        if schedule.sources.min < self.config.politeness.delay {
            let what = format!(
                "sources.min must be at least politeness.delay, {}",
                format_duration(self.config.politeness.delay)
            );
            self.fault(&[&min, &KeyPath::dotted("politeness.delay")], what);
        }
        let grows = schedule.revisit.windows(2).all(|pair| pair[0] < pair[1]);
        let starts = schedule.revisit.first().is_none_or(|first| !first.is_zero());
        self.require(grows && starts, "schedule.revisit", "must be ages that grow, the first above zero");
        self.require(!schedule.retry.first.is_zero(), "schedule.retry.first", "must be above zero");
        let keys = [KeyPath::dotted("schedule.retry.first"), KeyPath::dotted("schedule.retry.max")];
        if schedule.retry.first > schedule.retry.max {
            self.fault(&[&keys[0], &keys[1]], "retry.first must not be above retry.max");
        }
        self.require(!schedule.max_age.is_zero(), "schedule.max_age", "must be above zero");
    }

    fn fetch(&mut self) {
        let fetch = &self.config.fetch;
        let seconds = (Duration::from_secs(1)..=Duration::from_mins(10)).contains(&fetch.timeout);
        self.require(seconds, "fetch.timeout", "must be from 1s to 10m");
        let size = ((1 << 10)..=(100 << 20)).contains(&fetch.max_body);
        self.require(size, "fetch.max_body", "must be from 1 KiB to 100 MiB");
        let ports = !fetch.ports.is_empty() && !fetch.ports.contains(&0);
        self.require(ports, "fetch.ports", "must be ports from 1 to 65535, at least one");
        let proxy = fetch.proxy == "none" || PageUrl::parse(&fetch.proxy).is_ok();
        self.require(proxy, "fetch.proxy", "must be \"none\" or the http(s) URL of a proxy");
        let servers = match &fetch.resolver {
            super::Resolver::System(_) => true,
            super::Resolver::Servers(servers) => !servers.is_empty(),
        };
        self.require(servers, "fetch.resolver", "must be \"system\" or at least one address with its port");
    }

    fn serve(&mut self) {
        let serve = &self.config.serve;
        let listen = serve.listen == "off" || serve.listen.parse::<SocketAddr>().is_ok();
        self.require(listen, "serve.listen", "must be \"off\" or an address with its port (\"127.0.0.1:8686\")");
        self.require(!serve.socket.as_os_str().is_empty(), "serve.socket", "must be a file name");
    }

    fn alerts(&mut self) {
        let list = KeyPath::dotted("alerts.to");
        for (n, to) in self.config.alerts.to.iter().enumerate() {
            let command = to.strip_prefix("command:").is_some_and(|command| !command.trim().is_empty());
            let webhook = to.strip_prefix("webhook:").is_some_and(|url| PageUrl::parse(url).is_ok());
            if to != "log" && !command && !webhook {
                self.fault(&[&list.index(n)], "must be \"log\", \"command:PROGRAM\" or \"webhook:URL\"");
            }
        }
    }

    fn retention(&mut self) {
        let day = Duration::from_hours(24);
        let what = "must be at least 1d";
        self.require(self.config.retention.raw_pages >= day, "retention.raw_pages", what);
        self.require(self.config.retention.fetch_log >= day, "retention.fetch_log", what);
    }

    fn sites(&mut self) {
        let mut names: BTreeMap<&str, Place> = BTreeMap::new();
        let config = self.config;
        for (n, site) in config.sites.iter().enumerate() {
            let path = KeyPath::dotted("site").index(n);
            self.site_name(&mut names, site, &path.key("name"));
            if self.site_domains(site, &path) {
                self.site_seeds(site, &path);
            }
            self.site_pace(site, &path);
            self.site_patterns(site, &path);
            self.site_profile(site, &path.key("profile"));
            self.site_secrets(site, &path.key("secrets"));
            if let Some(Err(what)) = site.timezone.as_deref().map(check_zone) {
                self.fault(&[&path.key("timezone")], what);
            }
        }
    }

    fn site_name<'s>(&mut self, names: &mut BTreeMap<&'s str, Place>, site: &'s Site, path: &KeyPath) {
        if site.name.trim().is_empty() || site.name.chars().any(char::is_control) {
            self.fault(&[path], "must be a name without control characters, not blank");
        }
        match names.get(site.name.as_str()) {
            Some(first) => {
                let what = format!("must be unique; the first site of this name is at {first}");
                self.fault(&[path], what);
            }
            None => drop(names.insert(&site.name, self.written.place_of(path))),
        }
    }

    /// Returns whether all are well-formed; seeds cannot be judged by others.
    fn site_domains(&mut self, site: &Site, path: &KeyPath) -> bool {
        let before = self.problems.len();
        for (n, domain) in site.domains.iter().enumerate() {
            if let Err(what) = check_domain(domain) {
                self.fault(&[&path.key("domains").index(n), &path.key("domains"), &path.key("seeds")], what);
            }
        }
        self.problems.len() == before
    }

    fn site_seeds(&mut self, site: &Site, path: &KeyPath) {
        let seeds = path.key("seeds");
        if site.seeds.is_empty() {
            self.fault(&[&seeds], "must be at least one address");
        }
        for (n, seed) in site.seeds.iter().enumerate() {
            let own = seeds.index(n);
            if let Err(what) = check_seed(self.config, site, seed.url()) {
                self.fault(&[&own.key("url"), &own], what);
            }
        }
    }

    fn site_pace(&mut self, site: &Site, path: &KeyPath) {
        let delay = path.key("delay");
        let global = KeyPath::dotted("politeness.delay");
        if let Some(own) = site.delay {
            if own < floor(self.config) && !is_private(site, &self.ranges) {
                self.fault(&[&delay], too_fast(self.config));
            }
            if own > self.config.politeness.max_crawl_delay {
                self.fault(&[&delay], "must not be above politeness.max_crawl_delay");
            }
            if own > self.config.schedule.sources.min {
                let what = format!(
                    "must not be above schedule.sources.min, {}",
                    format_duration(self.config.schedule.sources.min)
                );
                self.fault(&[&delay, &global], what);
            }
        }
    }

    fn site_patterns(&mut self, site: &Site, path: &KeyPath) {
        let follow = path.key("follow");
        for (key, patterns) in [("allow", &site.follow.allow), ("deny", &site.follow.deny)] {
            for (n, pattern) in patterns.iter().enumerate() {
                if let Err(what) = check_pattern(pattern) {
                    self.fault(&[&follow.key(key).index(n)], what);
                }
            }
        }
    }

    fn site_profile(&mut self, site: &Site, path: &KeyPath) {
        let Some(name) = &site.profile else { return };
        if self.config.profiles.contains_key(name) {
            return;
        }
        let built_in = builtin_profiles();
        if built_in.contains_key(name) {
            return;
        }
        let known: Vec<&str> = built_in.keys().chain(self.config.profiles.keys()).map(String::as_str).collect();
        let hint = closest(name, known.iter().copied()).map_or_else(String::new, did_you_mean);
        let what = format!("must be a [profile.NAME] or a built-in one; there are: {}{hint}", known.join(", "));
        self.fault(&[path], what);
    }

    fn site_secrets(&mut self, site: &Site, path: &KeyPath) {
        if site.secrets.len() > MAX_SECRETS {
            self.fault(&[path], format!("must be at most {MAX_SECRETS} origins"));
        }
        for (n, secret) in site.secrets.iter().enumerate() {
            let own = path.index(n);
            if let Err(what) = check_origin(site, &secret.origin, &self.ranges) {
                self.fault(&[&own.key("origin")], what);
            }
            if secret.headers.is_empty() || secret.headers.len() > MAX_SECRETS {
                self.fault(&[&own.key("headers")], format!("must be from 1 to {MAX_SECRETS} headers"));
            }
            for (name, value) in &secret.headers {
                if let Err(what) = check_header(name, value.reveal()) {
                    self.fault(&[&own.key("headers").key(name)], what);
                }
            }
        }
    }

    fn profiles(&mut self) {
        let config = self.config;
        for (name, profile) in &config.profiles {
            let path = KeyPath::dotted("profile").key(name);
            for (key, what) in profile_slips(profile) {
                let own = key.split('.').fold(path.clone(), |path, key| path.key(key));
                self.fault(&[&own], what);
            }
        }
    }
}

/// Whether headers may be sent to this origin: scheme, host and port of one of the site's hosts, over TLS unless it
/// lies inside the ranges.
fn check_origin(site: &Site, origin: &str, ranges: &[Cidr]) -> Result<(), String> {
    let form = || "must be scheme, host and port alone, such as \"https://api.example.com\"".to_owned();
    let url = PageUrl::parse(origin).map_err(|_| form())?;
    if url.authority().as_str() != origin.trim_end_matches('/') {
        return Err(form());
    }
    if !site.contains(&url.host()) {
        return Err(format!("must be a host of the site's domains, {}", site.domains.join(", ")));
    }
    let address = url.host_name().trim_matches(['[', ']']).parse::<IpAddr>();
    let is_inside = address.is_ok_and(|address| ranges.iter().any(|range| range.contains(address)));
    if url.scheme() == "https" || is_inside {
        Ok(())
    } else {
        Err("must be https, or everybody on the way would read what is sent".to_owned())
    }
}

/// Headers that are the program's own business: who asks, how the connection is used, what is understood. `User-Agent`
/// is among them because we do not disguise ourselves.
const OWN_HEADERS: [&str; 20] = [
    "user-agent",
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "expect",
    "range",
    "referer",
    "cookie",
    "accept-encoding",
    "if-none-match",
    "if-modified-since",
    "if-range",
    "content-encoding",
];

fn check_header(name: &str, value: &str) -> Result<(), String> {
    let is_name = !name.is_empty() && name.len() <= 64 && name.bytes().all(is_tchar);
    if !is_name {
        return Err("must have the name of a header".to_owned());
    }
    if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return Err("must be another header: this one is set by the program".to_owned());
    }
    let is_value = !value.is_empty() && value.len() <= 4096 && value.bytes().all(|b| matches!(b, b' '..=b'~'));
    if is_value { Ok(()) } else { Err("must be 1 to 4096 printable ASCII characters".to_owned()) }
}

/// A character of a token (RFC 9110 §5.6.2).
fn is_tchar(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

/// Whether a seed may begin a site of this configuration.
///
/// # Errors
/// What is wrong with it.
pub(super) fn check_seed(config: &Config, site: &Site, text: &str) -> Result<(), String> {
    let url = PageUrl::parse(text).map_err(|error| format!("must be an http(s) URL: {error}"))?;
    check_port(config, &url)?;
    let host: Host = url.host();
    if !site.contains(&host) {
        return Err(format!("must lie in the site's domains, {}", site.domains.join(", ")));
    }
    match config.site_of(&host) {
        Some(owner) if owner.name != site.name => {
            Err(format!("belongs to site \"{}\", which stands first and has the same domain", owner.name))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether the seed's port may be dialled.
pub(super) fn check_port(config: &Config, url: &PageUrl) -> Result<(), String> {
    if config.fetch.ports.contains(&url.port()) {
        return Ok(());
    }
    let ports: Vec<String> = config.fetch.ports.iter().map(ToString::to_string).collect();
    Err(format!("port {} is not among fetch.ports, {}", url.port(), ports.join(", ")))
}

/// The least delay of a host that is not wholly inside `fetch.allow_private`.
fn floor(config: &Config) -> Duration {
    config.politeness.floor.max(PUBLIC_FLOOR)
}

fn too_fast(config: &Config) -> String {
    format!("must be at least {} for public hosts (see docs/OPERATIONS.md#pace)", format_duration(floor(config)))
}

/// Whether a site that has no delay of its own may be asked at the general pace.
pub(super) fn check_pace(config: &Config, site: &Site) -> Result<(), String> {
    let ranges: Vec<Cidr> = config.fetch.allow_private.iter().filter_map(|text| text.parse().ok()).collect();
    if is_private(site, &ranges) {
        return Ok(());
    }
    if config.politeness.max_retry_after < PUBLIC_RETRY_AFTER {
        return Err("is a public host, and politeness.max_retry_after is below 1m".into());
    }
    if config.politeness.delay >= floor(config) {
        return Ok(());
    }
    Err(format!("is a public host, and politeness.delay is only {}", format_duration(config.politeness.delay)))
}

/// A host name in the form in which addresses carry it, or `host:port`.
fn check_domain(domain: &str) -> Result<(), String> {
    let error = || "must be a host name such as \"example.com\", or host:port".to_owned();
    let url = PageUrl::parse(&format!("http://{domain}/")).map_err(|_| error())?;
    let host = url.host();
    if domain.contains(['/', '?', '#', '@', '\\']) || url.path() != "/" {
        return Err(error());
    }
    if host.as_str() != domain {
        return Err(format!("must be written \"{host}\""));
    }
    let is_suffix = public_suffix(domain)
        .is_some_and(|suffix| suffix.is_known() && suffix.typ() == Some(psl::Type::Icann) && suffix == domain);
    if is_suffix {
        return Err("is a public suffix, under which everybody has domains".into());
    }
    Ok(())
}

/// `token/version`.
///
/// # Source
/// RFC 9309 §2.2.1 for the token, RFC 9110 §5.6.2 for the version.
fn is_user_agent(text: &str) -> bool {
    let Some((token, version)) = text.split_once('/') else { return false };
    text.len() <= MAX_USER_AGENT_BYTES
        && !token.is_empty()
        && token.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_' || b == b'-')
        && !version.is_empty()
        && version.bytes().all(is_tchar)
}

/// Whether a contact can stand in the header's comment.
fn is_contact(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"()\\<>\"".contains(&b));
    let mail = || {
        let address = text.strip_prefix("mailto:").unwrap_or(text);
        address
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
    };
    text.len() <= MAX_USER_AGENT_BYTES && plain && (text.is_empty() || PageUrl::parse(text).is_ok() || mail())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_is_a_token_of_rfc_9309_and_a_version() {
        for good in ["murasil/0.1", "My_Bot-x/2"] {
            assert!(is_user_agent(good), "{good}");
        }
        for bad in
            ["murasil", "murasil/", "/1", "bot2/1", "my bot/1", "a/1 (x)", "Mozilla/5.0 (compatible)", "a/1\r\nX: y"]
        {
            assert!(!is_user_agent(bad), "{bad}");
        }
    }

    #[test]
    fn a_contact_is_a_url_or_a_mail_address() {
        for good in ["", "https://example.org/bot", "bot@example.org", "mailto:bot@example.org"] {
            assert!(is_contact(good), "{good}");
        }
        for bad in ["me", "call me", "a@b", "https://example.org/)", "x\r\nY: z", "@example.org"] {
            assert!(!is_contact(bad), "{bad}");
        }
    }

    #[test]
    fn headers_go_to_an_origin_of_the_site_and_never_in_clear_to_the_public() {
        let site = Site::from_seed(&PageUrl::parse("https://www.example.com/").expect("parses"));
        let local = Site::from_seed(&PageUrl::parse("http://127.0.0.1:8001/").expect("parses"));
        let ranges = ["127.0.0.0/8".parse().expect("a range")];
        assert_eq!(check_origin(&site, "https://api.example.com", &ranges), Ok(()));
        assert_eq!(check_origin(&site, "https://example.com:8443", &ranges), Ok(()));
        assert_eq!(check_origin(&local, "http://127.0.0.1:8001", &ranges), Ok(()));
        for (origin, what) in [
            ("http://api.example.com", "must be https"),
            ("https://example.org", "must be a host of the site's domains"),
            ("https://api.example.com/v1", "must be scheme, host and port alone"),
            ("https://user@api.example.com", "must be scheme, host and port alone"),
            ("api.example.com", "must be scheme, host and port alone"),
        ] {
            let found = check_origin(&site, origin, &ranges).expect_err(origin);
            assert!(found.starts_with(what), "{origin}: {found}");
        }
    }

    #[test]
    fn the_headers_that_say_who_asks_are_not_configurable() {
        assert_eq!(check_header("Authorization", "Bearer x"), Ok(()));
        assert_eq!(check_header("X-Api-Key", "k"), Ok(()));
        for name in ["User-Agent", "referer", "HOST", "Cookie", "a b", "", "X:Y"] {
            assert!(check_header(name, "x").is_err(), "{name}");
        }
        for value in ["", "a\r\nX: y", "é", &"x".repeat(5000)] {
            assert!(check_header("X-Api-Key", value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_domain_is_written_as_addresses_carry_it() {
        for good in
            ["example.com", "a.example.co.uk", "127.0.0.1:8001", "localhost:8080", "xn--mgbh0fb.example", "[::1]:80808"]
        {
            assert_eq!(check_domain(good).is_ok(), !good.contains("80808"), "{good}");
        }
        for (bad, what) in [
            ("Example.com", "must be written \"example.com\""),
            ("https://example.com", "must be a host name such as \"example.com\", or host:port"),
            ("example.com/news", "must be a host name such as \"example.com\", or host:port"),
            ("example.com:80", "must be written \"example.com\""),
            ("مثال.example", "must be written \"xn--mgbh0fb.example\""),
            ("co.uk", "is a public suffix, under which everybody has domains"),
            ("", "must be a host name such as \"example.com\", or host:port"),
        ] {
            assert_eq!(check_domain(bad), Err(what.to_owned()), "{bad}");
        }
    }

    #[test]
    fn a_pattern_is_bounded_and_says_what_is_wrong() {
        assert_eq!(check_pattern("^/(?<id>\\d+)$"), Ok(()));
        assert!(check_pattern("a(").expect_err("broken").contains("unclosed group"));
        assert!(check_pattern("((a{1000}){1000}){1000}").is_err());
    }

    #[test]
    fn a_zone_is_looked_up() {
        assert_eq!(check_zone("Asia/Riyadh"), Ok(()));
        assert!(check_zone("Asia/Riad").expect_err("unknown").ends_with("did you mean \"Asia/Riyadh\"?"));
    }

    #[test]
    fn a_site_is_private_only_if_all_its_hosts_are_addresses_in_the_ranges() {
        let ranges = ["127.0.0.0/8".parse().expect("a range"), "::1".parse().expect("a range")];
        let site = |url: &str| Site::from_seed(&PageUrl::parse(url).expect("parses"));
        assert!(is_private(&site("http://127.0.0.1:8001/"), &ranges));
        assert!(is_private(&site("http://[::1]:8001/"), &ranges));
        assert!(!is_private(&site("http://localhost:8001/"), &ranges));
        assert!(!is_private(&site("http://10.0.0.1/"), &ranges));
        let mut mixed = site("http://127.0.0.1:8001/");
        mixed.domains.push("example.com".into());
        assert!(!is_private(&mixed, &ranges));
    }
}
