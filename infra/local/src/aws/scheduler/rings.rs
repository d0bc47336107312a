//! The alarms as whoever drives the clock sees them. Ringing has two phases,
//! look and complete, so that a kill in between rings again: at least once.

use chrono::{DateTime, Utc};
use rusqlite::params;

use super::Scheduler;
use super::request::{ActionAfterCompletion, ScheduleBody};
use crate::aws::store::StoreError;

/// A schedule that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring {
    /// The schedule's group.
    pub group: String,
    /// The schedule's name.
    pub name: String,
    /// When it was to ring.
    pub scheduled_for: DateTime<Utc>,
    /// What to invoke.
    pub target_arn: String,
    /// What to invoke it with; empty where the schedule gave nothing.
    pub input: String,
    /// How often a failed delivery is tried again.
    pub maximum_retry_attempts: u32,
    /// How old a ring may get before it is given up.
    pub maximum_event_age_s: u32,
    /// Where a ring that could not be delivered goes.
    pub dead_letter_arn: Option<String>,
}

/// A schedule that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// The schedule's group.
    pub group: String,
    /// The schedule's name.
    pub name: String,
    /// When it rings; nothing once it has rung, or while it is disabled.
    pub rings_at: Option<DateTime<Utc>>,
}

impl Scheduler {
    /// When the next schedule rings.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn next_ring(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let due: Option<i64> = self.store.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT min(due_ms) FROM schedules WHERE due_ms IS NOT NULL")?;
            Ok::<_, StoreError>(statement.query_row([], |row| row.get(0))?)
        })?;
        Ok(due.and_then(DateTime::from_timestamp_millis))
    }

    /// What is due at `now`, the longest due first. It stays due until it is
    /// completed.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn due(&self, now: DateTime<Utc>) -> Result<Vec<Ring>, StoreError> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT group_name, name, due_ms, body FROM schedules
                 WHERE due_ms <= ?1 ORDER BY due_ms, group_name, name",
            )?;
            let rows = statement.query_map([now.timestamp_millis()], ring)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Says that the ring was delivered: the schedule goes, or stays silent,
    /// as its `ActionAfterCompletion` says. One that was moved to another time
    /// since is left alone.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn complete(&self, ring: &Ring) -> Result<(), StoreError> {
        let rung = params![ring.group, ring.name, ring.scheduled_for.timestamp_millis()];
        self.store.run(|transaction| {
            let body: Option<String> = transaction
                .prepare_cached("SELECT max(body) FROM schedules WHERE group_name = ?1 AND name = ?2 AND due_ms = ?3")?
                .query_row(rung, |row| row.get(0))?;
            let Some(body) = body else { return Ok(()) };
            let change = match parsed(&body)?.action_after_completion {
                ActionAfterCompletion::Delete => "DELETE FROM schedules",
                ActionAfterCompletion::None => "UPDATE schedules SET due_ms = NULL",
            };
            let change = format!("{change} WHERE group_name = ?1 AND name = ?2 AND due_ms = ?3");
            transaction.prepare_cached(&change)?.execute(rung)?;
            Ok(())
        })
    }

    /// Every schedule, by group and name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self) -> Result<Vec<Alarm>, StoreError> {
        self.store.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT group_name, name, due_ms FROM schedules ORDER BY group_name, name")?;
            let alarms = statement.query_map([], |row| {
                let due: Option<i64> = row.get(2)?;
                let rings_at = due.and_then(DateTime::from_timestamp_millis);
                Ok(Alarm { group: row.get(0)?, name: row.get(1)?, rings_at })
            })?;
            Ok(alarms.collect::<Result<_, _>>()?)
        })
    }

    /// Loses every schedule, as an accident would. Answers how many.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn delete_all(&self) -> Result<usize, StoreError> {
        self.store.run(|transaction| Ok(transaction.execute("DELETE FROM schedules", [])?))
    }
}

fn ring(row: &rusqlite::Row<'_>) -> rusqlite::Result<Ring> {
    let target = parsed(&row.get::<_, String>(3)?)?.target;
    let retry = target.retry_policy.unwrap_or_default();
    Ok(Ring {
        group: row.get(0)?,
        name: row.get(1)?,
        scheduled_for: DateTime::from_timestamp_millis(row.get(2)?).unwrap_or_default(),
        target_arn: target.arn,
        input: target.input.unwrap_or_default(),
        maximum_retry_attempts: retry.maximum_retry_attempts,
        maximum_event_age_s: retry.maximum_event_age_in_seconds,
        dead_letter_arn: target.dead_letter_config.and_then(|config| config.arn),
    })
}

fn parsed(body: &str) -> rusqlite::Result<ScheduleBody> {
    serde_json::from_str(body)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, error.into()))
}
