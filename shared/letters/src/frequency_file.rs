//! `[frequency]` in `programme.toml`: how often a customer hears from the shop at most.
//!
//! ```toml
//! [frequency]
//! min_gap_days = 2
//!
//! [frequency.caps]
//! first = "4 in 30 days"
//!
//! [frequency.channels]
//! letter = "2 in 365 days"
//! ```

use crate::toml_reader::{KeyLines, Table, number};
use std::collections::BTreeMap;
use toml::de::DeValue;
use wasurena_domain::channel::Channel;
use wasurena_domain::customer::Stage;
use wasurena_domain::programme::{Cap, Frequency};

/// Where its keys stand.
pub(crate) struct FrequencyLines {
    own: KeyLines,
    caps: Option<KeyLines>,
    channels: Option<KeyLines>,
}

impl FrequencyLines {
    /// The line of `min_gap_days`, or of a stage's or a channel's cap.
    pub(crate) fn of(&self, key: &str) -> usize {
        let caps = self.caps.as_ref().filter(|_| Stage::ALL.iter().any(|stage| stage.name() == key));
        let channels = self.channels.as_ref().filter(|_| Channel::ALL.iter().any(|channel| channel.name() == key));
        caps.or(channels).unwrap_or(&self.own).of(key)
    }
}

/// Reads the table. `None` where anything of it is wrong, which is noted.
pub(crate) fn read_frequency(mut table: Table<'_>) -> (Option<Frequency>, FrequencyLines) {
    let usual = Frequency::default();
    let own = table.lines();
    let gap = table.optional("min_gap_days", "2", number);
    let caps = table.optional_inner("frequency.", "caps");
    let channels = table.optional_inner("frequency.", "channels");
    let (caps_lines, channels_lines) = (caps.as_ref().map(Table::lines), channels.as_ref().map(Table::lines));
    let lines = FrequencyLines { own, caps: caps_lines, channels: channels_lines };
    let caps = caps.map_or(Some(BTreeMap::new()), read_caps);
    let channels = channels.map_or(Some(BTreeMap::new()), read_channels);
    table.finish();
    let frequency = match (gap, caps, channels) {
        (Some(gap), Some(caps), Some(channels)) => {
            Some(Frequency { min_gap_days: gap.unwrap_or(usual.min_gap_days), caps, channels })
        }
        _ => None,
    };
    (frequency, lines)
}

fn read_caps(mut table: Table<'_>) -> Option<BTreeMap<Stage, Cap>> {
    // Whoever has not bought yet hears nothing, so there is nothing to limit.
    let stages = Stage::ALL.into_iter().filter(|stage| *stage != Stage::Prospect);
    let caps: Vec<_> = stages.map(|stage| (stage, table.optional(stage.name(), "\"4 in 30 days\"", cap))).collect();
    table.finish();
    given(caps)
}

fn read_channels(mut table: Table<'_>) -> Option<BTreeMap<Channel, Cap>> {
    // What nothing sends by yet needs no limit.
    let channels = Channel::ALL.into_iter().filter(|channel| *channel != Channel::Sns);
    let example = "\"2 in 365 days\"";
    let caps: Vec<_> = channels.map(|channel| (channel, table.optional(channel.name(), example, cap))).collect();
    table.finish();
    given(caps)
}

/// The caps that are there; `None` where one could not be read.
fn given<K: Ord>(caps: Vec<(K, Option<Option<Cap>>)>) -> Option<BTreeMap<K, Cap>> {
    let caps: Option<Vec<_>> = caps.into_iter().map(|(key, cap)| Some((key, cap?))).collect();
    Some(caps?.into_iter().filter_map(|(key, cap)| Some((key, cap?))).collect())
}

/// `"4 in 30 days"`.
fn cap(value: &DeValue<'_>) -> Result<Cap, String> {
    let parse = |text: &str| {
        let (max, days) = text.strip_suffix(" days")?.split_once(" in ")?;
        Some(Cap { max: max.parse().ok()?, days: days.parse().ok()? })
    };
    value.as_str().and_then(parse).ok_or_else(|| "a number of messages in a number of days".to_owned())
}
