//! What the operator told us: read once, validated whole, replaced whole on reload.
//!
//! Defaults are polite, and nothing here can turn robots.txt off. `crawler.toml` documents every key in the
//! order of these structs; `tests/cli.rs` shows the errors. [`load`](load()) reads files, `conf.d` and the environment.

pub mod cidr;
mod environment;
mod load;
mod origin;
mod problem;
pub mod profile;
mod seeds;
mod shape;
pub mod units;
mod validate;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{Host, PageUrl};

pub use load::{Loaded, SEARCHED, SHIPPED, load};
pub use problem::{ConfigErrors, Place, Problem};
pub use profile::{Profile, ProfileTest, builtin_profiles};
pub use shape::schema;

/// The whole configuration.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The program itself: who it says it is and where its files lie.
    pub crawler: Crawler,
    /// How gently hosts are treated.
    pub politeness: Politeness,
    /// When pages are visited again.
    pub schedule: Schedule,
    /// How a request is made and what it may cost.
    pub fetch: Fetch,
    /// The read-only web pages and the control socket.
    pub serve: Serve,
    /// Who is told when something needs a person.
    pub alerts: Alerts,
    /// How long things are kept.
    pub retention: Retention,
    /// The sites, in the order of the file.
    #[serde(rename = "site")]
    pub sites: Vec<Site>,
    /// The operator's own profiles; they hide built-in ones of the same name.
    #[serde(rename = "profile")]
    pub profiles: BTreeMap<String, Profile>,
}

/// Who the program says it is and where its files lie.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Crawler {
    /// Product token and version, `name/version`; the contact is appended as `(+contact)`.
    pub user_agent: String,
    /// An address or mail for site owners; empty gives a warning at every start.
    pub contact: String,
    /// The results file; relative to the configuration file.
    pub database: PathBuf,
    /// The file of raw pages; `none` turns it off.
    pub archive: String,
    /// Size of the write-ahead log behind a reader that pins a snapshot at which claims pause.
    #[serde(deserialize_with = "units::bytes")]
    #[schemars(with = "units::BytesText")]
    pub wal_limit: u64,
    /// IANA zone for pages that state none.
    pub timezone: String,
}

impl Default for Crawler {
    fn default() -> Crawler {
        Crawler {
            user_agent: concat!("murasil/", env!("CARGO_PKG_VERSION")).into(),
            contact: String::new(),
            database: "murasil.db".into(),
            archive: "murasil-pages.db".into(),
            wal_limit: 256 << 20,
            timezone: "UTC".into(),
        }
    }
}

impl Crawler {
    /// The `User-Agent` that is sent.
    pub fn user_agent_header(&self) -> String {
        if self.contact.is_empty() {
            self.user_agent.clone()
        } else {
            format!("{} (+{})", self.user_agent, self.contact)
        }
    }

    /// The product token that robots.txt groups are compared with: `murasil` of `murasil/0.1`.
    ///
    /// # Source
    /// RFC 9309 §2.2.1.
    pub fn product_token(&self) -> &str {
        self.user_agent.split('/').next().unwrap_or_default()
    }
}

/// How gently hosts are treated.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Politeness {
    /// Between the starts of two requests to a host.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub delay: Duration,
    /// No site's delay may be below this, except hosts wholly inside `fetch.allow_private`.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub floor: Duration,
    /// Requests to a host at a time; 1 is the only value.
    #[schemars(range(min = 1, max = 1))]
    pub per_host: u32,
    /// Connections to one address; half of them may stay open between requests.
    #[schemars(range(min = 1, max = 64))]
    pub per_ip: u32,
    /// The longest `Retry-After` that is obeyed as it stands; longer ones are cut to it.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub max_retry_after: Duration,
    /// The longest `Crawl-delay` that is obeyed; a host that asks for more is paused and reported.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub max_crawl_delay: Duration,
    /// Pages a host and UTC day.
    #[schemars(range(min = 1))]
    pub daily_pages: u32,
    /// `obey` is the only value.
    pub robots: Robots,
    /// What is done about wishes beyond robots.txt.
    pub opt_out: OptOut,
}

impl Default for Politeness {
    fn default() -> Politeness {
        Politeness {
            delay: Duration::from_secs(5),
            floor: Duration::from_secs(1),
            per_host: 1,
            per_ip: 8,
            max_retry_after: Duration::from_hours(24),
            max_crawl_delay: Duration::from_mins(10),
            daily_pages: 10_000,
            robots: Robots::Obey,
            opt_out: OptOut::default(),
        }
    }
}

/// Whether robots.txt is obeyed. It is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Robots {
    /// RFC 9309 to the letter.
    Obey,
}

