//! What a link is for, and whose it is.

use chrono::{DateTime, Utc};
use wasurena_domain::ids::{CustomerId, FollowUpId};

/// Bytes of the signature of a link that names a customer.
pub(super) const MAC_BYTES: usize = 32;
/// Bytes of the signature of a link that names a message.
const SHORT_MAC_BYTES: usize = 16;
/// Characters of the end of a short-lived link: seconds since 1970, in hexadecimal digits. They last until 2106.
const END_CHARS: usize = 8;

/// What a link is for. Its byte stands in mails that were sent: it is never given to anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Purpose {
    Stop,
    Answer,
    Wishes,
    Wrong,
    View,
    Data,
    Confirm(Confirms),
}

/// What a link confirms that was sent to the address on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confirms {
    /// A change of somebody's data.
    Change,
    /// That they want to see what is kept of them.
    Export,
    /// That they want it erased.
    Erasing,
}

/// A link that this deployment signs, or has signed: what it is for, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Saying stop, and taking it back.
    Stop(CustomerId),
    /// Answering the question of a message.
    Answer(FollowUpId),
    /// Choosing what to hear, and how often.
    Wishes(CustomerId),
    /// Saying that something is wrong with what a message is about.
    Wrong(FollowUpId),
    /// Seeing a message in the browser.
    View(FollowUpId),
    /// Asking for what is kept, or that it be erased.
    Data(CustomerId),
    /// Confirming what was asked for on a page, until a moment.
    Confirm {
        /// What.
        what: Confirms,
        /// Whose data.
        customer: CustomerId,
        /// The last moment, in whole seconds.
        until: DateTime<Utc>,
    },
}

impl Purpose {
    const ALL: [Self; 9] = [
        Self::Stop,
        Self::Answer,
        Self::Wishes,
        Self::Wrong,
        Self::View,
        Self::Data,
        Self::Confirm(Confirms::Change),
        Self::Confirm(Confirms::Export),
        Self::Confirm(Confirms::Erasing),
    ];

    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Stop => 1,
            Self::Answer => 2,
            Self::Wishes => 3,
            Self::Wrong => 4,
            Self::View => 5,
            Self::Data => 6,
            Self::Confirm(Confirms::Change) => 7,
            Self::Confirm(Confirms::Export) => 8,
            Self::Confirm(Confirms::Erasing) => 9,
        }
    }

    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.byte() == byte)
    }

    /// How much of the signature stands in the token of a link whose purpose has this byte.
    pub(super) fn mac_bytes(byte: u8) -> usize {
        match Self::from_byte(byte) {
            Some(Self::Answer | Self::Wrong | Self::View) => SHORT_MAC_BYTES,
            _ => MAC_BYTES,
        }
    }
}

impl Link {
    /// What it is for, and the rest of what is signed.
    pub(super) fn parts(&self) -> (Purpose, String) {
        match self {
            Self::Stop(customer) => (Purpose::Stop, customer.to_string()),
            Self::Answer(follow_up) => (Purpose::Answer, follow_up.to_string()),
            Self::Wishes(customer) => (Purpose::Wishes, customer.to_string()),
            Self::Wrong(follow_up) => (Purpose::Wrong, follow_up.to_string()),
            Self::View(follow_up) => (Purpose::View, follow_up.to_string()),
            Self::Data(customer) => (Purpose::Data, customer.to_string()),
            Self::Confirm { what, customer, until } => {
                let end = u32::try_from(until.timestamp()).unwrap_or_default();
                (Purpose::Confirm(*what), format!("{end:08x}{customer}"))
            }
        }
    }

    pub(super) fn of(purpose: Purpose, text: &str) -> Option<Self> {
        let customer = || CustomerId::parse(text).ok();
        let follow_up = || FollowUpId::parse(text).ok();
        match purpose {
            Purpose::Stop => customer().map(Self::Stop),
            Purpose::Answer => follow_up().map(Self::Answer),
            Purpose::Wishes => customer().map(Self::Wishes),
            Purpose::Wrong => follow_up().map(Self::Wrong),
            Purpose::View => follow_up().map(Self::View),
            Purpose::Data => customer().map(Self::Data),
            Purpose::Confirm(what) => {
                let (end, customer) = text.split_at_checked(END_CHARS)?;
                let is_ours = end.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                let end = Some(end).filter(|_| is_ours).and_then(|end| u32::from_str_radix(end, 16).ok())?;
                let until = DateTime::from_timestamp(i64::from(end), 0)?;
                Some(Self::Confirm { what, customer: CustomerId::parse(customer).ok()?, until })
            }
        }
    }
}
