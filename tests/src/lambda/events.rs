//! Events as AWS sends them: the fixtures, which follow AWS's documentation, with what a test wants to say in them.

use aws_lambda_events::event::dynamodb::EventRecord;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A request to a function URL, payload version 2.0, with a text as its body.
#[must_use]
pub fn post(path: &str, headers: &[(&str, &str)], body: &str) -> Value {
    let mut event = request(include_str!("../../fixtures/events/function-url-post.json"), path, headers);
    event["body"] = json!(body);
    event
}

/// The same with bytes as its body, which Lambda hands over in base64.
#[must_use]
pub fn post_bytes(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Value {
    let mut event = request(include_str!("../../fixtures/events/function-url-post-base64.json"), path, headers);
    event["body"] = json!(STANDARD.encode(body));
    event
}

/// A request for a page.
#[must_use]
pub fn get(path: &str) -> Value {
    request(include_str!("../../fixtures/events/function-url-get.json"), path, &[])
}

/// The hourly event of the rule that wakes keep-promises.
#[must_use]
pub fn hour() -> Value {
    parsed(include_str!("../../fixtures/events/hourly.json"))
}

/// A batch of the table's stream.
#[must_use]
pub fn stream(records: &[EventRecord]) -> Value {
    json!({ "Records": records })
}

/// An event of SES as SNS brings it: of what EventBridge hands over, only the event itself, as a text.
#[must_use]
pub fn by_sns(event: &Value) -> Value {
    let mut envelope = parsed(include_str!("../../fixtures/events/sns-bounce.json"));
    envelope["Records"][0]["Sns"]["Message"] = json!(event["detail"].to_string());
    envelope
}

fn request(fixture: &str, path: &str, headers: &[(&str, &str)]) -> Value {
    let mut event = parsed(fixture);
    event["rawPath"] = json!(path);
    event["requestContext"]["http"]["path"] = json!(path);
    for (name, value) in headers {
        // Lambda makes names of headers lower case.
        event["headers"][name.to_lowercase()] = json!(value);
    }
    event
}

#[expect(clippy::expect_used, reason = "a test's own text")]
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("a fixture in JSON")
}
