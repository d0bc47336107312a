//! plan-follow-ups: a customer's facts have changed, or a follow-up has ended; the plan follows.
//!
//! A stream record only says "look": whose record it is, nothing more. What is planned comes from a strong
//! read of the diary.

pub mod config;

use aws_lambda_events::event::dynamodb::Event;
use aws_lambda_events::event::streams::DynamoDbEventResponse;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;
use wasurena_cloud::bookshelf::Bookshelf;
use wasurena_cloud::planning::Planning;
use wasurena_cloud::stream;
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Clients, Clock, Diary, warm_up};
use wasurena_domain::mistake::{Mistake, made};

/// Plans for the customers that a stream names.
#[derive(Debug, Clone)]
pub struct PlanFollowUps {
    diary: Diary,
    planning: Planning,
    clock: Arc<dyn Clock>,
}

impl PlanFollowUps {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>) -> Self {
        let diary = Diary::new(clients.dynamodb(), &config.table);
        let planning = Planning::new(diary.clone(), Bookshelf::new(diary.clone()), Arc::clone(&clock));
        Self { diary, planning, clock }
    }

    /// Opens the connection that the first batch would wait for.
    pub async fn warm_up(&self) {
        warm_up::note("diary", &self.diary.touch().await);
    }

    /// Handles one batch of the table's stream: each customer once, until `stop_at`. The records of customers who
    /// could not be planned for by then are reported as failed, and no others.
    pub async fn handle(&self, event: Event, stop_at: DateTime<Utc>) -> DynamoDbEventResponse {
        let looks = stream::looks(&event);
        let customers: BTreeSet<_> = looks.iter().map(|look| (&look.shop, &look.customer)).collect();
        let mut failed = BTreeSet::new();
        for (shop, customer) in customers {
            if self.clock.now() >= stop_at {
                failed.insert((shop, customer));
                continue;
            }
            // On the heap: as a part of this future its type would be nested too deep for the compiler.
            if let Err(error) = Box::pin(self.planning.run(shop, customer)).await {
                tracing::error!(%shop, %customer, %error, metric = Metric::PlanningFailed.name(), "planning.failed");
                if made(Mistake::BatchDropped) {
                    return DynamoDbEventResponse::default();
                }
                failed.insert((shop, customer));
            }
        }
        stream::failures(looks.iter().filter(|look| failed.contains(&(&look.shop, &look.customer))))
    }
}
