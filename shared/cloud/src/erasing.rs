//! Erasing somebody's data (個人情報保護法): cancel, then erase, and leave a tombstone that is no personal data.
//!
//! The customer's record goes last. A report that comes in meanwhile either meets a tombstone, or changes the
//! record and so makes this begin again. Broken off anywhere, doing it again completes it.

use crate::diary::{
    CustomerFile, CustomerRecord, DiaryError, Erased, PhoneRecord, Place, PurchasePlace, PurchaseRecord,
};
use crate::keyring::{Keyring, KeyringError};
use crate::{Clock, Diary};
use chrono::Duration;
use std::collections::BTreeSet;
use std::sync::Arc;
use wasurena_domain::contact::{EmailAddress, PhoneNumber};
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, transition};
use wasurena_domain::ids::{CartId, CustomerId, PurchaseKey, ShopId};
use wasurena_domain::ledger::{Entry, How};
use wasurena_domain::privacy::Subject;
use wasurena_domain::task::TaskKind;

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

/// What was erased of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErasedPerson {
    /// How many records there were.
    pub records: u32,
    /// Customers who may be the person too, by their phone number: the owner has to find out. Nothing of them is erased.
    pub unsure: Vec<CustomerId>,
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

    /// Erases what a shop has of somebody: their record, their purchases, whatever waits to be sent. A person of whom
    /// nothing is known leaves a tombstone too, so that what is still on its way does not bring them in. Nobody is
    /// erased by guess: who only may be meant is named in the answer.
    ///
    /// # Errors
    /// [`ErasingError`]; what was erased until then is erased.
    pub async fn erase(&self, shop: &ShopId, subject: &Subject) -> Result<ErasedPerson, ErasingError> {
        let ids = self.find(shop, subject).await?;
        let mut person = ErasedPerson { records: 0, unsure: self.unsure(shop, subject, &ids).await? };
        for id in &ids {
            person.records += u32::from(self.erase_one(shop, id).await?);
        }
        for key in &subject.purchases {
            self.diary.erase_purchase(shop, key).await?;
        }
        let (records, unsure) = (person.records, person.unsure.len());
        tracing::info!(%shop, records, unsure, purchases = subject.purchases.len(), "customer.erased");
        Ok(person)
    }

    /// The customers whom a request names: by their address; where it has none, by a phone number that only one
    /// customer has; and the owners of the purchases it names.
    ///
    /// # Errors
    /// [`ErasingError`] where diary or keys cannot be read.
    pub async fn find(&self, shop: &ShopId, subject: &Subject) -> Result<BTreeSet<CustomerId>, ErasingError> {
        let mut ids = BTreeSet::new();
        if let Some(email) = &subject.email {
            ids.insert(self.holder(shop, email).await?);
        } else if let Some(phone) = &subject.phone {
            ids.extend(self.phone(shop, phone).await?.and_then(|p| p.only_customer().cloned()));
        }
        for key in &subject.purchases {
            if let PurchasePlace::Known(record) = self.diary.purchase(shop, key).await? {
                ids.extend(record.customer);
            }
        }
        Ok(ids)
    }

    /// The customers who have the phone number of a request and may be the person it names, or somebody of the same
    /// household: all of them where it has no address, else those whose address nobody knows.
    async fn unsure(
        &self,
        shop: &ShopId,
        subject: &Subject,
        sure: &BTreeSet<CustomerId>,
    ) -> Result<Vec<CustomerId>, ErasingError> {
        let Some(phone) = &subject.phone else { return Ok(Vec::new()) };
        let known = self.phone(shop, phone).await?.map(|p| p.customers).unwrap_or_default();
        let mut unsure = Vec::new();
        for id in known {
            if let Place::Customer(record) = self.diary.place(shop, &id).await?
                && (subject.email.is_none() || record.customer.email.is_none())
                && !sure.contains(&record.customer.id)
            {
                unsure.push(record.customer.id);
            }
        }
        Ok(unsure)
    }

    async fn phone(&self, shop: &ShopId, phone: &PhoneNumber) -> Result<Option<PhoneRecord>, ErasingError> {
        let digest = self.keyring.keys().await?.identify(shop, &format!("phone:{}", phone.as_str()))?;
        Ok(self.diary.phone(shop, &digest).await?)
    }

    /// To whom an address leads; where that is nobody, the id they would have.
    async fn holder(&self, shop: &ShopId, email: &EmailAddress) -> Result<CustomerId, ErasingError> {
        let id = self.keyring.keys().await?.identify(shop, email.as_str())?;
        Ok(self.diary.place(shop, &id).await?.customer().cloned().unwrap_or(id))
    }

    /// Erases one customer; `false` where there was nobody (any more). Of somebody who was erased before, what has
    /// come in since is erased.
    ///
    /// # Errors
    /// [`ErasingError`]; what was erased until then is erased.
    pub async fn erase_one(&self, shop: &ShopId, id: &CustomerId) -> Result<bool, ErasingError> {
        for _ in 0..ROUNDS_MAX {
            let place = self.diary.place(shop, id).await?;
            let id = place.customer().unwrap_or(id);
            let result = match &place {
                Place::Erased(erased) => self.erase_again(shop, erased).await.map(|()| false),
                Place::Customer(_) | Place::Empty => self.entomb(shop, id).await,
            };
            match result {
                Err(ErasingError::Diary(DiaryError::Changed)) => {}
                other => return other,
            }
        }
        Err(DiaryError::Changed.into())
    }

    /// Purchases first, the record last, then once more what came in beside it; answers whether there was somebody.
    async fn entomb(&self, shop: &ShopId, id: &CustomerId) -> Result<bool, ErasingError> {
        let file = self.diary.file(shop, id).await?;
        for bought in file.as_ref().map_or(&[][..], |f| &f.record.customer.purchases) {
            self.erase_theirs(shop, id, &bought.key).await?;
        }
        self.sweep(shop, id).await?;
        if let Some(file) = &file {
            self.cancel(shop, file).await?;
        }
        let last_version = file.as_ref().map_or(0, |f| f.record.customer.version);
        let erased = Erased { id: id.clone(), erased_at: self.clock.now(), last_version };
        self.diary.erase_customer(shop, file.as_ref().map(|f| &f.record), &erased).await?;
        // An order that was not paid yet, or a word, may have come in meanwhile: its pointer stands before it does.
        self.sweep(shop, id).await?;
        Ok(file.is_some())
    }

    /// Erases what was ordered after a tombstone was put, or was left when its erasing broke off. What is still on
    /// its way meets the renewed tombstone. The same request again on the same day changes nothing.
    async fn erase_again(&self, shop: &ShopId, standing: &Erased) -> Result<(), ErasingError> {
        let found = self.sweep(shop, &standing.id).await?;
        let now = self.clock.now();
        if found || now - standing.erased_at > Duration::days(1) {
            self.diary.renew_tombstone(shop, standing, now).await?;
            self.sweep(shop, &standing.id).await?;
        }
        Ok(())
    }

    /// Erases what stands about somebody beside their record: purchases that only a pointer names, their own words in
    /// the ledger, what they answered and asked for, their cases, the owner's tasks. Answers whether there was a purchase.
    async fn sweep(&self, shop: &ShopId, id: &CustomerId) -> Result<bool, ErasingError> {
        let mut found = false;
        for key in self.diary.other_purchases(shop, id).await? {
            found |= self.erase_theirs(shop, id, &key).await?;
        }
        let own_words = |entry: &&Entry| entry.wording.is_some() && entry.how != How::Link;
        for entry in self.diary.ledger(shop, id).await?.iter().filter(own_words) {
            self.diary.forget_wording(shop, id, entry).await?;
        }
        self.diary.forget_answers(shop, id).await?;
        self.diary.forget_asked(shop, id).await?;
        self.diary.finish_tasks_of(shop, id, None).await?;
        Ok(found)
    }

    /// Erases a purchase that somebody's summary or a pointer names, where it is theirs; answers whether it did.
    async fn erase_theirs(&self, shop: &ShopId, id: &CustomerId, key: &PurchaseKey) -> Result<bool, ErasingError> {
        let Some(record) = self.theirs(shop, id, key).await? else { return Ok(false) };
        self.diary.erase_known_purchase(shop, &record).await?;
        Ok(true)
    }

    /// A purchase that somebody's summary or a pointer names; `None` where it is not theirs (any more). While it is
    /// not paid it is nobody's on record: then it is theirs unless its address leads to somebody else.
    ///
    /// # Errors
    /// [`ErasingError`] where diary or keys cannot be read.
    pub async fn theirs(
        &self,
        shop: &ShopId,
        id: &CustomerId,
        key: &PurchaseKey,
    ) -> Result<Option<PurchaseRecord>, ErasingError> {
        let PurchasePlace::Known(record) = self.diary.purchase(shop, key).await? else { return Ok(None) };
        let email = record.facts.order.as_ref().and_then(|order| order.buyer.email.as_ref());
        let is_theirs = match (&record.customer, email) {
            (Some(owner), _) => owner == id,
            (None, Some(email)) => self.holder(shop, email).await? == *id,
            (None, None) => true,
        };
        Ok(is_theirs.then_some(*record))
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
            let purchases = self.purchases(shop, &record).await?;
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
        self.diary.finish_task(shop, TaskKind::EraseCart, None, cart.as_str()).await?;
        tracing::info!(%shop, %cart, ?count, "cart.erased");
        Ok(count)
    }

    /// The purchases that a customer's summary holds, and those of theirs that it does not.
    async fn purchases(&self, shop: &ShopId, record: &CustomerRecord) -> Result<BTreeSet<PurchaseKey>, ErasingError> {
        let customer = &record.customer;
        let mut purchases: BTreeSet<PurchaseKey> = customer.purchases.iter().map(|bought| bought.key.clone()).collect();
        for key in self.diary.other_purchases(shop, &customer.id).await? {
            if self.theirs(shop, &customer.id, &key).await?.is_some() {
                purchases.insert(key);
            }
        }
        Ok(purchases)
    }

    /// Cancels what waits to be sent, and takes the owner's personal lines out of everything.
    async fn cancel(&self, shop: &ShopId, file: &CustomerFile) -> Result<(), ErasingError> {
        // A sender has what is claimed: that may leave within its lease, and loses its line when it is cleared away.
        let is_ours = |f: &&FollowUp| f.state == State::Planned || f.note.is_some() && f.state != State::Claimed;
        for before in file.follow_ups.iter().filter(is_ours) {
            let after = match transition(before.state, Event::Cancel) {
                Ok(state) if before.state == State::Planned => {
                    FollowUp { state, reason: Some(Reason::Erased), note: None, ..before.clone() }
                }
                _ => FollowUp { note: None, ..before.clone() },
            };
            match self.diary.replace(shop, before, &after).await {
                Ok(()) | Err(DiaryError::Changed) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
