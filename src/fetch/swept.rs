//! A map that stays as small as what is needed of it.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Size at which entries that nobody needs are dropped; it doubles with what is needed.
const SWEEP_AT: usize = 1024;

/// A map that drops what is not needed each time it has grown to twice of what was.
pub(crate) struct Swept<K, V> {
    map: HashMap<K, V>,
    sweep_at: usize,
}

impl<K: Hash + Eq, V> Swept<K, V> {
    pub(crate) fn new() -> Swept<K, V> {
        Swept { map: HashMap::new(), sweep_at: SWEEP_AT }
    }

    /// The entry of a key; `None` if there is none.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.map.get(key)
    }

    /// The entry of a key, made if missing; before that, entries that are not needed may be dropped.
    pub(crate) fn entry(&mut self, key: K, is_needed: impl Fn(&V) -> bool, make: impl FnOnce() -> V) -> &mut V {
        if self.map.len() >= self.sweep_at {
            self.map.retain(|_, value| is_needed(value));
            self.sweep_at = (self.map.len() * 2).max(SWEEP_AT);
        }
        self.map.entry(key).or_insert_with(make)
    }
}

/// Takes a lock. Nothing panics while one of ours is held, so what a poisoned one holds is sound.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_needed_is_dropped_as_the_map_grows() {
        let mut swept = Swept::new();
        for key in 0..100_000 {
            swept.entry(key, |value| *value < 10, || key);
            assert!(swept.map.len() <= 2 * SWEEP_AT);
        }
        assert!((0..10).all(|key| swept.map.contains_key(&key)));
    }
}
