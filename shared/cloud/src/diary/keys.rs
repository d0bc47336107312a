//! Keys of items. The shop is in every key.

use crate::diary::item::Item;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::NaiveDate;
use std::collections::HashMap;
use wasurena_domain::calendar::Slot;
use wasurena_domain::ids::{CustomerId, FollowUpId, PurchaseKey, ShopId};

pub(super) const PK: &str = "pk";
pub(super) const SK: &str = "sk";
pub(super) const DUE_PK: &str = "due_pk";
pub(super) const DUE_SK: &str = "due_sk";
pub(super) const CUSTOMER_SK: &str = "C";
const FOLLOW_UP_PREFIX: &str = "F#";
pub(super) const LEDGER_PREFIX: &str = "L#";

/// The key of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    pub(super) fn customer(shop: &ShopId, customer: &CustomerId) -> Self {
        Self { pk: format!("{shop}#C#{customer}"), sk: CUSTOMER_SK.to_owned() }
    }

    pub(super) fn follow_up(shop: &ShopId, customer: &CustomerId, id: &FollowUpId) -> Self {
        Self { pk: format!("{shop}#C#{customer}"), sk: format!("{FOLLOW_UP_PREFIX}{id}") }
    }

    /// Where a customer's purchase is noted that their summary does not hold.
    pub(super) fn pointer(shop: &ShopId, customer: &CustomerId, purchase: &PurchaseKey) -> Self {
        Self { pk: format!("{shop}#C#{customer}"), sk: format!("P#{}#{}", purchase.cart, purchase.order) }
    }

    pub(super) fn ledger(shop: &ShopId, customer: &CustomerId, entry: &str) -> Self {
        Self { pk: format!("{shop}#C#{customer}"), sk: format!("{LEDGER_PREFIX}{entry}") }
    }

    /// What a customer answered to a message.
    pub(super) fn answer(shop: &ShopId, customer: &CustomerId, id: &FollowUpId) -> Self {
        Self { sk: format!("A#{id}"), ..Self::answers(shop, customer) }
    }

    /// Where a customer's answers begin.
    pub(super) fn answers(shop: &ShopId, customer: &CustomerId) -> Self {
        Self { sk: "A#".to_owned(), ..Self::customer(shop, customer) }
    }

    /// What is written of the case of a customer's purchase.
    pub(super) fn case(shop: &ShopId, customer: &CustomerId, purchase: &PurchaseKey) -> Self {
        Self { sk: format!("K#{}#{}", purchase.cart, purchase.order), ..Self::customer(shop, customer) }
    }

    /// Where a customer's cases begin.
    pub(super) fn cases(shop: &ShopId, customer: &CustomerId) -> Self {
        Self { sk: "K#".to_owned(), ..Self::customer(shop, customer) }
    }

    /// What a customer asked for and has to confirm.
    pub(super) fn asked(shop: &ShopId, customer: &CustomerId) -> Self {
        Self { sk: "W".to_owned(), ..Self::customer(shop, customer) }
    }

    /// What was answered of the shop's products.
    pub(super) fn product(shop: &ShopId, about: &str) -> Self {
        Self { pk: format!("{shop}#ANSWERS"), sk: about.to_owned() }
    }

    pub(super) fn purchase(shop: &ShopId, key: &PurchaseKey) -> Self {
        Self { pk: format!("{shop}#P#{}#{}", key.cart, key.order), sk: "P".to_owned() }
    }

    pub(super) fn phone(shop: &ShopId, digest: &CustomerId) -> Self {
        Self { pk: format!("{shop}#T#{digest}"), sk: "T".to_owned() }
    }

    pub(super) fn slot(shop: &ShopId, shard: u32, slot: Slot) -> Self {
        Self { pk: format!("{shop}#S#{shard}#{slot}"), sk: "S".to_owned() }
    }

    /// The one item that belongs to no shop: the account's rate is shared by all of them.
    pub(super) fn senders(slot: Slot) -> Self {
        Self { pk: format!("#SENDERS#{slot}"), sk: "S".to_owned() }
    }

    pub(super) fn shop(shop: &ShopId) -> Self {
        Self { pk: format!("{shop}#SHOP"), sk: "SHOP".to_owned() }
    }

    /// What became of the shop's mails, by day.
    pub(super) fn mails(shop: &ShopId, day: NaiveDate) -> Self {
        Self { pk: format!("{shop}#MAILS"), sk: day.to_string() }
    }

    pub(super) fn file(shop: &ShopId, version: u32, path: &str) -> Self {
        Self { pk: format!("{shop}#V#{version}"), sk: path.to_owned() }
    }

    /// What was made of a version's files when it was published.
    pub(super) fn page(shop: &ShopId, version: u32, name: &str) -> Self {
        Self { pk: format!("{shop}#B#{version}"), sk: name.to_owned() }
    }

    pub(super) fn task(shop: &ShopId, key: &str) -> Self {
        Self { pk: format!("{shop}#TASKS"), sk: key.to_owned() }
    }

    pub(super) fn attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([(PK.to_owned(), AttributeValue::S(self.pk)), (SK.to_owned(), AttributeValue::S(self.sk))])
    }
}

/// The partition of the index that holds what is due in a shard of a shop.
#[must_use]
pub fn due_partition(shop: &ShopId, shard: u32) -> String {
    format!("{shop}#{shard}")
}

/// The place of an item in its partition of the index: its time, then its own key.
pub(super) fn due_place(due: Slot, sk: &str, id: &str) -> String {
    format!("{due}#{}#{id}", if sk == CUSTOMER_SK { "C" } else { "F" })
}

/// What an item of the table's stream is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamItem {
    /// A customer's record.
    Customer(ShopId, CustomerId),
    /// A follow-up.
    FollowUp(ShopId, CustomerId, FollowUpId),
}

/// What the item with this key is about; `None` for items of other kinds.
#[must_use]
pub fn stream_item(pk: &str, sk: &str) -> Option<StreamItem> {
    let (shop, customer) = pk.split_once("#C#")?;
    let (shop, customer) = (ShopId::parse(shop).ok()?, CustomerId::parse(customer).ok()?);
    match sk.strip_prefix(FOLLOW_UP_PREFIX) {
        Some(id) => Some(StreamItem::FollowUp(shop, customer, FollowUpId::parse(id).ok()?)),
        None if sk == CUSTOMER_SK => Some(StreamItem::Customer(shop, customer)),
        None => None,
    }
}

/// The text of a key attribute.
pub(super) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}
