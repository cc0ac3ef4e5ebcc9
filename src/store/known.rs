//! The addresses that are known: a link to one of them that offers nothing better costs no SQL.
//!
//! An address takes 12 bytes: 48 bits of a hash of its key under a secret of this process, so that nobody outside can choose
//! two that collide, and the best that was offered of it. Its place in the table is another part of the hash; by chance a
//! new address collides with a known one in one of 10¹² cases and then enters when the other is forgotten.
//!
//! The table grows with the frontier, is filled from it in the background ([`super::recall`]) and has a bound. Where it is
//! full, what was not used for the longest time goes.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::model::{Admission, HostId, PageKey, PageKind};

/// Addresses whose hashes begin alike: they share a place.
const WAYS: usize = 16;
/// Places beyond its own in which an address may be.
const REACH: usize = 3;
/// Addresses at least: 1.2 MB.
const LEAST: usize = 100_000;
/// Addresses at most: 240 MB.
const MOST: usize = 20_000_000;

/// Hosts whose waiting pages are counted; of more none are.
const MOST_COUNTED: usize = 100_000;

/// Priorities are seconds; those of 1935 to 2072 are told apart.
const BEFORE_1970: i64 = 1 << 30;

/// What the writer remembers of the frontier.
pub(super) struct KnownPages {
    secret: RandomState,
    /// Of each place the addresses, those used last first; empty until the first address is remembered.
    places: Vec<[Entry; WAYS]>,
    /// How many addresses the table is made for.
    room: usize,
    /// How many it has.
    taken: usize,
    /// Of each host how many rows of the frontier wait for their first visit; `None`: of too many hosts.
    waiting: Option<HashMap<HostId, u32>>,
    /// How often it was emptied.
    epoch: u64,
    state: State,
}

/// What the memory was filled with since it was emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// What was admitted since; nobody asked for more.
    Young,
    /// The same, and the frontier is to be read.
    Emptied,
    /// The frontier is being read.
    Filling,
    /// The frontier was read.
    Whole,
}

/// The best that was admitted of a page: its row is at least as good, or no longer new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offer {
    /// Of what use its kind is: the more the better.
    rank: u8,
    depth: u8,
    /// Minus its priority, counted from [`BEFORE_1970`]: the larger the better.
    second: u32,
}

/// A tag and an offer in 12 bytes.
#[derive(Clone, Copy)]
struct Entry {
    tag: u32,
    more_tag: u16,
    rank: u8,
    depth: u8,
    second: u32,
}

/// What tells an address from others in its place; both zero: there is none.
type Tag = (u32, u16);

/// No address.
const EMPTY: Entry = Entry { tag: 0, more_tag: 0, rank: 0, depth: 0, second: 0 };

impl Entry {
    fn new((tag, more_tag): Tag, Offer { rank, depth, second }: Offer) -> Entry {
        Entry { tag, more_tag, rank, depth, second }
    }

    fn tag(self) -> Tag {
        (self.tag, self.more_tag)
    }

    fn offer(self) -> Offer {
        Offer { rank: self.rank, depth: self.depth, second: self.second }
    }
}

impl Default for KnownPages {
    fn default() -> KnownPages {
        KnownPages {
            secret: RandomState::new(),
            places: Vec::new(),
            room: LEAST,
            taken: 0,
            waiting: None,
            epoch: 0,
            state: State::Young,
        }
    }
}

impl KnownPages {
    /// Forgets everything; the frontier is to be read anew.
    pub(super) fn empty(&mut self) {
        (self.places, self.taken, self.waiting) = (Vec::new(), 0, None);
        self.epoch += 1;
        self.state = State::Emptied;
    }

    pub(super) fn is_emptied(&self) -> bool {
        self.state == State::Emptied
    }

    /// Makes room for so many addresses and a quarter more, within the bounds; gives the number by which the one who fills
    /// it sees whether it was emptied since.
    pub(super) fn begin(&mut self, addresses: usize) -> u64 {
        (self.places, self.taken, self.waiting) = (Vec::new(), 0, Some(HashMap::new()));
        self.room = (addresses + addresses / 4).clamp(LEAST, MOST);
        self.state = State::Filling;
        self.epoch
    }

    pub(super) fn is_in(&self, epoch: u64) -> bool {
        self.epoch == epoch
    }

    /// The frontier was read.
    pub(super) fn end(&mut self) {
        self.state = State::Whole;
    }

