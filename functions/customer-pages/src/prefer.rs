//! What a customer prefers: read from the form of its page. A change of wishes counts at once.

use crate::form::Form;
use chrono::{Months, NaiveDate};
use wasurena_domain::birthday::Birthday;
use wasurena_domain::channel::Channel;
use wasurena_domain::ledger::Said;
use wasurena_domain::preference::{Kind, Preferences};
use wasurena_domain::programme::{Date, Programme};

/// How long a pause may be, in months.
pub(crate) const PAUSES: [u32; 3] = [1, 3, 6];
/// Longest address for letters, in characters.
pub(crate) const ADDRESS_MAX: usize = 200;
/// Shortest text that may be one.
const ADDRESS_MIN: usize = 8;

/// What a page can ask about, by what the programme does.
#[derive(Debug, Clone)]
pub(crate) struct Offered {
    /// The kinds of messages that there are.
    pub(crate) kinds: Vec<Kind>,
    /// The channels beside mail.
    pub(crate) channels: Vec<Channel>,
    /// Whether it congratulates.
    pub(crate) birthday: bool,
}

impl Offered {
    /// What a programme does. Nothing is asked for that has no use.
    pub(crate) fn by(programme: &Programme) -> Self {
        let has = |kind: &Kind| programme.messages().any(|(_, class)| Kind::of(class) == Some(*kind));
        Self {
            kinds: Kind::ALL.into_iter().filter(has).collect(),
            channels: programme.channels().into_iter().filter(|channel| channel.task().is_some()).collect(),
            birthday: programme.dated.iter().any(|dated| matches!(dated.on, Date::Birthday { .. })),
        }
    }

    /// Whether it writes letters.
    pub(crate) fn letters(&self) -> bool {
        self.channels.contains(&Channel::Letter)
    }
}

/// What the form says they prefer. What it does not ask about stays as it was.
pub(crate) fn preferences(form: &Form, offered: &Offered, known: &Preferences, today: NaiveDate) -> Preferences {
    let is_wanted = |kind: &Kind| form.all("kind").any(|name| name == kind.name());
    let unasked = known.without.iter().filter(|kind| !offered.kinds.contains(kind));
    let left_out = offered.kinds.iter().filter(|kind| !is_wanted(kind));
    let months = form.get("pause").and_then(|text| text.parse::<u32>().ok()).filter(|months| PAUSES.contains(months));
    Preferences {
        without: unasked.chain(left_out).copied().collect(),
        paused_until: match (form.get("pause"), months) {
            (_, Some(months)) => today.checked_add_months(Months::new(months)),
            (Some("keep"), None) => known.paused_until,
            _ => None,
        },
        seldom: form.get("often") == Some("seldom"),
    }
}

/// What the form says of a channel, where that is something new.
pub(crate) fn channel(form: &Form, channel: Channel, is_open: bool) -> Option<Said> {
    let is_wanted = form.all("channel").any(|name| name == channel.name());
    match (is_wanted, is_open) {
        (true, false) if channel.is_spoken() => Some(Said::Granted),
        (true, false) => Some(Said::Resumed),
        (false, true) if channel.is_spoken() => Some(Said::Denied),
        (false, true) => Some(Said::OptedOut),
        _ => None,
    }
}

/// The birthday that the form says; `None` where there is no such day. The year may be left out.
pub(crate) fn birthday(form: &Form, today: NaiveDate) -> Option<Birthday> {
    let number = |name| form.get(name).and_then(|text| text.parse::<u32>().ok());
    let (month, day) = (number("month")?, number("day")?);
    let birthday = match form.get("year") {
        None => Birthday::parse(&format!("--{month:02}-{day:02}")).ok()?,
        Some(year) => {
            let year = year.parse::<i32>().ok()?;
            let date = NaiveDate::from_ymd_opt(year, month, day).filter(|date| *date <= today && year >= 1900)?;
            Birthday::parse(&date.to_string()).ok()?
        }
    };
    Some(birthday)
}

/// The address that the form says, on one line; `None` where that cannot be one.
pub(crate) fn address(form: &Form) -> Option<String> {
    let lines = form.get("address")?.lines().map(str::trim).filter(|line| !line.is_empty());
    let text = lines.collect::<Vec<_>>().join(" ");
    let clean: String = text.chars().filter(|c| !c.is_control()).take(ADDRESS_MAX).collect();
    (clean.chars().count() >= ADDRESS_MIN).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_form_says_what_is_wanted_and_what_it_does_not_ask_about_stays() {
        let offered =
            Offered { kinds: vec![Kind::Tips, Kind::Stories], channels: vec![Channel::Letter], birthday: true };
        let known = Preferences {
            without: [Kind::News, Kind::Tips].into(),
            paused_until: Some(day("2027-01-31")),
            seldom: false,
        };
        let read = |form: &str| preferences(&Form::read(form.as_bytes()), &offered, &known, day("2026-12-01"));
        let said = read("kind=tips&often=seldom&pause=3");
        assert_eq!(said.without, [Kind::Stories, Kind::News].into());
        assert_eq!((said.paused_until, said.seldom), (Some(day("2027-03-01")), true));
        assert_eq!(read("kind=tips&kind=stories&pause=keep").paused_until, known.paused_until);
        assert_eq!(read("pause=none").paused_until, None);
        assert_eq!(read("pause=600").paused_until, None, "nobody pauses for fifty years by a forged form");
    }

    #[test]
    fn birthdays_may_leave_out_the_year_and_29_february_is_one() {
        let read = |form: &str| birthday(&Form::read(form.as_bytes()), day("2026-12-01")).map(|b| b.to_string());
        for (form, expected) in [
            ("month=2&day=29", Some("--02-29")),
            ("month=2&day=29&year=1984", Some("1984-02-29")),
            ("month=2&day=29&year=1983", None),
            ("month=2&day=30", None),
            ("month=4&day=3&year=", Some("--04-03")),
            ("month=4&day=3&year=2030", None),
            ("month=4&day=3&year=1899", None),
            ("month=4&day=3&year=abc", None),
            ("month=&day=3", None),
        ] {
            assert_eq!(read(form).as_deref(), expected, "{form}");
        }
    }

    #[test]
    fn an_address_is_one_line_of_a_bounded_length() {
        let read = |form: &str| address(&Form::read(form.as_bytes()));
        assert_eq!(read("address=%E3%80%92100-0001%0D%0A%20Chiyoda+1-1").as_deref(), Some("〒100-0001 Chiyoda 1-1"));
        assert_eq!((read("address=x"), read("address=")), (None, None));
        assert_eq!(read(&format!("address={}", "a".repeat(999))).unwrap().len(), ADDRESS_MAX);
    }
}
