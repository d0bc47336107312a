//! What SES says of a mail, as EventBridge or SNS brings it: read, and put into the domain's words. Each of the two
//! may lose an event, so both are asked for; what both bring is the same event twice.
//!
//! The shape is that of SES's event publishing ("Contents of event data that Amazon SES publishes"), which
//! EventBridge carries as `detail`, and SNS as the text of a message. Fields that nobody here needs are passed over. An event holds addresses and
//! subjects, so no error repeats anything of it.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::delivery::{Evidence, Word};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};

/// Where events of EventBridge come from.
const SOURCE: &str = "aws.ses";
/// Where those of SNS do.
const SNS: &str = "aws:sns";
/// EventBridge's times are whole seconds.
const TIME_GRAIN: Duration = Duration::seconds(1);
/// Subtypes of a bounce that name no reason.
const VAGUE: [&str; 2] = ["General", "Undetermined"];
/// What a delivery status notification says of a mail that could not be delivered.
const FAILED: &str = "failed";
/// A complaint's type that is none: the recipient took the mail out of the spam folder.
const NOT_SPAM: &str = "not-spam";

/// An event cannot be read. It would be the same again: a person has to look.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SesEventError {
    /// The event comes from somewhere else.
    #[error("the event comes neither from aws.ses nor from SNS: let the rule and the subscription match these only")]
    Source,
    /// The event has not the shape of SES's event publishing.
    #[error("the event has not the shape of SES's event publishing ({0}): has SES changed its format?")]
    Shape(String),
    /// A bounce or complaint without its own part.
    #[error("the event says {0} and has no part about it: has SES changed its format?")]
    Incomplete(&'static str),
    /// Nobody can tell which address it is about.
    #[error("the event names no address that a mail of ours can have gone to")]
    Recipient,
}

/// What SES says of a follow-up's mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SesEvent {
    /// The shop, by the mail's tag.
    pub shop: ShopId,
    /// The follow-up, by the mail's tag.
    pub follow_up: FollowUpId,
    /// The customer, by the follow-up.
    pub customer: CustomerId,
    /// The address that the mail went to.
    pub recipient: EmailAddress,
    /// What it says.
    pub evidence: Evidence,
}

impl SesEvent {
    /// Reads an event as EventBridge or SNS hands it over. `None` where it is about a mail that is no follow-up's, as the
    /// tags say, or of a type that says nothing of its delivery.
    ///
    /// # Errors
    /// [`SesEventError`] where it cannot be read.
    pub fn read(event: &Value) -> Result<Option<Self>, SesEventError> {
        let Envelope { time, detail } = Envelope::open(event)?;
        let Some(Tags { shop, follow_up, customer, attempt }) = detail.mail.our_tags() else { return Ok(None) };
        let Some(News { word, at, event }) = detail.news()? else { return Ok(None) };
        let Mail { timestamp: sent_at, message_id: message, .. } = &detail.mail;
        let at = at.unwrap_or(time);
        let event = event.unwrap_or_else(|| message.clone());
        if !is_plain(message) || !is_plain(&event) {
            return Err(SesEventError::Shape("an id holds more than letters and digits".to_owned()));
        }
        let evidence = Evidence {
            word,
            attempt,
            message: message.clone(),
            sent_at: *sent_at,
            // Clocks of other providers are not to be trusted: not before it was sent, not after SES knew of it.
            at: at.min(time + TIME_GRAIN).max(*sent_at),
            event,
        };
        let recipient = detail.recipient().ok_or(SesEventError::Recipient)?;
        Ok(Some(Self { shop, follow_up, customer, recipient, evidence }))
    }
}

/// When the event was handed over, and the event itself.
#[derive(Deserialize)]
struct Envelope {
    time: DateTime<Utc>,
    detail: Detail,
}

/// A message of SNS, of which a function gets one at a time.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification {
    timestamp: DateTime<Utc>,
    message: String,
}

