//! Purchases: their facts, and the transaction that takes new facts in.

use super::customers::{ALIAS, Alias, CustomerRecord, ERASED, customer_item, version_is};
use super::erasing::is_erased_at;
use super::item::{Condition, Envelope, Item, from_item, kind, kind_is_not, some, to_item};
use super::keys::Key;
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use wasurena_domain::customer::Customer;
use wasurena_domain::ids::{CustomerId, PurchaseKey, ShopId};
use wasurena_domain::ledger::Entry;
use wasurena_domain::purchase::Purchase;

/// Customers that one phone number is remembered for; a household that has more is "several".
const PHONE_CUSTOMERS_MAX: usize = 2;

pub(super) const PURCHASE: &str = "purchase";

/// A purchase as the diary keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseRecord {
    /// The facts.
    pub facts: Purchase,
    /// Whose it is; `None` while it does not count (not paid).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// When the first report came.
    pub first_seen_at: DateTime<Utc>,
    /// Counts the writes.
    pub revision: u64,
}

/// What stands at the place of a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PurchasePlace {
    /// Nothing: no report of it was stored.
    Empty,
    /// Its facts.
    Known(Box<PurchaseRecord>),
    /// It was erased with its customer: no report of it is stored any more.
    Erased,
}

/// The customers who gave a phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneRecord {
    /// The digest of the number, which is its key.
    pub digest: CustomerId,
    /// The customers, in the order in which they came: two at most.
    pub customers: Vec<CustomerId>,
    /// Whether there were more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub several: bool,
}

impl PhoneRecord {
    /// The one customer who has this number; `None` where several have it.
    #[must_use]
    pub fn only_customer(&self) -> Option<&CustomerId> {
        match self.customers.as_slice() {
            [one] if !self.several => Some(one),
            _ => None,
        }
    }

    /// The record with one more customer; `None` where that changes nothing.
    #[must_use]
    pub fn with(&self, customer: &CustomerId) -> Option<Self> {
        if self.customers.contains(customer) || self.several {
            return None;
        }
        let mut more = self.clone();
        if more.customers.len() < PHONE_CUSTOMERS_MAX {
            more.customers.push(customer.clone());
        } else {
            more.several = true;
        }
        Some(more)
    }
}

/// A record that was read before, or the knowledge that there was none.
#[derive(Debug, Clone)]
pub struct Known<T> {
    /// What was read.
    pub before: Option<T>,
    /// What to write.
    pub after: T,
}

/// New facts, written together or not at all; what they rest on is written before them.
#[derive(Debug)]
pub struct NewFacts {
    /// The purchase.
    pub purchase: Known<PurchaseRecord>,
    /// The customer, where the purchase changes what is known of them.
    pub customer: Option<NewCustomer>,
    /// The phone number, where the customer is new to it. Written before the rest: a number that leads to a
    /// customer who is not there yet leads to the same customer when the report comes again.
    pub phone: Option<Known<PhoneRecord>>,
    /// Another address that leads to the customer from now on.
    pub alias: Option<CustomerId>,
    /// What the order says about consent, where it says something new. Written before the rest: it was said,
    /// whatever becomes of the rest.
    pub entry: Option<(CustomerId, Entry)>,
    /// Purchases of a customer that their summary does not hold (any more): by these they are found when the
    /// customer's data is erased. Written before the rest.
    pub pointers: Vec<(CustomerId, PurchaseKey)>,
    /// Whoever must not be erased when this is written, where nothing of theirs is written with it.
    pub unless_erased: Option<NotErased>,
}

impl NewFacts {
    /// A purchase that changes nothing else.
    #[must_use]
    pub fn of_purchase(purchase: Known<PurchaseRecord>) -> Self {
        Self {
            purchase,
            customer: None,
            phone: None,
            alias: None,
            entry: None,
            pointers: Vec::new(),
            unless_erased: None,
        }
    }
}

/// Somebody who must not be erased meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotErased {
    /// Who.
    pub customer: CustomerId,
    /// When they were erased, where that was known; once more is meanwhile.
    pub since: Option<DateTime<Utc>>,
}

impl NotErased {
    fn condition(&self) -> Result<Condition, DiaryError> {
        let not_erased = kind_is_not(ERASED);
        Ok(match self.since {
            None => not_erased,
            Some(at) => not_erased.or(is_erased_at(at)?),
        })
    }
}

/// The purchases that a customer's summary held before, or should hold now, and does not: they leave a pointer, so
/// that they are found when the customer is erased.
#[must_use]
pub fn forgotten(
    before: Option<&Customer>,
    taken_in: &PurchaseKey,
    after: &Customer,
) -> Vec<(CustomerId, PurchaseKey)> {
    let held = before.into_iter().flat_map(|customer| customer.purchases.iter().map(|bought| &bought.key));
    let new = before.is_none_or(|customer| customer.bought(taken_in).is_none()).then_some(taken_in);
    let gone = held.chain(new).filter(|key| after.bought(key).is_none());
    gone.map(|key| (after.id.clone(), key.clone())).collect()
}

/// What stood at a customer's place.
#[derive(Debug, Clone)]
pub enum Before {
    /// Nobody.
    Nobody,
    /// The customer, in this version.
    Version(u64),
    /// Somebody erased at this time, who has bought again since.
    Erased(DateTime<Utc>),
}

/// A customer's new facts.
#[derive(Debug, Clone)]
pub struct NewCustomer {
    /// What stood at their place.
    pub before: Before,
    /// What to write.
    pub after: CustomerRecord,
}

