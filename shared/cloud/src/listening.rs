//! A customer's answer, taken in: it stops cheer and opens a case where they are not happy, and counts for the product.
//!
//! The answer itself is written last. So whoever was cut short, and does it again, does all of it again, and each part of it
//! twice is once; and the case, which stops everything cheerful, stands before anything else does.

use crate::Diary;
use crate::diary::{CustomerRecord, DiaryError};
use chrono::{DateTime, Days, Duration, Utc};
use wasurena_domain::calendar::{Slot, day_of};
use wasurena_domain::case::{Case, CaseState, Cause};
use wasurena_domain::follow_up::{FollowUp, Reason};
use wasurena_domain::ids::PurchaseKey;
use wasurena_domain::listening::{Answer, Choice};
use wasurena_domain::shop::Shop;
use wasurena_domain::task::{Task, TaskKind};

/// How often a race with another writer is run again.
const ROUNDS_MAX: usize = 8;

/// An answer could not be taken in. Doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// There is no such customer (any more).
    #[error("the customer of the answer is not known any more")]
    Gone,
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
}

/// Takes in what a customer answered to a message, and answers with what counts now. The same answer twice changes nothing.
///
/// # Errors
/// [`AnswerError`]; what was written until then stands.
pub async fn take_in(
    diary: &Diary,
    shop: &Shop,
    asked: &FollowUp,
    choice: &Choice,
    words: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Answer, AnswerError> {
    for _ in 0..ROUNDS_MAX {
        let record = diary.customer(&shop.id, &asked.customer).await?.ok_or(AnswerError::Gone)?;
        let before = diary.answer(&shop.id, &asked.id).await?;
        let answer = Answer::new(asked, &record.customer, choice, words, now);
        if let Some(known) = before.as_ref().filter(|known| known.says_the_same(&answer)) {
            return Ok(known.clone());
        }
        match write(diary, shop, &record, before.as_ref(), &answer).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, follow_up = %asked.id, means = answer.means.name(), "survey.answered");
                return Ok(answer);
            }
            Err(DiaryError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DiaryError::Changed.into())
}

async fn write(
    diary: &Diary,
    shop: &Shop,
    record: &CustomerRecord,
    before: Option<&Answer>,
    answer: &Answer,
) -> Result<(), DiaryError> {
    if let (Some(cause), Some(purchase)) = (Cause::of_answer(answer.means), &answer.purchase) {
        open_case(diary, shop, record, purchase, answer, cause).await?;
    } else if before.is_some_and(|before| before.means.is_unhappy()) {
        tell_case(diary, shop, record, answer).await?;
    }
    // Several surveys may ask about one thing: each counts.
    if let Some(product) = &answer.product {
        diary.count_for_product(&shop.id, product, answer).await?;
        if answer.means.is_unhappy() {
            pause(diary, shop, product, answer.at).await?;
        }
    }
    diary.put_answer(&shop.id, &record.customer.id, before, answer).await
}

/// Opens the purchase's case, by the customer's record, and writes the answer into it.
async fn open_case(
    diary: &Diary,
    shop: &Shop,
    before: &CustomerRecord,
    purchase: &PurchaseKey,
    answer: &Answer,
    cause: Cause,
) -> Result<(), DiaryError> {
    let mut customer = before.customer.clone();
    if customer.take_in_unhappy(purchase, answer.at) {
        let after = CustomerRecord::with_facts(customer, shop, Slot::at_or_after(answer.at + Duration::hours(1)));
        diary.put_customer(&shop.id, before, &after).await?;
    }
    let id = &before.customer.id;
    let written = diary.case(&shop.id, id, purchase).await?;
    let case = Case::of_answer(purchase, written.clone(), answer, cause);
    if written.as_ref() != Some(&case) {
        diary.put_case(&shop.id, id, written.as_ref(), &case).await?;
    }
    Ok(())
}

/// Writes into the case that the customer has changed their mind. It stays open: a person settles it.
async fn tell_case(diary: &Diary, shop: &Shop, record: &CustomerRecord, answer: &Answer) -> Result<(), DiaryError> {
    let id = &record.customer.id;
    let Some(purchase) = &answer.purchase else { return Ok(()) };
    let written = diary.case(&shop.id, id, purchase).await?.filter(|case| case.state != CaseState::Settled);
    let Some(written) = written else { return Ok(()) };
    let case = written.clone().heard(answer);
    if case == written { Ok(()) } else { diary.put_case(&shop.id, id, Some(&written), &case).await }
}

/// Pauses what is cheerful about a product, where so many are not happy with it as the shop has set (R31).
async fn pause(diary: &Diary, shop: &Shop, product: &str, now: DateTime<Utc>) -> Result<(), DiaryError> {
    let limit = usize::try_from(shop.thresholds.pause_after_unhappy).unwrap_or(usize::MAX);
    if limit == 0 || diary.product(&shop.id, product).await?.unhappy_since_look() < limit {
        return Ok(());
    }
    diary.set_paused(&shop.id, product, true).await?;
    let today = day_of(now, shop.zone);
    let task = Task {
        kind: TaskKind::LookAtProduct,
        customer: None,
        about: product.to_owned(),
        due: today.checked_add_days(Days::new(1)).unwrap_or(today),
        why: Reason::ProductPaused,
    };
    diary.add_task(&shop.id, &task).await
}

/// Somebody has looked at a product: what is cheerful about it goes on, and what is answered from now on counts anew.
///
/// # Errors
/// [`DiaryError`]; doing it again is safe.
pub async fn looked(diary: &Diary, shop: &Shop, product: &str, now: DateTime<Utc>) -> Result<(), DiaryError> {
    diary.looked_at_product(&shop.id, product, now).await?;
    diary.set_paused(&shop.id, product, false).await?;
    diary.finish_task(&shop.id, TaskKind::LookAtProduct, None, product).await?;
    tracing::info!(shop = %shop.id, "product.looked_at");
    Ok(())
}
