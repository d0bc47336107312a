//! What became of a shop's mails, counted by day: so many sent, bounced, called spam. The counts decide how careful the shop
//! must be, and nothing else: what became of each mail stands with its follow-up.

use super::item::{KIND, SCHEMA, SCHEMA_NAME, from_item};
use super::keys::{Key, PK, SK, text};
use super::slots::{EXPIRES, expires};
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;
use wasurena_domain::calendar::Slot;
use wasurena_domain::ids::ShopId;
use wasurena_domain::reputation::{Tally, Trouble, WINDOW_DAYS};

/// The items' kind.
const MAILS: &str = "mails";

/// A day's counts, as they stand in the diary.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DayItem {
    sent: u64,
    bounces: u64,
    complaints: u64,
}

impl Diary {
    /// Counts mails of a day: sent ones where `trouble` is `None`. A count that is lost in a crash, or that the SDK writes
    /// twice, shifts a rate a little; nothing that must be exact is decided by it.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written.
    pub async fn count_mails(
        &self,
        shop: &ShopId,
        trouble: Option<Trouble>,
        many: u32,
        at: DateTime<Utc>,
    ) -> Result<(), DiaryError> {
        let number = |n: i64| AttributeValue::N(n.to_string());
        let request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::mails(shop, at.date_naive()).attributes()))
            .update_expression("ADD #what :many SET #kind = :kind, #schema = :schema, #expires = :expires")
            .expression_attribute_names("#what", trouble.map_or("sent", Trouble::name))
            .expression_attribute_names("#kind", KIND)
            .expression_attribute_names("#schema", SCHEMA_NAME)
            .expression_attribute_names("#expires", EXPIRES)
            .expression_attribute_values(":many", number(many.into()))
            .expression_attribute_values(":kind", AttributeValue::S(MAILS.to_owned()))
            .expression_attribute_values(":schema", number(SCHEMA.into()))
            .expression_attribute_values(":expires", number(expires(Slot::at_or_after(at))));
        request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(())
    }

    /// What became of a shop's mails in the last four weeks. Read for half the price: a moment late is soon enough.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn tally(&self, shop: &ShopId, now: DateTime<Utc>) -> Result<Tally, DiaryError> {
        let first = now.date_naive().checked_sub_days(Days::new(WINDOW_DAYS)).unwrap_or(NaiveDate::MIN);
        let mut tally = Tally::default();
        for (_, day) in self.mails_by_day(shop, first).await? {
            tally += day;
        }
        Ok(tally)
    }

    /// What became of a shop's mails, by the day (UTC) on which it was counted, from a day on.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn mails_by_day(&self, shop: &ShopId, from: NaiveDate) -> Result<Vec<(NaiveDate, Tally)>, DiaryError> {
        let Key { pk, sk } = Key::mails(shop, from);
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#pk = :pk AND #sk >= :from")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_names("#sk", SK)
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .expression_attribute_values(":from", AttributeValue::S(sk))
            .into_paginator()
            .send();
        let mut days = Vec::new();
        while let Some(page) = pages.next().await {
            for item in page.map_err(|error| DiaryError::call(&error))?.items.unwrap_or_default() {
                let Ok(day) = text(&item, SK).parse() else { continue };
                let DayItem { sent, bounces, complaints } = from_item(item)?;
                days.push((day, Tally { sent, bounced: bounces, complained: complaints }));
            }
        }
        Ok(days)
    }

    /// Has only what is owed go out, or all of it again. Doing it twice is doing it once.
    ///
    /// # Errors
    /// [`DiaryError`] where the shop is unknown or the diary cannot be written.
    pub async fn set_at_risk(&self, shop: &ShopId, is_at_risk: bool) -> Result<(), DiaryError> {
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(Key::shop(shop).attributes()))
            .update_expression(if is_at_risk { "SET #risk = :risk" } else { "REMOVE #risk" })
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#risk", "is_at_risk");
        if is_at_risk {
            request = request.expression_attribute_values(":risk", AttributeValue::Bool(true));
        }
        request.send().await.map_err(|error| DiaryError::call(&error))?;
        Ok(())
    }
}
