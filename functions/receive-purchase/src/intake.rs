//! Takes a report in: joins it with what is known, finds out whose it is, writes all of it or nothing.

use chrono::{DateTime, Duration, Utc};
use std::ops::ControlFlow;
use std::sync::Arc;
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::diary::{
    Before, CustomerRecord, DiaryError, Known, NewCustomer, NewFacts, NotErased, PhoneRecord, Place, PurchasePlace,
    PurchaseRecord, forgotten,
};
use wasurena_cloud::keyring::{Keyring, KeyringError, Keys};
use wasurena_cloud::{Clock, Diary};
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::Customer;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::ledger::{Channel, Entry, How, Said};
use wasurena_domain::purchase::{Consent, Order, Purchase, Report};
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
    /// It is about somebody whose data was erased: nothing of it is kept.
    Erased,
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
            let facts = match self.facts(shop, &keys, report.clone(), now).await? {
                ControlFlow::Continue(facts) => facts,
                ControlFlow::Break(taken) => return Ok(taken),
            };
            rounds += 1;
            match self.diary.take_in(shop, &facts).await {
                Ok(()) => return Ok(Taken::Stored),
                Err(DiaryError::Changed) if rounds < ROUNDS_MAX => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What has to be written for a report, or why nothing is.
    async fn facts(
        &self,
        shop: &ShopId,
        keys: &Keys,
        report: Report,
        now: DateTime<Utc>,
    ) -> Result<ControlFlow<Taken, NewFacts>, IntakeError> {
        let before = match self.diary.purchase(shop, &report.key).await? {
            PurchasePlace::Empty => None,
            PurchasePlace::Known(record) => Some(*record),
            PurchasePlace::Erased => return Ok(ControlFlow::Break(Taken::Erased)),
        };
        let facts = match before.clone() {
            Some(record) => record.facts.join(report),
            None => Purchase::from_report(report),
        };
        if before.as_ref().is_some_and(|record| record.facts == facts) {
            return Ok(ControlFlow::Break(Taken::SeenBefore));
        }
        let after = PurchaseRecord {
            customer: before.as_ref().and_then(|record| record.customer.clone()),
            first_seen_at: before.as_ref().map_or(now, |record| record.first_seen_at),
            revision: before.as_ref().map_or(0, |record| record.revision + 1),
            facts,
        };
        let Some(order) = after.facts.order.clone() else {
            return Ok(ControlFlow::Continue(NewFacts::of_purchase(Known { before, after })));
        };
        let book = self.bookshelf.last_known(shop).await?;
        if order.buyer.email.as_ref().is_some_and(|email| book.shop.is_own(email)) {
            // The shop tries itself out: kept, so that it is recognised when it comes again, and nobody's.
            return Ok(ControlFlow::Continue(NewFacts::of_purchase(Known { before, after })));
        }
        let phone = self.phone(&book.shop, keys, &order).await?;
        let who = self.who(&book.shop, keys, &after, &order, phone.as_ref()).await?;
        if matches!(&who.place, Place::Erased(erased) if order.ordered_at <= erased.erased_at) {
            return Ok(ControlFlow::Break(Taken::Erased));
        }
        let mut new = NewFacts::of_purchase(Known { before, after });
        // Whoever is erased meanwhile takes along what was nobody's before.
        let guard = new.purchase.before.as_ref().is_none_or(|known| known.customer.is_none()).then(|| who.not_erased());
        if new.purchase.after.facts.began_at().is_some() {
            self.add_customer(&book.shop, keys, &mut new, (who, phone), now).await?;
        } else {
            // It may never be paid.
            new.pointers.push((who.id, new.purchase.after.facts.key.clone()));
        }
        new.unless_erased = guard.filter(|_| new.customer.is_none());
        Ok(ControlFlow::Continue(new))
    }

    /// Adds what the purchase, which has begun, says about its customer.
    async fn add_customer(
        &self,
        shop: &Shop,
        keys: &Keys,
        new: &mut NewFacts,
        (who, phone): (Who, Option<Phone>),
        now: DateTime<Utc>,
    ) -> Result<(), IntakeError> {
        let Who { id, place } = who;
        let (before, last_version, known) = match place {
            Place::Empty => (Before::Nobody, 0, None),
            Place::Erased(erased) => (Before::Erased(erased.erased_at), erased.last_version, None),
            Place::Customer(record) => (Before::Version(record.customer.version), 0, Some(*record)),
        };
        let nobody = || Customer { version: last_version, ..Customer::new(id.clone()) };
        let mut customer = known.as_ref().map_or_else(nobody, |k| k.customer.clone());
        let record = &mut new.purchase.after;
        record.customer = Some(id.clone());
        customer.take_in(&record.facts, record.first_seen_at, shop);
        new.alias = self.alias(shop, keys, known.as_ref(), &mut customer).await?;
        new.pointers = forgotten(known.as_ref().map(|k| &k.customer), &record.facts.key, &customer);
        new.entry = consent_entry(&new.purchase).map(|entry| (id.clone(), entry));
        if let Some(Phone { digest, known }) = phone {
            let fresh = PhoneRecord { digest, customers: Vec::new(), several: false };
            let after = known.clone().unwrap_or(fresh).with(&id);
            new.phone = after.map(|after| Known { before: known, after });
        }
        if known.as_ref().is_none_or(|k| k.customer != customer) {
            let look_at = Slot::at_or_after(now + Duration::hours(1));
            new.customer = Some(NewCustomer { before, after: CustomerRecord::with_facts(customer, shop, look_at) });
        }
        Ok(())
    }

    /// Whose the purchase is: whoever it was before; else whoever has the address; where there is none, the
    /// only customer with the phone number; else somebody new, known by the order.
    async fn who(
        &self,
        shop: &Shop,
        keys: &Keys,
        purchase: &PurchaseRecord,
        order: &Order,
        phone: Option<&Phone>,
    ) -> Result<Who, IntakeError> {
        let only = || phone.and_then(|p| p.known.as_ref()?.only_customer().cloned());
        let id = match (&purchase.customer, &order.buyer.email) {
            (Some(id), _) => id.clone(),
            (None, Some(email)) => keys.identify(&shop.id, email.as_str())?,
            (None, None) => match only() {
                Some(id) => id,
                None => keys.identify(&shop.id, &format!("order:{}", purchase.facts.key))?,
            },
        };
        let place = self.diary.place(&shop.id, &id).await?;
        let id = place.customer().cloned().unwrap_or(id);
        Ok(Who { id, place })
    }

    async fn phone(&self, shop: &Shop, keys: &Keys, order: &Order) -> Result<Option<Phone>, IntakeError> {
        let Some(phone) = &order.buyer.phone else { return Ok(None) };
        let digest = keys.identify(&shop.id, &format!("phone:{}", phone.as_str()))?;
        let known = self.diary.phone(&shop.id, &digest).await?;
        Ok(Some(Phone { digest, known }))
    }

    /// Where an order brings a known customer another address: the place under which that address leads to
    /// them from now on. An address that is somebody else's stays theirs, and the customer keeps the old one. Who was
    /// erased and buys again by another address than their first is led to by it already.
    async fn alias(
        &self,
        shop: &Shop,
        keys: &Keys,
        before: Option<&CustomerRecord>,
        customer: &mut Customer,
    ) -> Result<Option<CustomerId>, IntakeError> {
        let Some(email) = &customer.email else { return Ok(None) };
        if before.is_some_and(|known| known.customer.email.as_ref() == Some(email)) {
            return Ok(None);
        }
        let place = keys.identify(&shop.id, email.as_str())?;
        let Some(before) = before else {
            customer.mail_place = (place != customer.id).then_some(place);
            return Ok(None);
        };
        let owner = self.diary.place(&shop.id, &place).await?.customer().cloned();
        if owner.as_ref().is_some_and(|owner| *owner != customer.id) {
            customer.email = before.customer.email.clone();
            return Ok(None);
        }
        customer.mail_place = (place != customer.id).then(|| place.clone());
        Ok(owner.is_none().then_some(place))
    }
}

