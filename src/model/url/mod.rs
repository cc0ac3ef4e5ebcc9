//! Addresses: what is requested ([`PageUrl`]), what makes two of them one page ([`PageKey`]), whose
//! patience is spent ([`Host`]) and whose rules hold ([`Authority`]).
//!
//! One canonicaliser for the whole program. It is idempotent and never changes the host. `docs/ADDRESSES.md` tells its
//! rules; `tests/suites_urls.rs` shows it at work.

mod key;
mod noise;
mod plain;
mod suffix;
mod userinfo;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use url::{Position, Url};

pub use key::PageKey;
pub(crate) use suffix::public_suffix;
pub use suffix::registrable_domain;
pub use userinfo::without_userinfo;

use super::shape::{self, Shape};

/// Longest address that is ever requested, in bytes; the longest that Internet Explorer and most caches took.
pub const MAX_URL_BYTES: usize = 2083;
/// Longest host name: none that is longer can be looked up.
///
/// # Source
/// RFC 1035 §2.3.4; the 255 bytes there count a length before each label and the root.
pub const MAX_HOST_BYTES: usize = 253;
/// Longest text that is tried as an address, in bytes.
const MAX_INPUT_BYTES: usize = 8192;

/// Why a text is no address that we would request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not an address by the WHATWG URL Standard.
    #[error("not a URL: {0}")]
    Invalid(String),
    /// Another scheme than http and https.
    #[error("scheme `{0}` is not fetched; only http and https are")]
    Scheme(String),
    /// Longer than [`MAX_URL_BYTES`].
    #[error("longer than {MAX_URL_BYTES} bytes")]
    TooLong,
    /// The host's name is longer than [`MAX_HOST_BYTES`].
    #[error("a host name longer than {MAX_HOST_BYTES} bytes")]
    LongHost,
}

/// The exact normalised address that is requested.
///
/// http or https, no fragment, no credentials, no tracking or session parameters, at most
/// [`MAX_URL_BYTES`] bytes. Normalising again changes nothing. Copies share the text, the key and the shape.
///
/// # Source
/// WHATWG URL Standard, as the `url` crate implements it.
#[derive(Clone)]
pub struct PageUrl(Arc<Inner>);

/// An address with what is computed of it at most once.
struct Inner {
    text: Box<str>,
    parts: Parts,
    /// As the `url` crate reads it, for references that need it.
    base: OnceLock<Result<Box<Url>, UrlError>>,
    key: OnceLock<PageKey>,
    shape: OnceLock<Shape>,
}

/// Where the parts of an address begin in its text.
#[derive(Clone, Copy)]
struct Parts {
    host: usize,
    /// End of the host; a colon and the port follow where that is not the scheme's own.
    host_end: usize,
    path: usize,
    /// The question mark; the text's end if there is none.
    query: usize,
}

impl PageUrl {
    /// Reads an absolute address.
    ///
    /// # Errors
    /// [`UrlError`] says what was wrong with the text.
    pub fn parse(text: &str) -> Result<PageUrl, UrlError> {
        check_length(text)?;
        if let Some(url) = PageUrl::plain(text) {
            return Ok(url);
        }
        PageUrl::from_url(Url::parse(text).map_err(|e| UrlError::Invalid(e.to_string()))?)
    }

    /// Resolves a reference found on this page.
    ///
    /// # Errors
    /// [`UrlError`] says what was wrong with the reference.
    pub fn join(&self, reference: &str) -> Result<PageUrl, UrlError> {
        check_length(reference)?;
        let reference = self.path_of(reference).unwrap_or(reference);
        let own = || plain::path_and_query(reference).and_then(|plain| self.with_path(plain));
        if let Some(url) = own().or_else(|| PageUrl::plain(reference)) {
            return Ok(url);
        }
        PageUrl::from_url(self.base()?.join(reference).map_err(|e| UrlError::Invalid(e.to_string()))?)
    }

    fn plain(address: &str) -> Option<PageUrl> {
        let (text, parts) = plain::address(address)?;
        (text.len() <= MAX_URL_BYTES).then(|| PageUrl::of(text.into(), parts))
    }

