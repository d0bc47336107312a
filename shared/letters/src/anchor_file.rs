//! What a step counts its days from, and by which channels a message goes: the keys `anchor`, `unknown_day`, `letter` and
//! `channels` in `programme.toml`.
//!
//! ```toml
//! channels = ["letter", "mail"]   # the first that may reach this customer; mail, where nothing is said
//! anchor = "letter"               # from the day on which a letter was there
//! letter = "thanks-first"         # the step whose letter it is
//! ```

use crate::toml_reader::Table;
use toml::de::DeValue;
use wasurena_domain::channel::{Channel, Channels};
use wasurena_domain::ids::StepId;
use wasurena_domain::programme::Anchor;

/// What an anchor is called in the file.
#[derive(Clone, Copy)]
pub(crate) enum CountsFrom {
    Purchase,
    Arrival,
    Letter,
}

/// The name of an anchor.
pub(crate) fn counts_from(value: &DeValue<'_>) -> Result<CountsFrom, String> {
    match value.as_str() {
        Some("purchase") => Ok(CountsFrom::Purchase),
        Some("arrival") => Ok(CountsFrom::Arrival),
        Some("letter") => Ok(CountsFrom::Letter),
        _ => Err("purchase, arrival or letter".to_owned()),
    }
}

/// The anchor, with what belongs to it. `None` where something is missing or does not belong to it, which is noted.
pub(crate) fn anchor(
    table: &Table<'_>,
    from: CountsFrom,
    unknown_day: Option<u32>,
    letter: Option<StepId>,
) -> Option<Anchor> {
    match (from, unknown_day, letter) {
        (CountsFrom::Purchase, None, None) => Some(Anchor::Purchase),
        (CountsFrom::Arrival, Some(unknown_day), None) => Some(Anchor::Arrival { unknown_day }),
        (CountsFrom::Letter, None, Some(step)) => Some(Anchor::Letter { step }),
        (CountsFrom::Letter, None, None) => {
            table.note("anchor", "nothing says which letter it follows", "add `letter = \"thanks-first\"`");
            None
        }
        (CountsFrom::Letter, Some(_), _) => {
            table.note("unknown_day", "a letter that nobody wrote is followed by nothing", "take `unknown_day` out");
            None
        }
        (CountsFrom::Arrival, None, _) => {
            table.note("anchor", "nothing says when to ask while arrival is unknown", "add `unknown_day = 7`");
            None
        }
        (CountsFrom::Purchase, Some(_), _) => {
            table.note(
                "unknown_day",
                "`unknown_day` is for arrival: the day of a purchase is always known",
                "take `unknown_day` out",
            );
            None
        }
        (CountsFrom::Purchase | CountsFrom::Arrival, _, Some(_)) => {
            table.note("letter", "the days count from no letter", "set anchor to \"letter\", or take `letter` out");
            None
        }
    }
}

/// `["letter", "mail"]`: channels, the one to be tried first first.
pub(crate) fn channels(value: &DeValue<'_>) -> Result<Channels, String> {
    let names = value.as_array().into_iter().flatten();
    let named = |value: &DeValue<'_>| Channel::ALL.into_iter().find(|c| Some(c.name()) == value.as_str());
    let found: Option<Vec<Channel>> = names.map(|name| named(name.get_ref())).collect();
    let expected = || "a list of channels, each of them once: mail, letter, phone, visit".to_owned();
    found.and_then(Channels::new).ok_or_else(expected)
}
