//! The keeper's hours. It runs at every full hour; an hour in which nothing is due would only read, so it
//! is counted and not run: that is what lets a year pass in seconds.

use crate::configs::TABLE;
use crate::rings::TIMEOUT_MINUTES;
use crate::world::{Turn, World, WorldError};
use chrono::{DateTime, Duration, DurationRound, Utc};
use dynoxide::actions::query::QueryRequest;
use serde_json::json;
use std::sync::PoisonError;
use wasurena_cloud::diary::DUE_INDEX;
use wasurena_domain::calendar::Slot;

const NAME: &str = "keep-promises";

impl World {
    /// The next full hour at which the keeper finds something due; `None` while nothing is.
    pub(crate) fn next_keeper_hour(&self, turn: &mut Turn) -> Result<Option<DateTime<Utc>>, WorldError> {
        let from = *turn.kept_until.get_or_insert_with(|| full_hour(self.now()));
        let Some(due) = self.first_due()? else { return Ok(None) };
        let hour = full_hour(due);
        let hour = if hour < due { hour + Duration::hours(1) } else { hour };
        Ok(Some(hour.max(from + Duration::hours(1))))
    }

    /// Runs the keeper where its hour has come and something is due.
    pub(crate) async fn keep(&self, turn: &mut Turn) -> Result<(), WorldError> {
        let now = self.now();
        if self.next_keeper_hour(turn)?.is_some_and(|hour| hour <= now) {
            self.skip_idle_hours(turn, now - Duration::hours(1))?;
            turn.kept_until = Some(full_hour(now));
            self.count(NAME, 1);
            if let Err(error) = self.keeper.handle(now + Duration::minutes(TIMEOUT_MINUTES)).await {
                tracing::error!(%error, "keeper.failed");
            }
        }
        Ok(())
    }

    /// Counts the hours up to `until` in which the keeper would have found nothing.
    pub(crate) fn skip_idle_hours(&self, turn: &mut Turn, until: DateTime<Utc>) -> Result<(), WorldError> {
        let from = *turn.kept_until.get_or_insert_with(|| full_hour(self.now()));
        let hours = (full_hour(until) - from).num_hours();
        if let Ok(hours) = u64::try_from(hours) {
            self.count(NAME, hours);
            turn.kept_until = Some(from.max(full_hour(until)));
        }
        Ok(())
    }

    /// The earliest time in the index of what is due. Read beside the meter: looking costs nobody anything.
    fn first_due(&self) -> Result<Option<DateTime<Utc>>, WorldError> {
        let mut first = None;
        let partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for partition in partitions {
            let entry = self.first_in(&partition).map_err(|error| WorldError::Table(error.to_string()))?;
            first = first.into_iter().chain(entry).min();
        }
        Ok(first.map(Slot::start))
    }

    fn first_in(&self, partition: &str) -> Result<Option<Slot>, Box<dyn std::error::Error>> {
        let request: QueryRequest = serde_json::from_value(json!({
            "TableName": TABLE,
            "IndexName": DUE_INDEX,
            "KeyConditionExpression": "due_pk = :partition",
            "ExpressionAttributeValues": { ":partition": { "S": partition } },
            "Limit": 1,
        }))?;
        let page = serde_json::to_value(self.aws.database().query(request)?)?;
        let place = page["Items"][0]["due_sk"]["S"].as_str();
        Ok(place.and_then(|place| place.split('#').next()).map(Slot::parse).transpose()?)
    }
}

fn full_hour(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(Duration::hours(1)).unwrap_or(at)
}
