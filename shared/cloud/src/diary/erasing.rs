//! Tombstones: what takes the place of a customer or a purchase that was erased, under the same key. Every write of
//! facts requires that what it replaces is still what it read, so a late report cannot bring anybody back.

use super::customers::{CUSTOMER, ERASED, Erased, version_is};
use super::item::{Condition, Item, KIND, from_item, kind, to_attribute, to_item};
use super::keys::{Key, PK};
use super::purchases::{PURCHASE, envelope, revision_is};
use super::{CustomerRecord, Diary, DiaryError, PurchaseRecord};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use wasurena_domain::ids::{CartId, CustomerId, PurchaseKey, ShopId};
use wasurena_domain::ledger::Entry;

#[derive(Deserialize)]
struct Pointer {
    purchase: PurchaseKey,
}

#[derive(Serialize)]
struct ErasedPurchase {}

/// The tombstone stands, and is of this erasing.
pub(super) fn is_erased_at(erased_at: DateTime<Utc>) -> Result<Condition, DiaryError> {
    let at = to_attribute("erased_at", erased_at)?;
    Ok(Condition::stands(&[(KIND, Some(AttributeValue::S(ERASED.to_owned()))), ("erased_at", Some(at))]))
}

impl Diary {
    /// The purchases of a customer that their summary does not hold.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn other_purchases(&self, shop: &ShopId, id: &CustomerId) -> Result<Vec<PurchaseKey>, DiaryError> {
        let items = self.partition(&Key::customer(shop, id).pk).await?;
        let pointers = items.into_iter().filter(|item| kind(item) == "pointer");
        pointers.map(|item| from_item::<Pointer>(item).map(|pointer| pointer.purchase)).collect()
    }

    /// Every customer of a shop, by a scan of the table: for what an operator asks once, never for a function.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn everybody(&self, shop: &ShopId) -> Result<Vec<CustomerRecord>, DiaryError> {
        let items = self.scan(&format!("{shop}#C#"), CUSTOMER).await?;
        items.into_iter().map(from_item).collect()
    }

    /// Every purchase of a cart, by a scan of the table: for what an operator asks once, never for a function.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn purchases_of(&self, shop: &ShopId, cart: &CartId) -> Result<Vec<PurchaseRecord>, DiaryError> {
        let items = self.scan(&format!("{shop}#P#{cart}#"), PURCHASE).await?;
        items.into_iter().map(from_item).collect()
    }

    async fn scan(&self, prefix: &str, kind: &str) -> Result<Vec<Item>, DiaryError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .filter_expression("begins_with(#pk, :prefix) AND #kind = :kind")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#kind", KIND)
            .expression_attribute_values(":prefix", AttributeValue::S(prefix.to_owned()))
            .expression_attribute_values(":kind", AttributeValue::S(kind.to_owned()))
            .into_paginator()
            .send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|error| DiaryError::call(&error))?.items.unwrap_or_default());
        }
        Ok(items)
    }

    /// Puts a tombstone in the place of a purchase, whatever stands there.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written; doing it again is safe.
    pub async fn erase_purchase(&self, shop: &ShopId, key: &PurchaseKey) -> Result<(), DiaryError> {
        let item = to_item(envelope(Key::purchase(shop, key), ERASED), &ErasedPurchase {})?;
        self.put(item, Condition::default()).await
    }

    /// Puts a tombstone in the place of a purchase that was read.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where it is no longer what was read: it may be somebody else's by now.
    pub async fn erase_known_purchase(&self, shop: &ShopId, record: &PurchaseRecord) -> Result<(), DiaryError> {
        let item = to_item(envelope(Key::purchase(shop, &record.facts.key), ERASED), &ErasedPurchase {})?;
        self.put(item, revision_is(record.revision)).await
    }

    /// Puts a tombstone in the place of a customer: of the one who was read, or where nobody stands.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where something else stands there by now: read again.
    pub async fn erase_customer(
        &self,
        shop: &ShopId,
        before: Option<&CustomerRecord>,
        erased: &Erased,
    ) -> Result<(), DiaryError> {
        let item = to_item(envelope(Key::customer(shop, &erased.id), ERASED), erased)?;
        let condition = before.map_or_else(Condition::is_new, |record| version_is(record.customer.version));
        self.put(item, condition).await
    }

    /// Erases once more whom a tombstone stands for: what was ordered until now keeps nothing either.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where another tombstone or somebody stands there by now: read again.
    pub async fn renew_tombstone(
        &self,
        shop: &ShopId,
        before: &Erased,
        erased_at: DateTime<Utc>,
    ) -> Result<(), DiaryError> {
        let renewed = Erased { erased_at, ..before.clone() };
        let item = to_item(envelope(Key::customer(shop, &before.id), ERASED), &renewed)?;
        self.put(item, is_erased_at(before.erased_at)?).await
    }

    /// Takes the wording out of an entry of the ledger: it may be a person's own words. What was said, when and
    /// how stays on record.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written; doing it again is safe.
    pub async fn forget_wording(&self, shop: &ShopId, id: &CustomerId, entry: &Entry) -> Result<(), DiaryError> {
        let silent = Entry { wording: None, ..entry.clone() };
        let key = Key::ledger(shop, id, &entry.key());
        self.put(to_item(envelope(key, super::ledger::LEDGER), &silent)?, Condition::default()).await
    }
}