#[derive(Serialize)]
struct Pointer<'a> {
    purchase: &'a PurchaseKey,
}

impl Diary {
    /// What stands at the place of a purchase, read strongly.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn purchase(&self, shop: &ShopId, key: &PurchaseKey) -> Result<PurchasePlace, DiaryError> {
        Ok(match self.get(Key::purchase(shop, key)).await? {
            None => PurchasePlace::Empty,
            Some(item) if kind(&item) == ERASED => PurchasePlace::Erased,
            Some(item) => PurchasePlace::Known(Box::new(from_item(item)?)),
        })
    }

    /// Who gave a phone number, by its digest; `None` where nobody did.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn phone(&self, shop: &ShopId, digest: &CustomerId) -> Result<Option<PhoneRecord>, DiaryError> {
        self.get(Key::phone(shop, digest)).await?.map(from_item).transpose()
    }

    /// Takes new facts in: purchase and customer together or not at all, after what they rest on.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where one of the records is no longer what was read: read again.
    pub async fn take_in(&self, shop: &ShopId, facts: &NewFacts) -> Result<(), DiaryError> {
        if let Some(phone) = &facts.phone {
            let before = phone.before.as_ref().map(|p| customers_are(&p.customers));
            let item = to_item(envelope(Key::phone(shop, &phone.after.digest), "phone"), &phone.after)?;
            self.put(item, before.unwrap_or_else(Condition::is_new)).await?;
        }
        if let Some((customer, entry)) = &facts.entry {
            self.add_entry(shop, customer, entry).await?;
        }
        for (customer, purchase) in &facts.pointers {
            let key = Key::pointer(shop, customer, purchase);
            self.put_once(to_item(envelope(key, "pointer"), &Pointer { purchase })?).await?;
        }
        let purchase = &facts.purchase;
        let item = to_item(envelope(Key::purchase(shop, &purchase.after.facts.key), PURCHASE), &purchase.after)?;
        let condition = purchase.before.as_ref().map_or_else(Condition::is_new, |p| revision_is(p.revision));
        let mut writes = vec![(item, condition)];
        if let Some(customer) = &facts.customer {
            let condition = match customer.before {
                Before::Nobody => Condition::is_new(),
                Before::Version(version) => version_is(version),
                Before::Erased(at) => is_erased_at(at)?,
            };
            writes.push((customer_item(shop, &customer.after)?, condition));
            if let Some(alias) = &facts.alias {
                let value = Alias { customer_of: customer.after.customer.id.clone() };
                writes.push((to_item(envelope(Key::customer(shop, alias), ALIAS), &value)?, Condition::is_new()));
            }
        }
        let guard = match &facts.unless_erased {
            Some(guard) => Some((Key::customer(shop, &guard.customer), guard.condition()?)),
            None => None,
        };
        self.write_all(writes, guard).await
    }

    /// Writes an item that is always the same, where it does not stand yet.
    pub(super) async fn put_once(&self, item: Item) -> Result<(), DiaryError> {
        match self.put(item, Condition::is_new()).await {
            Err(DiaryError::Changed) => Ok(()),
            other => other,
        }
    }

    /// Writes one item with a put, several in a transaction, where the guard holds.
    pub(super) async fn write_all(
        &self,
        mut writes: Vec<(Item, Condition)>,
        guard: Option<(Key, Condition)>,
    ) -> Result<(), DiaryError> {
        if writes.len() == 1
            && guard.is_none()
            && let Some((item, condition)) = writes.pop()
        {
            return self.put(item, condition).await;
        }
        let mut request = self.client.transact_write_items();
        if let Some((key, condition)) = guard {
            let check = ConditionCheck::builder()
                .table_name(&self.table)
                .set_key(Some(key.attributes()))
                .condition_expression(condition.expression)
                .set_expression_attribute_names(some(condition.names))
                .set_expression_attribute_values(some(condition.values))
                .build()
                .map_err(|error| DiaryError::build(&error))?;
            request = request.transact_items(TransactWriteItem::builder().condition_check(check).build());
        }
        for (item, condition) in writes {
            let put = Put::builder()
                .table_name(&self.table)
                .set_item(Some(item))
                .set_condition_expression((!condition.expression.is_empty()).then_some(condition.expression))
                .set_expression_attribute_names(some(condition.names))
                .set_expression_attribute_values(some(condition.values))
                .build()
                .map_err(|error| DiaryError::build(&error))?;
            request = request.transact_items(TransactWriteItem::builder().put(put).build());
        }
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) if lost_a_race(cancelled) => {
                    Err(DiaryError::Changed)
                }
                _ => Err(DiaryError::call(&error)),
            },
        }
    }
}

/// Whether a transaction was cancelled because another writer came first, and not for want of capacity.
pub(super) fn lost_a_race(cancelled: &aws_sdk_dynamodb::types::error::TransactionCanceledException) -> bool {
    let codes = cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code());
    codes.into_iter().any(|code| matches!(code, "ConditionalCheckFailed" | "TransactionConflict"))
}

pub(super) fn envelope(key: Key, kind: &'static str) -> Envelope {
    Envelope { key, kind, due: None }
}

pub(super) fn revision_is(revision: u64) -> Condition {
    Condition::stands(&[("revision", Some(AttributeValue::N(revision.to_string())))])
}

fn customers_are(customers: &[CustomerId]) -> Condition {
    let list = customers.iter().map(|c| AttributeValue::S(c.to_string())).collect();
    Condition::stands(&[("customers", Some(AttributeValue::L(list)))])
}