impl Envelope {
    fn open(event: &Value) -> Result<Self, SesEventError> {
        let record = &event["Records"][0];
        if event["source"] == SOURCE {
            Self::deserialize(event).map_err(|error| shape(&error))
        } else if record["EventSource"] == SNS {
            let Notification { timestamp: time, message } =
                Notification::deserialize(&record["Sns"]).map_err(|error| shape(&error))?;
            let detail = serde_json::from_str(&message).map_err(|error| shape(&error))?;
            Ok(Self { time, detail })
        } else {
            Err(SesEventError::Source)
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    timestamp: DateTime<Utc>,
    message_id: String,
    #[serde(default)]
    destination: Vec<String>,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: Option<String>,
    #[serde(default)]
    bounced_recipients: Vec<Recipient>,
    timestamp: Option<DateTime<Utc>>,
    feedback_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complaint_feedback_type: Option<String>,
    #[serde(default)]
    complained_recipients: Vec<Recipient>,
    timestamp: Option<DateTime<Utc>>,
    feedback_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
    /// What a delivery status notification says was done, where the bounce came with one.
    action: Option<String>,
}

/// The tags with which send-follow-ups marks its mails.
struct Tags {
    shop: ShopId,
    follow_up: FollowUpId,
    customer: CustomerId,
    attempt: String,
}

/// A word, when it was said, and the id that makes it the same when it is said again.
struct News {
    word: Word,
    at: Option<DateTime<Utc>>,
    event: Option<String>,
}

impl Mail {
    fn our_tags(&self) -> Option<Tags> {
        let tag = |name: &str| self.tags.get(name).and_then(|values| values.first());
        let follow_up = FollowUpId::parse(tag("follow_up")?).ok()?;
        Some(Tags {
            shop: ShopId::parse(tag("shop")?).ok()?,
            customer: follow_up.customer().ok()?,
            follow_up,
            attempt: tag("attempt").filter(|attempt| is_plain(attempt))?.clone(),
        })
    }
}

impl Bounce {
    /// What it says of the mail. A machine that answers for somebody who is away looks like a bounce without a reason, and is
    /// none: the mail is there. So that it did not arrive is believed only where SES names what was in the way, or
    /// where the recipient's server says "failed" in a delivery status notification (RFC 3464, 2.3.3), of which SES hands
    /// on the `action`. Otherwise it is certain only that SES had it.
    fn word(&self) -> Word {
        let has_reason = self.bounce_sub_type.as_deref().is_some_and(|reason| !VAGUE.contains(&reason));
        let has_failed = self.bounced_recipients.iter().any(|one| one.action.as_deref() == Some(FAILED));
        if self.bounce_type == "Permanent" {
            Word::Bounced
        } else if has_reason || has_failed {
            Word::Unavailable
        } else {
            Word::Accepted
        }
    }
}

impl Detail {
    /// What the event says of the mail's delivery; `None` where that is nothing: opened, clicked.
    fn news(&self) -> Result<Option<News>, SesEventError> {
        let plain = |word| News { word, at: None, event: None };
        Ok(Some(match self.event_type.as_str() {
            "Send" | "DeliveryDelay" => plain(Word::Accepted),
            "Delivery" => plain(Word::Delivered),
            "Reject" | "Rendering Failure" => plain(Word::NotSent),
            "Bounce" => {
                let bounce = self.bounce.as_ref().ok_or(SesEventError::Incomplete("Bounce"))?;
                News { word: bounce.word(), at: bounce.timestamp, event: bounce.feedback_id.clone() }
            }
            "Complaint" => {
                let complaint = self.complaint.as_ref().ok_or(SesEventError::Incomplete("Complaint"))?;
                let is_none = complaint.complaint_feedback_type.as_deref() == Some(NOT_SPAM);
                let word = if is_none { Word::Delivered } else { Word::Complained };
                News { word, at: complaint.timestamp, event: complaint.feedback_id.clone() }
            }
            _ => return Ok(None),
        }))
    }

    /// The address that the mail went to: a mail of ours has one. A bounce may name another, to which the
    /// recipient has their mail forwarded.
    fn recipient(&self) -> Option<EmailAddress> {
        let bounced = self.bounce.iter().flat_map(|bounce| &bounce.bounced_recipients);
        let complained = self.complaint.iter().flat_map(|complaint| &complaint.complained_recipients);
        let named = bounced.chain(complained).map(|recipient| &recipient.email_address);
        self.mail.destination.iter().chain(named).find_map(|address| of_header(address))
    }
}

/// The address in a header: `name <address>`, or the address alone, its local part quoted where it breaks the rules.
fn of_header(text: &str) -> Option<EmailAddress> {
    let text = text.trim();
    let address = text.strip_suffix('>').and_then(|open| open.rsplit_once('<')).map_or(text, |(_, address)| address);
    let (local, domain) = address.rsplit_once('@')?;
    let local = local.strip_prefix('"').and_then(|local| local.strip_suffix('"')).unwrap_or(local);
    EmailAddress::parse(&format!("{local}@{domain}")).ok()
}

/// Whether a text can be an id or a tag of SES's: these end up in logs and keys.
fn is_plain(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// What is wrong with an event, without quoting it.
fn shape(error: &serde_json::Error) -> SesEventError {
    let text = error.to_string();
    let missing = text.starts_with("missing field");
    SesEventError::Shape(if missing { text } else { "a value is not of the form it must have".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn addresses_are_read_as_headers_hold_them() {
        for (text, expected) in [
            ("hanako@example.jp", Some("hanako@example.jp")),
            ("Hanako@Example.jp", Some("hanako@example.jp")),
            ("\"a..b\"@example.jp", Some("a..b@example.jp")),
            ("Hanako <hanako@example.jp>", Some("hanako@example.jp")),
            ("=?UTF-8?B?6Iqx5a2Q?= <\".hanako.\"@example.jp>", Some(".hanako.@example.jp")),
            ("hanako", None),
            ("", None),
            ("<>", None),
        ] {
            assert_eq!(of_header(text).as_ref().map(EmailAddress::as_str), expected, "{text}");
        }
    }

    #[test]
    fn only_what_certainly_did_not_arrive_is_called_returned() {
        for (of_type, reason, action, expected) in [
            ("Permanent", Some("General"), None, Word::Bounced),
            ("Transient", Some("MailboxFull"), None, Word::Unavailable),
            ("Transient", Some("General"), Some("failed"), Word::Unavailable),
            ("Undetermined", Some("Undetermined"), Some("failed"), Word::Unavailable),
            ("Transient", Some("General"), Some("delayed"), Word::Accepted),
            ("Transient", Some("General"), None, Word::Accepted),
            ("Undetermined", Some("Undetermined"), None, Word::Accepted),
            ("Transient", None, None, Word::Accepted),
        ] {
            let recipient = json!({ "emailAddress": "hanako@example.jp", "action": action });
            let bounce = json!({ "bounceType": of_type, "bounceSubType": reason, "bouncedRecipients": [recipient] });
            let bounce: Bounce = serde_json::from_value(bounce).unwrap();
            assert_eq!(bounce.word(), expected, "{of_type} {reason:?} {action:?}");
        }
    }

    #[test]
    fn what_is_sent_to_an_address_is_found_again_by_it() {
        for text in ["hanako@example.jp", "a..b@example.jp", ".a@example.jp", "a.@example.jp"] {
            let address = EmailAddress::parse(text).unwrap();
            assert_eq!(of_header(&address.for_header()), Some(address));
        }
    }
}
