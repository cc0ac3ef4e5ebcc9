//! Which copy of a robots.txt is in force, and what an answer to `/robots.txt` means. Pure.
//!
//! # Source
//! RFC 9309 §2.3.1 and §2.4. Where it leaves a choice we take the stricter: 429 counts as unreachable, and an
//! unreachable file leaves a copy in force for 48 hours, not for 30 days; after that the host is closed.

use std::time::Duration;

use crate::model::{Authority, RobotsCopy, RobotsStatus, Timestamp};

/// A copy is read anew after this (RFC 9309 §2.4).
const FRESH: Duration = Duration::from_hours(24);
/// A copy that cannot be read anew stays in force until it is this old.
const IN_FORCE: Duration = Duration::from_hours(48);
/// With a copy in force, reading it anew is tried again after this.
const RETRY_WITH_COPY: Duration = Duration::from_hours(1);
/// Without one, so that a host which was down for a moment is not closed for long.
const RETRY_WITHOUT: Duration = Duration::from_mins(5);

/// What to do about the robots.txt of an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The copy holds.
    InForce,
    /// It could not be read a short while ago: the host is closed.
    Closed,
    /// It must be read now.
    Due,
}

/// What came of reading a robots.txt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A text.
    Text(String),
    /// There is none.
    Absent,
    /// Nobody knows.
    Failed(Unread),
}

/// Why a robots.txt could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What happened, in words.
    pub reason: String,
    /// How long its server wants to be left alone; `None` if it does not say.
    pub retry_after: Option<Duration>,
}

impl From<String> for Unread {
    fn from(reason: String) -> Unread {
        Unread { reason, retry_after: None }
    }
}

/// What the status of a final answer means; a text is read only after [`StatusMeaning::Read`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusMeaning {
    /// The body holds the rules.
    Read,
    /// No rules.
    Absent,
    /// Look at the target.
    Redirect,
    /// Unreachable.
    Failed,
}

/// What a status says.
pub fn meaning(status: u16) -> StatusMeaning {
    match status {
        200 | 203 | 204 => StatusMeaning::Read,
        301 | 302 | 303 | 307 | 308 => StatusMeaning::Redirect,
        429 => StatusMeaning::Failed,
        400..=499 => StatusMeaning::Absent,
        _ => StatusMeaning::Failed,
    }
}

/// What to do with the copy that is known.
pub fn standing(known: Option<&RobotsCopy>, now: Timestamp) -> Standing {
    let Some(copy) = known else { return Standing::Due };
    let failed_within = |limit| copy.failed_at.is_some_and(|at| distance(at, now) < limit);
    let age = distance(copy.fetched_at, now);
    match copy.status {
        RobotsStatus::Unreachable if failed_within(RETRY_WITHOUT) => Standing::Closed,
        RobotsStatus::Rules | RobotsStatus::Absent if age < FRESH && copy.failed_at.is_none() => Standing::InForce,
        RobotsStatus::Rules | RobotsStatus::Absent if age < IN_FORCE && failed_within(RETRY_WITH_COPY) => {
            Standing::InForce
        }
        RobotsStatus::Rules | RobotsStatus::Absent | RobotsStatus::Unreachable => Standing::Due,
    }
}

/// The copy that holds after a reading, to be stored.
pub fn after(known: Option<&RobotsCopy>, authority: &Authority, reading: Reading, now: Timestamp) -> RobotsCopy {
    let fresh = |status, text, failed_at| RobotsCopy {
        id: None,
        authority: authority.clone(),
        fetched_at: now,
        status,
        text,
        failed_at,
    };
    match reading {
        Reading::Text(text) => fresh(RobotsStatus::Rules, text, None),
        Reading::Absent => fresh(RobotsStatus::Absent, String::new(), None),
        Reading::Failed(_) => match known {
            Some(copy) if copy.status != RobotsStatus::Unreachable && distance(copy.fetched_at, now) < IN_FORCE => {
                RobotsCopy { failed_at: Some(now), ..copy.clone() }
            }
            Some(_) | None => fresh(RobotsStatus::Unreachable, String::new(), Some(now)),
        },
    }
}

/// Time between two instants in either direction: a wall clock that was set back must not make a copy immortal.
fn distance(a: Timestamp, b: Timestamp) -> Duration {
    a.duration_since(b).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn copy(status: RobotsStatus, age: SignedDuration, failed: Option<SignedDuration>) -> RobotsCopy {
        RobotsCopy {
            id: None,
            authority: Authority::from_stored("http://a.example"),
            fetched_at: now() - age,
            status,
            text: "text".into(),
            failed_at: failed.map(|ago| now() - ago),
        }
    }

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn a_copy_holds_by_its_age_and_its_last_failure() {
        use RobotsStatus::{Absent, Rules, Unreachable};
        let (hours, minutes) = (SignedDuration::from_hours, SignedDuration::from_mins);
        for (status, age, failed, expected) in [
            (Rules, hours(0), None, Standing::InForce),
            (Absent, hours(23), None, Standing::InForce),
            (Rules, hours(25), None, Standing::Due),
            (Rules, hours(30), Some(minutes(59)), Standing::InForce),
            (Rules, hours(30), Some(minutes(61)), Standing::Due),
            (Absent, hours(47), Some(minutes(1)), Standing::InForce),
            (Rules, hours(48), Some(minutes(1)), Standing::Due),
            (Unreachable, minutes(4), Some(minutes(4)), Standing::Closed),
            (Unreachable, minutes(6), Some(minutes(6)), Standing::Due),
            // Written before the wall clock was set back by a year.
            (Rules, hours(-24 * 365), None, Standing::Due),
        ] {
            let copy = copy(status, age, failed);
            assert_eq!(standing(Some(&copy), now()), expected, "{copy:?}");
        }
        assert_eq!(standing(None, now()), Standing::Due);
    }

    #[test]
    fn a_failure_leaves_a_young_copy_in_force_and_closes_the_host_without_one() {
        let authority = Authority::from_stored("http://a.example");
        let failed = || Reading::Failed("status 503".to_owned().into());
        let young = copy(RobotsStatus::Rules, SignedDuration::from_hours(47), None);
        let kept = after(Some(&young), &authority, failed(), now());
        assert_eq!(kept, RobotsCopy { failed_at: Some(now()), ..young });

        let old = copy(RobotsStatus::Rules, SignedDuration::from_hours(48), None);
        for known in [None, Some(&old)] {
            let closed = after(known, &authority, failed(), now());
            assert_eq!((closed.status, closed.failed_at), (RobotsStatus::Unreachable, Some(now())));
        }
        let absent = after(Some(&old), &authority, Reading::Absent, now());
        assert_eq!((absent.status, absent.text.as_str(), absent.failed_at), (RobotsStatus::Absent, "", None));
    }
}
