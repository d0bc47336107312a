//! Items: domain values with keys, a kind and a schema version around them.

use super::keys::{DUE_PK, DUE_SK, Key, PK, SK, text};
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// An item as DynamoDB keeps it.
pub(super) type Item = HashMap<String, AttributeValue>;

/// The version of the items' shape. A reader that meets a greater one refuses it.
pub(super) const SCHEMA: u32 = 1;

pub(super) const KIND: &str = "entity";
pub(super) const SCHEMA_NAME: &str = "schema";

/// What makes an item of a value.
pub(super) struct Envelope {
    pub(super) key: Key,
    pub(super) kind: &'static str,
    /// Partition and place in the index of what is due.
    pub(super) due: Option<(String, String)>,
}

pub(super) fn to_item<T: Serialize>(envelope: Envelope, value: &T) -> Result<Item, DiaryError> {
    let unreadable =
        |why: serde_dynamo::Error| DiaryError::Unreadable { key: envelope.key.pk.clone(), why: why.to_string() };
    let mut item: Item = serde_dynamo::to_item(value).map_err(unreadable)?;
    item.insert(KIND.to_owned(), AttributeValue::S(envelope.kind.to_owned()));
    item.insert(SCHEMA_NAME.to_owned(), AttributeValue::N(SCHEMA.to_string()));
    if let Some((partition, place)) = envelope.due {
        item.insert(DUE_PK.to_owned(), AttributeValue::S(partition));
        item.insert(DUE_SK.to_owned(), AttributeValue::S(place));
    }
    item.extend(envelope.key.attributes());
    Ok(item)
}

pub(super) fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, DiaryError> {
    let key = format!("{} {}", text(&item, PK), text(&item, SK));
    let schema = item.get(SCHEMA_NAME).and_then(|v| v.as_n().ok()).and_then(|n| n.parse::<u32>().ok());
    if schema != Some(SCHEMA) {
        let why = format!("its schema version is {schema:?}, this program knows {SCHEMA}: deploy the newer version");
        return Err(DiaryError::Unreadable { key, why });
    }
    serde_dynamo::from_item(item).map_err(|error| DiaryError::Unreadable { key, why: what_is_wrong(&error) })
}

/// What is wrong with an item, without quoting its values: they may be personal.
fn what_is_wrong(error: &serde_dynamo::Error) -> String {
    let text = error.to_string();
    if text.starts_with("missing field") { text } else { "a value is not of the form it must have".to_owned() }
}

pub(super) fn kind(item: &Item) -> &str {
    text(item, KIND)
}

/// The item does not stand, or is of another kind.
pub(super) fn kind_is_not(kind: &str) -> Condition {
    let mut condition = Condition::is_new();
    condition.expression += " OR #kind <> :kind";
    condition.names.insert("#kind".to_owned(), KIND.to_owned());
    condition.values.insert(":kind".to_owned(), AttributeValue::S(kind.to_owned()));
    condition
}

/// A value as an attribute of an item, to compare with the one that stands there.
pub(super) fn to_attribute<T: Serialize>(key: &str, value: T) -> Result<AttributeValue, DiaryError> {
    let unreadable = |e: serde_dynamo::Error| DiaryError::Unreadable { key: key.to_owned(), why: e.to_string() };
    serde_dynamo::to_attribute_value(value).map_err(unreadable)
}

/// A condition of a write, with its values.
#[derive(Debug, Clone, Default)]
pub(super) struct Condition {
    pub(super) expression: String,
    pub(super) names: HashMap<String, String>,
    pub(super) values: HashMap<String, AttributeValue>,
}

impl Condition {
    /// The item does not exist yet.
    pub(super) fn is_new() -> Self {
        Self { expression: "attribute_not_exists(pk)".to_owned(), ..Self::default() }
    }

    /// The item exists, and each of these attributes has this value; `None` for one that is not there.
    pub(super) fn stands(attributes: &[(&str, Option<AttributeValue>)]) -> Self {
        let mut condition = Self { expression: "attribute_exists(pk)".to_owned(), ..Self::default() };
        for (place, (name, value)) in attributes.iter().enumerate() {
            let (n, v) = (format!("#c{place}"), format!(":c{place}"));
            condition.names.insert(n.clone(), (*name).to_owned());
            match value {
                Some(value) => {
                    condition.expression += &format!(" AND {n} = {v}");
                    condition.values.insert(v, value.clone());
                }
                None => condition.expression += &format!(" AND attribute_not_exists({n})"),
            }
        }
        condition
    }

    /// This or the other, which has names of its own.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.expression = format!("({}) OR ({})", self.expression, other.expression);
        self.names.extend(other.names);
        self.values.extend(other.values);
        self
    }
}

impl Diary {
    /// Writes an item on a condition. Where the condition fails because the very same item stands already
    /// (the answer of our own write was lost and the SDK wrote again), that is success.
    pub(super) async fn put(&self, item: Item, condition: Condition) -> Result<(), DiaryError> {
        let result = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item.clone()))
            .set_condition_expression((!condition.expression.is_empty()).then_some(condition.expression))
            .set_expression_attribute_names(some(condition.names))
            .set_expression_attribute_values(some(condition.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) if failed.item() == Some(&item) => Ok(()),
                Some(
                    PutItemError::ConditionalCheckFailedException(_) | PutItemError::TransactionConflictException(_),
                ) => Err(DiaryError::Changed),
                _ => Err(DiaryError::call(&error)),
            },
        }
    }

    /// Writes an item where none stands yet, and answers whether that was so. Where the answer of our own write was lost and
    /// the SDK wrote again, it says no.
    pub(super) async fn put_if_new(&self, item: Item) -> Result<bool, DiaryError> {
        let Condition { expression, .. } = Condition::is_new();
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let Err(error) = request.condition_expression(expression).send().await else { return Ok(true) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(false),
            Some(PutItemError::TransactionConflictException(_)) => Err(DiaryError::Changed),
            _ => Err(DiaryError::call(&error)),
        }
    }

    /// Reads an item strongly.
    pub(super) async fn get(&self, key: Key) -> Result<Option<Item>, DiaryError> {
        let request =
            self.client.get_item().table_name(&self.table).set_key(Some(key.attributes())).consistent_read(true);
        Ok(request.send().await.map_err(|error| DiaryError::call(&error))?.item)
    }
}

/// `None` for an empty map: DynamoDB refuses empty ones.
pub(super) fn some<K, V>(map: HashMap<K, V>) -> Option<HashMap<K, V>> {
    (!map.is_empty()).then_some(map)
}
