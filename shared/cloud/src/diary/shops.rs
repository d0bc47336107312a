//! Shops: which programme is current, the stop switch, and the programme's files.

use super::item::{Condition, Envelope, KIND, SCHEMA, SCHEMA_NAME, from_item, to_item};
use super::keys::{Key, PK, SK, text};
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use wasurena_domain::apprenticeship::Approvals;
use wasurena_domain::ids::ShopId;
use wasurena_letters::Files;

/// What may change about a shop from one minute to the next. Everything else is in its files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopState {
    /// The version of the programme that sends; 0 while the first one is being written.
    pub version: u32,
    /// The last version that somebody began to write. Each publication has a version of its own, so that one
    /// that was broken off, or another at the same time, never mixes its files with it.
    #[serde(default)]
    pub begun: u32,
    /// Whether the owner has pressed the stop switch.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
    /// How many mails of each step were approved. Only approving changes it, beside all other writers.
    #[serde(default)]
    pub approvals: Approvals,
    /// The products whose cheerful messages wait until somebody has looked at them (R31): a set, that only pausing and
    /// looking change, beside all other writers.
    #[serde(default)]
    pub paused: Vec<String>,
    /// Whether only what is owed goes out, because too many mails bounce or are called spam. Only the judgement of the counts
    /// changes it, beside all other writers.
    #[serde(default)]
    pub is_at_risk: bool,
}

/// The attribute of a shop's item that counts approvals.
pub(super) const APPROVALS: &str = "approvals";

#[derive(Serialize, Deserialize)]
struct FileItem {
    content: String,
}

/// The longest part of a page that is one item, in bytes: DynamoDB keeps 400 KB in one.
const PART_BYTES_MAX: usize = 300_000;

