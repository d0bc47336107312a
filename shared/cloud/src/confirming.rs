//! What counts only when it is confirmed by mail: whoever holds a forwarded mail can ask for it, and gets nothing.
//!
//! A link of 24 hours goes to the address on record. How many such mails a customer gets in a day is limited, so that nobody
//! can bury somebody else in them.

use crate::Diary;
use crate::diary::{Asked, CustomerRecord, DiaryError, Waiting};
use crate::permissions::{Word, record};
use crate::wishes::{Saying, WishError};
use chrono::{DateTime, Days, Duration, SubsecRound as _, Utc};
use wasurena_domain::birthday::Birthday;
use wasurena_domain::calendar::{Slot, day_of};
use wasurena_domain::channel::Channel;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::{How, Said};
use wasurena_domain::shop::Shop;
use wasurena_domain::task::{Task, TaskKind};

/// How often a race with another writer is run again.
const ROUNDS_MAX: usize = 8;
/// How long a link that confirms is good, in hours.
pub const VALID_HOURS: i64 = 24;
/// How many mails with such a link a customer gets in a day at most.
pub const MAILS_A_DAY: u32 = 3;

/// A change of somebody's data.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Their birthday.
    Birthday(Birthday),
    /// The address that letters are posted to.
    Address(String),
}

/// Puts on record that somebody asks for something, and a change with it. Answers until when its link is good, which also
/// names the change; `None` where they had as many mails as they get in a day.
///
/// # Errors
/// [`DiaryError`]; nothing is written then.
pub async fn ask(
    diary: &Diary,
    shop: &Shop,
    customer: &CustomerId,
    change: Option<&Change>,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DiaryError> {
    for _ in 0..ROUNDS_MAX {
        let before = diary.asked(&shop.id, customer).await?;
        let known = before.clone().unwrap_or_default();
        let day = day_of(now, shop.zone);
        let mails = if known.day == day { known.mails } else { 0 };
        if mails >= MAILS_A_DAY {
            return Ok(None);
        }
        let until = (now + Duration::hours(VALID_HOURS)).trunc_subsecs(0).max(known.until + Duration::seconds(1));
        let mut after = Asked { day, mails: mails + 1, until, ..known };
        match change {
            Some(Change::Birthday(to)) => after.birthday = Some(Waiting { until, to: *to }),
            Some(Change::Address(to)) => after.address = Some(Waiting { until, to: to.clone() }),
            None => {}
        }
        match diary.put_asked(&shop.id, customer, before.as_ref(), &after).await {
            Ok(()) => return Ok(Some(until)),
            Err(DiaryError::Changed) => {}
            Err(error) => return Err(error),
        }
    }
    Err(DiaryError::Changed)
}

/// The change that a link confirms; `None` where there is none (any more): it was confirmed, or another was asked for.
///
/// # Errors
/// [`DiaryError`] where the diary cannot be read.
pub async fn waiting(
    diary: &Diary,
    shop: &Shop,
    customer: &CustomerId,
    until: DateTime<Utc>,
) -> Result<Option<Change>, DiaryError> {
    let asked = diary.asked(&shop.id, customer).await?.unwrap_or_default();
    let birthday = asked.birthday.filter(|waiting| waiting.until == until).map(|waiting| Change::Birthday(waiting.to));
    let address = asked.address.filter(|waiting| waiting.until == until).map(|waiting| Change::Address(waiting.to));
    Ok(birthday.or(address))
}

/// Carries a change out that was confirmed. An address is kept nowhere here: it goes to the owner, who has the cart.
///
/// # Errors
/// [`WishError`]; what was written until then stands, and doing it again is safe.
pub async fn carry_out(
    diary: &Diary,
    shop: &Shop,
    customer: &CustomerId,
    (change, until): (&Change, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<(), WishError> {
    match change {
        Change::Birthday(birthday) => take_in(diary, shop, customer, *birthday, now).await?,
        Change::Address(address) => {
            let today = day_of(now, shop.zone);
            let task = Task {
                kind: TaskKind::TakeAddress,
                customer: Some(customer.clone()),
                about: address.clone(),
                due: today.checked_add_days(Days::new(1)).unwrap_or(today),
                why: Reason::NoPostalAddress,
            };
            diary.add_task(&shop.id, &task).await?;
            let word = Word { channel: Channel::Letter, said: Said::Reachable, until: None };
            record(diary, shop, customer, word, Saying { how: How::Link, wording: None, at: now }).await?;
        }
    }
    let Some(before) = diary.asked(&shop.id, customer).await? else { return Ok(()) };
    let mut after = before.clone();
    after.birthday.take_if(|waiting| waiting.until == until);
    after.address.take_if(|waiting| waiting.until == until);
    match diary.put_asked(&shop.id, customer, Some(&before), &after).await {
        // Something else was asked for meanwhile: this one stays until it runs out, and is so already.
        Ok(()) | Err(DiaryError::Changed) => {}
        Err(error) => return Err(error.into()),
    }
    tracing::info!(shop = %shop.id, customer = %customer, "customer.change_confirmed");
    Ok(())
}

/// Takes a birthday into the customer's record.
async fn take_in(
    diary: &Diary,
    shop: &Shop,
    customer: &CustomerId,
    birthday: Birthday,
    now: DateTime<Utc>,
) -> Result<(), WishError> {
    for _ in 0..ROUNDS_MAX {
        let before = diary.customer(&shop.id, customer).await?.ok_or(WishError::Gone)?;
        let mut changed = before.customer.clone();
        changed.take_in_own_birthday(birthday, now);
        let after = CustomerRecord::with_facts(changed, shop, Slot::at_or_after(now + Duration::hours(1)));
        match diary.put_customer(&shop.id, &before, &after).await {
            Err(DiaryError::Changed) => {}
            other => return Ok(other?),
        }
    }
    Err(DiaryError::Changed.into())
}
