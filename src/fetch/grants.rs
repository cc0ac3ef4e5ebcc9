//! What the operator grants to single sites: headers for one origin, cookies, certificates that nobody verified.
//!
//! Everything is bound to those it is meant for, request by request, so that no redirect can carry it elsewhere.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use cookie_store::CookieStore;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::config::{Config, Cookies, Site, SiteIndex, Tls};
use crate::model::url::public_suffix;
use crate::model::{Authority, PageUrl};

use super::FetchError;
use super::swept::locked;

/// Cookies of one site that are kept, those of all its hosts together.
const MAX_COOKIES: usize = 50;
/// Longest `Set-Cookie` that is read, in bytes (RFC 6265 §6.1 asks for at least 4096).
const MAX_COOKIE_BYTES: usize = 4096;
/// Longest `Cookie` header that is sent.
const MAX_COOKIE_HEADER_BYTES: usize = 8 << 10;

/// What single sites have been granted.
pub struct Grants {
    config: Arc<Config>,
    sites: SiteIndex,
    secrets: HashMap<Authority, HeaderMap>,
    /// By the site's name, for sites that may keep cookies.
    jars: HashMap<String, Mutex<Jar>>,
    has_unverified: bool,
}

impl Grants {
    /// Takes the grants from the configuration.
    ///
    /// # Errors
    /// [`FetchError::Secret`] for a header that cannot be sent, or an origin that is none.
    pub fn new(config: Arc<Config>) -> Result<Grants, FetchError> {
        let mut secrets: HashMap<Authority, HeaderMap> = HashMap::new();
        for secret in config.sites.iter().flat_map(|site| &site.secrets) {
            let broken = || FetchError::Secret(secret.origin.clone());
            let origin = PageUrl::parse(&secret.origin).map_err(|_| broken())?.authority();
            let headers = secrets.entry(origin).or_default();
            for (name, value) in &secret.headers {
                let name: HeaderName = name.parse().map_err(|_| broken())?;
                let mut value = HeaderValue::from_str(value.reveal()).map_err(|_| broken())?;
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        let with_cookies = config.sites.iter().filter(|site| site.cookies == Cookies::Session);
        let jars = with_cookies.map(|site| (site.name.clone(), Mutex::default())).collect();
        let has_unverified = config.sites.iter().any(|site| site.tls == Tls::Unverified);
        Ok(Grants { sites: SiteIndex::new(&config.sites), config, secrets, jars, has_unverified })
    }

    /// The headers that a request for this address gets beside those of every request.
    pub fn headers(&self, url: &PageUrl) -> HeaderMap {
        let mut headers = self.secrets.get(&url.authority()).cloned().unwrap_or_default();
        if let Some(cookies) = self.jar(url).and_then(|jar| locked(jar).header(url)) {
            headers.insert(header::COOKIE, cookies);
        }
        headers
    }

    /// Keeps the cookies of an answer, if its site may have any.
    pub fn learn(&self, url: &PageUrl, answer: &HeaderMap) {
        let Some(jar) = self.jar(url) else { return };
        let mut jar = locked(jar);
        for line in answer.get_all(header::SET_COOKIE).iter().take(MAX_COOKIES) {
            if let Ok(line) = line.to_str() {
                jar.put(url, line);
            }
        }
    }

    /// Whether any certificate is taken from the host of this address.
    pub fn trusts_any_certificate(&self, url: &PageUrl) -> bool {
        self.has_unverified && self.site(url).is_some_and(|site| site.tls == Tls::Unverified)
    }

    /// Whether any site has unverified certificates.
    pub(super) fn has_unverified(&self) -> bool {
        self.has_unverified
    }

    fn site(&self, url: &PageUrl) -> Option<&Site> {
        self.config.sites.get(self.sites.find(&url.host())?)
    }

    fn jar(&self, url: &PageUrl) -> Option<&Mutex<Jar>> {
        if self.jars.is_empty() {
            return None;
        }
        self.jars.get(&self.site(url)?.name)
    }
}

/// The cookies of one site, in memory only; at most [`MAX_COOKIES`].
///
/// # Source
/// RFC 6265 §5.3; a cookie for a whole public suffix is refused (Public Suffix List, ICANN and private part).
#[derive(Default)]
struct Jar(CookieStore);

impl Jar {
    fn put(&mut self, url: &PageUrl, line: &str) {
        if line.len() > MAX_COOKIE_BYTES {
            return;
        }
        let Ok(asked) = Url::parse(url.as_str()) else { return };
        let Ok(cookie) = cookie_store::Cookie::parse(line.to_owned(), &asked) else { return };
        let domain = cookie.domain.as_cow().unwrap_or_default().into_owned();
        if is_public_suffix(&domain) && domain != url.host_name() {
            return;
        }
        let is_known = self.0.contains_any(&domain, &cookie.path, cookie.name());
        if !is_known && self.0.iter_any().count() >= MAX_COOKIES {
            self.forget_expired();
            if self.0.iter_any().count() >= MAX_COOKIES {
                return;
            }
        }
        // A cookie for another host is refused here; nobody needs to know.
        let _ = self.0.insert(cookie, &asked);
    }

    fn forget_expired(&mut self) {
        let all = self.0.iter_any().cloned().map(Ok::<_, std::convert::Infallible>);
        let Ok(kept) = CookieStore::from_cookies(all, false);
        self.0 = kept;
    }

    /// `Cookie` for a request, longer paths first (RFC 6265 §5.4); `None` without any.
    fn header(&self, url: &PageUrl) -> Option<HeaderValue> {
        let asked = Url::parse(url.as_str()).ok()?;
        let mut cookies = self.0.matches(&asked);
        cookies.sort_by(|a, b| b.path.len().cmp(&a.path.len()).then_with(|| a.name().cmp(b.name())));
        let mut text = String::new();
        for cookie in cookies {
            let (name, value) = (cookie.name(), cookie.value());
            if text.len() + name.len() + value.len() + 3 > MAX_COOKIE_HEADER_BYTES {
                break;
            }
            if !text.is_empty() {
                text.push_str("; ");
            }
            text.extend([name, "=", value]);
        }
        let mut value = HeaderValue::from_str(&text).ok().filter(|_| !text.is_empty())?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn is_public_suffix(domain: &str) -> bool {
    public_suffix(domain).is_some_and(|suffix| suffix == domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> PageUrl {
        PageUrl::parse(text).expect("an address")
    }

    fn grants(sites: Vec<Site>) -> Grants {
        Grants::new(Arc::new(Config { sites, ..Config::default() })).expect("a valid configuration")
    }

    fn site_with_cookies(seed: &str) -> Site {
        Site { cookies: Cookies::Session, ..Site::from_seed(&url(seed)) }
    }

    fn learn(grants: &Grants, from: &str, line: &str) {
        let mut answer = HeaderMap::new();
        answer.insert(header::SET_COOKIE, HeaderValue::from_str(line).expect("a value"));
        grants.learn(&url(from), &answer);
    }

    fn cookies(grants: &Grants, at: &str) -> String {
        let headers = grants.headers(&url(at));
        headers.get(header::COOKIE).map(|value| value.to_str().expect("text").to_owned()).unwrap_or_default()
    }

    #[test]
    fn cookies_are_kept_for_sites_that_ask_for_it_and_for_nobody_else() {
        let off = Site::from_seed(&url("https://b.example/"));
        let grants = grants(vec![site_with_cookies("https://a.example/"), off]);
        for host in ["a.example", "b.example", "c.example"] {
            learn(&grants, &format!("https://{host}/x"), "s=1");
        }
        assert_eq!(cookies(&grants, "https://a.example/y"), "s=1");
        for other in ["https://b.example/y", "https://c.example/y", "https://sub.a.example/y"] {
            assert_eq!(cookies(&grants, other), "", "{other}");
        }
    }

    #[test]
    fn a_cookie_goes_where_its_attributes_say_and_never_to_a_public_suffix() {
        let mut site = site_with_cookies("https://www.paper.co.uk/");
        site.domains.push("paper.github.io".into());
        site.domains.push("other.co.uk".into());
        let grants = grants(vec![site]);
        learn(&grants, "https://www.paper.co.uk/a", "wide=1; Domain=paper.co.uk; Secure");
        learn(&grants, "https://www.paper.co.uk/a", "evil=1; Domain=co.uk");
        learn(&grants, "https://paper.github.io/a", "pages=1; Domain=github.io");
        learn(&grants, "https://www.paper.co.uk/a", "foreign=1; Domain=other.co.uk");
        learn(&grants, "https://www.paper.co.uk/a", "deep=1; Path=/deep");
        learn(&grants, "https://www.paper.co.uk/a", "old=1; Max-Age=0");
        assert_eq!(cookies(&grants, "https://news.paper.co.uk/"), "wide=1");
        assert_eq!(cookies(&grants, "http://news.paper.co.uk/"), "", "a secure cookie never goes out in clear");
        assert_eq!(cookies(&grants, "https://www.paper.co.uk/deep/x"), "deep=1; wide=1");
        assert_eq!(cookies(&grants, "https://other.co.uk/"), "");
        assert_eq!(cookies(&grants, "https://paper.github.io/"), "");
    }

    #[test]
    fn a_jar_is_bounded_in_count_and_size() {
        let grants = grants(vec![site_with_cookies("https://a.example/")]);
        learn(&grants, "https://a.example/", &format!("large={}", "x".repeat(MAX_COOKIE_BYTES)));
        assert_eq!(cookies(&grants, "https://a.example/"), "");
        for n in 0..200 {
            learn(&grants, "https://a.example/", &format!("n{n}={}", "x".repeat(1000)));
        }
        let sent = cookies(&grants, "https://a.example/");
        assert!(sent.len() <= MAX_COOKIE_HEADER_BYTES && sent.contains("n0="), "{} bytes", sent.len());
        let jar = grants.jar(&url("https://a.example/")).expect("a jar");
        assert_eq!(locked(jar).0.iter_any().count(), MAX_COOKIES);
        learn(&grants, "https://a.example/", "n0=new");
        assert!(cookies(&grants, "https://a.example/").contains("n0=new"), "a full jar still changes what it has");
        for n in 0..MAX_COOKIES {
            learn(&grants, "https://a.example/", &format!("n{n}=x; Max-Age=0"));
        }
        learn(&grants, "https://a.example/", "late=1");
        assert_eq!(cookies(&grants, "https://a.example/"), "late=1", "what has expired makes room");
    }
}
