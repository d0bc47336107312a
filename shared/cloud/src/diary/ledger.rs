//! The ledger: entries are added and read. What they say is never changed and none is ever removed; erasing somebody
//! takes no more than their own words out of it.

use super::item::{Envelope, from_item, to_item};
use super::keys::{Key, LEDGER_PREFIX, PK, SK};
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::AttributeValue;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::ledger::Entry;

pub(super) const LEDGER: &str = "ledger";

impl Diary {
    /// Adds an entry to a customer's ledger. The same event said twice is one entry, the first; whether the
    /// customer is in the diary does not matter. Answers whether it was news.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written. Doing it again is safe.
    pub async fn add_entry(&self, shop: &ShopId, customer: &CustomerId, entry: &Entry) -> Result<bool, DiaryError> {
        let entry = entry.clone().bounded();
        let key = Key::ledger(shop, customer, &entry.key());
        self.put_if_new(to_item(Envelope { key, kind: LEDGER, due: None }, &entry)?).await
    }

    /// A customer's ledger, read strongly: everything that was ever said, in no particular order.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn ledger(&self, shop: &ShopId, customer: &CustomerId) -> Result<Vec<Entry>, DiaryError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk AND begins_with(#sk, :prefix)")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", AttributeValue::S(Key::customer(shop, customer).pk))
            .expression_attribute_values(":prefix", AttributeValue::S(LEDGER_PREFIX.to_owned()))
            .into_paginator()
            .send();
        let mut entries = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.map_err(|error| DiaryError::call(&error))?.items.unwrap_or_default() {
                entries.push(from_item(item)?);
            }
        }
        Ok(entries)
    }
}
