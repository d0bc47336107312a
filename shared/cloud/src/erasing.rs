//! Erasing somebody's data (個人情報保護法): cancel, then erase, and leave a tombstone that is no personal data.
//!
//! The customer's record goes last. A report that comes in meanwhile either meets a tombstone, or changes the
//! record and so makes this begin again. Broken off anywhere, doing it again completes it.

use crate::diary::{CustomerFile, DiaryError, Erased, Place, PurchasePlace};
use crate::keyring::{Keyring, KeyringError};
use crate::{Clock, Diary};
use std::collections::BTreeSet;
use std::sync::Arc;
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, transition};
use wasurena_domain::ids::{CartId, CustomerId, PurchaseKey, ShopId};
use wasurena_domain::ledger::{Entry, How};
use wasurena_domain::privacy::Subject;

/// How often the facts may change while they are erased before it gives up.
const ROUNDS_MAX: usize = 8;

/// Somebody's data could not be erased, or not all of it. Doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum ErasingError {
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// The deployment's identity key cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
}

/// What was erased of a cart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasedCart {
    /// Customers who had bought nowhere else.
    pub customers: u32,
    /// Purchases that were left: those of customers who stay, and those that were nobody's.
    pub purchases: u32,
    /// Customers who stay, because they bought elsewhere too.
    pub kept: u32,
}

/// Erases.
#[derive(Debug, Clone)]
pub struct Erasing {
    diary: Diary,
    keyring: Keyring,
    clock: Arc<dyn Clock>,
}

impl Erasing {
    /// Erases from this diary.
    #[must_use]
    pub fn new(diary: Diary, keyring: Keyring, clock: Arc<dyn Clock>) -> Self {
        Self { diary, keyring, clock }
    }

    /// Erases what a shop has of somebody: their record, their purchases, whatever waits to be sent. Answers how
    /// many records there were. A person of whom nothing is known leaves a tombstone too, so that what is still
    /// on its way does not bring them in.
    ///
    /// # Errors
    /// [`ErasingError`]; what was erased until then is erased.
    pub async fn erase(&self, shop: &ShopId, subject: &Subject) -> Result<u32, ErasingError> {
        let ids = self.find(shop, subject).await?;
        let mut count = 0;
        for id in &ids {
            count += u32::from(self.erase_one(shop, id).await?);
        }
        for key in &subject.purchases {
            self.diary.erase_purchase(shop, key).await?;
        }
        tracing::info!(%shop, records = count, purchases = subject.purchases.len(), "customer.erased");
        Ok(count)
    }

    /// The customers whom a request names: by their address; where it has none, by a phone number that only one
    /// customer has; and the owners of the purchases it names.
    ///
    /// # Errors
    /// [`ErasingError`] where diary or keys cannot be read.
    pub async fn find(&self, shop: &ShopId, subject: &Subject) -> Result<BTreeSet<CustomerId>, ErasingError> {
        let keys = self.keyring.keys().await?;
        let mut ids = BTreeSet::new();
        if let Some(email) = &subject.email {
            let place = keys.identify(shop, email.as_str())?;
            ids.insert(match self.diary.place(shop, &place).await? {
                Place::Customer(record) => record.customer.id,
                Place::Erased(erased) => erased.id,
                Place::Empty => place,
            });
        } else if let Some(phone) = &subject.phone {
            let digest = keys.identify(shop, &format!("phone:{}", phone.as_str()))?;
            ids.extend(self.diary.phone(shop, &digest).await?.and_then(|p| p.only_customer().cloned()));
        }
        for key in &subject.purchases {
            if let PurchasePlace::Known(record) = self.diary.purchase(shop, key).await? {
                ids.extend(record.customer);
            }
        }
        Ok(ids)
    }

    /// Erases one customer; `false` where there was nobody (any more).
    ///
    /// # Errors
    /// [`ErasingError`]; what was erased until then is erased.
    pub async fn erase_one(&self, shop: &ShopId, id: &CustomerId) -> Result<bool, ErasingError> {
        let mut rounds = 0;
        loop {
            if matches!(self.diary.place(shop, id).await?, Place::Erased(_)) {
                return Ok(false);
            }
            let file = self.diary.file(shop, id).await?;
            for key in self.purchases(shop, id, file.as_ref()).await? {
                self.diary.erase_purchase(shop, &key).await?;
            }
            if let Some(file) = &file {
                self.silence(shop, file).await?;
            }
            let erased = Erased { id: id.clone(), erased_at: self.clock.now() };
            rounds += 1;
            match self.diary.erase_customer(shop, file.as_ref().map(|f| &f.record), &erased).await {
                Ok(()) => {
                    // An order that was not paid yet may have come in meanwhile: its pointer stands before it does.
                    for key in self.diary.other_purchases(shop, id).await? {
                        self.diary.erase_purchase(shop, &key).await?;
                    }
                    return Ok(file.is_some());
                }
                Err(DiaryError::Changed) if rounds < ROUNDS_MAX => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Erases everything that came from a cart: every customer who bought nowhere else, and every purchase of it.
    /// Who bought elsewhere too stays a customer of the shop, and is counted as kept.
    ///
    /// # Errors
    /// [`ErasingError`]; what was erased until then is erased.
    pub async fn erase_cart(&self, shop: &ShopId, cart: &CartId) -> Result<ErasedCart, ErasingError> {
        let mut count = ErasedCart::default();
        for record in self.diary.everybody(shop).await? {
            let id = &record.customer.id;
            let purchases = self.purchases(shop, id, self.diary.file(shop, id).await?.as_ref()).await?;
            match purchases.iter().filter(|key| key.cart == *cart).count() {
                0 => {}
                of_cart if of_cart == purchases.len() => count.customers += u32::from(self.erase_one(shop, id).await?),
                _ => count.kept += 1,
            }
        }
        for purchase in self.diary.purchases_of(shop, cart).await? {
            self.diary.erase_purchase(shop, &purchase.facts.key).await?;
            count.purchases += 1;
        }
        tracing::info!(%shop, %cart, ?count, "cart.erased");
        Ok(count)
    }

    async fn purchases(
        &self,
        shop: &ShopId,
        id: &CustomerId,
        file: Option<&CustomerFile>,
    ) -> Result<BTreeSet<PurchaseKey>, ErasingError> {
        let mut purchases: BTreeSet<PurchaseKey> = self.diary.other_purchases(shop, id).await?.into_iter().collect();
        purchases.extend(file.into_iter().flat_map(|f| f.record.customer.purchases.iter().map(|p| p.key.clone())));
        Ok(purchases)
    }

    /// Cancels what waits to be sent, and takes a person's own words out of the ledger.
    async fn silence(&self, shop: &ShopId, file: &CustomerFile) -> Result<(), ErasingError> {
        for planned in file.follow_ups.iter().filter(|f| f.state == State::Planned) {
            let Ok(state) = transition(planned.state, Event::Cancel) else { continue };
            let cancelled = FollowUp { state, reason: Some(Reason::Erased), ..planned.clone() };
            match self.diary.replace(shop, planned, &cancelled).await {
                // A sender has it: what it claimed before may leave within its lease.
                Ok(()) | Err(DiaryError::Changed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let own_words = |entry: &&Entry| entry.wording.is_some() && entry.how != How::Link;
        for entry in file.ledger.iter().filter(own_words) {
            self.diary.forget_wording(shop, &file.record.customer.id, entry).await?;
        }
        Ok(())
    }
}
