//! What AWS hands over: events of SES, the table's stream, alarms.

use crate::corpus::Corpus;
use crate::engine::{Input, fuzz};
use aws_lambda_events::event::dynamodb::Event;
use serde_json::Value;
use wasurena_cloud::alarms::Alarm;
use wasurena_cloud::ses_event::SesEvent;
use wasurena_cloud::stream::{looks, waits};

fn ses(input: &Input<'_>) {
    let Ok(event) = serde_json::from_slice::<Value>(input.bytes) else { return };
    match SesEvent::read(&event) {
        Err(error) => {
            let told = format!("{error} {error:?}");
            assert!(!told.contains('@') && told.is_ascii(), "an error repeats what it found: {told}");
        }
        Ok(None) => {}
        Ok(Some(said)) => {
            let evidence = &said.evidence;
            assert!(evidence.at >= evidence.sent_at, "it happened before it was sent");
            assert_eq!(said.follow_up.customer().as_ref(), Ok(&said.customer));
            for logged in [&evidence.attempt, &evidence.message, &evidence.event] {
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
                assert!(
                    (1..=256).contains(&logged.len()) && logged.bytes().all(is_plain),
                    "an id that cannot be logged"
                );
            }
            assert!(!format!("{said:?}").contains('@'), "an address is shown");
        }
    }
}

#[test]
fn most_events_in_the_corpus_are_read() {
    let corpus = Corpus::of("ses");
    let events = corpus.files().map(|(_, bytes)| serde_json::from_slice::<Value>(bytes).unwrap());
    let read = events.filter(|event| matches!(SesEvent::read(event), Ok(Some(_)))).count();
    assert!(2 * read > corpus.files().count(), "{read} events are read");
}

#[test]
fn ses_events() {
    fuzz("ses", 10_000, ses);
}

/// More shards than any shop may have, more alarms than any slot gets.
const SHARDS: u32 = 1_000;
const ALARMS: u32 = 100_000;

/// The name of an alarm is one that Scheduler takes.
fn is_named(alarm: &Alarm) {
    let name = Alarm { shard: alarm.shard % SHARDS, n: alarm.n % ALARMS, ..alarm.clone() }.name();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    assert!((1..=64).contains(&name.len()) && name.bytes().all(is_letter), "no name that Scheduler takes: {name}");
}

fn stream(input: &Input<'_>) {
    let Ok(event) = serde_json::from_slice::<Event>(input.bytes) else { return };
    let (waiting, changed) = (waits(&event), looks(&event));
    assert!(waiting.len() + changed.len() <= event.records.len(), "a record says two things");
    for wait in waiting {
        is_named(&Alarm { shop: wait.shop, shard: wait.shard, slot: wait.slot, n: 0 });
    }
}

#[test]
fn streams() {
    fuzz("stream", 5_000, stream);
}

fn alarm(input: &Input<'_>) {
    let Ok(alarm) = serde_json::from_slice::<Alarm>(input.bytes) else { return };
    let written = serde_json::to_string(&alarm).expect("an alarm can be written");
    assert_eq!(serde_json::from_str::<Alarm>(&written).expect("an alarm can be read"), alarm);
    is_named(&alarm);
}

#[test]
fn alarms() {
    fuzz("alarms", 10_000, alarm);
}