/// What is done about wishes beyond robots.txt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OptOut {
    /// `noindex`.
    pub noindex: Noindex,
    /// `nofollow`.
    pub nofollow: Nofollow,
    /// `noarchive`.
    pub noarchive: Noarchive,
    /// TDM reservation.
    pub tdmrep: Wish,
    /// `noai`, `noimageai`.
    pub noai: Wish,
    /// Cloudflare's `Content-Signal`.
    pub content_signal: Wish,
}

impl Default for OptOut {
    fn default() -> OptOut {
        OptOut {
            noindex: Noindex::Skip,
            nofollow: Nofollow::Obey,
            noarchive: Noarchive::NoRaw,
            tdmrep: Wish::Record,
            noai: Wish::Record,
            content_signal: Wish::Record,
        }
    }
}

/// What `noindex` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Noindex {
    /// The article is not stored.
    Skip,
    /// It is stored.
    Record,
}

/// What `nofollow` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nofollow {
    /// The page's links do not enter the frontier.
    Obey,
    /// They do.
    Record,
}

/// What `noarchive` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Noarchive {
    /// The raw page is not kept.
    NoRaw,
    /// It is kept.
    Record,
}

/// What another wish does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// The article is not stored.
    Skip,
    /// It is stored and the wish recorded.
    Record,
}

/// When pages are visited again.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// Bounds of a source's interval, which follows what each visit brings.
    pub sources: Bounds,
    /// An article's age at each revisit; stops early when nothing changes.
    #[serde(deserialize_with = "units::durations")]
    #[schemars(with = "Vec<units::DurationText>")]
    pub revisit: Vec<Duration>,
    /// When failed pages are tried again.
    pub retry: Retry,
    /// Older discoveries wait behind all others.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub max_age: Duration,
}

impl Default for Schedule {
    fn default() -> Schedule {
        Schedule {
            sources: Bounds::default(),
            revisit: [1, 6, 24, 7 * 24, 30 * 24].map(Duration::from_hours).to_vec(),
            retry: Retry::default(),
            max_age: Duration::from_hours(30 * 24),
        }
    }
}

/// Bounds of an interval.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// Never sooner.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub min: Duration,
    /// Never later.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub max: Duration,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { min: Duration::from_mins(10), max: Duration::from_hours(14 * 24) }
    }
}

/// When failed pages are tried again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    /// After the first failure; doubles.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub first: Duration,
    /// Never later than this.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub max: Duration,
    /// Failures in a row after which an article is given up; sources are only tried more rarely.
    #[schemars(range(min = 1, max = 100))]
    pub give_up: u32,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry { first: Duration::from_mins(1), max: Duration::from_hours(24), give_up: 6 }
    }
}

/// How a request is made and what it may cost.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Fetch {
    /// From the start of a request to its last byte.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub timeout: Duration,
    /// Decoded bytes of a page.
    #[serde(deserialize_with = "units::bytes")]
    #[schemars(with = "units::BytesText")]
    pub max_body: u64,
    /// Requests in flight, all hosts together.
    #[schemars(range(min = 1, max = 1024))]
    pub concurrency: u32,
    /// Ports that may be dialled.
    pub ports: Vec<u16>,
    /// `system`, or addresses of name servers.
    pub resolver: Resolver,
    /// `none`, or the address of an HTTP proxy. The environment is not looked at.
    pub proxy: String,
    /// `off` is the only value: cookies are kept for single sites, by `cookies` of a `[[site]]`.
    pub cookies: NoCookies,
    /// Address ranges that may be dialled although they are private, as CIDR blocks.
    pub allow_private: Vec<String>,
}

impl Default for Fetch {
    fn default() -> Fetch {
        Fetch {
            timeout: Duration::from_secs(30),
            max_body: 5 << 20,
            concurrency: 64,
            ports: vec![80, 443],
            resolver: Resolver::default(),
            proxy: "none".into(),
            cookies: NoCookies::Off,
            allow_private: Vec::new(),
        }
    }
}

/// Who resolves names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Resolver {
    /// The word `system`: the machine's own configuration.
    System(SystemResolver),
    /// These name servers, as `address:port`.
    Servers(#[schemars(with = "Vec<units::SocketText>")] Vec<std::net::SocketAddr>),
}

impl Default for Resolver {
    fn default() -> Resolver {
        Resolver::System(SystemResolver::System)
    }
}

/// The word `system`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SystemResolver {
    /// The machine's own configuration.
    System,
}

/// The word `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoCookies {
    /// Never sent, never kept.
    Off,
}

