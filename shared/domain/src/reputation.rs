//! What mail providers think of a shop's mails: how many bounce, how many are called spam, and what follows from that.
//!
//! Google and Yahoo ask senders to stay below 0.1 % of complaints and never to reach 0.3 % (Google, Email sender guidelines; Yahoo,
//! Sender requirements, both since 2024). SES reviews an account at 5 % of hard bounces (AWS, SES enforcement FAQ). Beyond that
//! mails end in the spam folder, the thanks as well as the newsletter. So from there on only what is owed goes out, until the
//! mails of four weeks look better, or a person has said that the cause is found.

use crate::programme::Class;
use std::ops::AddAssign;

/// So many days are looked at: long enough that a small shop has some mails, short enough that what was mended shows.
pub const WINDOW_DAYS: u64 = 28;
/// One alone proves nothing: of 300 mails a month a single complaint would be 0.3 %.
const EVENTS_MIN: u64 = 2;
/// Complaints per mail from which the owner is told.
const COMPLAINTS_WATCHED: f64 = 0.001;
/// Complaints per mail from which only what is owed goes out.
const COMPLAINTS_MAX: f64 = 0.003;
/// Hard bounces per mail from which the owner is told.
const BOUNCES_WATCHED: f64 = 0.03;
/// Hard bounces per mail from which only what is owed goes out.
const BOUNCES_MAX: f64 = 0.05;

/// What became of a shop's mails, counted over some days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Mails that SES accepted.
    pub sent: u64,
    /// Mails whose address does not exist.
    pub bounced: u64,
    /// Mails that were called spam.
    pub complained: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.bounced += other.bounced;
        self.complained += other.complained;
    }
}

/// What spoils a shop's name with the providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Addresses that do not exist.
    Bounces,
    /// Mails that are called spam.
    Complaints,
}

impl Trouble {
    /// The trouble by its name in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bounces => "bounces",
            Self::Complaints => "complaints",
        }
    }
}

/// How a shop's mails are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// As they should be.
    Good,
    /// Worse than the providers ask for: the owner is told.
    Watched(Trouble),
    /// So bad that mails stop arriving: only what is owed goes out.
    AtRisk(Trouble),
}

impl Tally {
    /// Hard bounces per mail, from 0 to 1.
    #[must_use]
    pub fn bounce_rate(self) -> f64 {
        rate(self.bounced, self.sent)
    }

    /// Complaints per mail, from 0 to 1.
    #[must_use]
    pub fn complaint_rate(self) -> f64 {
        rate(self.complained, self.sent)
    }

    /// How these mails are taken; of two troubles the worse one.
    #[must_use]
    pub fn standing(self) -> Standing {
        let of = |events, rate: f64, watched, max, trouble| match () {
            () if events < EVENTS_MIN || rate < watched => Standing::Good,
            () if rate < max => Standing::Watched(trouble),
            () => Standing::AtRisk(trouble),
        };
        let bounces = of(self.bounced, self.bounce_rate(), BOUNCES_WATCHED, BOUNCES_MAX, Trouble::Bounces);
        let complaints =
            of(self.complained, self.complaint_rate(), COMPLAINTS_WATCHED, COMPLAINTS_MAX, Trouble::Complaints);
        bounces.max(complaints)
    }
}

/// Counted are the mails of a shop in four weeks: far fewer than the 2^53 up to which this is exact.
#[expect(clippy::cast_precision_loss, reason = "mails are counted in thousands")]
fn rate(events: u64, of: u64) -> f64 {
    if of == 0 { if events == 0 { 0.0 } else { 1.0 } } else { events as f64 / of as f64 }
}

/// Whether a message of a class is owed whatever the providers think: thanks, what makes good. What else a promise hangs on
/// is owed too; that is asked elsewhere.
#[must_use]
pub(crate) fn is_owed(class: Class) -> bool {
    matches!(class, Class::Thanks | Class::Remedy)
}

/// After so many days on which it has sent a domain is known.
pub const WARM_UP_DAYS: u32 = 30;

/// The most mails of a day that a new domain sends without looking like a spammer, on the n-th day on which it sends (from
/// 1): it begins with fifty and grows by half every two days. `None` from where on nothing holds it back. Providers publish no
/// numbers; this is slower than the plans of SES's dedicated addresses (AWS, "Warming up dedicated IP addresses"), whose
/// first day is fifty too.
#[must_use]
pub fn warm_up_limit(day: u32) -> Option<u32> {
    let steps = day.saturating_sub(1) / 2;
    (day <= WARM_UP_DAYS).then(|| (0..steps).fold(50_u32, |limit, _| limit.saturating_add(limit / 2)))
}
