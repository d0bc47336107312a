//! Follow-ups, and the index of everything that is due.

use super::item::{Condition, Envelope, Item, from_item, to_attribute, to_item};
use super::keys::{DUE_PK, DUE_SK, Key, PK, SK, StreamItem, due_partition, due_place, stream_item, text};
use super::tasks::task_item;
use super::{DUE_INDEX, Diary, DiaryError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use chrono::{DateTime, Utc};
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};
use wasurena_domain::mistake::{Mistake, made};
use wasurena_domain::task::Task;

/// An entry of the index of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: Slot,
    /// What.
    pub item: DueItem,
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueItem {
    /// A customer to plan for.
    Customer(CustomerId),
    /// A follow-up.
    FollowUp(CustomerId, FollowUpId),
}

/// A claim of a follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// A name that no other claim has.
    pub attempt: String,
    /// The end of the lease.
    pub until: DateTime<Utc>,
}

pub(super) const FOLLOW_UP: &str = "follow_up";

fn follow_up_item(shop: &ShopId, follow_up: &FollowUp) -> Result<Item, DiaryError> {
    let key = Key::follow_up(shop, &follow_up.customer, &follow_up.id);
    let place = |at| due_place(at, &key.sk, follow_up.id.as_str());
    let due = follow_up.due_at().map(|at| (due_partition(shop, follow_up.shard), place(at)));
    to_item(Envelope { key, kind: FOLLOW_UP, due }, follow_up)
}

