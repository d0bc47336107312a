//! A customer: one record, whatever cart or counter they came through (R32), kept small.
//!
//! The record is a bounded summary: who they are, what they said, their last twelve purchases and a
//! count of what came before. Whatever is not here is in the purchases and follow-ups themselves.

mod occasions;
mod stage;
mod standing;
mod taking_in;
mod unhappy;

pub use occasions::Occasion;
pub use stage::{Course, Stage};
pub use standing::{Ruling, Standing};

use crate::birthday::Birthday;
use crate::contact::{EmailAddress, PersonName, PhoneNumber};
use crate::follow_up::Reason;
use crate::ids::{CustomerId, PurchaseKey};
use crate::money::Money;
use crate::purchase::{Consent, Delivery};
use crate::shop::Shop;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Purchases kept in the summary.
pub const PURCHASES_MAX: usize = 12;

/// A purchase as the customer's summary keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bought {
    /// Which purchase.
    #[serde(flatten)]
    pub key: PurchaseKey,
    /// When it began to count.
    pub began_at: DateTime<Utc>,
    /// When it was handed to a carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipped_at: Option<DateTime<Utc>>,
    /// When it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<DateTime<Utc>>,
    /// The day on which it should arrive; of a lesson or a stay, its date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_on: Option<NaiveDate>,
    /// How it reaches the customer, where the cart says.
    #[serde(default, skip_serializing_if = "Delivery::is_goods")]
    pub delivery: Delivery,
    /// What it counts as.
    #[serde(default, skip_serializing_if = "Standing::is_purchase")]
    pub standing: Standing,
    /// What the owner has ruled about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Ruling>,
    /// Whether it was bought on a marketplace, whose rules forbid to write to the buyer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub marketplace: bool,
    /// How much it was: one of the signs by which the same sale is recognised in another cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// The payment provider's id of its payment: the other sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// Since when a person has to look after it: it came back, was broken, or is contested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_at: Option<DateTime<Utc>>,
    /// When the customer last said that they are not happy with it: no order says that, and none takes it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unhappy_at: Option<DateTime<Utc>>,
    /// Whether it was cancelled or refunded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undone: bool,
    /// Whether it is from before the shop began with Wasurena, or was first seen too late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub history: bool,
    /// Whether somebody else received it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gift: bool,
    /// The product that messages speak of, by its id in the cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// Its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// Which order said something of its buyer, and in which version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSource {
    /// The order.
    #[serde(flatten)]
    pub key: PurchaseKey,
    /// Its version.
    pub version_at: DateTime<Utc>,
}

/// Who said what of a customer, where it was not the newest order. Orders arrive in any order, and not all of
/// them say everything: each detail remembers its own source, so that the newest that *says* something counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OlderSources {
    /// Of the mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<ContactSource>,
    /// Of the phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<ContactSource>,
    /// Of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ContactSource>,
    /// Of the birthday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<ContactSource>,
}

impl OlderSources {
    /// Whether the newest order said everything that is known: the common case, in which nothing is stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A customer of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The id.
    pub id: CustomerId,
    /// Counts changes of facts. A plan made from version n is complete only while n is the version.
    pub version: u64,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// The birthday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Birthday>,
    /// What they said about hearing from the shop.
    #[serde(default)]
    pub consent: Consent,
    /// Which order said so, and when it was said: not when the order last changed, for a parcel that leaves takes
    /// back no later "no".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_said: Option<ContactSource>,
    /// The newest order: it said all of the above but the consent, but for what stands in `older`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactSource>,
    /// Which older orders said what the newest did not.
    #[serde(default, skip_serializing_if = "OlderSources::is_empty")]
    pub older: OlderSources,
    /// The digest of the mail address, where it is not the one that the id is derived from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_place: Option<CustomerId>,
    /// Until when all cases are settled: what came back later is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<DateTime<Utc>>,
    /// When they said stop to mail (R30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opted_out_at: Option<DateTime<Utc>>,
    /// Occasions before the purchases kept here.
    #[serde(default)]
    pub earlier_occasions: u32,
    /// The day of the first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_forgotten_on: Option<NaiveDate>,
    /// The last purchases, oldest first.
    pub purchases: Vec<Bought>,
}

