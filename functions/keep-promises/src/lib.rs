//! keep-promises: every hour, whatever is due in the diary and was not done.
//!
//! Lost alarms, lost stream records, crashed senders, evidence that did not come: all of it stands in the
//! index of what is due, and is put right here without a burst. An hour in which nothing is due writes nothing.

pub mod config;
mod report;
mod rounds;
mod unreadable;

pub use report::{Finding, Report};

use chrono::{DateTime, Utc};
use std::sync::Arc;
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::keyring::{Keyring, KeyringError};
use wasurena_cloud::planning::{Planning, PlanningError};
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Clients, Clock, Diary, warm_up};
use wasurena_domain::calendar::day_of;
use wasurena_domain::ids::ShopId;

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
    /// A customer could not be planned for.
    #[error(transparent)]
    Planning(#[from] PlanningError),
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
        let diary = Diary::new(clients.dynamodb(), &config.table);
        let bookshelf = Bookshelf::new(diary.clone());
        Self {
            keyring: Keyring::new(clients.ssm(), &config.secrets_path, Arc::clone(&clock)),
            planning: Planning::new(diary.clone(), bookshelf.clone(), Arc::clone(&clock)),
            diary,
            bookshelf,
            clock,
        }
    }

    /// Reads what the first round would wait for.
    pub async fn warm_up(&self) {
        warm_up::secrets_and_programme(&self.keyring, &self.bookshelf).await;
    }

    /// Makes the round of all shops, until `stop_at`: what is left then is the next hour's. A shop that cannot be
    /// looked after does not keep the others waiting.
    ///
    /// # Errors
    /// [`KeepingError`] where the list of shops cannot be read, or a shop could not be looked after.
    pub async fn handle(&self, stop_at: DateTime<Utc>) -> Result<Report, KeepingError> {
        let mut total = Report::default();
        let mut failed = None;
        for shop in self.keyring.keys().await?.shops() {
            let mut report = Report::default();
            // On the heap: as parts of this future their types would be nested too deep for the compiler.
            if let Err(error) = Box::pin(rounds::look_after(self, &shop, stop_at, &mut report)).await {
                tracing::error!(%shop, %error, metric = Metric::ShopsFailed.name(), "shop.not_looked_after");
                report.found(Finding::ShopFailed);
                Box::pin(self.leave_shop_to_owner(&shop, &error)).await;
                failed = Some(error);
            }
            report.tell(&shop);
            total += report;
        }
        failed.map_or(Ok(total), Err)
    }

    /// Tells the owner of a shop whose programme, or whose own item, cannot be read.
    async fn leave_shop_to_owner(&self, shop: &ShopId, error: &KeepingError) {
        let Some(item) = unreadable::item(error) else { return };
        let now = self.clock.now();
        let last_known = self.bookshelf.last_known(shop).await;
        let today = last_known.map_or_else(|_| now.date_naive(), |book| day_of(now, book.shop.zone));
        if let Err(error) = self.diary.add_task(shop, &unreadable::task(item, None, today)).await {
            tracing::error!(%shop, %error, "owner.not_told");
        }
    }
}
