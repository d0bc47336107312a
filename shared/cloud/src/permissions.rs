//! What somebody says about a channel other than mail (R23, R30): they may be called or visited, until a day or for good;
//! they want no letters, or no calls; and what the owner finds out about reaching them. It stands in the ledger with how it
//! was said and in which words, and binds at once: whoever hands a follow-up over reads it after the claim.
//!
//! A "yes" to one channel is none to another, and so is a "no". What is said about mail is in [`crate::wishes`].

use crate::Diary;
use crate::diary::{CustomerRecord, DiaryError};
use crate::wishes::{Saying, WishError};
use chrono::{Duration, NaiveDate};
use wasurena_domain::calendar::Slot;
use wasurena_domain::channel::Channel;
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::{Entry, Said};
use wasurena_domain::shop::Shop;

/// How often a race with another writer is run again.
const ROUNDS_MAX: usize = 8;

/// What is said about a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// The channel: any but mail.
    pub channel: Channel,
    /// What is said of it.
    pub said: Said,
    /// The last day on which it holds; `None` for good.
    pub until: Option<NaiveDate>,
}

/// Puts a word into a customer's ledger, takes off the owner's list what they do not want any more, and has them planned
/// for anew. Saying the same again is one more entry that changes nothing.
///
/// # Errors
/// [`WishError`]; what was written until then stands, and doing it again is safe.
pub async fn record(
    diary: &Diary,
    shop: &Shop,
    customer: &CustomerId,
    word: Word,
    saying: Saying<'_>,
) -> Result<(), WishError> {
    let before = diary.customer(&shop.id, customer).await?.ok_or(WishError::Gone)?;
    let id = &before.customer.id;
    let ledger = diary.ledger(&shop.id, id).await?;
    // Later than everything that was said before, whatever the clocks show.
    let last = ledger.iter().map(|e| e.at + Duration::milliseconds(1)).max();
    let entry = Entry {
        at: last.map_or(saying.at, |last| last.max(saying.at)),
        channel: word.channel,
        place: None,
        said: word.said,
        how: saying.how,
        wording: saying.wording.map(str::to_owned),
        until: word.until,
        preferences: None,
        event: format!("customer@{}", before.customer.version),
    };
    diary.add_entry(&shop.id, id, &entry).await?;
    let (channel, said) = (word.channel.name(), word.said.name());
    tracing::info!(shop = %shop.id, customer = %id, channel, said, how = ?saying.how, "customer.said");
    if let (Said::OptedOut | Said::Denied, Some(kind)) = (word.said, word.channel.task()) {
        diary.finish_tasks_of(&shop.id, id, Some(kind)).await?;
    }
    plan_again(diary, shop, before, saying).await
}

/// Marks the customer: what is known of them has changed.
pub(crate) async fn plan_again(
    diary: &Diary,
    shop: &Shop,
    mut before: CustomerRecord,
    saying: Saying<'_>,
) -> Result<(), WishError> {
    let look_at = Slot::at_or_after(saying.at + Duration::hours(1));
    for _ in 0..ROUNDS_MAX {
        let after = CustomerRecord::with_facts(before.customer.clone(), shop, look_at);
        match diary.put_customer(&shop.id, &before, &after).await {
            Err(DiaryError::Changed) => {}
            other => return Ok(other?),
        }
        before = diary.customer(&shop.id, &before.customer.id).await?.ok_or(WishError::Gone)?;
    }
    Err(DiaryError::Changed.into())
}
