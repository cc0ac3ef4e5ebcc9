//! Captive portals: a network that answers for everybody, with its own page.
//!
//! One such answer cannot be told from a site's own. Three different sites in a row that answer different questions with
//! the same page, or lead them to the same strange host, while nobody answers by himself, can: mirrors answer alike only
//! where they are asked alike. What came over verified TLS came from the site.
//!
//! # Source
//! RFC 6585 §6 (status 511); RFC 8952 §2 for what portals do.

use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;

use crate::model::PageUrl;

use super::swept::locked;

/// Sites that must have answered alike, none otherwise, before it is called a portal.
const ENOUGH: usize = 3;
/// Bytes of a page that are compared.
const COMPARED_BYTES: usize = 64 << 10;

/// What an answer looks like to somebody who watches for portals.
pub(super) enum Look<'a> {
    /// From the site itself.
    Own,
    /// A redirect to the host of this address, which belongs to no configured site.
    Elsewhere(&'a PageUrl),
    /// A page of HTML.
    Html(&'a [u8]),
    /// An error; the site may be down, or the portal hides it.
    Unclear,
}

/// Watches all answers for a portal.
#[derive(Default)]
pub(super) struct Watch {
    streak: Mutex<Streak>,
    hasher: RandomState,
}

/// Sites in a row that answered alike.
#[derive(Default)]
struct Streak {
    sign: u64,
    /// Their registrable domains; never more than [`ENOUGH`].
    domains: Vec<String>,
    /// What the first of them was asked for.
    path: String,
    /// Others were asked for something else.
    is_of_many_paths: bool,
}

impl Streak {
    fn is_portal(&self) -> bool {
        self.domains.len() == ENOUGH && self.is_of_many_paths
    }
}

impl Watch {
    /// Takes note of an answer; true if a portal gave it.
    pub(super) fn is_portal(&self, asked: &PageUrl, look: &Look<'_>) -> bool {
        let domain = asked.registrable_domain();
        let sign = match look {
            Look::Unclear => return false,
            Look::Html(body) if !leads_on(compared(body)) => return false,
            Look::Own => None,
            Look::Elsewhere(to) if to.registrable_domain() == domain => None,
            Look::Elsewhere(to) => Some(self.hasher.hash_one(("elsewhere", to.host_name()))),
            Look::Html(body) => Some(self.hasher.hash_one(("html", body.len(), compared(body)))),
        };
        let mut streak = locked(&self.streak);
        let was_found = streak.is_portal();
        let Some(sign) = sign else {
            if was_found {
                tracing::warn!("the captive portal is gone: {domain} answers by itself");
            }
            *streak = Streak::default();
            return false;
        };
        let path = asked.path_and_query();
        if streak.domains.is_empty() || streak.sign != sign {
            *streak = Streak { sign, path: path.clone(), ..Streak::default() };
        }
        streak.is_of_many_paths |= streak.path != path;
        if streak.domains.len() < ENOUGH && streak.domains.iter().all(|known| known != domain) {
            streak.domains.push(domain.to_owned());
        }
        let is_found = streak.is_portal();
        if is_found && !was_found {
            tracing::warn!(
                "a captive portal? {} answered alike, and nobody otherwise: such answers are not taken for theirs",
                streak.domains.join(", ")
            );
        }
        is_found
    }
}

fn compared(body: &[u8]) -> &[u8] {
    &body[..body.len().min(COMPARED_BYTES)]
}

/// Whether a page has anything by which its reader gets on, as each page of a portal must: a login, a link, a script that
/// leads there. A page of a few words may well be the same on several sites.
fn leads_on(page: &[u8]) -> bool {
    const WAYS: [&[u8]; 7] = [b"<a", b"<form", b"<input", b"<button", b"<script", b"<iframe", b"http-equiv"];
    has_any(page, &WAYS)
}

/// Whether one of these words stands in a page, in whatever case.
pub(crate) fn has_any(page: &[u8], words: &[&[u8]]) -> bool {
    (0..page.len()).any(|at| {
        let rest = &page[at..];
        words.iter().any(|word| rest.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every host is asked for something of its own.
    fn url(host: &str) -> PageUrl {
        PageUrl::parse(&format!("http://{host}/{host}")).expect("an address")
    }

    fn login(watch: &Watch, host: &str) -> bool {
        watch.is_portal(&url(host), &Look::Html(b"<title>Log in</title><FORM>"))
    }

    #[test]
    fn the_third_site_in_a_row_that_answers_like_the_others_is_behind_a_portal() {
        let watch = Watch::default();
        assert!(!login(&watch, "a.example"));
        assert!(!login(&watch, "www.b.example"));
        assert!(!login(&watch, "news.b.example"), "one site is one, whatever its hosts");
        assert!(!watch.is_portal(&url("down.example"), &Look::Unclear), "an error says nothing");
        assert!(login(&watch, "c.example"));
        assert!(login(&watch, "a.example"));
        assert!(!watch.is_portal(&url("d.example"), &Look::Own));
        assert!(!login(&watch, "e.example"), "one that answers by itself ends it");
    }

    #[test]
    fn mirrors_that_answer_the_same_question_alike_are_no_portal() {
        let watch = Watch::default();
        for host in ["a.example", "b.example", "c.example", "d.example"] {
            let front = PageUrl::parse(&format!("http://{host}/")).expect("an address");
            assert!(!watch.is_portal(&front, &Look::Html(b"<title>The paper</title><a>")), "{host}");
        }
    }

    #[test]
    fn a_page_that_leads_nowhere_is_no_portals() {
        let watch = Watch::default();
        for host in ["a.example", "b.example", "c.example", "d.example"] {
            assert!(!watch.is_portal(&url(host), &Look::Html(b"<title>Author</title><h1>Author</h1>")), "{host}");
        }
    }

    #[test]
    fn redirects_count_by_the_strange_host_that_they_lead_to() {
        let watch = Watch::default();
        let redirected = |from: &str, to: &str| watch.is_portal(&url(from), &Look::Elsewhere(&url(to)));
        assert!(!redirected("a.example", "login.portal.example"));
        assert!(!redirected("b.example", "login.portal.example"));
        assert!(!redirected("b.example", "www.b.example"), "a site's own redirect is its own answer");
        for (from, found) in [("a.example", false), ("b.example", false), ("c.example", true)] {
            assert_eq!(redirected(from, "login.portal.example"), found, "{from}");
        }
        assert!(!redirected("d.example", "other.example"), "another target is another sign");
    }
}