    pub(super) fn is_whole(&self) -> bool {
        self.state == State::Whole
    }

    /// Whether a frontier of so many addresses, which fill the table, needs a larger one.
    pub(super) fn is_small_for(&self, addresses: impl FnOnce() -> usize) -> bool {
        let is_full = self.taken > self.places.len() * WAYS / 8 * 7;
        is_full && self.room < MOST && addresses() > self.room
    }

    /// True if admitting an address would change nothing. It is remembered as admitted.
    ///
    /// "No" also covers what was forgotten.
    pub(super) fn adds_nothing(&mut self, key: &PageKey, admission: &Admission) -> bool {
        let Admission { url: _, site: _, kind, depth, hops: _, priority, dated, found_by: _ } = admission;
        let offer = Offer::new(*kind, *depth, *priority);
        let (place, tag) = self.find(key.as_str());
        let known = place.iter().find(|entry| entry.tag() == tag).map(|entry| entry.offer());
        let best = known.map_or(offer, |known| known.or_better(offer, *dated));
        self.taken += usize::from(put(place, Entry::new(tag, best)));
        known == Some(best)
    }

    /// How many pages of a host waited for their first visit when the frontier was read; `None` if that is not known.
    pub(super) fn waiting_at(&self, host: HostId) -> Option<u32> {
        let waiting = self.waiting.as_ref().filter(|_| self.is_whole())?;
        Some(waiting.get(&host).copied().unwrap_or_default())
    }

    /// What was counted when the frontier was read is too old.
    pub(super) fn forget_waiting(&mut self) {
        self.waiting = None;
    }

    /// Takes in what a row of the frontier says; what was offered since is no worse.
    pub(super) fn recall(&mut self, key: &str, host: HostId, offer: Offer) {
        if let Some(waiting) = self.waiting.as_mut().filter(|_| offer != Offer::SETTLED) {
            *waiting.entry(host).or_default() += 1;
            self.waiting.take_if(|waiting| waiting.len() > MOST_COUNTED);
        }
        let (place, tag) = self.find(key);
        if place.iter().all(|entry| entry.tag() != tag) {
            self.taken += usize::from(put(place, Entry::new(tag, offer)));
        }
    }

    /// An address did not enter after all.
    pub(super) fn forget(&mut self, key: &PageKey) {
        let (place, tag) = self.find(key.as_str());
        for entry in place.iter_mut().filter(|entry| entry.tag() == tag) {
            *entry = EMPTY;
        }
    }

    /// The place of a key, and what tells it from others there: the one that its hash says, or, where that is full, one of
    /// the next. So the table forgets next to nothing of what it has room for.
    fn find(&mut self, key: &str) -> (&mut [Entry; WAYS], Tag) {
        let hashed = self.room.div_ceil(WAYS);
        if self.places.is_empty() {
            self.places = vec![[EMPTY; WAYS]; hashed + REACH];
        }
        let hash = self.secret.hash_one(key);
        // The upper half of the hash, stretched over the places.
        let at = (((hash >> 32) * hashed as u64) >> 32) as usize;
        let tag = ((hash as u32).max(1), (hash >> 32) as u16);
        let has = |entry: &Entry| entry.tag() == tag || entry.tag() == EMPTY.tag();
        let further = self.places[at..=at + REACH].iter().position(|place| place.iter().any(has));
        (&mut self.places[at + further.unwrap_or(0)], tag)
    }
}

/// Puts an entry first in its place; the last goes, or what had the same tag. True if the place has one more.
fn put(place: &mut [Entry; WAYS], entry: Entry) -> bool {
    let is_end = |known: &Entry| known.tag() == entry.tag() || known.tag() == EMPTY.tag();
    let end = place.iter().position(is_end).unwrap_or(WAYS - 1);
    let is_more = place[end].tag() == EMPTY.tag();
    place.copy_within(..end, 1);
    place[0] = entry;
    is_more
}

impl Offer {
    /// What nothing betters: the page is no longer new.
    pub(super) const SETTLED: Offer = Offer { rank: u8::MAX, depth: 0, second: u32::MAX };

    pub(super) fn new(kind: PageKind, depth: u16, priority: i64) -> Offer {
        let rank = if kind.is_source() { 2 } else { u8::from(kind != PageKind::Unknown) };
        let second = priority.saturating_neg().saturating_add(BEFORE_1970).max(0);
        let second = u32::try_from(second).unwrap_or(u32::MAX);
        Offer { rank, depth: u8::try_from(depth).unwrap_or(u8::MAX), second }
    }

