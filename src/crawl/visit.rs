//! One visit: fetch, understand, decide, remember. Only the disk can fail it.

use tokio_util::sync::CancellationToken;
use tracing::{Level, debug, info};

use super::pool::ParseJob;
use super::{Crawler, Parts};
use crate::model::{Claim, Fetched, Outcome, PageKind, Parsed, Refusal, Timestamp, Visit};
use crate::store::{Recorded, StoreError};

impl Crawler {
    /// Visits a claimed page; `None` if `hurry` was cancelled before an answer came: the page stays due.
    ///
    /// # Errors
    /// The visit could not be recorded.
    pub(super) async fn visit(&self, claim: Claim, hurry: &CancellationToken) -> Result<Option<Recorded>, StoreError> {
        let parts = &self.parts;
        let fetched = tokio::select! {
            biased;
            fetched = parts.fetcher.fetch(&claim) => fetched,
            () = hurry.cancelled() => return Ok(None),
        };
        let parsed = parts.understand(&claim, &fetched.outcome).await;
        let now = Timestamp::now();
        let plan = parts.frontier.plan(&claim, &fetched, &parsed, now);
        log(&claim, &fetched, &parsed);
        let recorded = parts.store.record(Visit::new(claim, fetched, parsed, plan, now)).await?;
        Ok(Some(recorded))
    }
}

impl Parts {
    /// What a body says; nothing for every outcome without one.
    pub(super) async fn understand(&self, claim: &Claim, outcome: &Outcome) -> Parsed {
        match outcome {
            Outcome::Page(page) => self.pool.parse(ParseJob::new(&self.config, claim, page.clone())).await,
            Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => {
                Parsed::nothing(claim.kind)
            }
        }
    }
}

/// One line a visit.
pub(super) fn log(claim: &Claim, fetched: &Fetched, parsed: &Parsed) {
    for warning in &parsed.warnings {
        debug!(url = %claim.url, code = warning.code, detail = warning.detail, "odd page");
    }
    if !tracing::enabled!(Level::INFO) {
        return;
    }
    let host = claim.url.host();
    let last = fetched.receipt.requests.last();
    let status = last.and_then(|request| request.status);
    let elapsed_ms = last.map(|request| request.elapsed.as_millis() as u64);
    let url = claim.url.as_str();
    match &fetched.outcome {
        Outcome::Page(page) => {
            let kind = if parsed.kind == PageKind::Unknown { PageKind::Other } else { parsed.kind };
            let headlines = parsed.headlines.len();
            info!(%host, status, elapsed_ms, body_bytes = page.body.len(), kind = kind.as_str(), headlines, "fetched {url}");
        }
        Outcome::NotModified { .. } => info!(%host, status, elapsed_ms, "not modified {url}"),
        Outcome::Redirect { to, .. } => info!(%host, status, elapsed_ms, %to, "redirected {url}"),
        Outcome::Refused(Refusal::Robots { rule }) => info!(%host, rule, "robots.txt forbids {url}"),
        Outcome::Refused(refusal) => info!(%host, reason = %refusal, "refused {url}"),
        Outcome::Failed(failure) => info!(%host, status, elapsed_ms, reason = %failure, "failed {url}"),
    }
}
