//! One visit: fetch, understand, decide, remember. Only the disk can fail it.

use tokio_util::sync::CancellationToken;
use tracing::{Level, debug, info, warn};

use super::pool::{ParseJob, Reader};
use super::{Crawler, Parts, stranger};
use crate::model::{Claim, Fetched, Outcome, PageKind, Parsed, Refusal, Timestamp, Visit};
use crate::store::{Alert, Recorded, StoreError};

impl Crawler {
    /// Visits a claimed page; `None` if `hurry` was cancelled before an answer came: the page stays due.
    ///
    /// # Errors
    /// The visit could not be recorded.
    pub(super) async fn visit(&self, claim: Claim, hurry: &CancellationToken) -> Result<Option<Recorded>, StoreError> {
        let parts = &self.parts;
        let mut fetched = tokio::select! {
            biased;
            fetched = parts.fetcher.fetch(&claim) => fetched,
            () = hurry.cancelled() => return Ok(None),
        };
        let job = parts.parse_job(&claim, &fetched.outcome);
        let mut parsed = match job.clone() {
            Some(job) => parts.pool.parse(job).await,
            None => Parsed::nothing(claim.kind),
        };
        let mut asked = Vec::new();
        if parts.frontier.stores(&claim, &parsed) {
            let reader = Reader::Pool(&parts.pool);
            let asking = (&*parts.config, &parts.fetcher);
            asked = tokio::select! {
                biased;
                asked = parts.strangers.compare(asking, &claim, &mut fetched, &mut parsed, &reader) => asked,
                () = hurry.cancelled() => return Ok(None),
            };
        }
        let now = Timestamp::now();
        let plan = stranger::plan(&parts.frontier, &claim, &mut fetched, &parsed, asked, now);
        log(&claim, &fetched, &parsed);
        let recorded = parts.store.record(Visit::new(claim, fetched, parsed, plan, now)).await?;
        if let Some(job) = job.filter(|_| !recorded.alerts.is_empty()) {
            parts.explain_drift(&recorded.alerts, job).await?;
        }
        Ok(Some(recorded))
    }
}

impl Parts {
    /// A body to understand; `None` for every outcome without one.
    fn parse_job(&self, claim: &Claim, outcome: &Outcome) -> Option<ParseJob> {
        match outcome {
            Outcome::Page(page) => Some(ParseJob::new(&self.config, claim, page.clone())),
            Outcome::NotModified { .. } | Outcome::Redirect { .. } | Outcome::Refused(_) | Outcome::Failed(_) => None,
        }
    }

    /// Tells of fields that are not found any more, and looks for selectors that would find them on this page.
    async fn explain_drift(&self, alerts: &[Alert], job: ParseJob) -> Result<(), StoreError> {
        let (site, url) = (job.site().to_owned(), job.url().clone());
        let parser = self.parser.clone();
        // Rare, and a page that could break the parser has just been parsed.
        let names: Vec<String> = alerts.iter().map(|alert| name_of(alert).to_owned()).collect();
        let wanted = move |field: &str| names.iter().any(|name| name == field);
        let proposals = tokio::task::spawn_blocking(move || job.propose(&parser, wanted)).await.unwrap_or_default();
        for alert @ Alert { id, field } in alerts {
            let name = name_of(alert);
            let css = proposals.iter().find(|proposal| proposal.field == name).and_then(|found| found.css.first());
            warn!(site, field, suggestion = css, "a field that used to be found is missing: {url}");
            if let Some(css) = css {
                self.store.suggest(*id, css.clone()).await?;
            }
        }
        Ok(())
    }
}

/// The field of an alert, whoever used to find it.
fn name_of(alert: &Alert) -> &str {
    alert.field.strip_prefix("profile:").unwrap_or(&alert.field)
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
    let last = fetched.receipt.decisive();
    let status = last.and_then(|request| request.status);
    let elapsed_ms = last.map(|request| request.elapsed.as_millis() as u64);
    let url = claim.url.as_str();
    match &fetched.outcome {
        Outcome::Page(page) => {
            let kind = if parsed.kind == PageKind::Unknown { PageKind::Other } else { parsed.kind };
            let headlines = parsed.headlines.len();
            let stand_in = parsed.signals.not_content.as_deref();
            info!(%host, status, elapsed_ms, body_bytes = page.body.len(), kind = kind.as_str(), headlines, stand_in, "fetched {url}");
        }
        Outcome::NotModified { .. } => info!(%host, status, elapsed_ms, "not modified {url}"),
        Outcome::Redirect { to, .. } => info!(%host, status, elapsed_ms, %to, "redirected {url}"),
        Outcome::Refused(Refusal::Robots { rule }) => info!(%host, rule, "robots.txt forbids {url}"),
        Outcome::Refused(refusal) => info!(%host, reason = %refusal, "refused {url}"),
        Outcome::Failed(failure) => info!(%host, status, elapsed_ms, reason = %failure, "failed {url}"),
    }
}