/// Whether a site's cookies are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cookies {
    /// Never sent, never kept.
    #[default]
    Off,
    /// Kept in memory for this site alone, and gone with the process.
    Session,
}

/// Whether a site's certificates are verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// They are.
    #[default]
    Verified,
    /// Expired, self-signed and foreign certificates are taken from this site's hosts. Warned about at every start.
    Unverified,
}

/// Headers that one origin gets with every request, and nobody else.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// Scheme, host and port, exactly: `https://api.example.com`.
    pub origin: String,
    /// Header names with their values.
    pub headers: BTreeMap<String, SecretText>,
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// The text, for those who must send it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// The read-only web pages and the control socket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Serve {
    /// Address of the web pages; `off` turns them off.
    pub listen: String,
    /// Path of the control socket; relative to the configuration file.
    pub socket: PathBuf,
}

impl Default for Serve {
    fn default() -> Serve {
        Serve { listen: "127.0.0.1:8686".into(), socket: "murasil.sock".into() }
    }
}

/// Who is told when something needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Alerts {
    /// `log`, `command:…` or `webhook:…`.
    pub to: Vec<String>,
}

impl Default for Alerts {
    fn default() -> Alerts {
        Alerts { to: vec!["log".into()] }
    }
}

/// How long things are kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Raw pages.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub raw_pages: Duration,
    /// Rows of the fetch log.
    #[serde(deserialize_with = "units::duration")]
    #[schemars(with = "units::DurationText")]
    pub fetch_log: Duration,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { raw_pages: Duration::from_hours(365 * 24), fetch_log: Duration::from_hours(90 * 24) }
    }
}

/// One site: which hosts belong to it, where to begin, what to follow.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Its name in the database; unique.
    pub name: String,
    /// Hosts that belong to it: a domain with all its subdomains, or `host:port` exactly.
    /// Empty: the registrable domains of the seeds.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Where to begin.
    pub seeds: Vec<Seed>,
    /// What to follow.
    #[serde(default)]
    pub follow: Follow,
    /// Name of its profile; none: general extraction only.
    #[serde(default)]
    pub profile: Option<String>,
    /// IANA zone for its pages that state none.
    #[serde(default)]
    pub timezone: Option<String>,
    /// Its own delay, not below `politeness.floor`.
    #[serde(default, deserialize_with = "units::optional_duration")]
    #[schemars(with = "Option<units::DurationText>")]
    pub delay: Option<Duration>,
    /// Its own pages a host and day.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub daily_pages: Option<u32>,
    /// Whether its certificates are verified.
    #[serde(default)]
    pub tls: Tls,
    /// Whether its cookies are kept.
    #[serde(default)]
    pub cookies: Cookies,
    /// Headers for single origins of it.
    #[serde(default)]
    pub secrets: Vec<Secret>,
}

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Seed {
    /// An address; what it is will be seen.
    Url(String),
    /// An address whose kind is known.
    Known {
        /// The address.
        url: String,
        /// What it is.
        kind: SeedKind,
    },
}

impl Seed {
    /// The address as written.
    pub fn url(&self) -> &str {
        match self {
            Seed::Url(url) | Seed::Known { url, .. } => url,
        }
    }
}

/// What a seed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeedKind {
    /// RSS, Atom or JSON Feed.
    Feed,
    /// Sitemap or sitemap index.
    Sitemap,
    /// Front page.
    Front,
    /// Section page.
    Section,
    /// One article.
    Article,
}

/// What to follow on a site.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Follow {
    /// Regular expressions over path and query, of which one must match an article's address; empty: all may.
    pub allow: Vec<String>,
    /// Regular expressions over path and query, of which none may match.
    pub deny: Vec<String>,
    /// Links between a seed and a page, at most.
    pub depth: u16,
}

impl Default for Follow {
    fn default() -> Follow {
        Follow { allow: Vec::new(), deny: Vec::new(), depth: 3 }
    }
}

impl Site {
    /// A site made from a lone address: its registrable domain, or `host:port` where the port is unusual or the host is an address.
    pub fn from_seed(url: &PageUrl) -> Site {
        let host = url.host();
        let plain = host.name() == host.as_str() && url.host_name().parse::<std::net::IpAddr>().is_err();
        let domain = if plain { url.registrable_domain().to_owned() } else { host.as_str().to_owned() };
        Site {
            name: domain.clone(),
            domains: vec![domain],
            seeds: vec![Seed::Url(url.as_str().to_owned())],
            follow: Follow::default(),
            profile: None,
            timezone: None,
            delay: None,
            daily_pages: None,
            tls: Tls::default(),
            cookies: Cookies::default(),
            secrets: Vec::new(),
        }
    }

