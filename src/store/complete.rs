//! Claims get what the store knows beside their rows: robots.txt, the shapes of the site's addresses, the host's boilerplate.

use std::sync::Arc;

use super::writer::Job;
use super::{Store, StoreError, boilerplate, claim, robots};
use crate::model::{Claim, Timestamp};

impl Store {
    /// Completes claims; a row that could not be read is put aside.
    pub(super) async fn complete(&self, found: claim::Found) -> Result<Vec<Claim>, StoreError> {
        let claim::Found { mut claims, unreadable, idle: _ } = found;
        for (page, error) in unreadable {
            tracing::error!(page = page.0, %error, "a stored page cannot be read and is put aside");
            let until = Timestamp::MAX;
            self.ask(|reply| Job::Quarantine { page, until, reply }).await?;
        }
        self.join_robots(&mut claims).await?;
        self.join_learning(&mut claims).await?;
        self.join_boilerplate(&mut claims)?;
        Ok(claims)
    }

    /// Adds what is known of the shapes of each site's addresses.
    async fn join_learning(&self, claims: &mut [Claim]) -> Result<(), StoreError> {
        for claim in claims {
            let cached = self.learnt_cache().find(&claim.site);
            claim.history.learning = if let Some(learning) = cached {
                learning
            } else {
                let learning = self.reader().learning(&claim.site).await?;
                let learning = Arc::new(learning);
                self.learnt_cache().put(&claim.site, learning.clone());
                learning
            };
        }
        Ok(())
    }

    /// Adds what each host prints in article after article.
    fn join_boilerplate(&self, claims: &mut [Claim]) -> Result<(), StoreError> {
        for claim in claims {
            let cached = self.boilerplate_cache().find(claim.host_id);
            let of_host = if let Some(boilerplate) = cached {
                boilerplate
            } else {
                let boilerplate = self.look_up(|conn| boilerplate::load(conn, claim.host_id))?;
                let boilerplate = Arc::new(boilerplate);
                self.boilerplate_cache().put(claim.host_id, boilerplate.clone());
                boilerplate
            };
            let history = &mut claim.history;
            if history.article.is_none() {
                history.boilerplate = of_host;
            } else if !of_host.paragraphs.is_empty() {
                let of_article =
                    self.look_up(|conn| boilerplate::for_stored(conn, claim.page, &history.boilerplate, &of_host))?;
                history.boilerplate = Arc::new(of_article);
            }
        }
        Ok(())
    }

    /// Adds the robots.txt that is in force for each claim.
    async fn join_robots(&self, claims: &mut [Claim]) -> Result<(), StoreError> {
        for claim in claims {
            let authority = claim.url.authority();
            let cached = self.cache().find(&authority);
            claim.robots = match cached {
                robots::Cached::Known(copy) => copy,
                robots::Cached::Unknown => {
                    let copy = self.reader().robots(&authority).await?;
                    self.cache().put(authority, copy.clone());
                    copy
                }
            };
        }
        Ok(())
    }
}
