//! Apprenticeship through the real functions: the first mails wait for somebody, and a promise is put before them in time.

use crate::costs::size;
use serde_json::{Value, json};
use wasurena_cloud::approving::{Approved, approve, waiting, write_line};
use wasurena_domain::follow_up::{NOTE_MAX, Note};
use wasurena_domain::ids::{FollowUpId, ShopId};
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

async fn apprentice() -> Journey {
    let journey = Journey::begin().await;
    let on = |_: &str, text: &str| Some(text.replace("apprenticeship = false", "apprenticeship = true"));
    journey.publish(on).await;
    journey
}

fn sakura() -> ShopId {
    ShopId::parse("sakura").unwrap()
}

/// The ids of what waits by tomorrow, and whether each is pressing.
async fn tomorrow(journey: &Journey) -> Vec<(FollowUpId, bool)> {
    let (open, now) = (journey.world().bookshelf().open(&sakura()).await.unwrap(), journey.world().now());
    let waiting = waiting(journey.world().diary(), &open, 1, now).await.unwrap();
    waiting.into_iter().map(|one| (one.follow_up.id, one.is_pressing)).collect()
}

async fn approves(journey: &Journey, id: &FollowUpId) -> Approved {
    let (open, now) = (journey.world().bookshelf().open(&sakura()).await.unwrap(), journey.world().now());
    approve(journey.world().diary(), &open, id, now).await.unwrap()
}

async fn buys(journey: &Journey, number: u64, at: &str) {
    let address = format!("customer{number}@example.jp");
    assert_eq!(journey.shopify("orders/create", &orders::paid(number, at, &address, "飯碗")).await, 200);
}