    /// Another page of this host, by a path and query in normal form; `None` if its address is too long.
    fn with_path(&self, path_and_query: &str) -> Option<PageUrl> {
        let Inner { text, parts, .. } = &*self.0;
        let length = parts.path + path_and_query.len();
        let query = parts.path + path_and_query.find('?').unwrap_or(path_and_query.len());
        let text = || [&text[..parts.path], path_and_query].concat().into_boxed_str();
        (length <= MAX_URL_BYTES).then(|| PageUrl::of(text(), Parts { query, ..*parts }))
    }

    /// This address as references are resolved against it.
    fn base(&self) -> Result<&Url, UrlError> {
        let read = || Url::parse(self.as_str()).map(Box::new).map_err(|e| UrlError::Invalid(e.to_string()));
        self.0.base.get_or_init(read).as_deref().map_err(Clone::clone)
    }

    /// Resolves a reference found on this page, which is in another encoding than UTF-8: `encode` turns the query's
    /// letters into bytes of that encoding.
    ///
    /// # Errors
    /// [`UrlError`] says what was wrong with the reference.
    ///
    /// # Source
    /// HTML Standard, "encoding-parse a URL": browsers send the query of a link in the document's encoding.
    pub fn join_encoded(&self, reference: &str, encode: &dyn Fn(&str) -> Cow<'_, [u8]>) -> Result<PageUrl, UrlError> {
        check_length(reference)?;
        let options = Url::options().base_url(Some(self.base()?)).encoding_override(Some(encode));
        PageUrl::from_url(options.parse(reference).map_err(|e| UrlError::Invalid(e.to_string()))?)
    }

    /// A reference without scheme and host, where it spells these as this address does: to read a host costs as much as
    /// all the rest.
    fn path_of<'r>(&self, reference: &'r str) -> Option<&'r str> {
        let path = reference.strip_prefix(&self.0.text[..self.0.parts.path])?;
        // Two slashes would begin a host; a tab or newline between them counts for nothing.
        let is_path =
            matches!(path.as_bytes(), [b'/', next, ..] if !matches!(next, b'/' | b'\\' | b'\t' | b'\n' | b'\r'));
        is_path.then_some(path)
    }

    fn from_url(mut url: Url) -> Result<PageUrl, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        if url.host_str().is_some_and(|host| host.trim_end_matches('.').len() > MAX_HOST_BYTES) {
            return Err(UrlError::LongHost);
        }
        url.set_fragment(None);
        if !url.username().is_empty() || url.password().is_some() {
            // Neither can fail: an http URL always has a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        noise::strip(&mut url);
        if url.as_str().len() > MAX_URL_BYTES {
            return Err(UrlError::TooLong);
        }
        let parts = Parts {
            host: url[..Position::BeforeHost].len(),
            host_end: url[..Position::AfterHost].len(),
            path: url[..Position::BeforePath].len(),
            query: url[..Position::AfterPath].len(),
        };
        Ok(PageUrl::of(String::from(url).into_boxed_str(), parts))
    }

    fn of(text: Box<str>, parts: Parts) -> PageUrl {
        let (base, key, shape) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        PageUrl(Arc::new(Inner { text, parts, base, key, shape }))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &str {
        if self.0.text.starts_with("https") { "https" } else { "http" }
    }

    /// The host name or address without a port, lower case; IPv6 in brackets.
    pub fn host_name(&self) -> &str {
        &self.0.text[self.0.parts.host..self.0.parts.host_end]
    }

    /// The host as a name or an address, for the address filter.
    pub fn host_address(&self) -> Option<url::Host<&str>> {
        self.base().ok()?.host()
    }

    /// The port that is dialled.
    pub fn port(&self) -> u16 {
        self.unusual_port().unwrap_or(if self.scheme() == "https" { 443 } else { 80 })
    }

    /// The path, percent-encoded, with its leading slash.
    pub fn path(&self) -> &str {
        &self.0.text[self.0.parts.path..self.0.parts.query]
    }

    /// The query without its question mark.
    pub fn query(&self) -> Option<&str> {
        self.0.text[self.0.parts.query..].strip_prefix('?')
    }

    /// Path and query as robots.txt rules see them.
    pub fn path_and_query(&self) -> String {
        self.0.text[self.0.parts.path..].to_owned()
    }

    /// The host whose pace this address spends.
    pub fn host(&self) -> Host {
        Host(match self.unusual_port() {
            Some(port) => format!("{}:{port}", self.host_name()),
            None => self.host_name().to_owned(),
        })
    }

    /// The scheme, host and port whose robots.txt and secrets hold for this address.
    pub fn authority(&self) -> Authority {
        Authority(format!("{}://{}", self.scheme(), self.host()))
    }

    /// Equality of keys is identity of pages.
    pub fn key(&self) -> PageKey {
        self.0.key.get_or_init(|| PageKey::of(self)).clone()
    }

    /// What the address alone tells of its page.
    pub fn shape(&self) -> Shape {
        *self.0.shape.get_or_init(|| shape::shape(self))
    }

    /// The port, where it is not the scheme's own.
    fn unusual_port(&self) -> Option<u16> {
        self.0.text[self.0.parts.host_end..self.0.parts.path].strip_prefix(':')?.parse().ok()
    }

    /// Whether both addresses lie in one registrable domain.
    pub fn is_same_site(&self, other: &PageUrl) -> bool {
        let (own, other) = (self.host_name(), other.host_name());
        // What is registered has two labels and more.
        own == other || last_labels(own) == last_labels(other) && registrable_domain(own) == registrable_domain(other)
    }

    /// The part of the host that somebody registered (`example.co.uk`), or the whole host for addresses.
    pub fn registrable_domain(&self) -> &str {
        registrable_domain(self.host_name())
    }
}

