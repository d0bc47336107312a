//! set-alarms: something is due in a slot; an alarm for the slot must stand.

pub mod config;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use std::collections::BTreeSet;
use std::sync::Arc;
use wasurena_cloud::alarms::Alarms;
use wasurena_cloud::stream;
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
        let diary = Diary::new(clients.dynamodb.clone(), &config.table);
        Self { alarms: Alarms::new(clients.scheduler.clone(), diary, config.target.clone()), clock }
    }

    /// Handles one batch of the table's stream: each slot once. The records of slots that have no alarm are
    /// reported as failed, and no others.
    pub async fn handle(&self, event: Event) -> DynamoDbEventResponse {
        let waits = stream::waits(&event);
        let slots: BTreeSet<_> = waits.iter().map(|wait| (&wait.shop, wait.shard, wait.slot)).collect();
        let mut failed = BTreeSet::new();
        for (shop, shard, slot) in slots {
            if let Err(error) = self.alarms.ensure(shop, shard, slot, self.clock.now()).await {
                tracing::error!(%shop, shard, %slot, %error, "alarm.failed");
                failed.insert((shop, shard, slot));
            }
        }
        stream::failures(waits.iter().filter(|wait| failed.contains(&(&wait.shop, wait.shard, wait.slot))))
    }
}
