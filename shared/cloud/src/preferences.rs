//! What a customer prefers to hear, put on record: it counts at once, and they are planned for anew.

use crate::Diary;
use crate::permissions::plan_again;
use crate::wishes::{Saying, WishError};
use chrono::Duration;
use wasurena_domain::channel::Channel;
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::{Entry, Said};
use wasurena_domain::preference::Preferences;
use wasurena_domain::shop::Shop;

/// Puts what a customer prefers into their ledger. The same again changes nothing.
///
/// # Errors
/// [`WishError`]; what was written until then stands, and doing it again is safe.
pub async fn prefer(
    diary: &Diary,
    shop: &Shop,
    customer: &CustomerId,
    preferences: &Preferences,
    saying: Saying<'_>,
) -> Result<(), WishError> {
    let before = diary.customer(&shop.id, customer).await?.ok_or(WishError::Gone)?;
    let id = &before.customer.id;
    let ledger = diary.ledger(&shop.id, id).await?;
    let event = format!("customer@{}", before.customer.version);
    // Where its entry stands and the record is still that one, it was cut short: they were not planned for yet.
    let was_cut_short = ledger.iter().any(|e| e.said == Said::Preferred && e.event == event);
    if Preferences::of(&ledger) == *preferences && !was_cut_short {
        return Ok(());
    }
    // Later than everything that was said before, whatever the clocks show.
    let last = ledger.iter().map(|e| e.at + Duration::milliseconds(1)).max();
    let entry = Entry {
        at: last.map_or(saying.at, |last| last.max(saying.at)),
        channel: Channel::Mail,
        place: None,
        said: Said::Preferred,
        how: saying.how,
        wording: saying.wording.map(str::to_owned),
        until: None,
        preferences: Some(preferences.clone()),
        event: if was_cut_short { format!("{event}+{}", ledger.len()) } else { event },
    };
    diary.add_entry(&shop.id, id, &entry).await?;
    tracing::info!(shop = %shop.id, customer = %id, how = ?saying.how, "customer.preferred");
    plan_again(diary, shop, before, saying).await
}
