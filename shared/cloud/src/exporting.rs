//! Everything that the diary has of somebody, for whoever has a right to see it (個人情報保護法 33条).

use crate::Diary;
use crate::erasing::{Erasing, ErasingError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wasurena_domain::ids::{CustomerId, PurchaseKey, ShopId};

/// Everything the diary has of somebody, whether or not they are a customer (yet, or any more); `None` where that is
/// nothing.
///
/// # Errors
/// [`ErasingError`] where diary or keys cannot be read.
pub async fn everything(
    diary: &Diary,
    erasing: &Erasing,
    shop: &ShopId,
    id: &CustomerId,
) -> Result<Option<Value>, ErasingError> {
    let (record, follow_ups, ledger) = match diary.file(shop, id).await? {
        Some(file) => (Some(file.record), file.follow_ups, file.ledger),
        None => (None, Vec::new(), diary.ledger(shop, id).await?),
    };
    let mut keys: BTreeSet<PurchaseKey> = diary.other_purchases(shop, id).await?.into_iter().collect();
    keys.extend(record.iter().flat_map(|r| r.customer.purchases.iter().map(|bought| bought.key.clone())));
    let mut purchases = Vec::new();
    for key in &keys {
        purchases.extend(erasing.theirs(shop, id, key).await?.map(|record| record.facts));
    }
    if record.is_none() && purchases.is_empty() && ledger.is_empty() {
        return Ok(None);
    }
    Ok(Some(json!({
        "customer": record.map(|r| r.customer),
        "purchases": purchases,
        "follow_ups": follow_ups,
        "ledger": ledger,
        "answers": diary.answers(shop, id).await?,
        "cases": diary.cases(shop, id).await?,
        "asked": diary.asked(shop, id).await?,
    })))
}
