//! `[frequency]` in `programme.toml`: how often a customer hears from the shop at most.
//!
//! ```toml
//! [frequency]
//! min_gap_days = 2
//!
//! [frequency.caps]
//! first = "4 in 30 days"
//! ```

use crate::toml_reader::{KeyLines, Table, number};
use std::collections::BTreeMap;
use toml::de::DeValue;
use wasurena_domain::customer::Stage;
use wasurena_domain::programme::{Cap, Frequency};

/// Where its keys stand.
pub(crate) struct FrequencyLines {
    own: KeyLines,
    caps: Option<KeyLines>,
}

impl FrequencyLines {
    /// The line of `min_gap_days`, or of a stage's cap.
    pub(crate) fn of(&self, key: &str) -> usize {
        let caps = self.caps.as_ref().filter(|_| Stage::ALL.iter().any(|stage| stage.name() == key));
        caps.unwrap_or(&self.own).of(key)
    }
}

/// Reads the table. `None` where anything of it is wrong, which is noted.
pub(crate) fn read_frequency(mut table: Table<'_>) -> (Option<Frequency>, FrequencyLines) {
    let usual = Frequency::default();
    let own = table.lines();
    let gap = table.optional("min_gap_days", "2", number);
    let caps = table.optional_inner("frequency.", "caps");
    let lines = FrequencyLines { own, caps: caps.as_ref().map(Table::lines) };
    let caps = caps.map_or(Some(BTreeMap::new()), read_caps);
    table.finish();
    let frequency =
        gap.zip(caps).map(|(gap, caps)| Frequency { min_gap_days: gap.unwrap_or(usual.min_gap_days), caps });
    (frequency, lines)
}

fn read_caps(mut table: Table<'_>) -> Option<BTreeMap<Stage, Cap>> {
    // Whoever has not bought yet hears nothing, so there is nothing to limit.
    let stages = Stage::ALL.into_iter().filter(|stage| *stage != Stage::Prospect);
    let caps: Vec<_> = stages.map(|stage| (stage, table.optional(stage.name(), "\"4 in 30 days\"", cap))).collect();
    table.finish();
    let caps = caps.into_iter().map(|(stage, cap)| Some((stage, cap?)));
    let caps: Option<Vec<_>> = caps.collect();
    Some(caps?.into_iter().filter_map(|(stage, cap)| Some((stage, cap?))).collect())
}

/// `"4 in 30 days"`.
fn cap(value: &DeValue<'_>) -> Result<Cap, String> {
    let parse = |text: &str| {
        let (max, days) = text.strip_suffix(" days")?.split_once(" in ")?;
        Some(Cap { max: max.parse().ok()?, days: days.parse().ok()? })
    };
    value.as_str().and_then(parse).ok_or_else(|| "a number of messages in a number of days".to_owned())
}
