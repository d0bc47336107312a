//! The filters of the stream: who looks at which record, and that nobody wakes himself.

use crate::support::{Cloud, SLOT, TABLE, claim, planned, record, sakura, slot};
use aws_lambda_events::event::dynamodb::EventRecord;
use wasurena_cloud::diary::{Attention, Before, CustomerRecord, NewCustomer, SlotMarker};
use wasurena_cloud::stream::{is_look, is_wait};
use wasurena_domain::follow_up::{FollowUp, State};

/// Who would be invoked by the writes since the last call: `look` the planner, `wait` the setter of alarms.
async fn woken(cloud: &Cloud, reader: &str) -> Vec<&'static str> {
    let streams = cloud.aws.streams();
    let position = streams.position(TABLE, reader).unwrap();
    let records = streams.records_after(TABLE, position.as_deref(), 100).unwrap();
    if let Some(last) = records.last().and_then(|record| record.change.sequence_number.clone()) {
        streams.save_position(TABLE, reader, &last).unwrap();
    }
    records.iter().map(names).collect()
}

fn names(record: &EventRecord) -> &'static str {
    match (is_look(record), is_wait(record)) {
        (true, true) => "look and wait",
        (true, false) => "look",
        (false, true) => "wait",
        (false, false) => "-",
    }
}

#[tokio::test]
async fn new_facts_are_looked_at_and_the_planners_own_writes_are_not() {
    let cloud = Cloud::open().await;
    let facts = CustomerRecord { attention: Some(Attention::Facts(slot(SLOT))), ..record("hanako") };
    let known = NewCustomer { before: Before::Nobody, after: facts.clone() };
    cloud.diary.take_in(&sakura(), &crate::diary::of_customer(known)).await.unwrap();
    let mut first = woken(&cloud, "t").await;
    first.sort_unstable();
    assert_eq!(first, ["-", "look"], "the purchase and its customer");

    // The planner: new follow-ups, the customer's mark, what ended before.
    cloud.diary.put_new(&sakura(), &planned("hanako", "thanks-first", SLOT)).await.unwrap();
    let review = CustomerRecord { attention: Some(Attention::Review(slot(SLOT))), ..facts.clone() };
    cloud.diary.put_customer(&sakura(), &facts, &review).await.unwrap();
    let cleared = CustomerRecord { attention: None, ..facts.clone() };
    cloud.diary.put_customer(&sakura(), &review, &cleared).await.unwrap();
    assert_eq!(woken(&cloud, "t").await, ["wait", "-", "-"]);
}

#[tokio::test]
async fn from_its_planning_to_its_end_a_follow_up_wakes_each_reader_when_it_is_his_turn() {
    let cloud = Cloud::open().await;
    let first = planned("hanako", "thanks-first", SLOT);
    cloud.diary.put_new(&sakura(), &first).await.unwrap();
    assert_eq!(woken(&cloud, "t").await, ["wait"]);
    let moved = FollowUp { slot: slot("2026-12-02T02:00Z"), ..first.clone() };
    cloud.diary.replace(&sakura(), &first, &moved).await.unwrap();
    assert_eq!(woken(&cloud, "t").await, ["wait"]);
    let claimed =
        cloud.diary.claim(&sakura(), &moved.customer, &moved.id, moved.slot, &claim("one")).await.unwrap().unwrap();
    assert_eq!(woken(&cloud, "t").await, ["-"]);
    let sent = FollowUp { state: State::Sent, until: None, ended: true, ..claimed.clone() };
    cloud.diary.replace(&sakura(), &claimed, &sent).await.unwrap();
    assert_eq!(woken(&cloud, "t").await, ["look"]);
    let dealt_with = FollowUp { ended: false, ..sent.clone() };
    cloud.diary.replace(&sakura(), &sent, &dealt_with).await.unwrap();
    assert_eq!(woken(&cloud, "t").await, ["-"]);
    let cancelled = planned("hanako", "usage", SLOT);
    cloud.diary.put_new(&sakura(), &cancelled).await.unwrap();
    let after = FollowUp { state: State::Cancelled, ..cancelled.clone() };
    cloud.diary.replace(&sakura(), &cancelled, &after).await.unwrap();
    assert_eq!(woken(&cloud, "t").await, ["wait", "-"]);
}

#[tokio::test]
async fn markers_and_programmes_wake_nobody() {
    let cloud = Cloud::open().await;
    let marker = SlotMarker { n: 0, ring_at: slot(SLOT).start() };
    cloud.diary.mark_slot(&sakura(), 0, slot(SLOT), marker).await.unwrap();
    let files = wasurena_letters::Files::new([("one".to_owned(), "1".to_owned())]).unwrap();
    cloud.diary.publish(&sakura(), &files, &[]).await.unwrap();
    let woken = woken(&cloud, "t").await;
    assert!(!woken.is_empty() && woken.iter().all(|who| *who == "-"), "{woken:?}");
}