impl PartialEq for PageUrl {
    fn eq(&self, other: &PageUrl) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_str() == other.as_str()
    }
}

impl Eq for PageUrl {}

impl PartialOrd for PageUrl {
    fn partial_cmp(&self, other: &PageUrl) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PageUrl {
    fn cmp(&self, other: &PageUrl) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for PageUrl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageUrl({:?})", self.as_str())
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The last two labels of a host name.
fn last_labels(host_name: &str) -> &str {
    let mut dots = 0;
    let before = host_name.bytes().rposition(|byte| {
        dots += u32::from(byte == b'.');
        dots == 2
    });
    before.map_or(host_name, |dot| &host_name[dot + 1..])
}

fn check_length(text: &str) -> Result<(), UrlError> {
    if text.len() > MAX_INPUT_BYTES { Err(UrlError::TooLong) } else { Ok(()) }
}

/// A lower-case host plus its port where that is not the scheme's default.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Host(String);

impl Host {
    /// Takes a host as it was stored; see [`PageUrl::host`] for how one is made.
    pub fn from_stored(text: impl Into<String>) -> Host {
        Host(text.into())
    }

    /// The host as stored: `example.com` or `example.com:8080`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host without its port.
    pub fn name(&self) -> &str {
        match self.0.rsplit_once(':') {
            Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => &self.0,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Scheme, host and port: `https://example.com`, `http://example.com:8080`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Authority(String);

impl Authority {
    /// Takes an authority as it was stored; see [`PageUrl::authority`] for how one is made.
    pub fn from_stored(text: impl Into<String>) -> Authority {
        Authority(text.into())
    }

    /// The authority as stored, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where its robots.txt lies.
    ///
    /// # Errors
    /// Never for an authority that came from a [`PageUrl`].
    pub fn robots_url(&self) -> Result<PageUrl, UrlError> {
        PageUrl::parse(&format!("{}/robots.txt", self.0))
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        let url = PageUrl::parse(input).expect("parses");
        assert_eq!(url.as_str(), expected, "{input}");
        assert_eq!(PageUrl::parse(url.as_str()).expect("parses again"), url, "idempotent: {input}");
    }

    #[test]
    fn an_address_loses_what_only_tracks() {
        check("HTTP://Example.COM:80/a/../b?utm_source=x&id=3&fbclid=y#c", "http://example.com/b?id=3");
        check("https://example.com/?utm_source=x", "https://example.com/");
        check("https://example.com/a;jsessionid=ABC123", "https://example.com/a");
        check("https://example.com/a;JSESSIONID=1;x=2/b;sid=0123456789abcdef", "https://example.com/a;x=2/b");
        check("https://example.com/(S(lit3py55t21z5v55vlm25s55))/a.aspx", "https://example.com/a.aspx");
        check("https://example.com/(a)/b;c", "https://example.com/(a)/b;c");
        check("https://example.com/a?sid=0123456789abcdef0123&p=1", "https://example.com/a?p=1");
        check("https://example.com/a?sid=77&s=water", "https://example.com/a?sid=77&s=water");
        check("https://example.com/a?ASPSESSIONIDQQ=Z&PHPSESSID=1", "https://example.com/a");
        check("https://example.com/#!/story/1", "https://example.com/");
        check("https://example.com/a?", "https://example.com/a");
        check("https://user:pass@example.com/a", "https://example.com/a");
        check("https://www.example.com/خبر", "https://www.example.com/%D8%AE%D8%A8%D8%B1");
    }

    #[test]
    fn only_web_addresses_are_taken() {
        for bad in ["ftp://example.com/", "javascript:alert(1)", "data:text/html,x", "not a url", "file:///etc/passwd"]
        {
            assert!(PageUrl::parse(bad).is_err(), "{bad}");
        }
        let long = format!("https://example.com/{}", "a".repeat(MAX_URL_BYTES));
        assert_eq!(PageUrl::parse(&long), Err(UrlError::TooLong));
        let host = |labels: usize| format!("https://{}example.com/", "abc.".repeat(labels));
        assert_eq!(PageUrl::parse(&host(60)).map(|url| url.host_name().len()), Ok(251));
        assert_eq!(PageUrl::parse(&host(61)), Err(UrlError::LongHost));
    }

    #[test]
    fn spellings_of_one_page_have_one_key() {
        let key = |text: &str| PageUrl::parse(text).expect("parses").key();
        let expected = key("https://www.example.com/a/?b=2&a=1");
        for same in [
            "http://example.com/a/?a=1&b=2",
            "https://example.com/a/index.html?a=1&b=2#top",
            "https://example.com/%61/?a=1&b=2&utm_medium=mail",
        ] {
            assert_eq!(key(same), expected, "{same}");
        }
        assert_eq!(key("http://e.com/%d8%a7"), key("http://e.com/%D8%A7"));
        assert_eq!(key("http://e.com//a//b/"), key("http://e.com/a/b/"));
        assert_ne!(key("http://e.com/a/b"), key("http://e.com/a/b/"));
        assert_eq!(key("http://e.com/?b=1&%61=2").as_str(), "e.com/?a=2&b=1");
        assert_eq!(key("http://e.com/?b=2&a&b=1&").as_str(), "e.com/?a&b=2&b=1");
        assert_ne!(key("https://www.www.example.com/"), key("https://example.com/"));
        assert_ne!(key("https://example.com:8443/"), key("https://example.com/"));
        assert_eq!(key("http://e.com/%zz%4").as_str(), "e.com/%zz%4");
    }

    #[test]
    fn a_host_keeps_its_unusual_port_and_an_authority_its_scheme() {
        let url = PageUrl::parse("https://www.Example.com:8443/x?y").expect("parses");
        assert_eq!(url.host().as_str(), "www.example.com:8443");
        assert_eq!(url.host().name(), "www.example.com");
        assert_eq!(url.authority().as_str(), "https://www.example.com:8443");
        assert_eq!(url.path_and_query(), "/x?y");
        assert_eq!(PageUrl::parse("http://[::1]:9/").expect("parses").host().name(), "[::1]");
        assert_eq!(PageUrl::parse("http://[::1]/").expect("parses").host().name(), "[::1]");
        assert_eq!(PageUrl::parse("https://a.b.example.co.uk/").expect("parses").registrable_domain(), "example.co.uk");
        assert_eq!(PageUrl::parse("http://127.0.0.1:81/").expect("parses").registrable_domain(), "127.0.0.1");
    }
}