/// Why nothing more is planned for a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// They said stop.
    OptedOut,
    /// Nothing they ordered is a purchase (any more): cancelled, refunded, an exchange, a renewal, nothing to pay.
    NoPurchase,
    /// All they ordered is wholesale, and the owner has not decided about it.
    Held,
}

impl Closed {
    /// The reason that follow-ups are cancelled with.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Self::OptedOut => Reason::OptedOut,
            Self::NoPurchase => Reason::PurchaseUndone,
            Self::Held => Reason::HeldWholesale,
        }
    }
}

impl Customer {
    /// Somebody of whom nothing is known yet.
    #[must_use]
    pub fn new(id: CustomerId) -> Self {
        Self {
            id,
            version: 0,
            email: None,
            phone: None,
            name: None,
            birthday: None,
            consent: Consent::Unknown,
            consent_said: None,
            contact: None,
            older: OlderSources::default(),
            mail_place: None,
            settled_at: None,
            opted_out_at: None,
            earlier_occasions: 0,
            first_forgotten_on: None,
            purchases: Vec::new(),
        }
    }

    /// Why nothing more is planned for them, by what they bought; `None` while something is. What they said is in the
    /// ledger, channel by channel.
    #[must_use]
    pub fn closed(&self, shop: &Shop) -> Option<Closed> {
        if self.occasion_count(shop) > 0 {
            None
        } else if self.purchases.iter().any(|p| p.standing.is_held() && !p.undone) {
            Some(Closed::Held)
        } else {
            Some(Closed::NoPurchase)
        }
    }

    /// Why one of their orders is no purchase (any more); `None` where it is one.
    #[must_use]
    pub fn why_no_purchase(&self, bought: &Bought) -> Option<Reason> {
        let sale = || std::iter::once(bought).chain(self.twins(bought));
        if sale().any(|b| b.undone) {
            Some(Reason::PurchaseUndone)
        } else if sale().any(|b| b.standing.is_held()) {
            Some(Reason::HeldWholesale)
        } else {
            sale().any(|b| !b.counts()).then_some(Reason::NoPurchase)
        }
    }

    /// Whether somebody else received it, as any cart that reports the sale says.
    #[must_use]
    pub fn is_gift(&self, bought: &Bought) -> bool {
        bought.gift || self.twins(bought).any(|twin| twin.gift)
    }

    /// The purchase with which something has been wrong for longest that nobody has settled; `None` where all is well.
    #[must_use]
    pub fn open_case(&self) -> Option<&Bought> {
        self.purchases.iter().filter(|p| self.is_unsettled(p)).min_by_key(|p| p.case_at)
    }

    fn is_unsettled(&self, bought: &Bought) -> bool {
        bought.case_at.is_some_and(|at| self.settled_at.is_none_or(|settled_at| settled_at < at))
    }

    /// Whether a person has yet to see to this order: the summary does not forget it.
    fn awaits_owner(&self, bought: &Bought) -> bool {
        (bought.standing.is_held() && !bought.undone) || self.is_unsettled(bought)
    }

    /// The purchase, where the summary still has it.
    #[must_use]
    pub fn bought(&self, key: &PurchaseKey) -> Option<&Bought> {
        self.purchases.iter().find(|p| p.key == *key)
    }

    /// The digest of their mail address.
    #[must_use]
    pub fn place(&self) -> &CustomerId {
        self.mail_place.as_ref().unwrap_or(&self.id)
    }

    /// The shard of everything that is due for them.
    #[must_use]
    pub fn shard(&self, shop: &Shop) -> u32 {
        let sum = self.id.as_str().bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        sum % shop.shards.max(1)
    }
}
