//! Parts of an address that name no page: where a reader came from, and whose visit it is.
//!
//! `docs/ADDRESSES.md` shows both lists; a test compares them.

use std::borrow::Cow;

use url::Url;

/// Query parameters that only say where a reader came from, sorted. Our own list; names are compared in lower case.
pub(super) const TRACKING: &[&str] = &[
    "__s",
    "__twitter_impression",
    "_ga",
    "_gl",
    "_hsenc",
    "_hsmi",
    "_openstat",
    "amp_js_v",
    "at_campaign",
    "at_custom1",
    "at_custom2",
    "at_custom3",
    "at_custom4",
    "at_format",
    "at_link_id",
    "at_link_origin",
    "at_link_type",
    "at_medium",
    "at_ptr_name",
    "cmp",
    "cmpid",
    "cvid",
    "dclid",
    "ef_id",
    "fb_action_ids",
    "fb_action_types",
    "fb_ref",
    "fb_source",
    "fbclid",
    "gbraid",
    "gclid",
    "gclsrc",
    "guccounter",
    "guce_referrer",
    "guce_referrer_sig",
    "icid",
    "igsh",
    "igshid",
    "intcmp",
    "ito",
    "li_fat_id",
    "mc_cid",
    "mc_eid",
    "mibextid",
    "mkt_tok",
    "msclkid",
    "ncid",
    "ns_campaign",
    "ns_linkname",
    "ns_mchannel",
    "ns_source",
    "ocid",
    "outputtype",
    "partner",
    "ref",
    "ref_src",
    "ref_url",
    "referrer",
    "s_cid",
    "s_kwcid",
    "share",
    "smid",
    "smtyp",
    "soc_src",
    "soc_trk",
    "spm",
    "sr_share",
    "srsltid",
    "trk",
    "ttclid",
    "twclid",
    "usqp",
    "wbraid",
    "wprov",
    "wt_mc",
    "wtmc",
    "xtor",
    "yclid",
    "ysclid",
];

/// Beginnings of such names.
pub(super) const TRACKING_PREFIXES: &[&str] =
    &["at_bbc_", "elqtrack", "hsa_", "matomo_", "mtm_", "oly_", "piwik_", "pk_", "trk_", "utm_", "vero_", "wt_zmc"];

/// Parameters of query or path that carry a visitor's session, sorted; also every name that begins with `aspsessionid`.
pub(super) const SESSION: &[&str] =
    &["cfid", "cftoken", "jsessionid", "oscsid", "phpsessid", "sessid", "session_id", "sessionid", "zenid"];

/// Parameters that carry a session if their value is one: sixteen or more hexadecimal digits.
pub(super) const SESSION_IF_HEX: &[&str] = &["s", "sess", "session", "sid"];

/// Takes sessions out of the path and tracking and sessions out of the query; an empty query goes too.
pub(super) fn strip(url: &mut Url) {
    strip_path(url);
    strip_query(url);
}

/// Removes `;jsessionid=…` from any segment, and segments like `(S(lit3py55t21z5v55vlm25s55))` of ASP.NET.
fn strip_path(url: &mut Url) {
    let path = url.path();
    if !path.bytes().any(|byte| matches!(byte, b';' | b'(')) {
        return;
    }
    let mut kept = String::with_capacity(path.len());
    for segment in path.split_inclusive('/') {
        let (segment, slash) = segment.strip_suffix('/').map_or((segment, ""), |segment| (segment, "/"));
        let mut parts = segment.split(';');
        let name = parts.next().unwrap_or_default();
        let parts: Vec<&str> = parts.filter(|part| !is_session(part)).collect();
        if parts.is_empty() && is_aspnet_session(name) {
            continue;
        }
        kept.push_str(name);
        for part in parts {
            kept.push(';');
            kept.push_str(part);
        }
        kept.push_str(slash);
    }
    if kept != path {
        url.set_path(&kept);
    }
}

/// `(S(…))`, `(A(…)S(…))` and the like: a parenthesis of parenthesised, long values.
fn is_aspnet_session(segment: &str) -> bool {
    let inner = segment.strip_prefix('(').and_then(|rest| rest.strip_suffix("))"));
    inner.is_some_and(|inner| {
        inner.len() >= 20
            && matches!(inner.as_bytes(), [b'A' | b'F' | b'S' | b'X', b'(', ..])
            && inner.bytes().all(|b| b.is_ascii_alphanumeric() || b"()-_".contains(&b))
    })
}

fn strip_query(url: &mut Url) {
    let Some(query) = url.query() else { return };
    if !is_in(query) {
        return;
    }
    let kept = query.split('&').filter(|pair| !is_noise(pair)).collect::<Vec<_>>().join("&");
    url.set_query(if kept.is_empty() { None } else { Some(&kept) });
}

/// Whether a query is empty or has a pair that names no page.
pub(super) fn is_in(query: &str) -> bool {
    query.is_empty() || query.split('&').any(is_noise)
}

fn is_noise(pair: &str) -> bool {
    let name = lower(pair.split('=').next().unwrap_or_default());
    TRACKING.binary_search(&&*name).is_ok()
        || TRACKING_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || is_session(pair)
}

/// Whether `name=value` carries a session.
fn is_session(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = lower(name);
    SESSION.binary_search(&&*name).is_ok()
        || name.starts_with("aspsessionid")
        || SESSION_IF_HEX.contains(&&*name) && value.len() >= 16 && value.bytes().all(|b| b.is_ascii_hexdigit())
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_those_of_the_documentation() {
        for list in [TRACKING, SESSION] {
            assert!(list.is_sorted(), "{list:?}");
        }
        let page = include_str!("../../../docs/ADDRESSES.md");
        for (heading, list) in [
            ("Tracking parameters", TRACKING),
            ("Beginnings of tracking parameters", TRACKING_PREFIXES),
            ("Session parameters", SESSION),
            ("Session parameters if hexadecimal", SESSION_IF_HEX),
        ] {
            let documented = page.split(&format!("### {heading}\n")).nth(1).and_then(|rest| rest.split("\n#").next());
            let documented: Vec<&str> = documented.unwrap_or_default().split('`').skip(1).step_by(2).collect();
            assert_eq!(documented, list, "docs/ADDRESSES.md, {heading}");
        }
    }
}