    /// Whether a host belongs to this site.
    pub fn contains(&self, host: &Host) -> bool {
        let name = host.name();
        self.domains.iter().any(|domain| {
            host.as_str() == domain
                || name.strip_suffix(domain.as_str()).is_some_and(|head| head.is_empty() || head.ends_with('.'))
        })
    }
}

/// [`Config::site_of`] in a few look-ups, whatever the number of sites: for those who ask for every link.
#[derive(Debug, Clone, Default)]
pub struct SiteIndex {
    /// Domain or `host:port` → the first site that names it.
    first: HashMap<String, usize>,
}

impl SiteIndex {
    /// The index of a configuration's sites as they are now.
    pub fn new(sites: &[Site]) -> SiteIndex {
        let mut first = HashMap::new();
        for (at, site) in sites.iter().enumerate() {
            for domain in &site.domains {
                first.entry(domain.clone()).or_insert(at);
            }
        }
        SiteIndex { first }
    }

    /// Place of the first site to which a host belongs.
    pub fn find(&self, host: &Host) -> Option<usize> {
        let find = |text: &str| self.first.get(text).copied();
        let name = host.name();
        let parents = name.match_indices('.').filter_map(|(dot, _)| find(&name[dot + 1..]));
        find(host.as_str()).into_iter().chain(find(name)).chain(parents).min()
    }
}

impl Config {
    /// The first site to which a host belongs.
    pub fn site_of(&self, host: &Host) -> Option<&Site> {
        self.sites.iter().find(|site| site.contains(host))
    }

    /// The site of this name.
    pub fn site(&self, name: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.name == name)
    }

    /// The profile of this name: the operator's own before a built-in one.
    pub fn profile(&self, name: &str) -> Option<Profile> {
        self.profiles.get(name).cloned().or_else(|| builtin_profiles().remove(name))
    }

    /// The delay that holds for a site's hosts, before `Crawl-delay`.
    pub fn delay_of(&self, site: &str) -> Duration {
        self.site(site).and_then(|site| site.delay).unwrap_or(self.politeness.delay)
    }
}

/// Everything that a valid configuration must satisfy beyond its types is checked where files are read; these
/// tests hold the defaults to it.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_contains_its_domains_and_nothing_that_only_ends_alike() {
        let host = |text: &str| PageUrl::parse(text).expect("parses").host();
        let site = Site::from_seed(&PageUrl::parse("https://www.example.co.uk/x").expect("parses"));
        assert_eq!(site.domains, ["example.co.uk"]);
        assert!(site.contains(&host("http://example.co.uk/")));
        assert!(site.contains(&host("http://news.example.co.uk:8080/")));
        assert!(!site.contains(&host("http://badexample.co.uk/")));

        let site = Site::from_seed(&PageUrl::parse("http://127.0.0.1:8001/").expect("parses"));
        assert!(site.contains(&host("http://127.0.0.1:8001/a")));
        assert!(!site.contains(&host("http://127.0.0.1:8002/a")));
    }

    #[test]
    fn the_index_finds_the_first_site_as_a_search_would() {
        let domains = ["example.com", "news.example.com", "127.0.0.1:81", "co.uk", "a.example.com", "example.com:8080"];
        let seed = PageUrl::parse("http://seed.example/").expect("parses");
        let site = |domain: &str| Site { domains: vec![domain.into()], ..Site::from_seed(&seed) };
        let sites: Vec<Site> = domains.iter().chain(&["news.example.com"]).map(|domain| site(domain)).collect();
        for sites in [sites.clone(), sites.into_iter().rev().collect()] {
            let index = SiteIndex::new(&sites);
            for host in [
                "example.com",
                "www.example.com",
                "news.example.com:8080",
                "x.news.example.com",
                "badexample.com",
                "example.com:8080",
                "127.0.0.1:81",
                "127.0.0.1:82",
                "127.0.0.1",
                "b.co.uk",
                "uk",
                "a.b.example.com",
                "[::1]:9",
            ] {
                let host = Host::from_stored(host);
                assert_eq!(index.find(&host), sites.iter().position(|site| site.contains(&host)), "{host}");
            }
        }
    }

    #[test]
    fn the_user_agent_names_its_contact() {
        let mut crawler = Crawler { user_agent: "murasil/0.1".into(), ..Crawler::default() };
        assert_eq!(crawler.user_agent_header(), "murasil/0.1");
        crawler.contact = "https://example.org/bot".into();
        assert_eq!(crawler.user_agent_header(), "murasil/0.1 (+https://example.org/bot)");
        assert_eq!(crawler.product_token(), "murasil");
    }
}
