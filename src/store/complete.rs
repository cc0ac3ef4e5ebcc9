//! Claims get what the store knows beside their rows: robots.txt, the shapes of the site's addresses, the host's boilerplate.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::writer::Job;
use super::{Store, StoreError, boilerplate, claim, robots};
use crate::model::{Authority, Claim, Timestamp};

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
        let mut of_hosts = HashMap::new();
        let mut unknown = HashSet::new();
        for claim in &*claims {
            match self.boilerplate_cache().find(claim.host_id) {
                Some(boilerplate) => _ = of_hosts.insert(claim.host_id, boilerplate),
                None => _ = unknown.insert(claim.host_id),
            }
        }
        if !unknown.is_empty() {
            let mut loaded = self.look_up(|conn| boilerplate::load(conn, &unknown))?;
            for host in unknown {
                let boilerplate = Arc::new(loaded.remove(&host).unwrap_or_default());
                self.boilerplate_cache().put(host, boilerplate.clone());
                of_hosts.insert(host, boilerplate);
            }
        }
        for claim in claims {
            let of_host = &of_hosts[&claim.host_id];
            let history = &mut claim.history;
            if history.article.is_none() {
                history.boilerplate = of_host.clone();
            } else if !of_host.paragraphs.is_empty() {
                let of_article =
                    self.look_up(|conn| boilerplate::for_stored(conn, claim.page, &history.boilerplate, of_host))?;
                history.boilerplate = Arc::new(of_article);
            }
        }
        Ok(())
    }

    /// Adds the robots.txt that is in force for each claim.
    async fn join_robots(&self, claims: &mut [Claim]) -> Result<(), StoreError> {
        let mut unknown = HashMap::new();
        for (number, claim) in claims.iter_mut().enumerate() {
            let authority = claim.url.authority();
            match self.cache().find(&authority) {
                robots::Cached::Known(copy) => claim.robots = copy,
                robots::Cached::Unknown => unknown.entry(authority).or_insert_with(Vec::new).push(number),
            }
        }
        let authorities: Vec<Authority> = unknown.keys().cloned().collect();
        let loaded = self.reader().robots(&authorities).await?;
        let mut loaded: HashMap<_, _> = loaded.into_iter().map(|copy| (copy.authority.clone(), copy)).collect();
        for (authority, numbers) in unknown {
            let copy = loaded.remove(&authority);
            for number in numbers {
                claims[number].robots.clone_from(&copy);
            }
            self.cache().put(authority, copy);
        }
        Ok(())
    }
}
