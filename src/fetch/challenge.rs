//! Bot challenges in place of a page: recognised and reported, never evaded.

use reqwest::header::HeaderMap;

/// Bytes of an error page that are looked at.
pub(super) const HEAD_BYTES: usize = 16 << 10;

/// Texts that stand near the beginning of the challenge pages of the common services, in lower case.
const MARKS: [(&str, &str); 12] = [
    ("<title>just a moment...", "Cloudflare"),
    ("_cf_chl_opt", "Cloudflare"),
    ("/cdn-cgi/challenge-platform/", "Cloudflare"),
    ("attention required! | cloudflare", "Cloudflare"),
    ("checking your browser before accessing", "browser check"),
    ("ddos protection by", "DDoS protection"),
    ("_incapsula_resource", "Imperva"),
    ("px-captcha", "PerimeterX"),
    ("captcha-delivery.com", "DataDome"),
    ("sucuri website firewall", "Sucuri"),
    ("awswaf.com", "AWS WAF"),
    ("ddos-guard", "DDoS-Guard"),
];

/// Whose challenge the headers announce; `None` if they announce none.
pub(super) fn in_headers(headers: &HeaderMap) -> Option<&'static str> {
    let says = |name: &str, word: &str| {
        headers.get(name).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(word.as_bytes()))
    };
    if says("cf-mitigated", "challenge") {
        Some("Cloudflare")
    } else if says("x-amzn-waf-action", "challenge") || says("x-amzn-waf-action", "captcha") {
        Some("AWS WAF")
    } else {
        None
    }
}

/// Whose challenge an error page is; `None` if it is an ordinary one.
pub(super) fn in_body(status: u16, head: &[u8]) -> Option<&'static str> {
    if !matches!(status, 403 | 429 | 503) {
        return None;
    }
    let head = String::from_utf8_lossy(&head[..head.len().min(HEAD_BYTES)]).to_lowercase();
    MARKS.iter().find(|(mark, _)| head.contains(mark)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_page_is_a_challenge_only_with_a_known_mark_and_status() {
        let page = b"<html><title>Just a moment...</title>";
        assert_eq!(in_body(403, page), Some("Cloudflare"));
        assert_eq!(in_body(404, page), None);
        assert_eq!(in_body(403, b"<title>Forbidden</title> \xff"), None);
    }
}