/// A follow-up is still as it was read: its state, slot and attempt, the approval and the owner's line.
fn is_still(before: &FollowUp) -> Result<Condition, DiaryError> {
    let approved = |at| to_attribute(before.id.as_str(), at);
    Ok(Condition::stands(&[
        ("state", Some(string(before.state.name()))),
        ("slot", Some(string(&before.slot.to_string()))),
        ("attempt", before.attempt.as_deref().map(string)),
        ("approved_at", before.approved_at.map(approved).transpose()?),
        ("note", before.note.as_ref().map(|note| string(note.as_str()))),
    ]))
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

impl Diary {
    /// Writes a new follow-up. Where it stands already, that is left as it is: planning twice is planning once.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn put_new(&self, shop: &ShopId, follow_up: &FollowUp) -> Result<(), DiaryError> {
        match self.put(follow_up_item(shop, follow_up)?, Condition::is_new()).await {
            Err(DiaryError::Changed) => Ok(()),
            other => other,
        }
    }

    /// Writes a follow-up over the one that was read, on condition that its state, slot and attempt are still those, and that
    /// nobody has approved it or changed its personal line meanwhile.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where they are not: somebody else decided first.
    pub async fn replace(&self, shop: &ShopId, before: &FollowUp, after: &FollowUp) -> Result<(), DiaryError> {
        self.put(follow_up_item(shop, after)?, is_still(before)?).await
    }

    /// The same, together with the task by which a person carries it out: both, or neither.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where somebody else decided first.
    pub async fn hand_over(
        &self,
        shop: &ShopId,
        before: &FollowUp,
        after: &FollowUp,
        task: &Task,
    ) -> Result<(), DiaryError> {
        let task = (task_item(shop, task)?, Condition::default());
        self.write_all(vec![(follow_up_item(shop, after)?, is_still(before)?), task], None).await
    }

    /// A follow-up, read strongly.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn follow_up(&self, shop: &ShopId, id: &FollowUpId) -> Result<Option<FollowUp>, DiaryError> {
        let Ok(customer) = id.customer() else { return Ok(None) };
        self.get(Key::follow_up(shop, &customer, id)).await?.map(from_item).transpose()
    }

    /// Claims a follow-up that is planned for `slot`, with one conditional write and without reading it
    /// first. `None` where somebody else has it, or it was moved, cancelled or sent.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written. The claim may stand all the same; then its lease
    /// ends and the keeper finds it.
    pub async fn claim(
        &self,
        shop: &ShopId,
        customer: &CustomerId,
        id: &FollowUpId,
        slot: Slot,
        claim: &Claim,
    ) -> Result<Option<FollowUp>, DiaryError> {
        let until = serde_dynamo::to_attribute_value(claim.until)
            .map_err(|error| DiaryError::Unreadable { key: id.to_string(), why: error.to_string() })?;
        let result = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::follow_up(shop, customer, id).attributes()))
            .update_expression("SET #state = :claimed, #attempt = :attempt, #until = :until ADD #attempts :one")
            .condition_expression(match made(Mistake::ClaimWithoutCondition) {
                true => "attribute_exists(#state) OR (#state = :planned AND #slot = :slot)",
                false => "#state = :planned AND #slot = :slot",
            })
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#attempt", "attempt")
            .expression_attribute_names("#until", "until")
            .expression_attribute_names("#attempts", "attempts")
            .expression_attribute_names("#slot", "slot")
            .expression_attribute_values(":claimed", string(State::Claimed.name()))
            .expression_attribute_values(":planned", string(State::Planned.name()))
            .expression_attribute_values(":attempt", string(&claim.attempt))
            .expression_attribute_values(":until", until)
            .expression_attribute_values(":slot", string(&slot.to_string()))
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match result {
            Ok(output) => output.attributes.map(from_item).transpose(),
            Err(error) => match error.as_service_error() {
                // The answer of our own claim was lost and the SDK claimed again: then the attempt is ours.
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    let ours =
                        |item: &&Item| text(item, "attempt") == claim.attempt && text(item, "state") == "claimed";
                    failed.item().filter(ours).cloned().map(from_item).transpose()
                }
                _ => Err(DiaryError::call(&error)),
            },
        }
    }

    /// Follow-ups due in exactly this slot.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn due_in_slot(&self, shop: &ShopId, shard: u32, slot: Slot) -> Result<Vec<Due>, DiaryError> {
        self.due(shop, shard, "begins_with(#sk, :bound)", format!("{slot}#F"), None).await
    }

    /// Everything due by `now`, oldest first, `limit` entries at most.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn due_by(
        &self,
        shop: &ShopId,
        shard: u32,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Due>, DiaryError> {
        let bound = format!("{}#~", now.format("%Y-%m-%dT%H:%MZ"));
        self.due(shop, shard, "#sk <= :bound", bound, Some(limit)).await
    }

    async fn due(
        &self,
        shop: &ShopId,
        shard: u32,
        condition: &str,
        bound: String,
        limit: Option<usize>,
    ) -> Result<Vec<Due>, DiaryError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(DUE_INDEX)
            .key_condition_expression(format!("#pk = :pk AND {condition}"))
            .expression_attribute_names("#pk", DUE_PK)
            .expression_attribute_names("#sk", DUE_SK)
            .expression_attribute_values(":pk", AttributeValue::S(due_partition(shop, shard)))
            .expression_attribute_values(":bound", AttributeValue::S(bound))
            .set_limit(limit.and_then(|limit| i32::try_from(limit).ok()))
            .into_paginator()
            .send();
        let mut due = Vec::new();
        while let Some(page) = pages.next().await {
            let items = page.map_err(|error| DiaryError::call(&error))?.items.unwrap_or_default();
            due.extend(items.iter().filter_map(due_entry));
            if limit.is_some_and(|limit| due.len() >= limit) {
                break;
            }
        }
        Ok(due)
    }
}

fn due_entry(item: &Item) -> Option<Due> {
    let at = Slot::parse(text(item, DUE_SK).split('#').next()?).ok()?;
    let item = match stream_item(text(item, PK), text(item, SK))? {
        StreamItem::Customer(_, customer) => DueItem::Customer(customer),
        StreamItem::FollowUp(_, customer, id) => DueItem::FollowUp(customer, id),
    };
    Some(Due { at, item })
}
