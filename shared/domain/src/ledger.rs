//! The ledger: what somebody said about hearing from the shop, and what the post said about reaching them.
//!
//! Append-only: an entry is written once and never changed or removed, so that for three years and longer it can
//! be shown who said what, when, how and in which words (特定商取引法 12条の3). What holds now follows from all
//! entries by their times: unknown is never granted, and an import cannot take a "no" back, since it cannot
//! be later than it (R30).

pub use crate::channel::Channel;
use crate::customer::Customer;
use crate::follow_up::Reason;
use crate::ids::CustomerId;
use crate::preference::Preferences;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Longest wording kept, in characters.
const WORDING_MAX: usize = 500;
/// What may be said about whether mails may go to a customer at all.
const ABOUT_STOPPING: [Said; 3] = [Said::OptedOut, Said::Complained, Said::Resumed];
/// What may be said about whether an address takes mail.
const ABOUT_REACHING: [Said; 2] = [Said::Bounced, Said::Reachable];

/// What an entry says. Of two things said at the same time, the one that stops comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Yes to hearing from the shop beyond the purchase itself; of calls and visits, to being spoken to at all (R23).
    Granted,
    /// No to that.
    Denied,
    /// Which kinds of messages they want, how often, and not until when.
    Preferred,
    /// Again, after all.
    Resumed,
    /// The owner has made sure that they can be reached again: the address takes mail, there is one for letters.
    Reachable,
    /// Stop: nothing at all through this channel (R30).
    OptedOut,
    /// The customer called a message spam: a stop as well.
    Complained,
    /// They cannot be reached: the address refuses mail for good, letters come back or there is no address for them, the
    /// number is nobody's.
    Bounced,
}

impl Said {
    /// What was said, by its name in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Denied => "denied",
            Self::Preferred => "preferred",
            Self::OptedOut => "opted_out",
            Self::Resumed => "resumed",
            Self::Complained => "complained",
            Self::Bounced => "bounced",
            Self::Reachable => "reachable",
        }
    }
}

/// How it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// With an order, in the cart.
    Order,
    /// By the link in a mail.
    Link,
    /// In a reply, which the owner read.
    Reply,
    /// On the phone, to the owner.
    Phone,
    /// In the shop, to the owner.
    InPerson,
    /// Not said but found out, by the owner: a letter that came back.
    Owner,
    /// By the recipient's mail provider.
    Post,
}

/// An entry of the ledger. Who said it is the customer in whose partition it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// When it was said.
    pub at: DateTime<Utc>,
    /// Through which channel the customer is, or is not, to be reached.
    pub channel: Channel,
    /// The digest of the address that it is about; `None` where it is about the customer, whatever their address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<CustomerId>,
    /// What was said.
    pub said: Said,
    /// How.
    pub how: How,
    /// In which words, where they are known: 「お便りを受け取る」.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// The last day on which it holds; `None` for good, as every "no" is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// What they prefer, where that is what was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferences: Option<Preferences>,
    /// By which event: an order and its version, a message, a note. It makes the same event the same entry.
    pub event: String,
}

impl Entry {
    /// The entry with its wording kept within bounds.
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.wording = self.wording.map(|text| text.chars().take(WORDING_MAX).collect());
        self
    }

    /// What makes it the same entry when it is written again.
    #[must_use]
    pub fn key(&self) -> String {
        let place = self.place.as_ref().map_or("customer", CustomerId::as_str);
        let event: String = self.event.chars().filter(|c| !c.is_control()).take(200).collect();
        format!("{}#{place}#{}#{event}", self.channel.name(), self.said.name())
    }
}

/// The last word about whether mails may go to a customer at all.
#[must_use]
pub fn last_about_stopping(ledger: &[Entry], customer: &Customer) -> Option<Said> {
    last(ledger, customer, &ABOUT_STOPPING)
}

/// Whether a customer has called a mail spam, and has not asked to hear from the shop again since.
#[must_use]
pub fn has_complained(ledger: &[Entry], customer: &Customer) -> bool {
    last(ledger, customer, &[Said::Complained, Said::Resumed]) == Some(Said::Complained)
}

/// The last word about whether the address that a customer has now takes mail.
#[must_use]
pub fn last_about_reaching(ledger: &[Entry], customer: &Customer) -> Option<Said> {
    last(ledger, customer, &ABOUT_REACHING)
}

