//! What Lambda's asynchronous queue carries: alarms that ring to send-follow-ups, and SES's events to
//! record-delivery. At least once, and an invocation that fails is tried twice more.

use crate::world::{Turn, World, WorldError};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use wasurena_cloud::alarms::Alarm;

/// How long an invocation of send-follow-ups or keep-promises may take.
pub const TIMEOUT_MINUTES: i64 = 15;
/// Minutes after which a failed asynchronous invocation is tried again: Lambda waits one, then two.
pub const RETRY_MINUTES: [i64; 2] = [1, 2];

/// Where the length of record-delivery's failure queue is kept.
const FAILURES: &str = "event_failures";

/// What is carried, and to whom.
#[derive(Debug)]
enum Invocation {
    /// An alarm, to send-follow-ups.
    Alarm(Alarm),
    /// An event of SES, to record-delivery.
    Event(Value),
}

/// Invocations that failed and are tried again. Not kept across restarts: an alarm that is lost with them
/// is one more thing that the keeper finds, and an event one more that SES has lost.
#[derive(Debug, Default)]
pub(crate) struct Retries(BTreeMap<DateTime<Utc>, Vec<(Invocation, usize)>>);

impl Retries {
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.0.keys().next().copied()
    }

    fn take_due(&mut self, now: DateTime<Utc>) -> Vec<(Invocation, usize)> {
        let later = self.0.split_off(&(now + Duration::nanoseconds(1)));
        std::mem::replace(&mut self.0, later).into_values().flatten().collect()
    }
}

impl World {
    /// Carries an event of SES to record-delivery, and lets the streams run dry.
    ///
    /// # Errors
    /// [`WorldError`] where the world itself cannot go on.
    pub async fn carry_event(&self, event: Value) -> Result<(), WorldError> {
        let mut turn = self.turn().await;
        self.carry_to_function(&mut turn, Invocation::Event(event), 0).await?;
        drop(turn);
        self.settle().await
    }

    /// Rings what is due now.
    pub(crate) async fn ring_due(&self, turn: &mut Turn) -> Result<(), WorldError> {
        for ring in self.aws.scheduler().due(self.now())? {
            match serde_json::from_str::<Alarm>(&ring.input) {
                Ok(alarm) => self.carry_to_function(turn, Invocation::Alarm(alarm), 0).await?,
                Err(error) => tracing::error!(name = ring.name, %error, "alarm.unreadable"),
            }
            self.aws.scheduler().complete(&ring)?;
        }
        for (invocation, attempts) in turn.retries.take_due(self.now()) {
            self.carry_to_function(turn, invocation, attempts).await?;
        }
        Ok(())
    }

    async fn carry_to_function(
        &self,
        turn: &mut Turn,
        invocation: Invocation,
        attempts: usize,
    ) -> Result<(), WorldError> {
        let is_done = match &invocation {
            Invocation::Alarm(alarm) => {
                self.count("send-follow-ups", 1);
                let stop_at = self.now() + Duration::minutes(TIMEOUT_MINUTES);
                self.send.handle(alarm, stop_at).await.is_ok()
            }
            Invocation::Event(event) => {
                self.count("record-delivery", 1);
                self.delivery.handle(event).await.is_ok()
            }
        };
        match (RETRY_MINUTES.get(attempts), invocation) {
            _ if is_done => Ok(()),
            (Some(minutes), invocation) => {
                let at = self.now() + Duration::minutes(*minutes);
                turn.retries.0.entry(at).or_default().push((invocation, attempts + 1));
                Ok(())
            }
            // An alarm that failed for good is the keeper's.
            (None, Invocation::Alarm(_)) => Ok(()),
            (None, Invocation::Event(_)) => self.queue_failed_event(),
        }
    }

    fn queue_failed_event(&self) -> Result<(), WorldError> {
        let waiting = self.failed_events()? + 1;
        tracing::warn!(waiting, "event.failed");
        Ok(self.aws.set_meta(FAILURES, &waiting.to_string())?)
    }

    /// How many of SES's events wait in record-delivery's failure queue.
    ///
    /// # Errors
    /// [`WorldError`] where the folder cannot be read.
    pub fn failed_events(&self) -> Result<u64, WorldError> {
        Ok(self.aws.meta(FAILURES)?.and_then(|text| text.parse().ok()).unwrap_or(0))
    }
}
