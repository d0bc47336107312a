//! Approving: the follow-up and the count of its step, in one transaction, so that each mail counts once.

use super::item::to_attribute;
use super::keys::Key;
use super::purchases::lost_a_race;
use super::shops::APPROVALS;
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_domain::ids::ShopId;

impl Diary {
    /// Approves a follow-up that was read and waits to be sent, and counts that for its step.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where it waits no longer, or is approved already: read again.
    pub async fn approve(&self, shop: &ShopId, follow_up: &FollowUp, at: DateTime<Utc>) -> Result<(), DiaryError> {
        let approved = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::follow_up(shop, &follow_up.customer, &follow_up.id).attributes()))
            .update_expression("SET #approved = :at")
            .condition_expression("#state = :planned AND attribute_not_exists(#approved)")
            .expression_attribute_names("#approved", "approved_at")
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":planned", AttributeValue::S(State::Planned.name().to_owned()))
            .expression_attribute_values(":at", to_attribute(follow_up.id.as_str(), at)?)
            .build()
            .map_err(|error| DiaryError::build(&error))?;
        let counted = Update::builder()
            .table_name(&self.table)
            .set_key(Some(Key::shop(shop).attributes()))
            .update_expression("ADD #approvals.#step :one")
            .condition_expression("attribute_exists(#approvals)")
            .expression_attribute_names("#approvals", APPROVALS)
            .expression_attribute_names("#step", follow_up.step.as_str())
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .build()
            .map_err(|error| DiaryError::build(&error))?;
        let request = self
            .client
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().update(approved).build())
            .transact_items(TransactWriteItem::builder().update(counted).build());
        let Err(error) = request.send().await else { return Ok(()) };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) if lost_a_race(cancelled) => {
                Err(DiaryError::Changed)
            }
            _ => Err(DiaryError::call(&error)),
        }
    }

    /// Makes room for counting at a shop that was published by a program which did not count.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written. Doing it again is safe.
    pub async fn begin_to_count(&self, shop: &ShopId) -> Result<(), DiaryError> {
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::shop(shop).attributes()))
            .update_expression("SET #approvals = if_not_exists(#approvals, :none)")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#approvals", APPROVALS)
            .expression_attribute_values(":none", AttributeValue::M(HashMap::new()));
        request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(())
    }
}
