//! Every event that AWS hands to a function, as AWS documents it: read by the types that the functions read it with,
//! written again, and read again, it is the same; and nothing that AWS says is lost on the way.

use aws_lambda_events::dynamodb::Event as StreamEvent;
use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::sns::SnsEvent;
use aws_lambda_events::streams::DynamoDbEventResponse;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::request::LambdaRequest;
use lambda_http::{Body, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::PathBuf;
use wasurena_cloud::alarms::Alarm;
use wasurena_cloud::ses_event::SesEvent;
use wasurena_cloud::stream;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text(path: &PathBuf) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn fixture(name: &str) -> String {
    text(&folder("fixtures/events").join(format!("{name}.json")))
}

/// SES's events, as EventBridge hands them over, by name.
fn ses_events() -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder("../functions/record-delivery/tests/fixtures")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), text(&path))).collect()
}

/// Reads, writes and reads a fixture; answers what was read.
#[track_caller]
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(fixture: &str) -> T {
    let read: T = serde_json::from_str(fixture).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    let again: T = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(read, again);
    keeps(&serde_json::from_str(fixture).unwrap(), &written, "");
    read
}

/// Everything that stands in `sent` stands in `written` too.
#[track_caller]
fn keeps(sent: &Value, written: &Value, at: &str) {
    match (sent, written) {
        (Value::Object(sent), Value::Object(written)) => {
            for (name, value) in sent {
                let kept = written.get(name).unwrap_or_else(|| panic!("{at}/{name} is lost"));
                keeps(value, kept, &format!("{at}/{name}"));
            }
        }
        (Value::Array(sent), Value::Array(written)) => {
            assert_eq!(sent.len(), written.len(), "{at}");
            for (n, (sent, written)) in sent.iter().zip(written).enumerate() {
                keeps(sent, written, &format!("{at}/{n}"));
            }
        }
        // Whole seconds, however they are written.
        (Value::Number(sent), Value::Number(written)) => assert_eq!(sent.as_f64(), written.as_f64(), "{at}"),
        _ => assert_eq!(sent, written, "{at}"),
    }
}

/// The request that a function sees.
#[track_caller]
fn request(fixture: &str) -> Request {
    round_trip::<ApiGatewayV2httpRequest>(fixture);
    let request: LambdaRequest = serde_json::from_str(fixture).unwrap();
    Request::from(request)
}

#[test]
fn a_request_to_a_function_url() {
    let request = request(&fixture("function-url-post"));
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", "/hooks/sakura/shopify"));
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.body().as_ref(), br#"{"id":1,"email":"hanako@example.jp"}"#);
}

#[test]
fn a_request_in_base64_has_the_same_bytes() {
    let plain = request(&fixture("function-url-post"));
    let encoded = request(&fixture("function-url-post-base64"));
    assert!(matches!(encoded.body(), Body::Binary(_)));
    assert_eq!(encoded.body().as_ref(), plain.body().as_ref());
}

#[test]
fn a_request_for_a_page() {
    let request = request(&fixture("function-url-get"));
    assert_eq!((request.method().as_str(), request.uri().path()), ("GET", "/c/sakura/stop/token"));
    assert_eq!(request.uri().query(), Some("from=mail&lang=ja"));
    assert!(request.body().is_empty());
}

#[test]
fn a_batch_of_the_stream() {
    let event: StreamEvent = round_trip(&fixture("stream-batch"));
    let (looks, waits) = (stream::looks(&event), stream::waits(&event));
    let customers: BTreeSet<_> = looks.iter().map(|look| look.customer.as_str()).collect();
    assert_eq!((event.records.len(), looks.len(), waits.len()), (4, 2, 1));
    assert_eq!(customers, BTreeSet::from(["hanakohanakohanakohanakoha"]));
    assert_eq!(waits[0].slot.to_string(), "2026-12-02T01:00Z");
}

#[test]
fn what_a_batch_is_answered_with() {
    let response: DynamoDbEventResponse = round_trip(&fixture("batch-response"));
    let event: StreamEvent = serde_json::from_str(&fixture("stream-batch")).unwrap();
    let looks = stream::looks(&event);
    assert_eq!(stream::failures(looks.iter().take(1)), response);
    assert_eq!(
        serde_json::to_value(stream::failures(looks.iter().take(0))).unwrap(),
        json!({ "batchItemFailures": [] })
    );
}

#[test]
fn what_an_alarm_says() {
    let alarm: Alarm = round_trip(&fixture("scheduler-input"));
    assert_eq!(alarm.name(), "sakura_20261202T0100_0_0");
}

#[test]
fn the_hour() {
    let event: EventBridgeEvent = round_trip(&fixture("hourly"));
    assert_eq!((event.source.as_str(), event.detail_type.as_str()), ("aws.events", "Scheduled Event"));
}

#[test]
fn every_type_of_ses_event() {
    let mut types = BTreeSet::new();
    for (name, text) in ses_events() {
        let event: EventBridgeEvent = round_trip(&text);
        assert_eq!(event.source, "aws.ses", "{name}");
        types.insert(event.detail["eventType"].as_str().unwrap().to_owned());
        let written = serde_json::to_value(&event).unwrap();
        let sent: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(SesEvent::read(&sent).unwrap(), SesEvent::read(&written).unwrap(), "{name}");
    }
    let known = ["Bounce", "Complaint", "Delivery", "DeliveryDelay", "Open", "Reject", "Rendering Failure", "Send"];
    assert_eq!(types, known.map(str::to_owned).into());
}

#[test]
fn sns_brings_what_eventbridge_brings() {
    let by_sns: SnsEvent = round_trip(&fixture("sns-bounce"));
    let by_sns = SesEvent::read(&serde_json::to_value(by_sns).unwrap()).unwrap().unwrap();
    let (_, bounce) = ses_events().into_iter().find(|(name, _)| name == "bounce-permanent").unwrap();
    assert_eq!(SesEvent::read(&serde_json::from_str(&bounce).unwrap()).unwrap(), Some(by_sns));
}
