//! Alarms that ring, carried to send-follow-ups as Scheduler and Lambda's asynchronous queue would: at
//! least once, and an invocation that fails is tried twice more.

use crate::world::{Turn, World, WorldError};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use wasurena_cloud::alarms::Alarm;

/// How long an invocation of send-follow-ups may take.
const TIMEOUT_MINUTES: i64 = 15;
/// Minutes after which a failed asynchronous invocation is tried again: Lambda waits one, then two.
const RETRY_MINUTES: [i64; 2] = [1, 2];

/// Invocations that failed and are tried again. Not kept across restarts: an alarm that is lost with them
/// is one more thing that the keeper finds.
#[derive(Debug, Default)]
pub(crate) struct Retries(BTreeMap<DateTime<Utc>, Vec<(Alarm, usize)>>);

impl Retries {
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.0.keys().next().copied()
    }

    fn take_due(&mut self, now: DateTime<Utc>) -> Vec<(Alarm, usize)> {
        let later = self.0.split_off(&(now + Duration::nanoseconds(1)));
        std::mem::replace(&mut self.0, later).into_values().flatten().collect()
    }
}

impl World {
    /// Rings what is due now.
    pub(crate) async fn ring_due(&self, turn: &mut Turn) -> Result<(), WorldError> {
        for ring in self.aws.scheduler().due(self.now())? {
            match serde_json::from_str::<Alarm>(&ring.input) {
                Ok(alarm) => self.ring(turn, alarm, 0).await,
                Err(error) => tracing::error!(name = ring.name, %error, "alarm.unreadable"),
            }
            self.aws.scheduler().complete(&ring)?;
        }
        for (alarm, attempts) in turn.retries.take_due(self.now()) {
            self.ring(turn, alarm, attempts).await;
        }
        Ok(())
    }

    async fn ring(&self, turn: &mut Turn, alarm: Alarm, attempts: usize) {
        self.count("send-follow-ups", 1);
        let stop_at = self.now() + Duration::minutes(TIMEOUT_MINUTES);
        if self.send.handle(&alarm, stop_at).await.is_err()
            && let Some(minutes) = RETRY_MINUTES.get(attempts)
        {
            let at = self.now() + Duration::minutes(*minutes);
            turn.retries.0.entry(at).or_default().push((alarm, attempts + 1));
        }
    }
}
