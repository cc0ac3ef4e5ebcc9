//! Addresses: what is requested ([`PageUrl`]), what makes two of them one page ([`PageKey`]), whose
//! patience is spent ([`Host`]) and whose rules hold ([`Authority`]).
//!
//! One canonicaliser for the whole program. It is idempotent and never changes the host.

use std::fmt;

use url::Url;

/// Longest address that is ever requested, in bytes; the longest that Internet Explorer and most caches took.
pub const MAX_URL_BYTES: usize = 2083;
/// Longest text that is tried as an address, in bytes.
const MAX_INPUT_BYTES: usize = 8192;

/// Query parameters that only say where a reader came from. Our own list; names are compared in lower case.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "__twitter_impression",
    "ref",
    "ref_src",
    "ref_url",
    "referrer",
    "cmpid",
    "ito",
    "xtor",
    "at_medium",
    "at_campaign",
    "at_custom1",
    "at_custom2",
    "at_custom3",
    "at_custom4",
    "at_format",
    "at_link_id",
    "at_link_origin",
    "at_link_type",
    "at_ptr_name",
    "at_bbc_team",
    "ns_campaign",
    "ns_mchannel",
    "ns_source",
    "ns_linkname",
    "smid",
    "smtyp",
    "partner",
    "wt_mc",
    "wtmc",
    "spm",
    "share",
    "amp_js_v",
    "usqp",
    "outputtype",
    "cvid",
    "ocid",
    "s_cid",
];
/// Prefixes of such parameters.
const TRACKING_PREFIXES: &[&str] = &["utm_", "hsa_", "pk_", "mtm_", "piwik_", "matomo_", "vero_", "oly_", "trk_"];
/// Query parameters that carry a visitor's session.
const SESSION: &[&str] = &["phpsessid", "jsessionid", "aspsessionid", "sessionid", "session_id", "cfid", "cftoken"];

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
}

/// The exact normalised address that is requested.
///
/// http or https, no fragment, no credentials, no tracking or session parameters, at most
/// [`MAX_URL_BYTES`] bytes. Normalising again changes nothing.
///
/// # Source
/// WHATWG URL Standard, as the `url` crate implements it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageUrl(Url);

impl PageUrl {
    /// Reads an absolute address.
    ///
    /// # Errors
    /// [`UrlError`] says what was wrong with the text.
    pub fn parse(text: &str) -> Result<PageUrl, UrlError> {
        check_length(text)?;
        PageUrl::from_url(Url::parse(text).map_err(|e| UrlError::Invalid(e.to_string()))?)
    }

    /// Resolves a reference found on this page.
    ///
    /// # Errors
    /// [`UrlError`] says what was wrong with the reference.
    pub fn join(&self, reference: &str) -> Result<PageUrl, UrlError> {
        check_length(reference)?;
        PageUrl::from_url(self.0.join(reference).map_err(|e| UrlError::Invalid(e.to_string()))?)
    }

