//! Takes a report in: joins it with what is known, finds out whose it is, writes all of it or nothing.

use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::diary::{CustomerRecord, DiaryError, Known, NewFacts, PhoneRecord, PurchaseRecord};
use wasurena_cloud::keyring::{Keyring, KeyringError, Keys};
use wasurena_cloud::{Clock, Diary};
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::Customer;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::purchase::{Order, Purchase, Report};
use wasurena_domain::shop::Shop;

/// How often a race for the same records is run again before the cart is asked to come back.
const ROUNDS_MAX: usize = 8;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It said something new.
    Stored,
    /// It said nothing new: not a byte was written.
    SeenBefore,
}

/// A report could not be taken in. Nothing of it is stored.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// The shop's settings cannot be opened.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The deployment's identity key cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
}

/// Takes reports in.
#[derive(Debug, Clone)]
pub struct Intake {
    diary: Diary,
    bookshelf: Bookshelf,
    keyring: Keyring,
    clock: Arc<dyn Clock>,
}

impl Intake {
    /// An intake into this diary.
    #[must_use]
    pub fn new(diary: Diary, bookshelf: Bookshelf, keyring: Keyring, clock: Arc<dyn Clock>) -> Self {
        Self { diary, bookshelf, keyring, clock }
    }

    /// Takes a report in. Of two that race for the same records, the loser reads again and joins the winner.
    ///
    /// # Errors
    /// [`IntakeError`]; the cart may send the report again at any time.
    pub async fn take(&self, shop: &ShopId, report: Report) -> Result<Taken, IntakeError> {
        let keys = self.keyring.keys().await?;
        let mut rounds = 0;
        loop {
            let now = self.clock.now();
            let Some(facts) = self.facts(shop, &keys, report.clone(), now).await? else {
                return Ok(Taken::SeenBefore);
            };
            rounds += 1;
            match self.diary.take_in(shop, &facts).await {
                Ok(()) => return Ok(Taken::Stored),
                Err(DiaryError::Changed) if rounds < ROUNDS_MAX => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What has to be written for a report; `None` where it says nothing new.
    async fn facts(
        &self,
        shop: &ShopId,
        keys: &Keys,
        report: Report,
        now: DateTime<Utc>,
    ) -> Result<Option<NewFacts>, IntakeError> {
        let before = self.diary.purchase(shop, &report.key).await?;
        let facts = match before.clone() {
            Some(record) => record.facts.join(report),
            None => Purchase::from_report(report),
        };
        if before.as_ref().is_some_and(|record| record.facts == facts) {
            return Ok(None);
        }
        let after = PurchaseRecord {
            customer: before.as_ref().and_then(|record| record.customer.clone()),
            first_seen_at: before.as_ref().map_or(now, |record| record.first_seen_at),
            revision: before.as_ref().map_or(0, |record| record.revision + 1),
            facts,
        };
        let mut new = NewFacts { purchase: Known { before, after }, customer: None, phone: None, alias: None };
        if new.purchase.after.facts.began_at().is_some() {
            let book = self.bookshelf.last_known(shop).await?;
            self.add_customer(&book.shop, keys, &mut new, now).await?;
        }
        Ok(Some(new))
    }

    /// Adds what the purchase, which has begun, says about its customer.
    async fn add_customer(
        &self,
        shop: &Shop,
        keys: &Keys,
        new: &mut NewFacts,
        now: DateTime<Utc>,
    ) -> Result<(), IntakeError> {
        let record = &mut new.purchase.after;
        let Some(order) = record.facts.order.clone() else { return Ok(()) };
        let phone = self.phone(shop, keys, &order).await?;
        let before = self.find_customer(shop, keys, record, &order, phone.as_ref()).await?;
        let (id, before) = match before {
            Found::Known(record) => (record.customer.id.clone(), Some(*record)),
            Found::New(id) => (id, None),
        };
        let mut customer = before.as_ref().map_or_else(|| Customer::new(id.clone()), |b| b.customer.clone());
        customer.take_in(&record.facts, record.first_seen_at, shop);
        record.customer = Some(id.clone());
        new.alias = self.alias(shop, keys, before.as_ref(), &mut customer).await?;
        if let Some(Phone { digest, known }) = phone {
            let fresh = PhoneRecord { digest, customers: Vec::new(), several: false };
            let after = known.clone().unwrap_or(fresh).with(&id);
            new.phone = after.map(|after| Known { before: known, after });
        }
        if before.as_ref().is_none_or(|b| b.customer != customer) {
            let look_at = Slot::at_or_after(now + Duration::hours(1));
            new.customer = Some(Known { before, after: CustomerRecord::with_facts(customer, shop, look_at) });
        }
        Ok(())
    }

    /// Whose the purchase is: whoever it was before; else whoever has the address; where there is none, the
    /// only customer with the phone number; else somebody new, known by the order.
    async fn find_customer(
        &self,
        shop: &Shop,
        keys: &Keys,
        purchase: &PurchaseRecord,
        order: &Order,
        phone: Option<&Phone>,
    ) -> Result<Found, IntakeError> {
        let only = || phone.and_then(|p| p.known.as_ref()?.only_customer().cloned());
        let id = match (&purchase.customer, &order.buyer.email) {
            (Some(id), _) => id.clone(),
            (None, Some(email)) => keys.identify(&shop.id, email.as_str())?,
            (None, None) => match only() {
                Some(id) => id,
                None => keys.identify(&shop.id, &format!("order:{}", purchase.facts.key))?,
            },
        };
        let known = self.diary.customer(&shop.id, &id).await?;
        Ok(known.map_or(Found::New(id), |record| Found::Known(Box::new(record))))
    }

    async fn phone(&self, shop: &Shop, keys: &Keys, order: &Order) -> Result<Option<Phone>, IntakeError> {
        let Some(phone) = &order.buyer.phone else { return Ok(None) };
        let digest = keys.identify(&shop.id, &format!("phone:{}", phone.as_str()))?;
        let known = self.diary.phone(&shop.id, &digest).await?;
        Ok(Some(Phone { digest, known }))
    }

    /// Where an order brings a known customer another address: the place under which that address leads to
    /// them from now on. An address that is somebody else's stays theirs, and the customer keeps the old one.
    async fn alias(
        &self,
        shop: &Shop,
        keys: &Keys,
        before: Option<&CustomerRecord>,
        customer: &mut Customer,
    ) -> Result<Option<CustomerId>, IntakeError> {
        let (Some(before), Some(email)) = (before, &customer.email) else { return Ok(None) };
        if before.customer.email.as_ref() == Some(email) {
            return Ok(None);
        }
        let place = keys.identify(&shop.id, email.as_str())?;
        match self.diary.owner_of(&shop.id, &place).await? {
            Some(owner) if owner == customer.id => Ok(None),
            Some(_) => {
                customer.email = before.customer.email.clone();
                Ok(None)
            }
            None => Ok(Some(place)),
        }
    }
}

/// A phone number's place, and who is known to have it.
struct Phone {
    digest: CustomerId,
    known: Option<PhoneRecord>,
}

enum Found {
    Known(Box<CustomerRecord>),
    New(CustomerId),
}
