//! SES v2: accepts a mail as SES would, or refuses it as SES would, and keeps
//! the whole request for the postbox.

mod address;
mod event;
mod mail;
mod message;

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::route::Call;
use super::store::{Store, StoreError};
use super::time::VirtualTime;
use super::wire::ApiError;
use message::Message;

pub use event::EventKind;
pub use mail::{MailError, StoredMail};

/// What GetAccount says of a new account out of the sandbox.
const MAX_SEND_RATE: f64 = 14.0;
const MAX_24_HOUR_SEND: f64 = 50_000.0;

/// The post of one embedded cloud.
#[derive(Clone)]
pub struct Ses {
    store: Arc<Store>,
    time: Arc<dyn VirtualTime>,
}

impl Ses {
    pub(crate) fn new(store: Arc<Store>, time: Arc<dyn VirtualTime>) -> Self {
        Self { store, time }
    }

    pub(crate) fn serve(&self, call: &Call, body: Value) -> Result<Value, ApiError> {
        match call.operation {
            "SendEmail" => self.send(body),
            "GetAccount" => self.account(),
            "GetEmailIdentity" => identity(&call.name),
            "GetConfigurationSet" => Ok(json!({
                "ConfigurationSetName": call.name,
                "SendingOptions": { "SendingEnabled": true },
                "ReputationOptions": { "ReputationMetricsEnabled": true },
            })),
            other => Err(ApiError::unknown_operation(other)),
        }
    }

    fn send(&self, body: Value) -> Result<Value, ApiError> {
        let request = body.to_string();
        Message::parse(body)?;
        let id = self.store_mail(&request, self.time.now())?;
        Ok(json!({ "MessageId": id }))
    }

    fn account(&self) -> Result<Value, ApiError> {
        let since = self.time.now() - TimeDelta::hours(24);
        let sent: u32 = self.store.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT count(*) FROM mails WHERE sent_ms > ?1")?;
            Ok::<_, StoreError>(statement.query_row([since.timestamp_millis()], |row| row.get(0))?)
        })?;
        Ok(json!({
            "ProductionAccessEnabled": true,
            "SendingEnabled": true,
            "EnforcementStatus": "HEALTHY",
            "SuppressionAttributes": { "SuppressedReasons": ["BOUNCE", "COMPLAINT"] },
            "SendQuota": {
                "Max24HourSend": MAX_24_HOUR_SEND,
                "MaxSendRate": MAX_SEND_RATE,
                "SentLast24Hours": sent,
            },
        }))
    }
}

/// Every domain is verified here; an address by itself never is.
fn identity(name: &str) -> Result<Value, ApiError> {
    if name.contains('@') {
        return Err(ApiError::new(404, "NotFoundException", format!("Email identity {name} does not exist.")));
    }
    Ok(json!({
        "IdentityType": "DOMAIN",
        "VerifiedForSendingStatus": true,
        "DkimAttributes": { "SigningEnabled": true, "Status": "SUCCESS" },
        "MailFromAttributes": {
            "MailFromDomain": format!("bounce.{name}"),
            "MailFromDomainStatus": "SUCCESS",
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
    }))
}
