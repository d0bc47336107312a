//! keep-promises: every hour, whatever is due in the diary and was not done.
//!
//! Lost alarms, lost stream records, crashed senders, evidence that did not come: all of it stands in the
//! index of what is due, and is put right here without a burst. An hour in which nothing is due writes nothing.

pub mod config;
mod rounds;

pub use rounds::Report;

use std::sync::Arc;
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::keyring::{Keyring, KeyringError};
use wasurena_cloud::planning::Planning;
use wasurena_cloud::{Clients, Clock, Diary};

/// A round could not be made. The next hour makes it.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    /// The list of shops cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// A shop's programme cannot be opened.
    #[error(transparent)]
    Book(#[from] BookError),
}

/// Puts right what is due and was not done.
#[derive(Debug, Clone)]
pub struct KeepPromises {
    diary: Diary,
    bookshelf: Bookshelf,
    keyring: Keyring,
    planning: Planning,
    clock: Arc<dyn Clock>,
}

impl KeepPromises {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>) -> Self {
        let diary = Diary::new(clients.dynamodb.clone(), &config.table);
        let bookshelf = Bookshelf::new(diary.clone());
        Self {
            keyring: Keyring::new(clients.ssm.clone(), &config.secrets_path, Arc::clone(&clock)),
            planning: Planning::new(diary.clone(), bookshelf.clone(), Arc::clone(&clock)),
            diary,
            bookshelf,
            clock,
        }
    }

    /// Makes the round of all shops. A shop that cannot be looked after does not keep the others waiting.
    ///
    /// # Errors
    /// [`KeepingError`] where the list of shops cannot be read, or a shop could not be looked after.
    pub async fn handle(&self) -> Result<Report, KeepingError> {
        let mut total = Report::default();
        let mut failed = None;
        for shop in self.keyring.keys().await?.shops() {
            // On the heap: as a part of this future its type would be nested too deep for the compiler.
            match Box::pin(rounds::look_after(self, &shop)).await {
                Ok(report) => {
                    tracing::info!(%shop, ?report, "shop.looked_after");
                    total = total + report;
                }
                Err(error) => {
                    tracing::error!(%shop, %error, "shop.not_looked_after");
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(total), Err)
    }
}
