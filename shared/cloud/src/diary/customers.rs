//! Customers: their record, and their file of follow-ups.

use super::follow_ups::FOLLOW_UP;
use super::item::{Condition, Envelope, Item, from_item, kind, kind_is_not, to_item};
use super::keys::{Key, due_partition, due_place};
use super::ledger::LEDGER;
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::ledger::Entry;
use wasurena_domain::mistake::{Mistake, made};
use wasurena_domain::shop::Shop;

/// Why and when somebody has to look at a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// Facts have changed and are not planned for yet; if the stream does not bring it, the keeper does at this time.
    Facts(Slot),
    /// No message is planned: look again at this time.
    Review(Slot),
}

impl Attention {
    /// When.
    #[must_use]
    pub fn at(self) -> Slot {
        match self {
            Self::Facts(at) | Self::Review(at) => at,
        }
    }
}

/// A customer as the diary keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRecord {
    /// The customer.
    #[serde(flatten)]
    pub customer: Customer,
    /// Whether somebody has to look at them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<Attention>,
    /// The shard their follow-ups are due in.
    pub shard: u32,
}

impl CustomerRecord {
    /// The record after facts have changed: the next version, due for planning at `look_at` at the latest.
    #[must_use]
    pub fn with_facts(mut customer: Customer, shop: &Shop, look_at: Slot) -> Self {
        customer.version += 1;
        Self { shard: customer.shard(shop), customer, attention: Some(Attention::Facts(look_at)) }
    }
}

/// Everything the diary has about one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerFile {
    /// Their record.
    pub record: CustomerRecord,
    /// All their follow-ups, by id.
    pub follow_ups: Vec<FollowUp>,
    /// Their ledger.
    pub ledger: Vec<Entry>,
}

/// What stands at the place of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nobody.
    Empty,
    /// A customer, under this address or another one of theirs.
    Customer(Box<CustomerRecord>),
    /// Somebody whose data was erased: nothing is known of them but this.
    Erased(Erased),
}

impl Place {
    /// The id of whoever stands there, or stood there until they were erased.
    #[must_use]
    pub fn customer(&self) -> Option<&CustomerId> {
        match self {
            Self::Empty => None,
            Self::Customer(record) => Some(&record.customer.id),
            Self::Erased(erased) => Some(&erased.id),
        }
    }
}

/// What is left of somebody whose data was erased. The id is a digest with a key, so nothing in it is personal;
/// it keeps a late webhook or an import from bringing them back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// The id they had.
    pub id: CustomerId,
    /// When their data was erased.
    pub erased_at: DateTime<Utc>,
    /// The version that their record had. Who buys again goes on from it: entries of the ledger are told apart by
    /// the version that they change. Not called `version`: a writer who read that one would overwrite the tombstone.
    #[serde(default)]
    pub last_version: u64,
}

/// Another address of a customer: it stands where a customer with that address would.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Alias {
    pub(super) customer_of: CustomerId,
}

pub(super) const CUSTOMER: &str = "customer";
pub(super) const ALIAS: &str = "alias";
pub(super) const ERASED: &str = "erased";

pub(super) fn customer_item(shop: &ShopId, record: &CustomerRecord) -> Result<Item, DiaryError> {
    let key = Key::customer(shop, &record.customer.id);
    let place = |a: Attention| due_place(a.at(), &key.sk, record.customer.id.as_str());
    let due = record.attention.map(|a| (due_partition(shop, record.shard), place(a)));
    to_item(Envelope { key, kind: CUSTOMER, due }, record)
}

pub(super) fn version_is(version: u64) -> Condition {
    Condition::stands(&[("version", Some(version_value(version)))])
}

fn version_value(version: u64) -> AttributeValue {
    AttributeValue::N(version.to_string())
}

impl Diary {
    /// What stands at the place of an address, read strongly.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn place(&self, shop: &ShopId, id: &CustomerId) -> Result<Place, DiaryError> {
        let mut item = self.get(Key::customer(shop, id)).await?;
        if let Some(alias) = item.take_if(|item| kind(item) == ALIAS) {
            let alias: Alias = from_item(alias)?;
            item = self.get(Key::customer(shop, &alias.customer_of)).await?;
        }
        Ok(match item {
            None => Place::Empty,
            Some(item) if kind(&item) == ERASED => Place::Erased(from_item(item)?),
            Some(item) => Place::Customer(Box::new(from_item(item)?)),
        })
    }

    /// A customer's record, read strongly; `None` where there is no such customer (any more).
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn customer(&self, shop: &ShopId, id: &CustomerId) -> Result<Option<CustomerRecord>, DiaryError> {
        Ok(match self.place(shop, id).await? {
            Place::Customer(record) => Some(*record),
            Place::Empty | Place::Erased(_) => None,
        })
    }

    /// Everything about a customer, in one strongly consistent query; `None` where there is no such customer.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn file(&self, shop: &ShopId, id: &CustomerId) -> Result<Option<CustomerFile>, DiaryError> {
        let mut record = None;
        let (mut follow_ups, mut ledger) = (Vec::new(), Vec::new());
        for item in self.partition(&Key::customer(shop, id).pk).await? {
            match kind(&item) {
                CUSTOMER => record = Some(from_item(item)?),
                FOLLOW_UP => follow_ups.push(from_item(item)?),
                LEDGER => ledger.push(from_item(item)?),
                _ => {}
            }
        }
        Ok(record.map(|record| CustomerFile { record, follow_ups, ledger }))
    }

    /// Writes a record over the one that was read, on condition that its facts and its mark are still those:
    /// the mark too, because a plan depends on more than facts, and an older plan must not clear a younger one's.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where they are not: read again.
    pub async fn put_customer(
        &self,
        shop: &ShopId,
        before: &CustomerRecord,
        after: &CustomerRecord,
    ) -> Result<(), DiaryError> {
        let mark =
            before.attention.map(serde_dynamo::to_attribute_value).transpose().map_err(|error| {
                DiaryError::Unreadable { key: before.customer.id.to_string(), why: error.to_string() }
            })?;
        let condition =
            Condition::stands(&[("version", Some(version_value(before.customer.version))), ("attention", mark)]);
        let condition = if made(Mistake::MarkClearedBlindly) { kind_is_not(ERASED) } else { condition };
        self.put(customer_item(shop, after)?, condition).await
    }

    /// The follow-ups of a customer who is no longer in the diary.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn left_behind(&self, shop: &ShopId, id: &CustomerId) -> Result<Vec<FollowUp>, DiaryError> {
        let items = self.partition(&Key::customer(shop, id).pk).await?;
        items.into_iter().filter(|item| kind(item) == FOLLOW_UP).map(from_item).collect()
    }
}
