//! The body of SendEmail, and the rules SES applies to it.

use serde::Deserialize;
use serde_json::Value;

use super::address;
use crate::aws::wire::ApiError;

const RECIPIENTS_MAX: usize = 50;
const HEADERS_MAX: usize = 15;
const HEADER_NAME_MAX: usize = 126;
const HEADER_VALUE_MAX: usize = 995;
const TAGS_MAX: usize = 50;
const TAG_TEXT_MAX: usize = 256;

/// A mail as the caller hands it over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    #[serde(default)]
    pub(super) from_email_address: Option<String>,
    #[serde(default)]
    pub(super) destination: Destination,
    #[serde(default)]
    pub(super) reply_to_addresses: Vec<String>,
    #[serde(default)]
    pub(super) content: Content,
    #[serde(default)]
    pub(super) email_tags: Vec<Pair>,
    #[serde(default)]
    pub(super) configuration_set_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Destination {
    pub(super) to_addresses: Vec<String>,
    pub(super) cc_addresses: Vec<String>,
    pub(super) bcc_addresses: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Content {
    #[serde(default)]
    pub(super) simple: Option<Simple>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Simple {
    pub(super) subject: Text,
    pub(super) body: Body,
    #[serde(default)]
    pub(super) headers: Vec<Pair>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Body {
    #[serde(default)]
    pub(super) text: Option<Text>,
    #[serde(default)]
    pub(super) html: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Text {
    pub(super) data: String,
}

/// A header or a tag.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
}

impl Message {
    /// Reads and checks a request.
    ///
    /// # Errors
    /// `BadRequestException`, as SES answers; it never repeats an address.
    pub(super) fn parse(body: Value) -> Result<Self, ApiError> {
        let message: Self =
            serde_json::from_value(body).map_err(|_| bad("the request does not have SendEmail's shape"))?;
        message.check_addresses()?;
        message.check_content()?;
        message.check_tags()?;
        Ok(message)
    }

    fn check_addresses(&self) -> Result<(), ApiError> {
        let Some(from) = &self.from_email_address else {
            return Err(bad("Missing required field FromEmailAddress."));
        };
        let to = &self.destination;
        let recipients: Vec<&String> =
            [&to.to_addresses, &to.cc_addresses, &to.bcc_addresses].into_iter().flatten().collect();
        if recipients.is_empty() {
            return Err(bad("Missing required recipient."));
        }
        if recipients.len() > RECIPIENTS_MAX {
            return Err(bad("Recipient count exceeds 50."));
        }
        let all = recipients.into_iter().chain(&self.reply_to_addresses).chain([from]);
        if all.into_iter().all(|address| address::is_acceptable(address)) {
            return Ok(());
        }
        Err(bad(
            "An address is malformed, or holds characters that are not ASCII: encode names by RFC 2047, domains by Punycode.",
        ))
    }

    fn check_content(&self) -> Result<(), ApiError> {
        let Some(simple) = &self.content.simple else {
            return Err(bad("The embedded SES takes Simple content only."));
        };
        if simple.body.text.is_none() && simple.body.html.is_none() {
            return Err(bad("Missing required body: Text or Html."));
        }
        if simple.subject.data.contains(['\r', '\n']) {
            return Err(bad("The subject holds a line break."));
        }
        if simple.headers.len() > HEADERS_MAX {
            return Err(bad("More than 15 headers."));
        }
        for header in &simple.headers {
            if !is_header_name(&header.name) {
                return Err(bad("A header's name is empty, longer than 126 characters, or not printable ASCII."));
            }
            if !is_header_value(&header.value) {
                return Err(bad(format!(
                    "The value of header {} is longer than 995 characters or not printable ASCII.",
                    header.name
                )));
            }
        }
        Ok(())
    }

    fn check_tags(&self) -> Result<(), ApiError> {
        if self.email_tags.len() > TAGS_MAX {
            return Err(bad("More than 50 tags."));
        }
        if self.email_tags.iter().all(|tag| is_tag_text(&tag.name) && is_tag_text(&tag.value)) {
            return Ok(());
        }
        Err(bad("A tag's name or value is not 1 to 256 of the characters A-Z, a-z, 0-9, _ and -."))
    }
}

fn is_header_name(name: &str) -> bool {
    (1..=HEADER_NAME_MAX).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
}

fn is_header_value(value: &str) -> bool {
    (1..=HEADER_VALUE_MAX).contains(&value.len()) && value.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

fn is_tag_text(text: &str) -> bool {
    (1..=TAG_TEXT_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn bad(message: impl Into<String>) -> ApiError {
    ApiError::new(400, "BadRequestException", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn good() -> Value {
        json!({
            "FromEmailAddress": "Sakura <shop@example.jp>",
            "Destination": { "ToAddresses": ["hanako@example.jp"] },
            "ReplyToAddresses": ["reply@example.jp"],
            "Content": { "Simple": {
                "Subject": { "Data": "お礼" },
                "Body": { "Text": { "Data": "ありがとうございます。" } },
                "Headers": [{ "Name": "List-Unsubscribe", "Value": "<https://example.jp/c/x>" }],
            } },
            "EmailTags": [{ "Name": "follow-up", "Value": "f_1" }],
        })
    }

    #[test]
    fn a_good_mail_is_taken() {
        assert!(Message::parse(good()).is_ok());
    }

    #[rstest]
    #[case::no_sender("/FromEmailAddress", Value::Null, "FromEmailAddress")]
    #[case::no_recipient("/Destination/ToAddresses", json!([]), "recipient")]
    #[case::crowd("/Destination/ToAddresses", json!(vec!["a@example.jp"; 51]), "50")]
    #[case::smtputf8("/Destination/ToAddresses/0", json!("花子@example.jp"), "ASCII")]
    #[case::reply("/ReplyToAddresses/0", json!("nobody"), "malformed")]
    #[case::raw("/Content", json!({ "Raw": { "Data": "eA==" } }), "Simple")]
    #[case::no_body("/Content/Simple/Body", json!({}), "body")]
    #[case::subject_break("/Content/Simple/Subject/Data", json!("a\r\nBcc: b"), "subject")]
    #[case::no_subject("/Content/Simple/Subject", Value::Null, "shape")]
    #[case::header_name("/Content/Simple/Headers/0/Name", json!("List: x"), "header")]
    #[case::header_break("/Content/Simple/Headers/0/Value", json!("a\nb"), "List-Unsubscribe")]
    #[case::header_japanese("/Content/Simple/Headers/0/Value", json!("さくら"), "List-Unsubscribe")]
    #[case::header_long("/Content/Simple/Headers/0/Value", json!("x".repeat(996)), "995")]
    #[case::headers("/Content/Simple/Headers", json!(vec![json!({ "Name": "X-A", "Value": "b" }); 16]), "15")]
    #[case::tag_name("/EmailTags/0/Name", json!("follow up"), "tag")]
    #[case::tag_value("/EmailTags/0/Value", json!("f.1"), "tag")]
    #[case::tag_long("/EmailTags/0/Value", json!("x".repeat(257)), "tag")]
    fn a_bad_mail_is_refused(#[case] at: &str, #[case] value: Value, #[case] names: &str) {
        let mut request = good();
        *request.pointer_mut(at).unwrap() = value;
        let error = Message::parse(request).unwrap_err();
        assert_eq!((error.status, error.code), (400, "BadRequestException"));
        assert!(error.message.contains(names), "{}", error.message);
    }

    #[test]
    fn the_limits_themselves_are_taken() {
        let mut request = good();
        request["Content"]["Simple"]["Headers"] = json!(vec![json!({ "Name": "X-A", "Value": "x".repeat(995) }); 15]);
        request["EmailTags"][0]["Value"] = json!("x".repeat(256));
        request["Destination"]["ToAddresses"] = json!(vec!["a@example.jp"; 50]);
        assert!(Message::parse(request).is_ok());
    }
}