fn last(ledger: &[Entry], customer: &Customer, kinds: &[Said]) -> Option<Said> {
    last_until(ledger, customer, kinds, DateTime::<Utc>::MAX_UTC)
}

fn last_until(ledger: &[Entry], customer: &Customer, kinds: &[Said], until: DateTime<Utc>) -> Option<Said> {
    let place = customer.place();
    let concerns = |e: &&Entry| e.channel == Channel::Mail && e.place.as_ref().is_none_or(|p| p == place);
    let said = ledger.iter().filter(concerns).filter(|e| e.at <= until && kinds.contains(&e.said));
    said.max().map(|e| e.said)
}

/// Why no mail may go to a customer, by their ledger and their record; `None` where it may.
#[must_use]
pub fn obstacle(ledger: &[Entry], customer: &Customer) -> Option<Reason> {
    obstacle_at(ledger, customer, DateTime::<Utc>::MAX_UTC)
}

/// Why no mail could go to a customer at a moment, by what had been said until then.
#[must_use]
pub fn obstacle_at(ledger: &[Entry], customer: &Customer, at: DateTime<Utc>) -> Option<Reason> {
    let last = |kinds| last_until(ledger, customer, kinds, at);
    match (last(&ABOUT_STOPPING), last(&ABOUT_REACHING)) {
        _ if customer.opted_out_at.is_some_and(|said_at| said_at <= at) => Some(Reason::OptedOut),
        (Some(Said::OptedOut), _) => Some(Reason::OptedOut),
        (Some(Said::Complained), _) => Some(Reason::Complained),
        _ if customer.email.is_none() => Some(Reason::NoMailAddress),
        (_, Some(Said::Bounced)) => Some(Reason::AddressBounced),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::EmailAddress;
    use crate::ids::ShopId;

    fn entry(minute: u32, said: Said, place: Option<&CustomerId>) -> Entry {
        Entry {
            at: format!("2026-12-01T00:{minute:02}:00Z").parse().unwrap(),
            channel: Channel::Mail,
            place: place.cloned(),
            said,
            how: How::Link,
            wording: None,
            until: None,
            preferences: None,
            event: minute.to_string(),
        }
    }

    #[test]
    fn the_last_word_counts_whatever_the_order_of_arrival() {
        use Said::{Bounced, Complained, Granted, OptedOut, Reachable, Resumed};
        let shop = ShopId::parse("sakura").unwrap();
        let id = CustomerId::derive(b"key", &shop, "hanako@example.jp");
        let other = CustomerId::derive(b"key", &shop, "old@example.jp");
        let mut customer = Customer::new(id.clone());
        customer.email = Some(EmailAddress::parse("hanako@example.jp").unwrap());
        for (entries, expected) in [
            (vec![], None),
            (vec![entry(1, Granted, None)], None),
            (vec![entry(1, OptedOut, None)], Some(Reason::OptedOut)),
            (vec![entry(1, OptedOut, None), entry(2, Resumed, None)], None),
            (vec![entry(2, OptedOut, None), entry(1, Resumed, None)], Some(Reason::OptedOut)),
            (vec![entry(1, OptedOut, None), entry(2, Granted, None)], Some(Reason::OptedOut)),
            (vec![entry(1, Complained, Some(&id))], Some(Reason::Complained)),
            (vec![entry(1, Complained, Some(&other))], None),
            (vec![entry(1, Bounced, Some(&id))], Some(Reason::AddressBounced)),
            (vec![entry(1, Bounced, Some(&other))], None),
            (vec![entry(1, Bounced, Some(&id)), entry(2, Resumed, None)], Some(Reason::AddressBounced)),
            (vec![entry(1, Bounced, Some(&id)), entry(2, Reachable, Some(&id))], None),
            (vec![entry(1, Bounced, Some(&id)), entry(2, OptedOut, None)], Some(Reason::OptedOut)),
        ] {
            let backwards: Vec<Entry> = entries.iter().rev().cloned().collect();
            assert_eq!(obstacle(&entries, &customer), expected, "{entries:?}");
            assert_eq!(obstacle(&backwards, &customer), expected, "{entries:?}");
        }
        customer.email = None;
        assert_eq!(obstacle(&[], &customer), Some(Reason::NoMailAddress));
    }
}
