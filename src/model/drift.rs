//! Drift: a field that a site's articles used to have stops being found.
//!
//! Each site and field has a running memory of how many of its new articles had the field. A run of misses that the
//! usual rate makes very unlikely is drift; a run of finds ends it.

/// Articles that must have been seen before anything counts as usual.
const LEAST_ARTICLES: u32 = 10;
/// Share of articles that must usually have the field.
const USUAL: f64 = 0.8;
/// Misses in a row that are drift: at the usual share of 0.8 by chance once in 3,000 articles.
const MISSES: i32 = 5;
/// Finds in a row that end it.
const FINDS: i32 = 3;
/// Below this share the field's absence has become the usual thing, and nothing is left to alert of.
const SETTLED: f64 = 0.2;
/// Weight of the newest article once enough are known.
const WEIGHT: f64 = 1.0 / 50.0;
/// A text shorter than this share of its usual length counts as missing.
const COLLAPSED: f64 = 0.25;

/// How a field does on a site.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FieldHealth {
    /// New articles that were looked at.
    pub articles: u32,
    /// Share of them that had the field, newer ones weighing more.
    pub usual: f64,
    /// Usual length in characters; `None` for fields whose length says nothing.
    pub length: Option<f64>,
    /// Finds (positive) or misses (negative) in a row.
    pub streak: i32,
    /// Drift was found and has not ended.
    pub drifting: bool,
}

/// What an article changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// The field stopped being found.
    Began,
    /// It is found again, or its absence has become usual.
    Ended,
}

impl FieldHealth {
    /// Takes a new article into account; `found` is the field's length in characters, `None` if it is missing.
    pub fn observe(&mut self, found: Option<usize>) -> Option<Drift> {
        let collapsed = |length: usize| {
            self.articles >= LEAST_ARTICLES && self.length.is_some_and(|usual| (length as f64) < usual * COLLAPSED)
        };
        let hit = found.filter(|length| !collapsed(*length));
        self.articles = self.articles.saturating_add(1);
        let weight = (1.0 / f64::from(self.articles)).max(WEIGHT);
        self.usual += weight * (f64::from(u8::from(hit.is_some())) - self.usual);
        if let (Some(length), Some(usual)) = (hit, &mut self.length) {
            *usual += weight * (length as f64 - *usual);
        }
        self.streak = match hit {
            Some(_) => self.streak.max(0).saturating_add(1),
            None => self.streak.min(0).saturating_sub(1),
        };
        let began = !self.drifting
            && self.articles > LEAST_ARTICLES
            && self.streak == -MISSES
            && self.usual_before_misses() >= USUAL;
        let ended = self.drifting && (self.streak >= FINDS || self.usual < SETTLED);
        if began || ended {
            self.drifting = began;
        }
        if began {
            Some(Drift::Began)
        } else if ended {
            Some(Drift::Ended)
        } else {
            None
        }
    }

    /// The share as it stood before the misses with which drift begins.
    pub fn usual_before_misses(&self) -> f64 {
        let weight = (1.0 / f64::from(self.articles.max(1))).max(WEIGHT);
        (self.usual / (1.0 - weight).powi(MISSES)).min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(finds: usize, health: &mut FieldHealth) -> Vec<Drift> {
        (0..finds).filter_map(|_| health.observe(Some(1000))).collect()
    }

    fn misses(count: usize, health: &mut FieldHealth) -> Vec<Drift> {
        (0..count).filter_map(|_| health.observe(None)).collect()
    }

    #[test]
    fn five_misses_in_a_row_after_a_good_time_are_drift_and_three_finds_end_it() {
        let mut health = FieldHealth::default();
        assert_eq!(after(20, &mut health), []);
        assert_eq!(misses(4, &mut health), []);
        assert_eq!(misses(1, &mut health), [Drift::Began]);
        assert_eq!(misses(3, &mut health), [], "one alert a time");
        assert_eq!(after(2, &mut health), []);
        assert_eq!(after(1, &mut health), [Drift::Ended]);
    }

    #[test]
    fn a_field_that_is_often_missing_never_drifts() {
        let mut health = FieldHealth::default();
        for n in 0..200 {
            assert_eq!(health.observe((n % 2 == 0).then_some(10)), None);
        }
        assert_eq!(misses(30, &mut health), []);
    }

    #[test]
    fn a_young_site_is_given_time() {
        let mut health = FieldHealth::default();
        assert_eq!(after(5, &mut health), []);
        assert_eq!(misses(5, &mut health), []);
    }

    #[test]
    fn a_text_that_shrinks_to_a_stub_counts_as_missing() {
        let mut health = FieldHealth { length: Some(0.0), ..FieldHealth::default() };
        assert_eq!(after(20, &mut health), []);
        let stubs: Vec<Drift> = (0..5).filter_map(|_| health.observe(Some(90))).collect();
        assert_eq!(stubs, [Drift::Began]);
        assert_eq!(health.observe(Some(900)), None);
    }

    #[test]
    fn an_absence_that_lasts_becomes_usual() {
        let mut health = FieldHealth::default();
        after(100, &mut health);
        assert_eq!(misses(300, &mut health), [Drift::Began, Drift::Ended]);
        assert_eq!(misses(100, &mut health), []);
    }
}