#[tokio::test]
async fn the_first_thank_you_waits_goes_out_when_it_is_approved_and_the_21st_needs_nobody() {
    let journey = apprentice().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-02T12:00:00+09:00").await;
    assert!(journey.mails().await.is_empty());
    let waits = tomorrow(&journey).await;
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert_eq!(approves(&journey, &waits[0].0).await, Approved::Now);
    assert_eq!(tomorrow(&journey).await, []);
    journey.until("2026-12-03T12:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await, ["12-03 10:00 thanks-first"]);

    for number in 2..=21 {
        buys(&journey, number, "2026-12-03T12:10:00+09:00").await;
    }
    journey.until("2026-12-03T13:00:00+09:00").await;
    let waits = tomorrow(&journey).await;
    assert_eq!(waits.len(), 20);
    for (id, _) in &waits[..18] {
        assert_eq!(approves(&journey, id).await, Approved::Now);
    }
    assert_eq!(tomorrow(&journey).await.len(), 2, "19 are approved");
    journey.until("2026-12-04T12:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 19);
    assert_eq!(approves(&journey, &waits[18].0).await, Approved::Now);
    assert_eq!(tomorrow(&journey).await, [], "20 are: the last one needs nobody");
    assert_eq!(approves(&journey, &waits[19].0).await, Approved::NotNeeded);
    buys(&journey, 22, "2026-12-04T12:30:00+09:00").await;
    journey.until("2026-12-05T12:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 22);
    assert_eq!(journey.received("customer22@example.jp").await, ["12-05 10:00 thanks-first"]);
}

/// The owner's list: kind, whether it is for a customer, and by when.
async fn list(journey: &Journey) -> Vec<(String, bool, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let tasks = journey.tasks().await;
    tasks.iter().map(|task| (text(&task["kind"]), !task["customer"].is_null(), text(&task["due"]))).collect()
}

#[tokio::test]
async fn a_promise_is_put_before_the_owner_a_day_before_it_breaks_and_then_left_to_a_person() {
    let journey = apprentice().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-01T11:00:00+09:00").await;
    let asked =
        ["2026-12-07", "2026-12-01", "2026-12-14"].map(|due| ("approve_mails".to_owned(), false, due.to_owned()));
    assert_eq!(list(&journey).await, asked, "arrival, thanks, usage: by the day before each");
    journey.until("2026-12-03T09:00:00+09:00").await;
    assert_eq!(list(&journey).await, asked);
    assert!(tomorrow(&journey).await[0].1, "its last day is tomorrow");
    journey.until("2026-12-03T12:00:00+09:00").await;
    let pressing = ("approve_mails".to_owned(), true, "2026-12-04".to_owned());
    assert!(list(&journey).await.contains(&pressing), "{:?}", list(&journey).await);
    journey.until("2026-12-04T20:30:00+09:00").await;
    assert!(journey.states(HANAKO).await.contains(&"thanks-first skipped not_approved".to_owned()));
    assert!(list(&journey).await.contains(&("keep_promise".to_owned(), true, "2026-12-04".to_owned())));
    assert!(journey.mails().await.is_empty());
}

#[tokio::test]
async fn approved_in_time_on_its_last_day_it_keeps_the_promise() {
    let journey = apprentice().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-04T18:00:00+09:00").await;
    let waits = tomorrow(&journey).await;
    assert_eq!(approves(&journey, &waits[0].0).await, Approved::Now);
    journey.until("2026-12-04T21:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await, ["12-04 20:00 thanks-first"]);
    let pressing = list(&journey).await.into_iter().filter(|(_, is_for_customer, _)| *is_for_customer);
    assert_eq!(pressing.count(), 0, "nothing is left to press for");
}

#[tokio::test]
async fn a_day_of_waiting_costs_three_write_units_and_the_marker_of_its_new_slot() {
    let journey = apprentice().await;
    for number in 1..=10 {
        buys(&journey, number, "2026-12-01T10:00:00+09:00").await;
    }
    journey.until("2026-12-02T09:30:00+09:00").await;
    journey.turn("usage/reset", &json!({})).await;
    journey.until("2026-12-02T12:00:00+09:00").await;
    let usage = journey.usage().await;
    // Two more for the name that the sender of so many writes down and takes out again.
    let units = 3.0 * 10.0 + 1.0 + 2.0;
    assert_eq!((usage["write_units"].as_f64(), usage["alarms"].as_u64()), (Some(units), Some(1)), "{usage}");
}

/// Writes a personal line into the only mail that waits by tomorrow; answers which that is.
async fn writes(journey: &Journey, line: &str) -> FollowUpId {
    let world = journey.world();
    let open = world.bookshelf().open(&sakura()).await.unwrap();
    let letters = world.bookshelf().letters(&sakura(), open.version).await.unwrap();
    let (id, _) = tomorrow(journey).await.remove(0);
    write_line(world.diary(), &sakura(), &letters, &id, Some(&Note::parse(line).unwrap())).await.unwrap();
    id
}

#[tokio::test]
async fn with_the_longest_line_a_follow_up_that_was_sent_is_one_write_unit() {
    let journey = apprentice().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-01T11:00:00+09:00").await;
    let id = writes(&journey, &"碗".repeat(NOTE_MAX)).await;
    approves(&journey, &id).await;
    journey.until("2026-12-02T12:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 1);
    let diary = journey.diary().await;
    let noted = diary.iter().find(|item| item["id"]["S"] == id.as_str()).unwrap();
    let bytes = size(&json!({ "M": noted }));
    assert!(bytes > 3 * NOTE_MAX && bytes <= 1024, "{bytes}");
}

#[tokio::test]
async fn erasing_takes_the_owners_line_out() {
    let journey = apprentice().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-01T11:00:00+09:00").await;
    writes(&journey, "青い暖簾の日のこと").await;
    let holds = |items: &[Value]| items.iter().any(|item| item.to_string().contains("青い暖簾"));
    assert!(holds(&journey.diary().await));
    let request = json!({
        "shop_id": 1, "shop_domain": "sakura.example.jp", "orders_to_redact": [],
        "customer": { "id": 7, "email": HANAKO, "phone": null },
    });
    assert_eq!(journey.shopify("customers/redact", &request).await, 200);
    assert!(!holds(&journey.diary().await));
}

#[tokio::test]
async fn a_letter_is_handed_over_while_the_mails_of_an_apprentice_wait() {
    let journey = Journey::begin().await;
    let by_letter = "id = \"arrival\"\nchannels = [\"letter\", \"mail\"]\n";
    let changed = |_: &str, text: &str| {
        let text = text.replace("apprenticeship = false", "apprenticeship = true");
        Some(text.replace("id = \"arrival\"\n", by_letter))
    };
    journey.publish(changed).await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-01T11:00:00+09:00").await;
    let asked = ["2026-12-01", "2026-12-14"].map(|due| ("approve_mails".to_owned(), false, due.to_owned()));
    assert_eq!(list(&journey).await, asked, "thanks and usage: nobody has to approve a letter");
    journey.until("2026-12-08T12:00:00+09:00").await;
    let states = journey.states(HANAKO).await;
    assert!(states.iter().any(|state| state.starts_with("arrival handed_over")), "{states:?}");
    assert!(list(&journey).await.contains(&("send_letter".to_owned(), true, "2026-12-08".to_owned())));
    assert!(journey.mails().await.is_empty());
}
