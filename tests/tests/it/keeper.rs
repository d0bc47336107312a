//! The keeper: one entry that cannot be dealt with holds up no other, what it finds is told, and windows end whether or
//! not alarms ring.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use keep_promises::config::Config;
use keep_promises::{Finding, KeepPromises, KeepingError, Report};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use wasurena_cloud::diary::{Due, DueItem};
use wasurena_cloud::{Clients, Clock};
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_domain::ids::ShopId;
use wasurena_tests::journey::{Journey, moment, orders};

const HANAKO: &str = "hanako@example.jp";

fn client(journey: &Journey) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&journey.world().aws().sdk_config())
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

/// Items of a newer program, at the head of what is due: a follow-up and a customer.
const UNREADABLE: [(&str, &str, &str); 2] =
    [("abc", "F#abc_def", "2026-12-01T00:00Z#F#abc_def"), ("def", "C", "2026-12-01T00:00Z#C#def")];

async fn put_unreadable(journey: &Journey) {
    for (customer, sk, place) in UNREADABLE {
        let request = client(journey).put_item().table_name("wasurena");
        let request = request
            .item("pk", text(&format!("sakura#C#{customer}")))
            .item("sk", text(sk))
            .item("entity", text(if sk == "C" { "customer" } else { "follow_up" }))
            .item("schema", AttributeValue::N("2".to_owned()))
            .item("due_pk", text("sakura#0"))
            .item("due_sk", text(place));
        request.send().await.unwrap();
    }
}

#[derive(Debug)]
struct StandsAt(DateTime<Utc>);

#[async_trait]
impl Clock for StandsAt {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }

    async fn sleep(&self, _: Duration) {}
}

/// A round between the world's own hours, by a keeper that has read nothing before.
async fn round(journey: &Journey) -> Result<Report, KeepingError> {
    let config = Config { table: "wasurena".to_owned(), secrets_path: "/wasurena".to_owned() };
    let clients = Clients::new(&journey.world().aws().sdk_config(), None);
    let now = journey.world().now();
    let keeper = KeepPromises::new(&config, &clients, Arc::new(StandsAt(now)));
    keeper.handle(now + chrono::Duration::minutes(15)).await
}

/// What stands on the owner's list of what cannot be read.
async fn to_mend(journey: &Journey) -> Vec<(Option<String>, String)> {
    let tasks = journey.world().diary().tasks(&ShopId::parse("sakura").unwrap()).await.unwrap();
    let to_mend = tasks.into_iter().filter(|task| task.kind.name() == "mend_record");
    to_mend.map(|task| (task.customer.map(|id| id.to_string()), task.about)).collect()
}

#[tokio::test]
async fn what_cannot_be_read_is_one_task_each_and_does_not_keep_the_others_waiting() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    put_unreadable(&journey).await;
    journey.lose_alarms().await;
    journey.until("2026-12-03T00:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    assert_eq!(received.len(), 1, "{received:?}");
    let named =
        |(customer, sk, _): (&str, &str, &str)| (Some(customer.to_owned()), format!("sakura#C#{customer} {sk}"));
    assert_eq!(to_mend(&journey).await, UNREADABLE.map(named));
    let report = round(&journey).await.unwrap();
    assert_eq!(report.count(Finding::Unreadable), 2, "{report:?}");

    for (customer, sk, _) in UNREADABLE {
        let gone = client(&journey).delete_item().table_name("wasurena").key("sk", text(sk));
        gone.key("pk", text(&format!("sakura#C#{customer}"))).send().await.unwrap();
    }
    assert!(round(&journey).await.unwrap().is_quiet());
    assert_eq!(to_mend(&journey).await, []);
}

#[tokio::test]
async fn a_task_stays_while_nobody_can_tell_whether_its_item_was_mended() {
    let journey = Journey::begin().await;
    put_unreadable(&journey).await;
    assert_eq!(round(&journey).await.unwrap().count(Finding::Unreadable), 2);
    let mut unlucky = 0;
    for seed in 0..20 {
        journey.world().aws().faults().seed(seed);
        journey.turn("faults", &json!({ "call": "dynamodb.GetItem", "how": "down", "rate": 0.7 })).await;
        let report = round(&journey).await.unwrap_or_default();
        journey.end_faults().await;
        unlucky += report.count(Finding::NotRepaired);
        assert_eq!(to_mend(&journey).await.len(), 2, "seed {seed}: {report:?}");
    }
    assert!(unlucky > 0, "never was only the follow-up out of reach");
}

#[tokio::test]
async fn a_programme_that_cannot_be_read_is_one_task_until_it_can() {
    let journey = Journey::begin().await;
    let book = "book-2#000";
    let pages = journey.world().items().unwrap();
    let page = pages.iter().find(|item| item["sk"]["S"] == book).expect("a page");
    let (pk, content) = (page["pk"]["S"].as_str().unwrap(), page["content"]["S"].as_str().unwrap());
    let write = async |content: &str| {
        let request = client(&journey).update_item().table_name("wasurena").key("pk", text(pk)).key("sk", text(book));
        let request = request.update_expression("SET content = :content");
        request.expression_attribute_values(":content", text(content)).send().await.unwrap();
    };
    write("{").await;
    for _ in 0..2 {
        assert!(matches!(round(&journey).await, Err(KeepingError::Book(_))));
    }
    assert_eq!(to_mend(&journey).await, [(None, "version 1 of the programme".to_owned())]);
    write(content).await;
    assert!(round(&journey).await.unwrap().is_quiet());
    assert_eq!(to_mend(&journey).await, []);
}

#[tokio::test]
async fn the_report_counts_what_was_lost_and_says_what_to_do() {
    let journey = Journey::begin().await;
    // Nothing can be planned until the hour after the mark has passed.
    journey
        .turn("faults", &json!({ "call": "dynamodb.PutItem", "how": "down", "until": "2026-12-01T11:30:00+09:00" }))
        .await;
    let order = orders::paid(1, "2026-12-01T09:00:00+09:00", HANAKO, "飯碗");
    let order = orders::with(&order, &json!({ "customer": { "first_name": "花子", "last_name": "山田" } }));
    assert_eq!(journey.shopify("orders/create", &order).await, 200);
    journey.until("2026-12-01T11:45:00+09:00").await;
    let report = round(&journey).await.unwrap();
    assert_eq!(told(&report), json!({ "replanned": 1 }));
    assert!(round(&journey).await.unwrap().is_quiet(), "it is planned for");

    journey.until("2026-12-02T09:00:00+09:00").await;
    journey.lose_alarms().await;
    journey.until("2026-12-02T10:30:00+09:00").await;
    let report = round(&journey).await.unwrap();
    assert_eq!(told(&report), json!({ "overdue": 1 }));
    assert!(round(&journey).await.unwrap().is_quiet(), "it has another slot");
}

/// The findings of a report, as the invocation's answer has them; each must say what to do.
fn told(report: &Report) -> Value {
    let answer = serde_json::to_value(report).unwrap();
    let found = answer["found"].as_object().unwrap().iter();
    let counts = found.map(|(name, told)| {
        assert!(told["what_to_do"].as_str().is_some_and(|what| !what.is_empty()), "{answer}");
        (name.clone(), told["count"].clone())
    });
    Value::Object(counts.collect())
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
