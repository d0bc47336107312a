//! The table's stream, as its functions read it: whose record changed, and which records failed.

use crate::diary::{StreamItem, stream_item};
use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use aws_lambda_events::event::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::State;
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};

/// A record that says: look at this customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The shop.
    pub shop: ShopId,
    /// Its customer.
    pub customer: CustomerId,
    sequence_number: Option<String>,
}

/// A record that says: something is due in this slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The shop.
    pub shop: ShopId,
    /// The slot's shard.
    pub shard: u32,
    /// The slot.
    pub slot: Slot,
    /// What is due in it.
    pub follow_up: FollowUpId,
    sequence_number: Option<String>,
}

/// A record's place in its stream, by which it is reported as failed.
pub trait Placed {
    /// The sequence number.
    fn sequence_number(&self) -> Option<&str>;
}

impl Placed for Look {
    fn sequence_number(&self) -> Option<&str> {
        self.sequence_number.as_deref()
    }
}

impl Placed for Wait {
    fn sequence_number(&self) -> Option<&str> {
        self.sequence_number.as_deref()
    }
}

/// Whose facts changed or whose follow-up ended. The same condition stands in the template as the filter
/// of the event source, so that other records cost no invocation; here it makes sure.
#[must_use]
pub fn looks(event: &Event) -> Vec<Look> {
    event.records.iter().filter_map(look).collect()
}

/// Whether a record says: look at a customer.
#[must_use]
pub fn is_look(record: &EventRecord) -> bool {
    look(record).is_some()
}

/// Whether a record says: something is due in a slot.
#[must_use]
pub fn is_wait(record: &EventRecord) -> bool {
    wait(record).is_some()
}

fn look(record: &EventRecord) -> Option<Look> {
    let (shop, customer) = match item(record)? {
        StreamItem::Customer(shop, customer) if has_new_facts(record) => (shop, customer),
        StreamItem::FollowUp(shop, customer, _) if has_ended(record) => (shop, customer),
        _ => return None,
    };
    Some(Look { shop, customer, sequence_number: record.change.sequence_number.clone() })
}

/// In which slots something new is due.
#[must_use]
pub fn waits(event: &Event) -> Vec<Wait> {
    event.records.iter().filter_map(wait).collect()
}

fn wait(record: &EventRecord) -> Option<Wait> {
    let StreamItem::FollowUp(shop, _, follow_up) = item(record)? else { return None };
    if string(record, "state")? != State::Planned.name() {
        return None;
    }
    let slot = Slot::parse(string(record, "slot")?).ok()?;
    let shard = match record.change.new_image.inner().get("shard")? {
        serde_dynamo::AttributeValue::N(n) => n.parse().ok()?,
        _ => return None,
    };
    Some(Wait { shop, shard, slot, follow_up, sequence_number: record.change.sequence_number.clone() })
}

/// The answer that reports these records as failed and all others of the batch as done.
#[must_use]
pub fn failures<'a, P: Placed + 'a>(failed: impl Iterator<Item = &'a P>) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures = failed
        .map(|record| {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = record.sequence_number().map(str::to_owned);
            failure
        })
        .collect();
    response
}

fn item(record: &EventRecord) -> Option<StreamItem> {
    let key = |name: &str| match record.change.keys.inner().get(name)? {
        serde_dynamo::AttributeValue::S(text) => Some(text.as_str()),
        _ => None,
    };
    stream_item(key("pk")?, key("sk")?)
}

fn has_new_facts(record: &EventRecord) -> bool {
    match record.change.new_image.inner().get("attention") {
        Some(serde_dynamo::AttributeValue::M(attention)) => attention.contains_key("facts"),
        _ => false,
    }
}

fn has_ended(record: &EventRecord) -> bool {
    matches!(record.change.new_image.inner().get("ended"), Some(serde_dynamo::AttributeValue::Bool(true)))
}

fn string<'a>(record: &'a EventRecord, name: &str) -> Option<&'a str> {
    match record.change.new_image.inner().get(name)? {
        serde_dynamo::AttributeValue::S(text) => Some(text),
        _ => None,
    }
}
