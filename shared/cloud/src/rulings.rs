//! What the owner decides: whether an order is followed up, and that a case is settled.

use crate::Diary;
use crate::diary::{
    Before, CustomerRecord, DiaryError, Known, NewCustomer, NewFacts, PurchasePlace, PurchaseRecord, forgotten,
};
use chrono::{DateTime, Duration, Utc};
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::{Customer, Ruling};
use wasurena_domain::ids::{CustomerId, PurchaseKey};
use wasurena_domain::shop::Shop;
use wasurena_domain::task::TaskKind;

/// How often a race with another writer is run again.
const ROUNDS_MAX: usize = 8;

/// A decision could not be carried out. Doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum RulingError {
    /// The diary has no such order.
    #[error("the diary has no order {0}: check cart and order id, as the owner's list shows them")]
    NoOrder(PurchaseKey),
    /// There is no such customer (any more).
    #[error("there is no such customer: check the address, or the id")]
    NoCustomer,
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
}

/// Records what the owner has ruled about an order, and has its customer planned for anew. The same ruling twice
/// changes nothing.
///
/// # Errors
/// [`RulingError`]; nothing is written then.
pub async fn rule(
    diary: &Diary,
    shop: &Shop,
    key: &PurchaseKey,
    ruling: Ruling,
    now: DateTime<Utc>,
) -> Result<(), RulingError> {
    for _ in 0..ROUNDS_MAX {
        let PurchasePlace::Known(before) = diary.purchase(&shop.id, key).await? else {
            return Err(RulingError::NoOrder(key.clone()));
        };
        if before.facts.ruling == Some(ruling) {
            return Ok(decided(diary, shop, &before).await?);
        }
        let mut after = PurchaseRecord { revision: before.revision + 1, ..(*before).clone() };
        after.facts.ruling = Some(ruling);
        let mut facts = NewFacts::of_purchase(Known { before: Some(*before), after });
        add_customer(diary, shop, &mut facts, now).await?;
        match diary.take_in(&shop.id, &facts).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, ?ruling, "order.ruled");
                return Ok(decided(diary, shop, &facts.purchase.after).await?);
            }
            Err(DiaryError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DiaryError::Changed.into())
}

/// Takes the question off the owner's list.
async fn decided(diary: &Diary, shop: &Shop, purchase: &PurchaseRecord) -> Result<(), DiaryError> {
    let Some(customer) = &purchase.customer else { return Ok(()) };
    diary.finish_task(&shop.id, TaskKind::DecideOrder, customer, &purchase.facts.key.to_string()).await
}

/// Adds the purchase's customer, with the ruling in their summary, and what that makes the summary forget.
async fn add_customer(diary: &Diary, shop: &Shop, facts: &mut NewFacts, now: DateTime<Utc>) -> Result<(), DiaryError> {
    let purchase = &facts.purchase.after;
    let Some(id) = &purchase.customer else { return Ok(()) };
    let Some(record) = diary.customer(&shop.id, id).await? else { return Ok(()) };
    let mut customer = record.customer.clone();
    customer.take_in(&purchase.facts, purchase.first_seen_at, shop);
    facts.pointers = forgotten(Some(&record.customer), &purchase.facts.key, &customer);
    let look_at = Slot::at_or_after(now + Duration::hours(1));
    let after = CustomerRecord::with_facts(customer, shop, look_at);
    facts.customer = Some(NewCustomer { before: Before::Version(record.customer.version), after });
    Ok(())
}

/// Has a customer planned for anew, with the programme that sends now; answers whether there still is one.
///
/// # Errors
/// [`RulingError::Diary`]; nothing is written then.
pub async fn plan_anew(diary: &Diary, shop: &Shop, id: &CustomerId, now: DateTime<Utc>) -> Result<bool, RulingError> {
    for _ in 0..ROUNDS_MAX {
        let Some(before) = diary.customer(&shop.id, id).await? else { return Ok(false) };
        let look_at = Slot::at_or_after(now + Duration::hours(1));
        let after = CustomerRecord::with_facts(before.customer.clone(), shop, look_at);
        match diary.put_customer(&shop.id, &before, &after).await {
            Ok(()) => return Ok(true),
            Err(DiaryError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DiaryError::Changed.into())
}

/// Records that everything that was wrong until now is settled: what is planned goes on.
///
/// # Errors
/// [`RulingError`]; nothing is written then.
pub async fn settle(diary: &Diary, shop: &Shop, id: &CustomerId, now: DateTime<Utc>) -> Result<(), RulingError> {
    for _ in 0..ROUNDS_MAX {
        let before = diary.customer(&shop.id, id).await?.ok_or(RulingError::NoCustomer)?;
        if before.customer.open_case().is_none() {
            return Ok(settled(diary, shop, &before.customer).await?);
        }
        let mut customer = before.customer.clone();
        // Carts' clocks may be ahead of ours: what is known is settled.
        let last = customer.purchases.iter().filter_map(|bought| bought.case_at).max();
        customer.settled_at = Some(last.map_or(now, |last| last.max(now)));
        let after = CustomerRecord::with_facts(customer, shop, Slot::at_or_after(now + Duration::hours(1)));
        match diary.put_customer(&shop.id, &before, &after).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, customer = %id, "case.settled");
                return Ok(settled(diary, shop, &after.customer).await?);
            }
            Err(DiaryError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DiaryError::Changed.into())
}

/// Takes the customer's cases off the owner's list.
async fn settled(diary: &Diary, shop: &Shop, customer: &Customer) -> Result<(), DiaryError> {
    for bought in customer.purchases.iter().filter(|bought| bought.case_at.is_some()) {
        diary.finish_task(&shop.id, TaskKind::SettleCase, &customer.id, &bought.key.to_string()).await?;
    }
    Ok(())
}
