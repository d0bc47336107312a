//! What a customer asked for on a page and has to confirm by mail: how many mails went out for it today, and the changes of
//! their data that wait.

use super::item::{Condition, Envelope, from_item, to_item};
use super::keys::Key;
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use wasurena_domain::birthday::Birthday;
use wasurena_domain::ids::{CustomerId, ShopId};

/// A change that waits to be confirmed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting<T> {
    /// Until when its link is good. It names the change: no two have the same.
    pub until: DateTime<Utc>,
    /// What is to be so.
    pub to: T,
}

impl<T> fmt::Debug for Waiting<T> {
    /// Hides the change: debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Waiting(until {})", self.until)
    }
}

/// What a customer asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The day on which they last did.
    pub day: NaiveDate,
    /// How many mails it took on that day.
    pub mails: u32,
    /// Until when the newest link is good.
    pub until: DateTime<Utc>,
    /// A birthday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Waiting<Birthday>>,
    /// An address for letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Waiting<String>>,
    /// Counts its changes: whoever writes has read the last.
    pub revision: u32,
}

impl Diary {
    /// What a customer asked for, read strongly; `None` where that is nothing.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn asked(&self, shop: &ShopId, customer: &CustomerId) -> Result<Option<Asked>, DiaryError> {
        self.get(Key::asked(shop, customer)).await?.map(from_item).transpose()
    }

    /// Writes what a customer asked for over what was read.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where something else was asked for meanwhile: read again.
    pub async fn put_asked(
        &self,
        shop: &ShopId,
        customer: &CustomerId,
        before: Option<&Asked>,
        after: &Asked,
    ) -> Result<(), DiaryError> {
        let condition = match before {
            None => Condition::is_new(),
            Some(before) => {
                let revision = AttributeValue::N(before.revision.to_string());
                Condition::stands(&[("revision", Some(revision))])
            }
        };
        let next = Asked { revision: before.map_or(0, |before| before.revision + 1), ..after.clone() };
        let envelope = Envelope { key: Key::asked(shop, customer), kind: "asked", due: None };
        self.put(to_item(envelope, &next)?, condition).await
    }

    /// Takes away what a customer asked for.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written; doing it again is safe.
    pub async fn forget_asked(&self, shop: &ShopId, customer: &CustomerId) -> Result<(), DiaryError> {
        self.remove(Key::asked(shop, customer)).await
    }
}
