//! The parsed robots.txt of the hosts that are busy now, so that each text is parsed once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::model::{Authority, RobotsCopy, RobotsUse, Timestamp};

use super::robots::Rules;
use super::swept::locked;

/// Files that are kept parsed.
const MAX_ENTRIES: usize = 8192;
/// What they may occupy together, in bytes.
const MAX_WEIGHT: usize = 16 << 20;

/// A copy with its rules.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// The copy; its text is empty once it is stored and parsed.
    copy: Arc<RobotsCopy>,
    /// Whether `copy` still has its text.
    whole: bool,
    /// Its rules for us.
    pub(super) rules: Arc<Rules>,
}

impl Known {
    pub(super) fn parse(copy: &RobotsCopy, token: &str) -> Known {
        let rules = Arc::new(Rules::parse(&copy.text, token));
        Known { copy: Arc::new(copy.clone()), whole: true, rules }
    }

    /// The copy. Its text may be missing.
    pub(super) fn copy(&self) -> &RobotsCopy {
        &self.copy
    }

    /// How a receipt names it.
    pub(super) fn used(&self) -> RobotsUse {
        match self.copy.id {
            Some(id) => RobotsUse::Known(id),
            None => RobotsUse::Read((*self.copy).clone()),
        }
    }

    /// The copy with its text, taken from the claim's copy where ours has none.
    pub(super) fn with_text(&self, claimed: Option<&RobotsCopy>) -> Option<RobotsCopy> {
        if self.whole {
            return Some((*self.copy).clone());
        }
        let claimed = claimed.filter(|copy| copy.fetched_at == self.copy.fetched_at)?;
        Some(RobotsCopy { text: claimed.text.clone(), ..(*self.copy).clone() })
    }

    /// The same after an attempt to read it anew that failed.
    pub(super) fn failed(&self, at: Timestamp) -> Known {
        let copy = RobotsCopy { failed_at: Some(at), ..(*self.copy).clone() };
        Known { copy: Arc::new(copy), ..self.clone() }
    }

    fn without_text(self) -> Known {
        if self.copy.id.is_none() {
            return self;
        }
        let copy = RobotsCopy { text: String::new(), ..(*self.copy).clone() };
        Known { copy: Arc::new(copy), whole: false, ..self }
    }

    fn weight(&self) -> usize {
        self.rules.weight() + self.copy.text.len()
    }

    /// The last thing that is known to have happened to it.
    fn event(&self) -> Timestamp {
        event(&self.copy)
    }
}

fn event(copy: &RobotsCopy) -> Timestamp {
    copy.failed_at.unwrap_or(copy.fetched_at)
}

/// At most [`MAX_ENTRIES`] files of [`MAX_WEIGHT`] bytes; those used longest ago go first.
#[derive(Default)]
pub(super) struct Memory(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    known: HashMap<Authority, (Known, u64)>,
    weight: usize,
    clock: u64,
}

impl Memory {
    /// What is known of an authority: the newer of the claim's copy and ours.
    pub(super) fn recall(&self, authority: &Authority, claimed: Option<&RobotsCopy>, token: &str) -> Option<Known> {
        let ours = locked(&self.0).take_note(authority);
        let Some(claimed) = claimed else { return ours };
        match ours {
            Some(ours) if ours.event() > event(claimed) => Some(ours),
            Some(ours) if ours.event() == event(claimed) && ours.copy.id == claimed.id => Some(ours),
            Some(_) | None => {
                let known = Known::parse(claimed, token);
                self.keep(known.clone().without_text());
                Some(known)
            }
        }
    }

    /// Remembers a copy.
    pub(super) fn keep(&self, known: Known) {
        locked(&self.0).put(known);
    }
}

impl Entries {
    fn take_note(&mut self, authority: &Authority) -> Option<Known> {
        self.clock += 1;
        let (known, used) = self.known.get_mut(authority)?;
        *used = self.clock;
        Some(known.clone())
    }

    fn put(&mut self, known: Known) {
        self.clock += 1;
        self.weight += known.weight();
        if let Some((old, _)) = self.known.insert(known.copy.authority.clone(), (known, self.clock)) {
            self.weight = self.weight.saturating_sub(old.weight());
        }
        while self.known.len() > MAX_ENTRIES || self.weight > MAX_WEIGHT {
            self.forget_half();
        }
    }

    /// Forgets the half that was used longest ago, and at least one.
    fn forget_half(&mut self) {
        let mut used: Vec<u64> = self.known.values().map(|(_, used)| *used).collect();
        used.sort_unstable();
        let middle = used.get(used.len() / 2).copied().unwrap_or_default();
        self.known.retain(|_, (_, used)| *used > middle);
        self.weight = self.known.values().map(|(known, _)| known.weight()).sum();
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{RobotsId, RobotsStatus};

    use super::*;

    fn copy(number: usize, text: &str) -> RobotsCopy {
        RobotsCopy {
            id: Some(RobotsId(1)),
            authority: Authority::from_stored(format!("http://h{number}.example")),
            fetched_at: Timestamp::UNIX_EPOCH,
            status: RobotsStatus::Rules,
            text: text.into(),
            failed_at: None,
        }
    }

    #[test]
    fn a_text_is_parsed_once_while_its_host_is_busy() {
        let memory = Memory::default();
        let copy = copy(1, "User-agent: *\nDisallow: /\n");
        let recall = || memory.recall(&copy.authority, Some(&copy), "murasil").expect("known");
        let first = recall();
        assert!(Arc::ptr_eq(&first.rules, &recall().rules));

        let newer = RobotsCopy { fetched_at: Timestamp::MAX, ..copy.clone() };
        let known = memory.recall(&copy.authority, Some(&newer), "murasil").expect("known");
        assert!(!Arc::ptr_eq(&first.rules, &known.rules), "a newer copy is parsed");
        assert!(Arc::ptr_eq(&known.rules, &recall().rules), "an older claim gets the newer rules");
        assert_eq!(recall().used(), RobotsUse::Known(RobotsId(1)));
    }

    #[test]
    fn memory_is_bounded_by_count_and_weight() {
        let memory = Memory::default();
        for number in 0..20_000 {
            let copy = copy(number, "User-agent: *\nDisallow: /\n");
            memory.recall(&copy.authority, Some(&copy), "murasil");
        }
        assert!(locked(&memory.0).known.len() <= MAX_ENTRIES);

        let large = "User-agent: *\n".to_owned() + &"Disallow: /a/rather/long/path\n".repeat(10_000);
        for number in 0..20 {
            let copy = copy(number, &large);
            memory.recall(&copy.authority, Some(&copy), "murasil");
        }
        assert!(locked(&memory.0).weight <= MAX_WEIGHT);
    }
}