    fn from_url(mut url: Url) -> Result<PageUrl, UrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlError::Scheme(url.scheme().to_owned()));
        }
        url.set_fragment(None);
        if !url.username().is_empty() || url.password().is_some() {
            // Neither can fail: an http URL always has a host.
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        strip_path_session(&mut url);
        strip_query(&mut url);
        if url.as_str().len() > MAX_URL_BYTES {
            return Err(UrlError::TooLong);
        }
        Ok(PageUrl(url))
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &str {
        self.0.scheme()
    }

    /// The host name or address without a port, lower case; IPv6 in brackets.
    pub fn host_name(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The host as a name or an address, for the address filter.
    pub fn host_address(&self) -> Option<url::Host<&str>> {
        self.0.host()
    }

    /// The port that is dialled.
    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or(80)
    }

    /// The path, percent-encoded, with its leading slash.
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// The query without its question mark.
    pub fn query(&self) -> Option<&str> {
        self.0.query()
    }

    /// Path and query as robots.txt rules see them.
    pub fn path_and_query(&self) -> String {
        match self.0.query() {
            Some(query) => format!("{}?{query}", self.0.path()),
            None => self.0.path().to_owned(),
        }
    }

    /// The host whose pace this address spends.
    pub fn host(&self) -> Host {
        Host(match self.0.port() {
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
        let host = self.host();
        let host = host.as_str();
        let host = host.strip_prefix("www.").unwrap_or(host);
        let mut key = String::with_capacity(self.as_str().len());
        key.push_str(host);
        push_normal_escapes(&mut key, strip_index(self.0.path()));
        if let Some(query) = self.0.query() {
            let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
            if !pairs.is_empty() {
                // The order of different names does not matter to servers; equal names keep their order.
                pairs.sort_by_key(|pair| pair.split('=').next().unwrap_or_default());
                key.push('?');
                push_normal_escapes(&mut key, &pairs.join("&"));
            }
        }
        PageKey(key)
    }

    /// The part of the host that somebody registered (`example.co.uk`), or the whole host for addresses.
    pub fn registrable_domain(&self) -> &str {
        registrable_domain(self.host_name())
    }
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The registrable domain of a host name without port; the name itself where there is none.
///
/// # Source
/// Public Suffix List, ICANN and private part.
pub fn registrable_domain(host_name: &str) -> &str {
    if host_name.parse::<std::net::IpAddr>().is_ok() || host_name.starts_with('[') {
        return host_name;
    }
    psl::domain_str(host_name).unwrap_or(host_name)
}

fn check_length(text: &str) -> Result<(), UrlError> {
    if text.len() > MAX_INPUT_BYTES { Err(UrlError::TooLong) } else { Ok(()) }
}

/// Removes `;jsessionid=…` from the end of the path, however often it stands there.
fn strip_path_session(url: &mut Url) {
    let path = url.path();
    let mut kept = path;
    while let Some(at) = kept.rfind(';') {
        let name = kept[at + 1..].split('=').next().unwrap_or_default();
        if !SESSION.contains(&name.to_ascii_lowercase().as_str()) {
            break;
        }
        kept = &kept[..at];
    }
    if kept.len() < path.len() {
        let kept = kept.to_owned();
        url.set_path(&kept);
    }
}

fn strip_query(url: &mut Url) {
    let Some(query) = url.query() else { return };
    if query.is_empty() {
        url.set_query(None);
        return;
    }
    if !query.split('&').any(is_noise) {
        return;
    }
    let kept = query.split('&').filter(|pair| !is_noise(pair)).collect::<Vec<_>>().join("&");
    url.set_query(if kept.is_empty() { None } else { Some(&kept) });
}

fn is_noise(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
    TRACKING.contains(&name.as_str())
        || SESSION.contains(&name.as_str())
        || TRACKING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// `/a/index.html` and `/a/` are one page.
fn strip_index(path: &str) -> &str {
    let Some(slash) = path.rfind('/') else { return path };
    match &path[slash + 1..] {
        "index.html" | "index.htm" | "index.php" | "index.shtml" | "default.aspx" | "default.asp" => &path[..=slash],
        _ => path,
    }
}

/// Copies text with its percent escapes in one spelling: upper-case digits, unreserved characters bare.
///
/// # Source
/// RFC 3986 §6.2.2.
fn push_normal_escapes(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        let value = tail.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match value {
            Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => out.push(char::from(byte)),
            Some(byte) => push_escape(out, byte),
            None => {
                out.push('%');
                rest = &tail[1..];
                continue;
            }
        }
        rest = &tail[3..];
    }
    out.push_str(rest);
}

fn push_escape(out: &mut String, byte: u8) {
    out.push('%');
    for digit in [byte >> 4, byte & 15] {
        out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
    }
}

/// Identity of a page: its address without scheme and without one leading `www.`.
///
/// Query pairs are sorted by name, escapes have one spelling, `index.html` is dropped.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageKey(String);

impl PageKey {
    /// The key as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
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
