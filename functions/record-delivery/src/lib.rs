//! record-delivery: SES says what became of a mail, and the diary learns it.
//!
//! An event names its follow-up and attempt by the mail's tags. It may come late, twice, in any order or never, so
//! each is decided about by itself against what stands, and the same one again changes nothing. The ledger is
//! written first: a follow-up that says that its address is dead never stands without the entry that says so too.

pub mod config;

use serde_json::Value;
use std::sync::Arc;
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::keyring::{Keyring, KeyringError, Keys};
use wasurena_cloud::reputation;
use wasurena_cloud::ses_event::{SesEvent, SesEventError};
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Clients, Clock, Diary, warm_up};
use wasurena_domain::delivery::{Word, decide, next_try};
use wasurena_domain::follow_up::{FollowUp, State};

/// How often a race with another writer is run again before the event is left to be tried again.
const ROUNDS_MAX: usize = 5;

/// An event could not be recorded. Trying it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The event cannot be read.
    #[error(transparent)]
    Event(#[from] SesEventError),
    /// The list of shops, or the key of addresses, cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// The shop's hours cannot be read.
    #[error(transparent)]
    Book(#[from] BookError),
}

/// What came of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is about a mail that is no follow-up's, or says nothing of its delivery.
    NotOurs,
    /// It is about a follow-up of a shop that is not in this deployment.
    UnknownShop,
    /// It says nothing that the follow-up did not say already, or its follow-up is gone.
    Nothing,
    /// The follow-up stands here now.
    FollowUp(State),
}

/// Records what SES says.
#[derive(Debug, Clone)]
pub struct RecordDelivery {
    diary: Diary,
    bookshelf: Bookshelf,
    keyring: Keyring,
    clock: Arc<dyn Clock>,
}

impl RecordDelivery {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>) -> Self {
        let diary = Diary::new(clients.dynamodb(), &config.table);
        Self {
            bookshelf: Bookshelf::new(diary.clone()),
            keyring: Keyring::new(clients.ssm(), &config.secrets_path, Arc::clone(&clock)),
            diary,
            clock,
        }
    }

    /// Reads what the first event would wait for.
    pub async fn warm_up(&self) {
        warm_up::secrets_and_programme(&self.keyring, &self.bookshelf).await;
    }

    /// Records one event, as EventBridge or SNS hands it over.
    ///
    /// # Errors
    /// [`RecordError`] where that is not possible now, or the event cannot be read. What was written until then
    /// stands and is right.
    pub async fn handle(&self, event: &Value) -> Result<Recorded, RecordError> {
        // On the heap: as a part of this future its type would be nested too deep for the compiler.
        let recorded = Box::pin(self.record(event)).await;
        if let Err(error) = &recorded {
            tracing::error!(%error, metric = Metric::EventsFailed.name(), "delivery.not_recorded");
        }
        recorded
    }

    async fn record(&self, event: &Value) -> Result<Recorded, RecordError> {
        let Some(said) = SesEvent::read(event)? else {
            tracing::info!(not_ours = 1, "delivery.not_ours");
            return Ok(Recorded::NotOurs);
        };
        let SesEvent { shop, follow_up, evidence, .. } = &said;
        let word = evidence.word.name();
        let keys = self.keyring.keys().await?;
        if !keys.shops().contains(shop) {
            tracing::warn!(%shop, word, "delivery.unknown_shop");
            return Ok(Recorded::UnknownShop);
        }
        self.add_entry(&keys, &said).await?;
        let after = self.settle(&said).await?;
        let state = after.as_ref().map(|after| after.state.name());
        // Said again it is not counted again.
        let metric = state.and(counted(evidence.word));
        tracing::info!(%shop, %follow_up, word, state, metric, "delivery.recorded");
        // Also where it was no news: who counted it may not have come to this.
        if evidence.word.trouble().is_some() {
            let book = self.bookshelf.last_known(shop).await?;
            reputation::judge(&self.diary, &book.shop, self.clock.now()).await?;
        }
        Ok(after.map_or(Recorded::Nothing, |after| Recorded::FollowUp(after.state)))
    }

    /// Adds to the customer's ledger what is for good, also where the follow-up, or the customer, is gone: whoever
    /// comes back with that address is not written to at it.
    async fn add_entry(&self, keys: &Keys, said: &SesEvent) -> Result<(), RecordError> {
        let SesEvent { shop, customer, recipient, evidence, .. } = said;
        let place = keys.identify(shop, recipient.as_str())?;
        let (Some(entry), Some(trouble)) = (evidence.entry(&place), evidence.word.trouble()) else { return Ok(()) };
        if self.diary.add_entry(shop, customer, &entry).await? {
            self.diary.count_mails(shop, Some(trouble), 1, entry.at).await?;
        }
        Ok(())
    }

    /// Writes what follows for the follow-up, on condition that it still stands as it was read. `None` where
    /// nothing follows.
    async fn settle(&self, said: &SesEvent) -> Result<Option<FollowUp>, RecordError> {
        let mut rounds = 0;
        loop {
            let Some(before) = self.diary.follow_up(&said.shop, &said.follow_up).await? else { return Ok(None) };
            let Some(after) = self.decide(&before, said).await? else { return Ok(None) };
            rounds += 1;
            match self.diary.replace(&said.shop, &before, &after).await {
                Ok(()) => return Ok(Some(after)),
                Err(DiaryError::Changed) if rounds < ROUNDS_MAX => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn decide(&self, before: &FollowUp, said: &SesEvent) -> Result<Option<FollowUp>, RecordError> {
        let next_try = match said.evidence.word {
            Word::Unavailable => {
                let book = self.bookshelf.last_known(&said.shop).await?;
                next_try(before, &book.shop, self.clock.now())
            }
            _ => None,
        };
        Ok(decide(before, &said.evidence, next_try))
    }
}

/// What counts a word.
fn counted(word: Word) -> Option<&'static str> {
    match word {
        Word::Delivered => Some(Metric::Delivered.name()),
        Word::Bounced => Some(Metric::HardBounces.name()),
        Word::Unavailable => Some(Metric::SoftBounces.name()),
        Word::Complained => Some(Metric::Complaints.name()),
        Word::Accepted | Word::NotSent => None,
    }
}
