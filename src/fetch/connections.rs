//! The bound on connections to one address, kept ones included.
//!
//! A slot stands for an open connection. A host may keep its connection for its next request, and its slot with it;
//! half of an address's slots can be kept, so that the other hosts there never wait for idle connections to end.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::model::Authority;

use super::swept::{Swept, locked};

/// Hands out slots.
pub(super) struct Connections {
    addresses: Mutex<Swept<IpAddr, Arc<Address>>>,
    per_ip: usize,
    /// How long an unused connection may live.
    keep: Duration,
}

struct Address {
    open: Arc<Semaphore>,
    keepers: Arc<Semaphore>,
    kept: Mutex<HashMap<Authority, Kept>>,
}

struct Kept {
    slot: Slot,
    until: Instant,
}

struct Slot {
    _open: OwnedSemaphorePermit,
    /// The right to stay open between requests.
    keeper: Option<OwnedSemaphorePermit>,
}

/// The right to one connection for one request; given back when this is dropped.
pub(super) struct Connection {
    slot: Slot,
    address: Arc<Address>,
    authority: Authority,
    keep: Duration,
}

impl Connections {
    /// `keep` is how long an unused connection may live.
    pub(super) fn new(per_ip: u32, keep: Duration) -> Connections {
        Connections { addresses: Mutex::new(Swept::new()), per_ip: per_ip.max(1) as usize, keep }
    }

    /// The slot that this authority kept, or else one for a new connection as soon as there are fewer than allowed.
    pub(super) async fn enter(&self, address: IpAddr, authority: Authority) -> Option<Connection> {
        let address = {
            let is_needed = |address: &Arc<Address>| Arc::strong_count(address) > 1 || address.keeps(Instant::now());
            locked(&self.addresses).entry(address, is_needed, || Arc::new(Address::new(self.per_ip))).clone()
        };
        let slot = match address.take(&authority) {
            Some(slot) => slot,
            // Never closed, so never an error.
            None => Slot { _open: address.open.clone().acquire_owned().await.ok()?, keeper: address.keeper() },
        };
        Some(Connection { slot, address, authority, keep: self.keep })
    }
}

impl Address {
    fn new(per_ip: usize) -> Address {
        Address {
            open: Arc::new(Semaphore::new(per_ip)),
            keepers: Arc::new(Semaphore::new(per_ip / 2)),
            kept: Mutex::default(),
        }
    }

    /// The slot that an authority kept; slots of connections that are over are given back.
    fn take(&self, authority: &Authority) -> Option<Slot> {
        let now = Instant::now();
        let mut kept = locked(&self.kept);
        kept.retain(|_, kept| now < kept.until);
        kept.remove(authority).map(|kept| kept.slot)
    }

    fn keeps(&self, now: Instant) -> bool {
        locked(&self.kept).values().any(|kept| now < kept.until)
    }

    fn keeper(&self) -> Option<OwnedSemaphorePermit> {
        self.keepers.clone().try_acquire_owned().ok()
    }
}

impl Connection {
    /// Whether the connection may stay open for the next request of its host.
    pub(super) fn may_stay(&self) -> bool {
        self.slot.keeper.is_some()
    }

    /// The request is over and its connection may still be open.
    pub(super) fn keep(self) {
        if self.may_stay() {
            let kept = Kept { slot: self.slot, until: Instant::now() + self.keep };
            locked(&self.address.kept).insert(self.authority, kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Duration = Duration::from_mins(1);

    fn authority(n: usize) -> Authority {
        Authority::from_stored(format!("https://paper{n}.example"))
    }

    async fn enter(connections: &Connections, n: usize) -> Connection {
        connections.enter(IpAddr::from([192, 0, 2, 1]), authority(n)).await.expect("a slot")
    }

    async fn has_to_wait(connections: &Connections, n: usize) -> bool {
        tokio::time::timeout(Duration::from_millis(1), enter(connections, n)).await.is_err()
    }

    #[tokio::test]
    async fn kept_connections_count_and_leave_half_of_the_slots_to_others() {
        let connections = Connections::new(4, KEEP);
        for n in 0..10 {
            let connection = enter(&connections, n).await;
            assert_eq!(connection.may_stay(), n < 2, "{n}");
            connection.keep();
        }

        let busy = [enter(&connections, 2).await, enter(&connections, 3).await];
        assert!(has_to_wait(&connections, 4).await, "two are kept and two are busy");
        assert!(!has_to_wait(&connections, 0).await, "a host has its own connection at once");
        drop(busy);
        assert!(!has_to_wait(&connections, 4).await);
    }

    #[tokio::test]
    async fn a_connection_that_is_over_gives_its_slot_back() {
        for (keep, is_free) in [(KEEP, false), (Duration::ZERO, true)] {
            let connections = Connections::new(2, keep);
            enter(&connections, 0).await.keep();
            assert_eq!(enter(&connections, 1).await.may_stay(), is_free, "{keep:?}");
        }
    }

    #[tokio::test]
    async fn a_request_that_failed_keeps_nothing() {
        let connections = Connections::new(2, KEEP);
        drop(enter(&connections, 0).await);
        assert!(enter(&connections, 1).await.may_stay());
    }

    #[tokio::test]
    async fn one_connection_at_a_time_is_never_kept() {
        let connections = Connections::new(1, KEEP);
        enter(&connections, 0).await.keep();
        assert!(!has_to_wait(&connections, 1).await);
    }
}
