//! Who is sending in a quarter hour. All shops share the account's rate, and how many senders run at once cannot be limited in
//! a new account, whose quota leaves nothing to reserve. So each counts itself in, and keeps to its part.

use super::item::{KIND, SCHEMA, SCHEMA_NAME};
use super::keys::Key;
use super::slots::{EXPIRES, expires};
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use wasurena_domain::calendar::Slot;

/// The attribute that counts them.
const SENDERS: &str = "senders";

impl Diary {
    /// Counts a sender in, and answers how many began in that quarter hour and are at work, with it, 1 at least.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn join_senders(&self, slot: Slot) -> Result<u32, DiaryError> {
        self.count_senders(slot, 1).await
    }

    /// Counts a sender out. One that crashes is not counted out: the others are slower for it, and the next
    /// quarter hour begins anew.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn leave_senders(&self, slot: Slot) -> Result<(), DiaryError> {
        self.count_senders(slot, -1).await.map(|_| ())
    }

    /// How many are at work, read for half the price: a moment late is soon enough.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn senders(&self, slot: Slot) -> Result<u32, DiaryError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(Key::senders(slot).attributes()));
        let answer = request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(counted(answer.item.as_ref().and_then(|item| item.get(SENDERS))))
    }

    async fn count_senders(&self, slot: Slot, by: i32) -> Result<u32, DiaryError> {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::senders(slot).attributes()))
            .update_expression("ADD #senders :by SET #kind = :kind, #schema = :schema, #expires = :expires")
            .expression_attribute_names("#senders", SENDERS)
            .expression_attribute_names("#kind", KIND)
            .expression_attribute_names("#schema", SCHEMA_NAME)
            .expression_attribute_names("#expires", EXPIRES)
            .expression_attribute_values(":by", number(by.into()))
            .expression_attribute_values(":kind", AttributeValue::S(SENDERS.to_owned()))
            .expression_attribute_values(":schema", number(SCHEMA.into()))
            .expression_attribute_values(":expires", number(expires(slot)))
            .return_values(ReturnValue::UpdatedNew);
        let answer = request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(counted(answer.attributes.as_ref().and_then(|item| item.get(SENDERS))))
    }
}

/// The count, 1 at least: whoever asks is one of them.
fn counted(value: Option<&AttributeValue>) -> u32 {
    value.and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or(1).max(1)
}
