//! How often a customer hears from the shop at most (R8): a gap between any two messages, a cap for each stage of the
//! relationship, and one for each channel. The planner keeps them; `check` refuses those with which the promises of R1 and R2 could not be kept.

use crate::channel::Channel;
use crate::customer::Stage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How often a customer hears from the shop at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequency {
    /// Civil days from one message to the next, at least. 1 means: never two on one day.
    pub min_gap_days: u32,
    /// The most messages for each stage; a stage without a cap has no limit but the gap.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub caps: BTreeMap<Stage, Cap>,
    /// The most messages by each channel: letters cost, and a call takes somebody's time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<Channel, Cap>,
}

/// At most so many messages in any so many civil days that follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// How many messages.
    pub max: u32,
    /// In how many civil days.
    pub days: u32,
}

impl Default for Frequency {
    fn default() -> Self {
        Self { min_gap_days: 1, caps: BTreeMap::new(), channels: BTreeMap::new() }
    }
}

impl Frequency {
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// The longest span of all caps, in days.
    pub(crate) fn longest_span(&self) -> Option<u32> {
        self.caps.values().chain(self.channels.values()).map(|cap| cap.days).max()
    }

    /// The caps of all stages of whoever buys, each with its stage.
    pub(crate) fn caps_of_buyers(&self) -> impl Iterator<Item = (Stage, Cap)> {
        Stage::BUYING.into_iter().filter_map(|stage| Some((stage, *self.caps.get(&stage)?)))
    }
}
