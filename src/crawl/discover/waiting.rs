//! What waits for a look, and which comes next.

use std::collections::HashSet;

use super::Role;
use crate::model::{Admission, Host, PageKey, PageKind};

/// Addresses of one class that wait for a look; a sitemap alone may name 50,000.
const MAX_WAITING: usize = 2_000;
/// Articles that are looked at: enough to tell the language and how dates are printed.
const SAMPLES: usize = 4;

/// An address that waits for a look.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) admission: Admission,
    pub(super) role: Role,
    pub(super) name: String,
}

/// The classes that take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Begin,
    Feed,
    Sitemap,
    Section,
    Article,
}

impl Class {
    const TURNS: [Class; 4] = [Class::Feed, Class::Sitemap, Class::Section, Class::Article];

    pub(super) fn of(pending: &Pending) -> Class {
        match (pending.role, pending.admission.kind) {
            (Role::Given | Role::Root, _) => Class::Begin,
            (Role::Found, PageKind::Feed) => Class::Feed,
            (Role::Found, PageKind::Sitemap) => Class::Sitemap,
            (Role::Found, PageKind::Front | PageKind::Section | PageKind::Tag | PageKind::Author) => Class::Section,
            (Role::Found, PageKind::Article | PageKind::Unknown | PageKind::Other) => Class::Article,
        }
    }
}

/// What waits for a look; at most [`MAX_WAITING`] of each class.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) seen: HashSet<PageKey>,
    begin: Vec<Pending>,
    feeds: Vec<Pending>,
    sitemaps: Vec<Pending>,
    sections: Vec<Pending>,
    articles: Vec<Pending>,
    turn: usize,
    /// Articles that were taken.
    samples: usize,
}

impl Waiting {
    pub(super) fn list(&mut self, class: Class) -> &mut Vec<Pending> {
        match class {
            Class::Begin => &mut self.begin,
            Class::Feed => &mut self.feeds,
            Class::Sitemap => &mut self.sitemaps,
            Class::Section => &mut self.sections,
            Class::Article => &mut self.articles,
        }
    }

    pub(super) fn push(&mut self, pending: Pending) {
        let class = Class::of(&pending);
        if self.list(class).len() < MAX_WAITING && self.seen.insert(pending.admission.url.key()) {
            self.list(class).push(pending);
        }
    }

    /// What the operator named, else the best of the class whose turn it is, else of the next that has any.
    pub(super) fn take(&mut self, closed: &HashSet<Host>) -> Option<Pending> {
        if let Some(begin) = self.best(Class::Begin, closed) {
            return Some(begin);
        }
        for _ in Class::TURNS {
            let class = Class::TURNS[self.turn % Class::TURNS.len()];
            self.turn += 1;
            if class == Class::Article && self.samples >= SAMPLES {
                continue;
            }
            if let Some(best) = self.best(class, closed) {
                self.samples += usize::from(class == Class::Article);
                return Some(best);
            }
        }
        None
    }

    fn best(&mut self, class: Class, closed: &HashSet<Host>) -> Option<Pending> {
        let list = self.list(class);
        let open = list.iter().enumerate().filter(|(_, pending)| !closed.contains(&pending.admission.url.host()));
        // Of equals the first wins: lists are in the order of the pages that named them.
        let at = open.min_by_key(|(_, pending)| rank(class, pending)).map(|(at, _)| at)?;
        Some(list.remove(at))
    }
}

/// Lower goes first: sitemaps of news, feeds of articles, articles before pages of unknown kind and the newest of them.
fn rank(class: Class, pending: &Pending) -> (bool, i64) {
    let admission = &pending.admission;
    let path = admission.url.path().to_ascii_lowercase();
    match class {
        Class::Begin | Class::Section => (false, 0),
        Class::Feed => (path.contains("comment"), 0),
        Class::Sitemap => (!path.contains("news"), admission.priority),
        Class::Article => (admission.kind != PageKind::Article, admission.priority),
    }
}