/// A phone number's place, and who is known to have it.
struct Phone {
    digest: CustomerId,
    known: Option<PhoneRecord>,
}

/// Whose a purchase is, and what stands at their place.
struct Who {
    id: CustomerId,
    place: Place,
}

impl Who {
    /// That they must not be erased meanwhile, or not once more.
    fn not_erased(&self) -> NotErased {
        let since = match &self.place {
            Place::Erased(erased) => Some(erased.erased_at),
            Place::Customer(_) | Place::Empty => None,
        };
        NotErased { customer: self.id.clone(), since }
    }
}

/// What the order says about consent, for the ledger, where it did not say the same before.
fn consent_entry(purchase: &Known<PurchaseRecord>) -> Option<Entry> {
    let consent = |record: &PurchaseRecord| record.facts.order.as_ref().map(|order| order.consent);
    let order = purchase.after.facts.order.as_ref()?;
    let knew = purchase.before.as_ref().filter(|record| record.customer.is_some()).and_then(consent);
    let said = match order.consent {
        consent if knew == Some(consent) => return None,
        Consent::Unknown => return None,
        Consent::Granted => Said::Granted,
        Consent::Denied => Said::Denied,
    };
    Some(Entry {
        at: order.version_at,
        channel: Channel::Mail,
        place: None,
        said,
        how: How::Order,
        wording: None,
        until: None,
        preferences: None,
        event: format!("{}@{}", purchase.after.facts.key, order.version_at.to_rfc3339()),
    })
}
