//! Markers of slots: which alarms were set for them.

use super::item::{Envelope, from_item, to_item};
use super::keys::Key;
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use wasurena_domain::calendar::Slot;
use wasurena_domain::ids::ShopId;

/// The attribute that lets DynamoDB remove an item when nobody asks for it any more: Unix time in seconds.
pub(super) const EXPIRES: &str = "expires";

/// How long the items of a slot are kept after it. Whatever is still due in it has been seen to long before.
const KEPT_DAYS: i64 = 60;

/// When the items of a slot may go.
pub(super) fn expires(slot: Slot) -> i64 {
    (slot.start() + Duration::days(KEPT_DAYS)).timestamp()
}

/// The last alarm that was set for a slot. A hint, like the alarm itself: losing it loses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotMarker {
    /// Counts the slot's alarms, from 0.
    pub n: u32,
    /// When the last of them rings.
    pub ring_at: DateTime<Utc>,
}

impl Diary {
    /// The marker of a slot; `None` where no alarm was set for it.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn slot_marker(&self, shop: &ShopId, shard: u32, slot: Slot) -> Result<Option<SlotMarker>, DiaryError> {
        self.get(Key::slot(shop, shard, slot)).await?.map(from_item).transpose()
    }

    /// Writes the marker of a slot, after its alarm was set.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn mark_slot(&self, shop: &ShopId, shard: u32, slot: Slot, marker: SlotMarker) -> Result<(), DiaryError> {
        let mut item = to_item(Envelope { key: Key::slot(shop, shard, slot), kind: "slot", due: None }, &marker)?;
        item.insert(EXPIRES.to_owned(), AttributeValue::N(expires(slot).to_string()));
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(())
    }
}
