//! Alarms: one for each send slot, on EventBridge Scheduler. An alarm is a hint: losing it loses nothing.

use crate::Diary;
use crate::diary::{DiaryError, SlotMarker};
use crate::failure::told;
use crate::settings::Environment;
use crate::warm_up;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::operation::create_schedule::CreateScheduleError;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, Target,
};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use wasurena_domain::calendar::Slot;
use wasurena_domain::ids::ShopId;

/// An alarm is never set earlier than this many minutes from now: `at()` in the past is undocumented.
const NOTICE_MINUTES: i64 = 2;
/// How long Scheduler tries to hand an alarm to the function, in seconds.
const DELIVERY_AGE_S: i32 = 3600;

/// What an alarm says when it rings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The shop whose slot it is.
    pub shop: ShopId,
    /// The slot's shard.
    pub shard: u32,
    /// The slot.
    pub slot: Slot,
    /// Counts the slot's alarms, from 0.
    pub n: u32,
}

impl Alarm {
    /// The schedule's name: at most 64 of `[0-9a-zA-Z-_.]`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}_{}_{}_{}", self.shop, self.slot.start().format("%Y%m%dT%H%M"), self.shard, self.n)
    }
}

/// An alarm could not be set.
#[derive(Debug, thiserror::Error)]
pub enum AlarmError {
    /// The slot's marker could not be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// Scheduler did not take the alarm. Setting it again is safe.
    #[error("the alarm {name} cannot be set: {why}")]
    Scheduler {
        /// The schedule's name.
        name: String,
        /// What Scheduler said.
        why: String,
    },
}

/// Where alarms go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmTarget {
    /// The schedule group.
    pub group: String,
    /// The ARN of the function send-follow-ups.
    pub function_arn: String,
    /// The ARN of the role that Scheduler invokes it with.
    pub role_arn: String,
    /// The ARN of the queue for alarms that could not be delivered.
    pub dead_letter_arn: String,
}

impl AlarmTarget {
    /// Reads `ALARM_GROUP`, `ALARM_FUNCTION_ARN`, `ALARM_ROLE_ARN` and `ALARM_DEAD_LETTER_ARN`.
    pub fn read(environment: &mut Environment) -> Self {
        Self {
            group: environment.text("ALARM_GROUP"),
            function_arn: environment.text("ALARM_FUNCTION_ARN"),
            role_arn: environment.text("ALARM_ROLE_ARN"),
            dead_letter_arn: environment.text("ALARM_DEAD_LETTER_ARN"),
        }
    }
}

/// Sets alarms and remembers them in the diary.
#[derive(Debug, Clone)]
pub struct Alarms {
    client: Client,
    diary: Diary,
    target: AlarmTarget,
}

impl Alarms {
    /// Alarms for this target.
    #[must_use]
    pub fn new(client: Client, diary: Diary, target: AlarmTarget) -> Self {
        Self { client, diary, target }
    }

    /// Opens the connections to the diary and to Scheduler, and sees that the group is there.
    pub async fn warm_up(&self) {
        warm_up::note("diary", &self.diary.touch().await);
        let group = self.client.get_schedule_group().name(&self.target.group).send().await;
        warm_up::note("alarms", &group.map_err(|error| told(&error)));
    }

    /// Makes sure that an alarm rings for a slot with something due: the slot's own, or where the slot has
    /// begun and nothing is going to ring any more, another one in two minutes.
    ///
    /// # Errors
    /// [`AlarmError`] where that could not be made sure of. Doing it again is safe.
    pub async fn ensure(&self, shop: &ShopId, shard: u32, slot: Slot, now: DateTime<Utc>) -> Result<(), AlarmError> {
        let marker = self.diary.slot_marker(shop, shard, slot).await?;
        match marker {
            Some(marker) if marker.ring_at > now => Ok(()),
            Some(marker) => self.set(shop, shard, slot, SlotMarker { n: marker.n + 1, ring_at: soonest(now) }).await,
            None => self.set(shop, shard, slot, SlotMarker { n: 0, ring_at: slot.start().max(soonest(now)) }).await,
        }
    }

    /// Makes sure that another alarm rings after one that could not finish its slot: at `at`, or as soon as
    /// an alarm can be set. Where a later one is going to ring already, that is enough: however often an alarm
    /// rings, and however often its sender is tried again, it is followed by one alarm.
    ///
    /// # Errors
    /// [`AlarmError`] where that could not be made sure of. Doing it again is safe.
    pub async fn again(&self, after: &Alarm, at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), AlarmError> {
        let Alarm { shop, shard, slot, n } = after;
        let last = match self.diary.slot_marker(shop, *shard, *slot).await? {
            Some(marker) if marker.n > *n && marker.ring_at > now => return Ok(()),
            marker => marker.map_or(*n, |marker| marker.n.max(*n)),
        };
        self.set(shop, *shard, *slot, SlotMarker { n: last + 1, ring_at: at.max(soonest(now)) }).await
    }

    async fn set(&self, shop: &ShopId, shard: u32, slot: Slot, marker: SlotMarker) -> Result<(), AlarmError> {
        let alarm = Alarm { shop: shop.clone(), shard, slot, n: marker.n };
        self.create(&alarm, marker.ring_at).await?;
        self.diary.mark_slot(shop, shard, slot, marker).await?;
        Ok(())
    }

    /// Creates the schedule. One that stands already is success: names are derived, so it is the same alarm.
    async fn create(&self, alarm: &Alarm, at: DateTime<Utc>) -> Result<(), AlarmError> {
        let name = alarm.name();
        let failed = |why: String| AlarmError::Scheduler { name: name.clone(), why };
        let input = serde_json::to_string(alarm).map_err(|error| failed(error.to_string()))?;
        let target = Target::builder()
            .arn(&self.target.function_arn)
            .role_arn(&self.target.role_arn)
            .input(input)
            .retry_policy(RetryPolicy::builder().maximum_event_age_in_seconds(DELIVERY_AGE_S).build())
            .dead_letter_config(DeadLetterConfig::builder().arn(&self.target.dead_letter_arn).build())
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let exactly = FlexibleTimeWindow::builder()
            .mode(FlexibleTimeWindowMode::Off)
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let request = self
            .client
            .create_schedule()
            .name(&name)
            .group_name(&self.target.group)
            .schedule_expression(format!("at({})", at.format("%Y-%m-%dT%H:%M:%S")))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(exactly)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target);
        match request.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                Some(CreateScheduleError::ConflictException(_)) => Ok(()),
                _ => Err(failed(told(&error))),
            },
        }
    }
}

fn soonest(now: DateTime<Utc>) -> DateTime<Utc> {
    now + Duration::minutes(NOTICE_MINUTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_the_scheduler() {
        let shop = ShopId::parse(&"s".repeat(32)).unwrap();
        let slot = Slot::parse("2026-12-02T01:00Z").unwrap();
        let name = Alarm { shop, shard: 999, slot, n: 99_999 }.name();
        assert!(name.len() <= 64, "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)), "{name}");
    }
}
