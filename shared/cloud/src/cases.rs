//! Cases in a person's hands: who has one, what was said, which remedy goes out, and that it is settled (R28).

use crate::Diary;
use crate::diary::{CustomerRecord, DiaryError, PurchasePlace};
use crate::rulings::{self, RulingError};
use chrono::{DateTime, Utc};
use wasurena_domain::case::{Case, CaseState, Cause};
use wasurena_domain::customer::Bought;
use wasurena_domain::follow_up::{FollowUp, Reason};
use wasurena_domain::ids::{CustomerId, PurchaseKey, StepId};
use wasurena_domain::ledger::obstacle;
use wasurena_domain::listening::remedy;
use wasurena_domain::shop::Shop;
use wasurena_letters::Published;

/// How often a race with another writer is run again.
const ROUNDS_MAX: usize = 8;

/// A case could not be dealt with. Doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// Nothing is, or was, wrong.
    #[error("nothing is wrong with what they bought: there is no case")]
    NoCase,
    /// It is over.
    #[error("the case is settled: what happens again opens it again")]
    Settled,
    /// The programme has no such letter that makes good.
    #[error("the programme has no [[remedy]] `{0}`: name one of its own, or add it and apply the shop again")]
    NoRemedy(StepId),
    /// No mail may go to them.
    #[error("no mail may go to them ({0}): make it good by telephone or letter, and note it")]
    CannotWrite(Reason),
    /// There is no such customer, or they could not be changed.
    #[error(transparent)]
    Ruling(#[from] RulingError),
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
}

/// What was read of a case: its customer's record, what is written, and the case itself.
#[derive(Debug, Clone)]
pub struct Looked {
    /// The customer.
    pub record: CustomerRecord,
    /// What is written of the case; `None` where nothing is yet.
    pub written: Option<Case>,
    /// The case.
    pub case: Case,
}

/// Looks at a customer's case: that of an order, else the one that has been open for longest, else the last there was.
///
/// # Errors
/// [`CaseError`] where there is none.
pub async fn look(
    diary: &Diary,
    shop: &Shop,
    id: &CustomerId,
    order: Option<&PurchaseKey>,
) -> Result<Looked, CaseError> {
    let record = diary.customer(&shop.id, id).await?.ok_or(RulingError::NoCustomer)?;
    let customer = &record.customer;
    let last = || customer.purchases.iter().max_by_key(|bought| bought.case_at);
    let bought = match order {
        Some(key) => customer.bought(key),
        None => customer.open_case().or_else(last),
    };
    let bought = bought.filter(|bought| bought.case_at.is_some()).ok_or(CaseError::NoCase)?;
    let written = diary.case(&shop.id, &customer.id, &bought.key).await?;
    let cause = cause(diary, shop, bought).await?;
    let case = Case::of(bought, written.clone(), customer.has_open_case(&bought.key), cause);
    let case = case.ok_or(CaseError::NoCase)?;
    Ok(Looked { written, case, record })
}

/// Why the case of a purchase was opened the last time, as far as the facts say.
async fn cause(diary: &Diary, shop: &Shop, bought: &Bought) -> Result<Cause, DiaryError> {
    if bought.case_at == bought.unhappy_at {
        return Ok(Cause::Unhappy);
    }
    Ok(match diary.purchase(&shop.id, &bought.key).await? {
        PurchasePlace::Known(record) => Cause::of(&record.facts),
        PurchasePlace::Empty | PurchasePlace::Erased => Cause::Returned,
    })
}

/// Changes a customer's case, and answers with it.
///
/// # Errors
/// [`CaseError`]; nothing is written then.
pub async fn change(
    diary: &Diary,
    shop: &Shop,
    id: &CustomerId,
    order: Option<&PurchaseKey>,
    change: impl Fn(Case) -> Case,
) -> Result<Case, CaseError> {
    for _ in 0..ROUNDS_MAX {
        let Looked { record, written, case } = look(diary, shop, id, order).await?;
        let changed = change(case);
        if written.as_ref() == Some(&changed) {
            return Ok(changed);
        }
        match diary.put_case(&shop.id, &record.customer.id, written.as_ref(), &changed).await {
            Ok(()) => return Ok(changed),
            Err(DiaryError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DiaryError::Changed.into())
}

/// A person approves a remedy: its letter goes out in the shop's next hours, once for each case. Answers with the case and
/// the follow-up as it stands.
///
/// # Errors
/// [`CaseError`] where it may not go out; nothing is written then.
pub async fn make_good(
    diary: &Diary,
    book: &Published,
    id: &CustomerId,
    order: Option<&PurchaseKey>,
    (letter, by): (&StepId, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(Case, FollowUp), CaseError> {
    let shop = &book.shop;
    if !book.programme.listening.is_remedy(letter) {
        return Err(CaseError::NoRemedy(letter.clone()));
    }
    let Looked { record, case, .. } = look(diary, shop, id, order).await?;
    if case.state == CaseState::Settled {
        return Err(CaseError::Settled);
    }
    let customer = &record.customer;
    let file = diary.file(&shop.id, &customer.id).await?.ok_or(RulingError::NoCustomer)?;
    let is_forbidden = customer.bought(&case.purchase).is_some_and(|bought| bought.marketplace);
    let forbidden = obstacle(&file.ledger, customer).or(is_forbidden.then_some(Reason::MarketplaceForbids));
    if let Some(reason) = forbidden {
        return Err(CaseError::CannotWrite(reason));
    }
    let planned = remedy(shop, (customer, &file.follow_ups), &case, letter, now);
    diary.put_new(&shop.id, &planned).await?;
    let key = case.purchase.clone();
    // First the letter, then the note of it: approving it again finds both.
    let case = change(diary, shop, &customer.id, Some(&key), |case| case.remedied(by, letter.as_str(), now)).await?;
    let stands = diary.follow_up(&shop.id, &planned.id).await?.unwrap_or(planned);
    tracing::info!(shop = %shop.id, follow_up = %stands.id, "remedy.approved");
    Ok((case, stands))
}

/// Settles all that is wrong with what a customer bought: what is planned goes on. What is written of their cases says so too;
/// where nothing is written yet, only what somebody said of it is.
///
/// # Errors
/// [`CaseError`]; doing it again is safe.
pub async fn settle(
    diary: &Diary,
    shop: &Shop,
    id: &CustomerId,
    (by, words): (Option<&str>, Option<&str>),
    now: DateTime<Utc>,
) -> Result<(), CaseError> {
    let was_open: Vec<PurchaseKey> = match diary.customer(&shop.id, id).await? {
        None => Vec::new(),
        Some(record) => {
            let customer = record.customer;
            let open = customer.purchases.iter().filter(|bought| customer.has_open_case(&bought.key));
            open.map(|bought| bought.key.clone()).collect()
        }
    };
    rulings::settle(diary, shop, id, now).await?;
    let record = diary.customer(&shop.id, id).await?.ok_or(RulingError::NoCustomer)?;
    for bought in record.customer.purchases.iter().filter(|bought| bought.case_at.is_some()) {
        let is_written = diary.case(&shop.id, &record.customer.id, &bought.key).await?.is_some();
        let is_said = (by.is_some() || words.is_some()) && was_open.contains(&bought.key);
        if is_written || is_said {
            change(diary, shop, &record.customer.id, Some(&bought.key), |case| {
                // What was not written of before counts as settled since the record says so.
                let case = if is_written { case } else { Case { state: CaseState::Open, ..case } };
                case.settled(by, words, now)
            })
            .await?;
        }
    }
    Ok(())
}
