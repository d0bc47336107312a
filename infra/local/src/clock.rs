//! The world's clock, as the functions see it: sleeping moves virtual time on and costs no real time.

use crate::aws::{VirtualClock, VirtualTime};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use wasurena_cloud::Clock;

/// The clock of a world.
#[derive(Debug, Clone)]
pub struct WorldClock(pub(crate) Arc<VirtualClock>);

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.advance(duration);
    }
}
