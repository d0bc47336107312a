//! What the world shows of itself: its mails, follow-ups and tasks, in the shapes that `/_local/…` answers with.

use crate::aws::StoredMail;
use crate::configs::TABLE;
use crate::world::{World, WorldError};
use chrono::{DateTime, Utc};
use rfc2047_decoder::Decoder;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wasurena_cloud::diary::{Attention, CustomerFile};
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::task::Task;

/// A mail, as `GET /_local/postbox` shows it.
#[derive(Debug, Clone, Serialize)]
pub struct MailRow {
    /// SES's message id.
    pub id: String,
    /// Recipients.
    pub to: Vec<String>,
    /// Sender, with its name decoded.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML.
    pub html: String,
    /// Headers of our own.
    pub headers: BTreeMap<String, String>,
    /// SES's tags.
    pub tags: BTreeMap<String, String>,
    /// When it was accepted.
    pub sent_at: DateTime<Utc>,
    /// The follow-up it carries out; nothing for mail to the owner.
    pub follow_up_id: Option<String>,
    /// The shop.
    pub shop: Option<String>,
}

impl From<StoredMail> for MailRow {
    fn from(mail: StoredMail) -> Self {
        Self {
            follow_up_id: mail.tags.get("follow_up").cloned(),
            shop: mail.tags.get("shop").cloned(),
            from: decoded(&mail.from),
            id: mail.id,
            to: mail.to,
            subject: mail.subject,
            text: mail.text.unwrap_or_default(),
            html: mail.html.unwrap_or_default(),
            headers: mail.headers,
            tags: mail.tags,
            sent_at: mail.sent_at,
        }
    }
}

impl World {
    /// Every mail that SES accepted, oldest first.
    ///
    /// # Errors
    /// [`WorldError`] where the postbox cannot be read.
    pub fn mails(&self) -> Result<Vec<MailRow>, WorldError> {
        Ok(self.aws.ses().mails()?.into_iter().map(MailRow::from).collect())
    }

    /// Every item of the diary's table, as DynamoDB keeps it. Read beside the meter.
    ///
    /// # Errors
    /// [`WorldError`] where the table cannot be read.
    pub fn items(&self) -> Result<Vec<Value>, WorldError> {
        let table = |error: &dyn std::fmt::Display| WorldError::Table(error.to_string());
        let mut items = Vec::new();
        let mut start = Value::Null;
        loop {
            let request = json!({ "TableName": TABLE, "ExclusiveStartKey": start });
            let request = serde_json::from_value(request).map_err(|error| table(&error))?;
            let page = self.aws.database().scan(request).map_err(|error| table(&error))?;
            let page = serde_json::to_value(page).map_err(|error| table(&error))?;
            items.extend(page["Items"].as_array().cloned().unwrap_or_default());
            start = page["LastEvaluatedKey"].clone();
            if start.is_null() {
                return Ok(items);
            }
        }
    }

    /// The follow-ups of a customer, by id or by mail address, with the next look at them where no message
    /// is planned. Empty for somebody unknown.
    ///
    /// # Errors
    /// [`WorldError`] where the diary cannot be read.
    pub async fn follow_ups(&self, shop: &ShopId, customer: &str) -> Result<Vec<FollowUpRow>, WorldError> {
        let id = match EmailAddress::parse(customer) {
            Ok(address) => {
                let place = self.keyring.keys().await?.identify(shop, address.as_str())?;
                self.diary.customer(shop, &place).await?.map(|record| record.customer.id)
            }
            Err(_) => CustomerId::parse(customer).ok(),
        };
        let Some(id) = id else { return Ok(Vec::new()) };
        Ok(self.diary.file(shop, &id).await?.map(rows).unwrap_or_default())
    }
}

/// A follow-up, as `GET /_local/follow-ups` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUpRow {
    /// Its id.
    pub id: String,
    /// Whom it is for.
    pub customer: String,
    /// The step; `review` for a silent look.
    pub step: String,
    /// What it is about.
    pub class: String,
    /// How it reaches the customer.
    pub channel: &'static str,
    /// When it is due.
    pub due_at: DateTime<Utc>,
    /// Where it stands.
    pub state: &'static str,
    /// Why it did not go out.
    pub reason: Option<String>,
}

fn rows(file: CustomerFile) -> Vec<FollowUpRow> {
    let customer = file.record.customer.id.to_string();
    let mut rows: Vec<FollowUpRow> = file.follow_ups.iter().map(|f| row(&customer, f)).collect();
    if let Some(Attention::Review(at)) = file.record.attention {
        rows.push(FollowUpRow {
            id: format!("{customer}_review"),
            customer,
            step: "review".to_owned(),
            class: "review".to_owned(),
            channel: "none",
            due_at: at.start(),
            state: "planned",
            reason: None,
        });
    }
    rows.sort_by_key(|row| row.due_at);
    rows
}

fn row(customer: &str, follow_up: &FollowUp) -> FollowUpRow {
    FollowUpRow {
        id: follow_up.id.to_string(),
        customer: customer.to_owned(),
        step: follow_up.step.to_string(),
        class: follow_up.class.name().to_owned(),
        channel: follow_up.channel.name(),
        due_at: follow_up.slot.start(),
        state: follow_up.state.name(),
        reason: follow_up.reason.map(|reason| reason.to_string()),
    }
}

/// A task, as `GET /_local/tasks` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskRow {
    /// What to do.
    pub kind: &'static str,
    /// For whom; nothing where it is for the shop.
    pub customer: Option<String>,
    /// The day by which it should be done.
    pub due: chrono::NaiveDate,
    /// What led to it.
    pub why: String,
}

impl From<&Task> for TaskRow {
    fn from(task: &Task) -> Self {
        Self {
            kind: task.kind.name(),
            customer: task.customer.as_ref().map(ToString::to_string),
            due: task.due,
            why: task.why.to_string(),
        }
    }
}

/// A header with its encoded words (RFC 2047) made readable.
fn decoded(value: &str) -> String {
    Decoder::new().decode(value.as_bytes()).unwrap_or_else(|_| value.to_owned())
}
