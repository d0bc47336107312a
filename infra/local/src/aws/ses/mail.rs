//! What the post accepted, for the postbox and the tests.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::Value;

use super::Ses;
use super::message::{Message, Pair, Text};
use crate::aws::store::StoreError;

/// A mail that SES accepted.
#[derive(Clone, PartialEq, Serialize)]
pub struct StoredMail {
    /// SES's message id.
    pub id: String,
    /// Recipients.
    pub to: Vec<String>,
    /// Sender, as it was given.
    pub from: String,
    /// Where answers go.
    pub reply_to: Vec<String>,
    /// Subject.
    pub subject: String,
    /// The plain text.
    pub text: Option<String>,
    /// The HTML.
    pub html: Option<String>,
    /// Own headers.
    pub headers: BTreeMap<String, String>,
    /// Tags, which come back in every event of this mail.
    pub tags: BTreeMap<String, String>,
    /// The configuration set that decides where its events go.
    pub configuration_set: Option<String>,
    /// When it was accepted, in virtual time.
    pub sent_at: DateTime<Utc>,
    /// The whole request, as it came.
    pub request: Value,
    /// What happened to it afterwards, in order.
    pub events: Vec<Value>,
}

/// A mail is personal: only its id and time may reach a log.
impl fmt::Debug for StoredMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredMail").field("id", &self.id).field("sent_at", &self.sent_at).finish_non_exhaustive()
    }
}

/// An event could not be added to a mail.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// No mail has this id.
    #[error("the post has accepted no mail with the id {0}; ids are listed by the postbox")]
    Unknown(String),
    /// The file could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for MailError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError(error).into()
    }
}

const SELECT: &str = "
    SELECT id, request, sent_ms,
        (SELECT json_group_array(json(event) ORDER BY number) FROM mail_events WHERE mail = mails.id)
    FROM mails";

impl Ses {
    /// Everything accepted, the oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn mails(&self) -> Result<Vec<StoredMail>, StoreError> {
        self.mails_after(0)
    }

    /// What was accepted after the first `count` mails, the oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn mails_after(&self, count: usize) -> Result<Vec<StoredMail>, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.store.read(|connection| {
            // Numbers have no holes: mails are never deleted, and an insert
            // that fails takes its number back with its transaction.
            let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE number > ?1 ORDER BY number"))?;
            let mails = statement.query_map([count], mail)?;
            Ok(mails.collect::<Result<_, _>>()?)
        })
    }

    /// The mail with this message id.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn mail(&self, id: &str) -> Result<Option<StoredMail>, StoreError> {
        self.store.read(|connection| {
            let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
            Ok(statement.query_row([id], mail).optional()?)
        })
    }

    /// Notes what happened to a mail.
    ///
    /// # Errors
    /// When there is no such mail, or the file cannot be written.
    pub fn add_event(&self, mail: &str, event: &Value) -> Result<(), MailError> {
        self.store.run(|transaction| {
            let known = transaction.prepare_cached("SELECT 1 FROM mails WHERE id = ?1")?.exists([mail])?;
            if !known {
                return Err(MailError::Unknown(mail.to_owned()));
            }
            transaction
                .prepare_cached("INSERT INTO mail_events (mail, event) VALUES (?1, ?2)")?
                .execute(params![mail, event.to_string()])?;
            Ok(())
        })
    }

    /// Keeps an accepted request; answers its message id.
    pub(super) fn store_mail(&self, request: &str, now: DateTime<Utc>) -> Result<String, StoreError> {
        self.store.run(|transaction| {
            let before: i64 = transaction
                .prepare_cached("SELECT COALESCE(max(number), 0) FROM mails")?
                .query_row([], |row| row.get(0))?;
            let number = before + 1;
            let id = format!("{:016x}-{number:08x}-embedded", now.timestamp_millis());
            transaction.prepare_cached("INSERT INTO mails VALUES (?1, ?2, ?3, ?4)")?.execute(params![
                number,
                id,
                request,
                now.timestamp_millis()
            ])?;
            Ok(id)
        })
    }
}

fn mail(row: &Row<'_>) -> rusqlite::Result<StoredMail> {
    let request: Value = json_column(row, 1)?;
    let events: Vec<Value> = json_column(row, 3)?;
    let message: Message = json_column(row, 1)?;
    let (subject, text, html, headers) = match message.content.simple {
        Some(simple) => (simple.subject.data, simple.body.text, simple.body.html, simple.headers),
        None => (String::new(), None, None, Vec::new()),
    };
    Ok(StoredMail {
        id: row.get(0)?,
        to: message.destination.to_addresses,
        from: message.from_email_address.unwrap_or_default(),
        reply_to: message.reply_to_addresses,
        subject,
        text: text.map(data),
        html: html.map(data),
        headers: pairs(headers),
        tags: pairs(message.email_tags),
        configuration_set: message.configuration_set_name,
        sent_at: DateTime::from_timestamp_millis(row.get(2)?).unwrap_or_default(),
        request,
        events,
    })
}

fn data(text: Text) -> String {
    text.data
}

fn pairs(pairs: Vec<Pair>) -> BTreeMap<String, String> {
    pairs.into_iter().map(|pair| (pair.name, pair.value)).collect()
}

fn json_column<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error.into()))
}
