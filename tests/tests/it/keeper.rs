//! The keeper: one entry that cannot be dealt with holds up no other, and windows end whether or not alarms ring.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use wasurena_cloud::diary::{Due, DueItem};
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_domain::ids::ShopId;
use wasurena_tests::journey::{Journey, moment, orders};

const HANAKO: &str = "hanako@example.jp";

/// Puts an item of a newer program at the head of what is due.
async fn put_unreadable(journey: &Journey) {
    let text = |value: &str| AttributeValue::S(value.to_owned());
    let client = aws_sdk_dynamodb::Client::new(&journey.world().aws().sdk_config());
    let request = client.put_item().table_name("wasurena");
    let request = request
        .item("pk", text("sakura#C#abc"))
        .item("sk", text("F#abc_def"))
        .item("entity", text("follow_up"))
        .item("schema", AttributeValue::N("2".to_owned()))
        .item("due_pk", text("sakura#0"))
        .item("due_sk", text("2026-12-01T00:00Z#F#abc_def"));
    request.send().await.unwrap();
}

#[tokio::test]
async fn an_item_that_cannot_be_read_does_not_keep_the_others_waiting() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    put_unreadable(&journey).await;
    journey.lose_alarms().await;
    journey.until("2026-12-03T00:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    assert_eq!(received.len(), 1, "{received:?}");
}

#[tokio::test]
async fn a_window_ends_in_time_though_the_slots_alarms_ring_on() {
    let journey = Journey::begin().await;
    for number in 1..=3 {
        let order = orders::paid(number, "2026-12-01T10:00:00+09:00", &format!("customer{number}@example.jp"), "飯碗");
        journey.shopify("orders/create", &order).await;
    }
    journey.until("2026-12-01T12:00:00+09:00").await;
    let (sakura, slot) = (ShopId::parse("sakura").unwrap(), Slot::parse("2026-12-02T01:00Z").unwrap());
    let diary = journey.world().diary();
    let mut due = Vec::new();
    for Due { item, .. } in diary.due_in_slot(&sakura, 0, slot).await.unwrap() {
        if let DueItem::FollowUp(_, id) = item {
            due.push(diary.follow_up(&sakura, &id).await.unwrap().unwrap());
        }
    }
    // SES throttles: each alarm tries the slot's first follow-up, which has time, and leaves the others, which
    // have until noon.
    for follow_up in &due[1..] {
        let until_noon = FollowUp { deadline: moment("2026-12-02T12:00:00+09:00"), ..follow_up.clone() };
        diary.replace(&sakura, follow_up, &until_noon).await.unwrap();
    }
    journey
        .turn("faults", &json!({ "call": "ses.SendEmail", "how": "throttle", "until": "2026-12-10T00:00:00+09:00" }))
        .await;
    journey.until("2026-12-02T13:30:00+09:00").await;
    for (follow_up, state) in due.iter().zip([State::Planned, State::Expired, State::Expired]) {
        assert_eq!(diary.follow_up(&sakura, &follow_up.id).await.unwrap().unwrap().state, state);
    }
    assert_eq!(journey.tasks().await.len(), 2);
}
