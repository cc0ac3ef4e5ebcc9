//! Trouble of our own: a network in which nobody can be reached, a process that may open nothing more.
//!
//! One site that does not answer has trouble of its own. Three different ones in a row that cannot be reached, while
//! nobody answers, have not: then no site is to blame, and none is to wait longer for it than we do.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::Failure;
use crate::model::url::registrable_domain;

use super::swept::locked;

/// Sites in a row that could not be reached, before it is our trouble.
const ENOUGH: usize = 3;
/// A lack of file descriptors comes and goes with every connection; it is told of this often.
const TELL_AGAIN: Duration = Duration::from_hours(1);

/// Watches all requests for trouble of our own.
#[derive(Default)]
pub(super) struct Watch(Mutex<State>);

#[derive(Default)]
struct State {
    /// Registrable domains that could not be reached since somebody answered; never more than [`ENOUGH`].
    unreached: Vec<String>,
    told_of_files: Option<Instant>,
}

impl Watch {
    /// Somebody answered.
    pub(super) fn answered(&self, host: &str) {
        let mut state = locked(&self.0);
        if state.unreached.len() == ENOUGH {
            tracing::warn!("the network is back: {host} answers");
        }
        state.unreached.clear();
    }

    /// What it means that a host was asked and this came of it.
    pub(super) fn judge(&self, host: &str, failure: Failure) -> Failure {
        match failure {
            Failure::Offline(_) => self.tell_of_files(),
            Failure::Dns(_) | Failure::Connect(_) | Failure::Timeout(_) => {
                if self.is_cut_off(host) {
                    return Failure::Offline(failure.to_string());
                }
            }
            Failure::Tls(_)
            | Failure::Protocol(_)
            | Failure::Truncated(_)
            | Failure::Status { .. }
            | Failure::BadRedirect(_)
            | Failure::Empty
            | Failure::Challenge { .. }
            | Failure::Portal => self.answered(host),
        }
        failure
    }

    fn is_cut_off(&self, host: &str) -> bool {
        let mut state = locked(&self.0);
        let domain = registrable_domain(host);
        if state.unreached.len() < ENOUGH && state.unreached.iter().all(|known| known != domain) {
            state.unreached.push(domain.to_owned());
            if state.unreached.len() == ENOUGH {
                let sites = state.unreached.join(", ");
                tracing::warn!(
                    "is the network down? {sites} could not be reached, and nobody answers: no site is blamed"
                );
            }
        }
        state.unreached.len() == ENOUGH
    }

    fn tell_of_files(&self) {
        let mut state = locked(&self.0);
        if state.told_of_files.is_none_or(|told| told.elapsed() > TELL_AGAIN) {
            state.told_of_files = Some(Instant::now());
            tracing::warn!(
                "too many open files: some hosts wait; raise the limit (ulimit -n, LimitNOFILE) or lower fetch.concurrency"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_ours(watch: &Watch, host: &str) -> bool {
        matches!(watch.judge(host, Failure::Connect("no route".into())), Failure::Offline(_))
    }

    #[test]
    fn the_third_site_in_a_row_that_cannot_be_reached_is_not_to_blame() {
        let watch = Watch::default();
        assert!(!is_ours(&watch, "a.example"));
        assert!(!is_ours(&watch, "www.b.example"));
        assert!(!is_ours(&watch, "news.b.example"), "one site is one, whatever its hosts");
        assert!(is_ours(&watch, "c.example"));
        assert!(is_ours(&watch, "a.example"), "as long as nobody answers");
        watch.answered("d.example");
        assert!(!is_ours(&watch, "c.example"));
    }

    #[test]
    fn an_answer_that_cannot_be_used_is_one() {
        let watch = Watch::default();
        for host in ["a.example", "b.example"] {
            assert!(!is_ours(&watch, host));
        }
        let broken = Failure::Protocol("rubbish".into());
        assert_eq!(watch.judge("c.example", broken.clone()), broken);
        assert!(!is_ours(&watch, "d.example"));
    }
}
