//! set-alarms: something is due in a slot; an alarm for the slot must stand.

pub mod config;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;
use wasurena_cloud::alarms::Alarms;
use wasurena_cloud::stream;
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Clients, Clock, Diary};

/// Sets alarms for the slots that a stream names.
#[derive(Debug, Clone)]
pub struct SetAlarms {
    alarms: Alarms,
    clock: Arc<dyn Clock>,
}

impl SetAlarms {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>) -> Self {
        let diary = Diary::new(clients.dynamodb(), &config.table);
        Self { alarms: Alarms::new(clients.scheduler(), diary, config.target.clone()), clock }
    }

    /// Opens the connections that the first batch would wait for.
    pub async fn warm_up(&self) {
        self.alarms.warm_up().await;
    }

    /// Handles one batch of the table's stream: each slot once, until `stop_at`. The records of slots that have no
    /// alarm by then are reported as failed, and no others.
    pub async fn handle(&self, event: Event, stop_at: DateTime<Utc>) -> DynamoDbEventResponse {
        let waits = stream::waits(&event);
        let slots: BTreeSet<_> = waits.iter().map(|wait| (&wait.shop, wait.shard, wait.slot)).collect();
        let mut failed = BTreeSet::new();
        for (shop, shard, slot) in slots {
            let now = self.clock.now();
            if now >= stop_at {
                failed.insert((shop, shard, slot));
            } else if let Err(error) = self.alarms.ensure(shop, shard, slot, now).await {
                tracing::error!(%shop, shard, %slot, %error, metric = Metric::AlarmsFailed.name(), "alarm.failed");
                failed.insert((shop, shard, slot));
            }
        }
        let (without, with): (Vec<_>, Vec<_>) =
            waits.iter().partition(|wait| failed.contains(&(&wait.shop, wait.shard, wait.slot)));
        for wait in with {
            tracing::info!(shop = %wait.shop, follow_up = %wait.follow_up, slot = %wait.slot, "alarm.stands");
        }
        stream::failures(without.into_iter())
    }
}
