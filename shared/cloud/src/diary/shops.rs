//! Shops: which programme is current, the stop switch, and the programme's files.

use super::item::{Condition, Envelope, from_item, to_item};
use super::keys::{Key, PK, SK, text};
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wasurena_domain::ids::ShopId;
use wasurena_letters::Files;

/// What may change about a shop from one minute to the next. Everything else is in its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopState {
    /// The version of the programme that sends.
    pub version: u32,
    /// Whether the owner has pressed the stop switch.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
}

#[derive(Serialize, Deserialize)]
struct FileItem {
    content: String,
}

fn envelope(key: Key, kind: &'static str) -> Envelope {
    Envelope { key, kind, due: None }
}

impl Diary {
    /// The shop's state, read strongly.
    ///
    /// # Errors
    /// [`DiaryError::NoProgramme`] where nothing was ever published for it.
    pub async fn shop_state(&self, shop: &ShopId) -> Result<ShopState, DiaryError> {
        match self.get(Key::shop(shop)).await? {
            Some(item) => from_item(item),
            None => Err(DiaryError::NoProgramme(shop.to_string())),
        }
    }

    /// Presses or releases the stop switch.
    ///
    /// # Errors
    /// [`DiaryError::NoProgramme`] for an unknown shop; [`DiaryError::Changed`] where somebody else changed the shop at that moment.
    pub async fn set_stopped(&self, shop: &ShopId, stopped: bool) -> Result<(), DiaryError> {
        let before = self.shop_state(shop).await?;
        self.put_shop(shop, &ShopState { stopped, ..before.clone() }, Some(&before)).await
    }

    async fn put_shop(&self, shop: &ShopId, state: &ShopState, before: Option<&ShopState>) -> Result<(), DiaryError> {
        let condition = match before {
            None => Condition::is_new(),
            Some(before) => Condition::stands(&[
                ("version", Some(AttributeValue::N(before.version.to_string()))),
                ("stopped", before.stopped.then_some(AttributeValue::Bool(true))),
            ]),
        };
        self.put(to_item(envelope(Key::shop(shop), "shop"), state)?, condition).await
    }

    /// Publishes a programme: its files under a new version, then the switch to it. Whoever reads in
    /// between reads the version before.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written; the version before stays current.
    pub async fn publish(&self, shop: &ShopId, files: &Files) -> Result<u32, DiaryError> {
        let before = match self.shop_state(shop).await {
            Ok(state) => Some(state),
            Err(DiaryError::NoProgramme(_)) => None,
            Err(error) => return Err(error),
        };
        let state =
            ShopState { version: before.as_ref().map_or(1, |b| b.version + 1), ..before.clone().unwrap_or_default() };
        for (path, content) in files.iter() {
            let file = FileItem { content: content.to_owned() };
            let item = to_item(envelope(Key::file(shop, state.version, path), "file"), &file)?;
            self.client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(item))
                .send()
                .await
                .map_err(|error| DiaryError::call(&error))?;
        }
        self.put_shop(shop, &state, before.as_ref()).await?;
        Ok(state.version)
    }

    /// The files of a version of a shop's programme, by path.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn files(&self, shop: &ShopId, version: u32) -> Result<BTreeMap<String, String>, DiaryError> {
        let mut files = BTreeMap::new();
        for item in self.partition(&Key::file(shop, version, "").pk).await? {
            let path = text(&item, SK).to_owned();
            files.insert(path, from_item::<FileItem>(item)?.content);
        }
        Ok(files)
    }

    /// All items of a partition, read strongly.
    pub(super) async fn partition(&self, pk: &str) -> Result<Vec<super::item::Item>, DiaryError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .into_paginator()
            .send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|error| DiaryError::call(&error))?.items.unwrap_or_default());
        }
        Ok(items)
    }
}
