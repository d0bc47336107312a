//! `[[date]]` and `[[campaign]]` in `programme.toml`: messages on dates that come again, and on dates that come once.
//!
//! ```toml
//! [[date]]
//! id = "winter"
//! on = "mid_winter"
//! after_days = 4
//! at = "10:00"
//!
//! [[date.letter]]
//! id = "winter-quiet"
//! class = "greeting"
//! ```

use crate::anchor_file::channels;
use crate::programme_file::{letter, occasions, stages, step_id};
use crate::target_file::read_target;
use crate::toml_reader::{KeyLines, Table, date as civil_date, number, time};
use toml::de::DeValue;
use wasurena_domain::almanac::Greeting;
use wasurena_domain::programme::{Date, Dated, Occasions};

/// Where the keys of a message on a date stand, and those of its texts.
pub(crate) struct DatedLines {
    pub(crate) own: KeyLines,
    pub(crate) letters: Vec<KeyLines>,
}

/// Reads one. `None` where anything of it is wrong, which is noted.
pub(crate) fn read_dated(mut table: Table<'_>) -> Option<(Dated, DatedLines)> {
    let own = table.lines();
    let letters = table.sections("letter", "date.").into_iter();
    let letters: Vec<_> = letters.filter_map(|table| Some((table.lines(), letter(table)?))).collect();
    let (letter_lines, letters) = letters.into_iter().unzip();
    let id = table.required("id", "\"winter\"", step_id);
    let on = table.required("on", "\"mid_winter\"", on);
    let after_days = table.optional("after_days", "4", number);
    let days_before = table.optional("days_before", "7", number);
    let window_days = table.optional("window_days", "10", number);
    let occasions = table.optional("occasions", "\"every\"", occasions);
    let stages = table.optional("stages", "[\"first\", \"repeat\"]", stages);
    let target = read_target(&mut table);
    let channels = table.optional("channels", "[\"letter\", \"mail\"]", channels);
    let at = table.required("at", "\"10:00\"", time);
    let on = match (on, after_days, days_before) {
        (Some(on), Some(after_days), Some(days_before)) => date(&table, on, after_days, days_before),
        _ => None,
    };
    table.finish();
    let dated = Dated {
        id: id?,
        on: on?,
        occasions: occasions?.unwrap_or(Occasions { from: 1, to: None }),
        stages: stages?,
        target: target?,
        channels: channels?.unwrap_or_default(),
        window_days: window_days?,
        at: at?,
        letters,
    };
    Some((dated, DatedLines { own, letters: letter_lines }))
}

/// Reads a `[[campaign]]`: a date of the calendar, whose one text has its own name. `None` where anything of it is wrong.
pub(crate) fn read_campaign(mut table: Table<'_>) -> Option<(Dated, DatedLines)> {
    let own = table.lines();
    let on = table.required("on", "2026-12-05", civil_date);
    let window_days = table.required("window_days", "5", number);
    let occasions = table.optional("occasions", "\"2+\"", occasions);
    let stages = table.optional("stages", "[\"first\", \"repeat\"]", stages);
    let target = read_target(&mut table);
    let channels = table.optional("channels", "[\"letter\", \"mail\"]", channels);
    let at = table.required("at", "\"10:00\"", time);
    let letter = letter(table);
    let letters = vec![letter?];
    let dated = Dated {
        id: letters.first()?.id.clone(),
        on: Date::Once { on: on? },
        occasions: occasions?.unwrap_or(Occasions { from: 1, to: None }),
        stages: stages?,
        target: target?,
        channels: channels?.unwrap_or_default(),
        window_days: Some(window_days?),
        at: at?,
        letters,
    };
    Some((dated, DatedLines { letters: vec![own.clone()], own }))
}

/// What a date is called in the file: its name, and the date so many days after its first day or before it.
type Named = (&'static str, fn(u32) -> Date);

/// Every date but those of the seasons.
const OTHERS: [Named; 4] = [
    ("birthday", |days_before| Date::Birthday { days_before }),
    ("first_purchase", |days_before| Date::FirstPurchase { days_before }),
    ("reorder", |days_before| Date::Reorder { days_before }),
    ("dormant", |days_before| Date::Dormant { days_before }),
];

/// The date with its days: a season is counted from its first day, every other date back from itself.
fn date(table: &Table<'_>, on: Date, after_days: Option<u32>, days_before: Option<u32>) -> Option<Date> {
    match on {
        Date::Season { .. } if days_before.is_some() => {
            let what = "a greeting of the season comes within its days, not before them";
            table.note("days_before", what, "take `days_before` out, or write `after_days`");
            None
        }
        Date::Season { greeting, .. } => Some(Date::Season { greeting, after_days: after_days.unwrap_or(0) }),
        _ if after_days.is_some() => {
            let what = "this date comes once and has no days of its own";
            table.note("after_days", what, "take `after_days` out, or write `days_before` and `window_days`");
            None
        }
        other => {
            let named = OTHERS.into_iter().find(|(name, _)| *name == other.name());
            named.map(|(_, so_many_days)| so_many_days(days_before.unwrap_or(0)))
        }
    }
}

/// `"mid_winter"` or `"寒中見舞い"`, or another date by its name.
fn on(value: &DeValue<'_>) -> Result<Date, String> {
    let name = value.as_str().unwrap_or_default();
    let season = Greeting::ALL.into_iter().find(|greeting| greeting.slug() == name || greeting.name() == name);
    let season = season.map(|greeting| Date::Season { greeting, after_days: 0 });
    let other = OTHERS.into_iter().find(|(other, _)| *other == name).map(|(_, so_many_days)| so_many_days(0));
    season.or(other).ok_or_else(|| {
        let others = OTHERS.map(|(name, _)| name).join(", ");
        format!("{others}, or a season: {}", Greeting::ALL.map(Greeting::slug).join(", "))
    })
}
