//! The addresses that were admitted lately: what a site prints on every page costs no SQL.
//!
//! An address takes 24 bytes: a hash of its key under a secret of this process, so that nobody outside can choose two that
//! collide, and the best that was offered of it. By chance a new address collides with a known one in one of 10¹³ cases and
//! then enters when the other is forgotten.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::model::{Admission, PageKey, PageKind};

/// Addresses of one generation; two are kept.
const GENERATION: usize = 220_000;

/// What the writer remembers of the frontier. Used addresses stay: each use moves one to the younger generation.
#[derive(Default)]
pub(super) struct KnownPages {
    secret: RandomState,
    recent: HashMap<u64, Offer>,
    earlier: HashMap<u64, Offer>,
}

/// The best that was admitted of a page: its row is at least as good, or no longer new.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Offer {
    kind: PageKind,
    hops: u8,
    depth: u16,
    priority: i64,
}

impl KnownPages {
    /// True if admitting an address would change nothing. It is remembered as admitted.
    ///
    /// "No" also covers what was forgotten.
    pub(super) fn adds_nothing(&mut self, key: &PageKey, admission: &Admission) -> bool {
        let Admission { url: _, site: _, kind, depth, hops, priority, dated, found_by: _ } = admission;
        let offer = Offer { kind: *kind, hops: *hops, depth: *depth, priority: *priority };
        let hash = self.secret.hash_one(key);
        let known = self.recent.get(&hash).or_else(|| self.earlier.get(&hash)).copied();
        let best = known.map_or(offer, |known| known.or_better(offer, *dated));
        if self.recent.len() == GENERATION {
            self.earlier = std::mem::take(&mut self.recent);
        }
        self.recent.insert(hash, best);
        known == Some(best)
    }

    /// An address did not enter after all.
    pub(super) fn forget(&mut self, key: &PageKey) {
        let hash = self.secret.hash_one(key);
        self.recent.remove(&hash);
        self.earlier.remove(&hash);
    }
}

impl Offer {
    fn or_better(self, other: Offer, dated: bool) -> Offer {
        let is_better_kind = (other.kind.is_source() && !self.kind.is_source())
            || (self.kind == PageKind::Unknown && other.kind != PageKind::Unknown);
        let counts_again = dated || is_better_kind || other.depth < self.depth;
        Offer {
            kind: if is_better_kind { other.kind } else { self.kind },
            hops: self.hops.min(other.hops),
            depth: self.depth.min(other.depth),
            priority: if counts_again { self.priority.min(other.priority) } else { self.priority },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FoundBy, PageUrl};

    fn admission(n: usize, kind: PageKind, depth: u16) -> Admission {
        let url = PageUrl::parse(&format!("https://paper.example/{n}")).expect("an address");
        Admission { url, site: "paper".into(), kind, depth, hops: 0, priority: 5, dated: true, found_by: FoundBy::Seed }
    }

    fn adds_nothing(known: &mut KnownPages, n: usize, kind: PageKind, depth: u16) -> bool {
        let admission = admission(n, kind, depth);
        known.adds_nothing(&admission.url.key(), &admission)
    }

    #[test]
    fn only_a_better_offer_adds_something() {
        use PageKind::{Article, Section, Unknown};
        let mut known = KnownPages::default();
        for (kind, depth, is_known) in [
            (Unknown, 3, false),
            (Unknown, 3, true),
            (Unknown, 4, true),
            (Unknown, 2, false),
            (Article, 9, false),
            (Unknown, 2, true),
            (Section, 9, false),
            (Article, 2, true),
        ] {
            assert_eq!(adds_nothing(&mut known, 1, kind, depth), is_known, "{kind:?} {depth}");
        }
    }

    #[test]
    fn finding_an_undated_address_again_makes_it_no_newer() {
        for (dated, is_known) in [(false, true), (true, false)] {
            let mut known = KnownPages::default();
            adds_nothing(&mut known, 1, PageKind::Article, 1);
            let again = Admission { priority: 4, dated, ..admission(1, PageKind::Article, 1) };
            assert_eq!(known.adds_nothing(&again.url.key(), &again), is_known);
        }
    }

    #[test]
    fn an_address_that_did_not_enter_is_new_again() {
        let mut known = KnownPages::default();
        adds_nothing(&mut known, 1, PageKind::Article, 1);
        known.forget(&admission(1, PageKind::Article, 1).url.key());
        assert!(!adds_nothing(&mut known, 1, PageKind::Article, 1));
    }

    #[test]
    fn what_is_used_stays_and_what_is_not_goes() {
        let mut known = KnownPages::default();
        for n in 0..GENERATION * 2 + 2 {
            adds_nothing(&mut known, n, PageKind::Article, 1);
            if n % 1_000 == 0 {
                adds_nothing(&mut known, 0, PageKind::Article, 1);
            }
        }
        assert!(adds_nothing(&mut known, 0, PageKind::Article, 1));
        assert!(!adds_nothing(&mut known, 1, PageKind::Article, 1));
        assert!(known.recent.len() <= GENERATION && known.earlier.len() <= GENERATION);
    }
}
