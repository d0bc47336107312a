//! The words of an answer: verdicts, and the grounds that lead to them.

use crate::calendar::{Slot, day_of};
use crate::channel::Channel;
use crate::follow_up::{Reason, State};
use crate::ids::{PurchaseKey, StepId};
use crate::programme::{Cap, Class, Date, Rhythm};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;

/// What becomes of one message, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The message; of a series that has no text left, the series.
    pub step: StepId,
    /// The series or the date that it belongs to.
    pub series: Option<StepId>,
    /// What it is about.
    pub class: Option<Class>,
    /// The purchase that it belongs to.
    pub purchase: Option<PurchaseKey>,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The chain that leads there, beside what the verdict itself says.
    pub grounds: Vec<Ground>,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It has left.
    Went {
        /// On this day.
        on: NaiveDate,
        /// What is known of it since.
        state: State,
    },
    /// It may have left: it is being handed over, or nobody knows.
    Unknown {
        /// On this day.
        on: NaiveDate,
    },
    /// It comes, as things stand.
    Comes {
        /// When.
        slot: Slot,
        /// Until when it may still go out.
        deadline: DateTime<Utc>,
    },
    /// It does not come.
    Not(Because),
}

/// Why a message does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// For a reason that has, or will have, its name in the diary.
    Reason(Reason),
    /// All they bought is from before the shop began with Wasurena.
    History,
    /// It is for buyers who have bought more or less often.
    OtherOccasion {
        /// How often this one has, by then.
        nth: u32,
    },
    /// It is only for what is still being made, or awaited.
    NothingAwaited,
    /// It refers to a letter that was not written to them.
    NoLetter,
    /// It came into the programme when the purchase's time for it was over.
    NewInProgramme,
    /// They were thanked for this purchase already.
    ThankedAlready,
    /// They have been told about this product, or will be for an earlier purchase.
    Explained,
    /// The series has not begun for them.
    NotBegun {
        /// With which purchase it begins.
        from_occasion: u32,
    },
    /// They have no such date: it was never told, or follows from nothing that is known.
    NoDate,
    /// They had a message for this date already.
    GreetedAlready,
    /// The days of the date are over.
    Over,
    /// Another text of its series comes first.
    LaterText,
    /// It makes good, and goes out only by a person's hand.
    ByHand,
}

/// What a message's days are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The purchase.
    Purchase {
        /// Its day.
        bought_on: NaiveDate,
    },
    /// The arrival of what was bought (R11).
    Arrival {
        /// When it was bought.
        bought_on: NaiveDate,
        /// When it arrives.
        arrived_on: NaiveDate,
    },
    /// The purchase, because nobody knows when it arrives.
    ArrivalUnknown {
        /// When it was bought.
        bought_on: NaiveDate,
    },
    /// The arrival of something that comes late: nothing is said about it before.
    Awaited {
        /// When it was bought.
        bought_on: NaiveDate,
        /// When it arrives.
        arrived_on: NaiveDate,
    },
    /// The letter that it refers to (R25).
    Letter {
        /// When that was there.
        there_on: NaiveDate,
    },
    /// The rhythm of a series (R4).
    Rhythm {
        /// The first day of the series for this customer.
        began_on: NaiveDate,
        /// The day of its last letter.
        last_on: Option<NaiveDate>,
        /// How often one comes.
        rhythm: Rhythm,
    },
    /// A date (R6, R7).
    Date(Date),
    /// A case: a person has approved it (R28).
    Case,
}

/// What spoke against a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Objection {
    /// Another message is too near (R8).
    Near {
        /// The day of the other.
        other: NaiveDate,
        /// How many days must lie between two messages.
        gap_days: u32,
    },
    /// It would have been one too many (R8).
    Cap(Cap),
    /// It would have been one too many by its channel (R8).
    OfChannel {
        /// The channel.
        channel: Channel,
        /// Its cap.
        cap: Cap,
    },
    /// A message needs it that has no other day.
    Needed,
    /// The shop rests, and there is another day.
    Holiday,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// From what its days are counted, its own day, and the last on which it may go out.
    Counted {
        /// From what.
        from: Origin,
        /// Its own day.
        day: NaiveDate,
        /// The last day.
        latest: NaiveDate,
    },
    /// A person carries it out (R22).
    ByHand(Channel),
    /// It is on the occasion that began on this day.
    Occasion {
        /// The day.
        day: NaiveDate,
    },
    /// A promise to a new customer hangs on it (R1, R2): it chooses its day before all others.
    Promised,
    /// An earlier coming of its date has no message.
    Missed {
        /// The day of that coming.
        day: NaiveDate,
        /// Why.
        because: Because,
    },
    /// A day on which it could have gone out, and does not.
    PassedOver {
        /// The day.
        day: NaiveDate,
        /// What spoke against it.
        because: Objection,
        /// The message that has the day that is too near.
        by: Option<StepId>,
    },
    /// It is planned, but the decision at the last moment will let it go, as things stand.
    LastLook(Reason),
    /// It waits from day to day, as things stand, until a person has said yes: to this mail, or to the product that it speaks of.
    Waits(Reason),
}

