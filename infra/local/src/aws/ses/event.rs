//! SES's events, as its event publishing hands them to EventBridge. The embedded SES says nothing by itself: what
//! happens to a mail is for whoever plays the recipient.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Ses;
use super::mail::{MailError, StoredMail};
use crate::aws::{ACCOUNT, REGION};

/// How long a mail that is delayed is still tried, as SES does.
const TRIED_FOR_HOURS: i64 = 14;

/// What happens to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// SES has accepted it and will try to deliver it.
    Send,
    /// The recipient's server has taken it.
    Delivery,
    /// The recipient's server could not take it yet.
    DeliveryDelay,
    /// The recipient's server has refused it.
    Bounce,
    /// A machine answers that the recipient is away. SES takes that for a bounce, of which it knows no reason.
    AutoReply,
    /// The recipient calls it spam.
    Complaint,
    /// SES has found something bad in it.
    Reject,
    /// Its template could not be filled in.
    RenderingFailure,
}

impl EventKind {
    /// The type as the event names it, and as EventBridge does.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Send => ("Send", "Email Sent"),
            Self::Delivery => ("Delivery", "Email Delivered"),
            Self::DeliveryDelay => ("DeliveryDelay", "Email Delivery Delayed"),
            Self::Bounce | Self::AutoReply => ("Bounce", "Email Bounced"),
            Self::Complaint => ("Complaint", "Email Complaint Received"),
            Self::Reject => ("Reject", "Email Rejected"),
            Self::RenderingFailure => ("Rendering Failure", "Email Rendering Failed"),
        }
    }
}

impl Ses {
    /// What EventBridge hands over when this happens to a mail now. The same happening twice has the same id, as
    /// an event that is delivered twice does; `permanent` is for bounces.
    ///
    /// # Errors
    /// When there is no such mail, or the file cannot be read.
    pub fn event(&self, mail: &str, kind: EventKind, permanent: bool) -> Result<Value, MailError> {
        let stored = self.mail(mail)?.ok_or_else(|| MailError::Unknown(mail.to_owned()))?;
        let now = self.time.now();
        let (event_type, detail_type) = kind.names();
        let (name, part) = part(&stored, kind, permanent, now);
        let mut detail = json!({ "eventType": event_type, "mail": mail_part(&stored) });
        detail[name] = part;
        let set = stored.configuration_set.as_deref().unwrap_or_default();
        Ok(json!({
            "version": "0",
            "id": format!("{}-{name}", stored.id),
            "detail-type": detail_type,
            "source": "aws.ses",
            "account": ACCOUNT,
            "time": now.to_rfc3339_opts(SecondsFormat::Secs, true),
            "region": REGION,
            "resources": [format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{set}")],
            "detail": detail,
        }))
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What every event says of its mail.
fn mail_part(mail: &StoredMail) -> Value {
    let mut tags: serde_json::Map<String, Value> =
        mail.tags.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
    tags.insert("ses:configuration-set".to_owned(), json!([mail.configuration_set]));
    tags.insert("ses:operation".to_owned(), json!(["SendEmail"]));
    let headers = [("From", &mail.from), ("To", &mail.to.join(", ")), ("Subject", &mail.subject)];
    let headers: Vec<Value> = headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({
        "timestamp": time(mail.sent_at),
        "source": mail.from,
        "sendingAccountId": ACCOUNT,
        "messageId": mail.id,
        "destination": mail.to,
        "headersTruncated": false,
        "headers": headers,
        "commonHeaders": { "from": [mail.from], "to": mail.to, "messageId": mail.id, "subject": mail.subject },
        "tags": tags,
    })
}

/// The part of an event that belongs to its kind, with its name.
fn part(mail: &StoredMail, kind: EventKind, permanent: bool, now: DateTime<Utc>) -> (&'static str, Value) {
    let recipients = |more: Value| -> Vec<Value> {
        let one = |address: &String| {
            let mut recipient = more.clone();
            recipient["emailAddress"] = json!(address);
            recipient
        };
        mail.to.iter().map(one).collect()
    };
    let feedback = |name: &str| format!("{}-{name}", mail.id);
    match kind {
        EventKind::Send => ("send", json!({})),
        EventKind::Reject => ("reject", json!({ "reason": "Bad content" })),
        EventKind::RenderingFailure => (
            "failure",
            json!({ "errorMessage": "Attribute 'name' is not present in the rendering data.", "templateName": "letter" }),
        ),
        EventKind::Delivery => (
            "delivery",
            json!({
                "timestamp": time(now),
                "processingTimeMillis": (now - mail.sent_at).num_milliseconds(),
                "recipients": mail.to,
                "smtpResponse": "250 2.6.0 Message received",
                "reportingMTA": "mta.example.com",
            }),
        ),
        EventKind::DeliveryDelay => (
            "deliveryDelay",
            json!({
                "timestamp": time(now),
                "delayType": "TransientCommunicationFailure",
                "expirationTime": time(mail.sent_at + TimeDelta::hours(TRIED_FOR_HOURS)),
                "delayedRecipients": recipients(json!({ "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect" })),
            }),
        ),
        EventKind::Bounce => {
            let (of_type, sub_type, status, code) = match permanent {
                true => ("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"),
                false => ("Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full"),
            };
            let bounced = json!({ "action": "failed", "status": status, "diagnosticCode": code });
            let bounce = json!({
                "bounceType": of_type,
                "bounceSubType": sub_type,
                "bouncedRecipients": recipients(bounced),
                "timestamp": time(now),
                "feedbackId": feedback(of_type),
                "reportingMTA": "dsn; mta.example.com",
            });
            ("bounce", bounce)
        }
        EventKind::AutoReply => {
            let bounce = json!({
                "bounceType": "Transient",
                "bounceSubType": "General",
                "bouncedRecipients": recipients(json!({})),
                "timestamp": time(now),
                "feedbackId": feedback("auto-reply"),
            });
            ("bounce", bounce)
        }
        EventKind::Complaint => {
            let complaint = json!({
                "complainedRecipients": recipients(json!({})),
                "timestamp": time(now),
                "feedbackId": feedback("complaint"),
                "userAgent": "Feedback/0.1",
                "complaintFeedbackType": "abuse",
                "arrivalDate": time(now),
            });
            ("complaint", complaint)
        }
    }
}