    fn or_better(self, other: Offer, dated: bool) -> Offer {
        let counts_again = dated || other.rank > self.rank || other.depth < self.depth;
        Offer {
            rank: self.rank.max(other.rank),
            depth: self.depth.min(other.depth),
            second: if counts_again { self.second.max(other.second) } else { self.second },
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
        for n in 0..LEAST * 3 {
            adds_nothing(&mut known, n, PageKind::Article, 1);
            if n % 1_000 == 0 {
                adds_nothing(&mut known, 0, PageKind::Article, 1);
            }
        }
        assert!(adds_nothing(&mut known, 0, PageKind::Article, 1));
        assert!(!adds_nothing(&mut known, 1, PageKind::Article, 1));
        assert!(known.places.len() * WAYS <= LEAST + WAYS + REACH * WAYS);
        assert_eq!(size_of::<Entry>(), 12);
    }

    #[test]
    fn a_table_with_room_for_all_forgets_next_to_none() {
        let mut known = KnownPages::default();
        let addresses = LEAST * 4 / 5;
        known.begin(addresses);
        for n in 0..addresses {
            adds_nothing(&mut known, n, PageKind::Article, 1);
        }
        assert!(known.taken > addresses - addresses / 200, "{} of {addresses}", known.taken);
    }

    #[test]
    fn a_full_table_is_small_for_a_frontier_that_outgrew_it() {
        let mut known = KnownPages::default();
        assert!(!known.is_small_for(|| usize::MAX));
        for n in 0..LEAST * 3 / 2 {
            adds_nothing(&mut known, n, PageKind::Article, 1);
        }
        assert!(known.is_small_for(|| LEAST + 1) && !known.is_small_for(|| LEAST));
    }

    #[test]
    fn a_row_is_known_unless_something_better_was_offered_since() {
        let mut known = KnownPages::default();
        let offered = admission(1, PageKind::Article, 3);
        known.recall(offered.url.key().as_str(), HostId(1), Offer::new(PageKind::Unknown, 9, 5));
        assert!(!known.adds_nothing(&offered.url.key(), &offered));
        known.recall(offered.url.key().as_str(), HostId(1), Offer::new(PageKind::Unknown, 9, 5));
        assert!(known.adds_nothing(&offered.url.key(), &offered));
        let settled = admission(2, PageKind::Front, 0);
        known.recall(settled.url.key().as_str(), HostId(1), Offer::SETTLED);
        assert!(known.adds_nothing(&settled.url.key(), &settled));
    }

    #[test]
    fn waiting_pages_are_counted_by_host_once_all_rows_were_read() {
        let mut known = KnownPages::default();
        known.begin(4);
        let waits = Offer::new(PageKind::Article, 1, 5);
        for (key, host, offer) in [("a/1", 1, waits), ("a/2", 1, waits), ("b/1", 2, waits), ("b/2", 2, Offer::SETTLED)]
        {
            known.recall(key, HostId(host), offer);
        }
        assert_eq!(known.waiting_at(HostId(1)), None);
        known.end();
        assert_eq!([1, 2, 3].map(|host| known.waiting_at(HostId(host))), [Some(2), Some(1), Some(0)]);
        known.empty();
        assert_eq!(known.waiting_at(HostId(1)), None);
    }

    #[test]
    fn waiting_pages_of_too_many_hosts_are_not_counted() {
        let mut known = KnownPages::default();
        known.begin(4);
        for host in 0..=MOST_COUNTED as i64 {
            known.recall("a/1", HostId(host), Offer::new(PageKind::Article, 1, 5));
        }
        known.end();
        assert_eq!(known.waiting_at(HostId(1)), None);
    }

    #[test]
    fn an_emptied_memory_knows_nothing_and_fits_what_it_is_filled_with() {
        let mut known = KnownPages::default();
        adds_nothing(&mut known, 1, PageKind::Article, 1);
        known.empty();
        assert!(known.is_emptied());
        let epoch = known.begin(4_000_000);
        assert!(known.is_in(epoch) && !known.is_emptied());
        assert!(!adds_nothing(&mut known, 1, PageKind::Article, 1));
        known.empty();
        assert!(!known.is_in(epoch));
    }
}