impl Account {
    /// The day on which it went out, or comes.
    #[must_use]
    pub fn day(&self, zone: Tz) -> Option<NaiveDate> {
        match self.verdict {
            Verdict::Went { on, .. } | Verdict::Unknown { on } => Some(on),
            Verdict::Comes { slot, .. } => Some(day_of(slot.start(), zone)),
            Verdict::Not(_) => None,
        }
    }

    /// The rules that decided, by their numbers, each once and in their order.
    #[must_use]
    pub fn rules(&self) -> Vec<u8> {
        let mut rules: Vec<u8> = self.grounds.iter().flat_map(|ground| self.rules_of(ground)).copied().collect();
        match self.verdict {
            Verdict::Not(because) => rules.extend(because.rules()),
            _ => rules.extend(class_rules(self.class)),
        }
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    fn rules_of(&self, ground: &Ground) -> &'static [u8] {
        let comes = !matches!(self.verdict, Verdict::Not(_));
        match ground {
            Ground::Counted { from, .. } if comes => match from {
                Origin::Purchase { .. } => &[],
                Origin::Case => &[28],
                Origin::Arrival { .. } | Origin::ArrivalUnknown { .. } | Origin::Awaited { .. } => &[11],
                Origin::Letter { .. } => &[25],
                Origin::Rhythm { .. } => &[4],
                Origin::Date(Date::Birthday { .. }) => &[6],
                Origin::Date(Date::Season { .. }) => &[7],
                Origin::Date(Date::Reorder { .. } | Date::Dormant { .. } | Date::FirstPurchase { .. }) => &[8],
                Origin::Date(Date::Once { .. }) => &[9],
            },
            Ground::Promised if self.class == Some(Class::Thanks) => &[2],
            Ground::Promised => &[1],
            Ground::PassedOver {
                because: Objection::Near { .. } | Objection::Cap(_) | Objection::OfChannel { .. },
                ..
            } => &[8],
            Ground::ByHand(channel) if comes && channel.is_spoken() => &[22, 23],
            Ground::ByHand(_) if comes => &[22],
            Ground::LastLook(reason) | Ground::Waits(reason) => reason_rules(*reason),
            _ => &[],
        }
    }
}

impl Because {
    fn rules(self) -> &'static [u8] {
        match self {
            Self::Reason(reason) => reason_rules(reason),
            Self::History => &[33],
            Self::OtherOccasion { .. } | Self::NotBegun { .. } => &[34],
            Self::Explained => &[13],
            Self::GreetedAlready => &[8],
            Self::LaterText => &[4],
            Self::NoLetter => &[25],
            Self::ByHand => &[28],
            Self::ThankedAlready => &[2],
            Self::NothingAwaited | Self::NewInProgramme | Self::NoDate | Self::Over => &[],
        }
    }
}

/// The rules behind what a message of a class may say.
fn class_rules(class: Option<Class>) -> &'static [u8] {
    match class {
        Some(Class::Thanks) => &[12],
        Some(Class::Survey) => &[11, 27],
        Some(Class::Usage) => &[13],
        Some(Class::Remedy) => &[28],
        Some(Class::Promotion | Class::Offer) => &[14, 15],
        Some(Class::Newsletter) => &[9],
        Some(Class::Voices | Class::Story | Class::Greeting) | None => &[],
    }
}

/// The rules behind a reason.
fn reason_rules(reason: Reason) -> &'static [u8] {
    match reason {
        Reason::OptedOut | Reason::Complained | Reason::NoConsent | Reason::CustomerPaused => &[30],
        Reason::NotWanted => &[9, 30],
        Reason::NoMailAddress
        | Reason::AddressBounced
        | Reason::MailboxUnavailable
        | Reason::NoPostalAddress
        | Reason::NoPhoneNumber
        | Reason::NotReached => &[26],
        Reason::NoPermission => &[23],
        Reason::LeftToPerson => &[22],
        Reason::BeforeSecondPurchase => &[14],
        Reason::NotForStage => &[34, 36],
        Reason::TooOften => &[8],
        Reason::CaseOpen => &[28],
        Reason::ProductPaused => &[31],
        Reason::HeldWholesale => &[36],
        _ => &[],
    }
}