/// A text in parts of at most this many bytes.
fn parts(text: &str, bytes_max: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.floor_char_boundary(bytes_max));
        parts.push(part);
        rest = after;
    }
    parts
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
        let state = self.stored_state(shop).await?.filter(|state| state.version > 0);
        state.ok_or_else(|| DiaryError::NoProgramme(shop.to_string()))
    }

    async fn stored_state(&self, shop: &ShopId) -> Result<Option<ShopState>, DiaryError> {
        self.get(Key::shop(shop)).await?.map(from_item).transpose()
    }

    /// Presses or releases the stop switch.
    ///
    /// # Errors
    /// [`DiaryError::NoProgramme`] for an unknown shop; [`DiaryError::Changed`] where somebody else changed the shop at that moment.
    pub async fn set_stopped(&self, shop: &ShopId, stopped: bool) -> Result<(), DiaryError> {
        let before = self.shop_state(shop).await?;
        self.put_shop(shop, &ShopState { stopped, ..before.clone() }, Some(&before)).await
    }

    /// Writes all of the state but approvals, paused products and risk, which are written beside this. Where the answer of
    /// our own write was lost and the SDK wrote again, what stands is what was to be written, and that is success; but for a
    /// version that was begun, which somebody else may have begun at that moment.
    async fn put_shop(&self, shop: &ShopId, state: &ShopState, before: Option<&ShopState>) -> Result<(), DiaryError> {
        let condition = match before {
            None => Condition::is_new(),
            Some(before) => Condition::stands(&[
                ("version", Some(AttributeValue::N(before.version.to_string()))),
                ("begun", Some(AttributeValue::N(before.begun.to_string()))),
                ("stopped", before.stopped.then_some(AttributeValue::Bool(true))),
            ]),
        };
        let update = self.write_shop(shop, state, condition);
        let Err(error) = update.send().await else { return Ok(()) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                let stands = failed.item().cloned().map(from_item::<ShopState>).transpose()?;
                let is_ours = |stands: ShopState| {
                    (stands.version, stands.begun, stands.stopped) == (state.version, state.begun, state.stopped)
                };
                let begins = before.is_none_or(|before| before.begun != state.begun);
                if !begins && stands.is_some_and(is_ours) { Ok(()) } else { Err(DiaryError::Changed) }
            }
            Some(UpdateItemError::TransactionConflictException(_)) => Err(DiaryError::Changed),
            _ => Err(DiaryError::call(&error)),
        }
    }

    /// The write of all of the state but approvals, paused products and risk.
    fn write_shop(&self, shop: &ShopId, state: &ShopState, condition: Condition) -> UpdateItemFluentBuilder {
        let number = |n: u32| AttributeValue::N(n.to_string());
        let stopped = if state.stopped { "SET #stopped = :stopped," } else { "REMOVE #stopped SET" };
        let rest = "#kind = :kind, #schema = :schema, #version = :version, #begun = :begun, \
                    #approvals = if_not_exists(#approvals, :none)";
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::shop(shop).attributes()))
            .update_expression(format!("{stopped} {rest}"))
            .condition_expression(condition.expression)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        if state.stopped {
            update = update.expression_attribute_values(":stopped", AttributeValue::Bool(true));
        }
        for (name, attribute, value) in [
            ("kind", KIND, AttributeValue::S("shop".to_owned())),
            ("schema", SCHEMA_NAME, number(SCHEMA)),
            ("version", "version", number(state.version)),
            ("begun", "begun", number(state.begun)),
        ] {
            update = update.expression_attribute_names(format!("#{name}"), attribute);
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        update = update
            .expression_attribute_names("#approvals", APPROVALS)
            .expression_attribute_names("#stopped", "stopped");
        update = update.expression_attribute_values(":none", AttributeValue::M(HashMap::new()));
        for (name, attribute) in condition.names {
            update = update.expression_attribute_names(name, attribute);
        }
        for (name, value) in condition.values {
            update = update.expression_attribute_values(name, value);
        }
        update
    }

    /// Publishes a programme: a new version is begun, its files are written, and the pages that were made of them, then
    /// it becomes the current one.
    /// Whoever reads in between reads the version before. Of `shop.toml` only the settings are published, whatever
    /// stands beside them: the secrets of carts never reach the diary.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written, [`DiaryError::Changed`] where somebody else changed the
    /// shop meanwhile; the version before stays current.
    pub async fn publish(&self, shop: &ShopId, files: &Files, pages: &[(&str, String)]) -> Result<u32, DiaryError> {
        let before = self.stored_state(shop).await?;
        let current = before.clone().unwrap_or_default();
        let begun = ShopState { begun: current.begun + 1, ..current };
        self.put_shop(shop, &begun, before.as_ref()).await?;
        for (path, content) in files.publishable().iter() {
            self.put_text(Key::file(shop, begun.begun, path), content).await?;
        }
        self.put_pages(shop, begun.begun, pages).await?;
        let published = ShopState { version: begun.begun, ..begun.clone() };
        self.put_shop(shop, &published, Some(&begun)).await?;
        Ok(published.version)
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

    /// A page of a version of a shop's programme; `None` where there is none of that name.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn page(&self, shop: &ShopId, version: u32, name: &str) -> Result<Option<String>, DiaryError> {
        let Key { pk, sk } = Key::page(shop, version, &format!("{name}#"));
        let parts = self.beginning_with(&pk, &sk).await?;
        let parts = parts.into_iter().map(|item| Ok(from_item::<FileItem>(item)?.content));
        let parts = parts.collect::<Result<Vec<String>, DiaryError>>()?;
        Ok((!parts.is_empty()).then(|| parts.concat()))
    }

    /// Writes pages of a version.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written. Writing them again is safe.
    pub async fn put_pages(&self, shop: &ShopId, version: u32, pages: &[(&str, String)]) -> Result<(), DiaryError> {
        for (name, content) in pages {
            for (place, part) in parts(content, PART_BYTES_MAX).into_iter().enumerate() {
                self.put_text(Key::page(shop, version, &format!("{name}#{place:03}")), part).await?;
            }
        }
        Ok(())
    }

    async fn put_text(&self, key: Key, content: &str) -> Result<(), DiaryError> {
        let item = to_item(envelope(key, "file"), &FileItem { content: content.to_owned() })?;
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(())
    }

    /// All items of a partition, read strongly.
    pub(super) async fn partition(&self, pk: &str) -> Result<Vec<super::item::Item>, DiaryError> {
        self.beginning_with(pk, "").await
    }

    /// The items of a partition whose place begins so, read strongly.
    pub(super) async fn beginning_with(&self, pk: &str, sk: &str) -> Result<Vec<super::item::Item>, DiaryError> {
        let mut query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()));
        if !sk.is_empty() {
            query = query
                .key_condition_expression("#pk = :pk AND begins_with(#sk, :sk)")
                .expression_attribute_names("#sk", SK)
                .expression_attribute_values(":sk", AttributeValue::S(sk.to_owned()));
        }
        let mut pages = query.into_paginator().send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.map_err(|error| DiaryError::call(&error))?.items.unwrap_or_default());
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters_and_loses_nothing() {
        let text = "器の手入れ".repeat(7);
        let cut = parts(&text, 10);
        assert!(cut.len() > 10 && cut.iter().all(|part| part.len() <= 10), "{cut:?}");
        assert_eq!(cut.concat(), text);
        assert_eq!(parts("short", 10), ["short"]);
    }
}
