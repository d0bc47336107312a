//! send-follow-ups: an alarm rings for a slot; what is due in it goes out.
//!
//! For each follow-up: claim, look again, decide, render, send, record. The claim is one conditional
//! write; everything that may have changed is looked at after it. What cannot be known is called unknown
//! and never sent again from here.

pub mod config;
mod hand_over;
mod letter;
mod outcome;
mod pace;
mod slot;
mod waiting;

pub use letter::addressed;
pub use slot::{SlotReport, Stopped};

use chrono::{DateTime, Utc};
use std::sync::Arc;
use wasurena_cloud::alarms::{Alarm, AlarmError, Alarms};
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::keyring::{Keyring, KeyringError};
use wasurena_cloud::post::Post;
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Chance, Clients, Clock, Diary, warm_up};

/// The slot could not be worked through. What was not done is still planned: another alarm, or the keeper, brings it back.
#[derive(Debug, thiserror::Error)]
pub enum SendingError {
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// The shop's programme cannot be opened.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The link keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// Another alarm could not be set.
    #[error(transparent)]
    Alarm(#[from] AlarmError),
}

/// Sends what is due in a slot.
#[derive(Debug, Clone)]
pub struct SendFollowUps {
    diary: Diary,
    bookshelf: Bookshelf,
    keyring: Keyring,
    alarms: Alarms,
    post: Post,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    public_url: String,
}

impl SendFollowUps {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        let diary = Diary::new(clients.dynamodb(), &config.table);
        Self {
            bookshelf: Bookshelf::new(diary.clone()),
            keyring: Keyring::new(clients.ssm(), &config.secrets_path, Arc::clone(&clock)),
            alarms: Alarms::new(clients.scheduler(), diary.clone(), config.target.clone()),
            post: Post::new(clients.ses(), &config.configuration_set),
            diary,
            clock,
            chance,
            public_url: config.public_url.clone(),
        }
    }

    /// Reads what the first slot would wait for.
    pub async fn warm_up(&self) {
        if let Some((shop, version)) = warm_up::secrets_and_programme(&self.keyring, &self.bookshelf).await {
            warm_up::note("letters", &self.bookshelf.letters(&shop, version).await);
        }
        warm_up::note("post", &self.post.rate().await);
    }

    /// Works through the slot of an alarm, until it is done or `stop_at` is near.
    ///
    /// # Errors
    /// [`SendingError`] where that is not possible now.
    pub async fn handle(&self, alarm: &Alarm, stop_at: DateTime<Utc>) -> Result<SlotReport, SendingError> {
        // On the heap: as a part of this future its type would be nested too deep for the compiler.
        let report = Box::pin(slot::work_through(self, alarm, stop_at)).await;
        let Alarm { shop, slot, n, .. } = alarm;
        match &report {
            Ok(SlotReport { sent, handed_over, not_sent, moved, stopped }) => {
                let stopped = stopped.map(Stopped::name);
                tracing::info!(%shop, %slot, n, sent, handed_over, not_sent, moved, stopped, "slot.done");
            }
            Err(error) => {
                tracing::error!(%shop, %slot, n, %error, metric = Metric::SlotsFailed.name(), "slot.failed");
            }
        }
        report
    }
}
