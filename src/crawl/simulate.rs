//! `murasil simulate`: recorded history under other schedules.

use crate::config::Config;
use crate::frontier::simulate;
use crate::model::recording::Recording;

pub use crate::frontier::simulate::{Lateness, Replay};
pub use crate::frontier::source_interval::{SourcePolicy, SourceRule};

/// The policy by which the configuration schedules sources.
pub fn current_policy(config: &Config) -> SourcePolicy {
    let bounds = &config.schedule.sources;
    SourcePolicy { min: bounds.min, max: bounds.max, rule: SourceRule::default() }
}

/// What happened in fact.
pub fn as_recorded(recording: &Recording) -> Replay {
    Replay { requests: recording.visits, lateness: simulate::recorded_lateness(recording) }
}

/// What would have happened under a policy.
pub fn replay(recording: &Recording, policy: &SourcePolicy) -> Replay {
    simulate::replay(recording, policy)
}
