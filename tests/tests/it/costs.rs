//! What things cost, by the figures of `/_local/usage`: DynamoDB's own units, indexes and the double price of
//! transactions included.

use serde_json::{Value, json};
use wasurena_domain::calendar::Slot;
use wasurena_tests::journey::{Journey, moment, orders};

const AT: &str = "2026-12-01T10:00:00+09:00";

fn order(number: u64) -> Value {
    let phone = json!({ "phone": format!("03-1234-56{number:02}") });
    orders::with(&orders::paid(number, AT, &format!("customer{number}@example.jp"), "粉引の飯碗"), &phone)
}

async fn spent(journey: &Journey) -> Value {
    let usage = journey.usage().await;
    journey.turn("usage/reset", &json!({})).await;
    usage
}

#[tokio::test]
async fn a_first_purchase_with_its_whole_plan_costs_18_write_units_at_most() {
    let journey = Journey::begin().await;
    spent(&journey).await;
    journey.shopify("orders/create", &order(1)).await;
    let first = spent(&journey).await;
    // Even the shop's very first customer, for whom three slots get their markers.
    assert!(first["write_units"].as_f64().unwrap() <= 18.0, "{first}");
    assert_eq!(first["alarms"], 3, "{first}");
    journey.shopify("orders/create", &order(2)).await;
    let second = spent(&journey).await;
    assert!(second["write_units"].as_f64().unwrap() <= 15.0, "{second}");
    // The same slots: the same alarms.
    assert_eq!(second["alarms"], 0, "{second}");
}

/// A message that comes into sight costs three units of its own, whenever that is: itself, its place and its slot's marker. So
/// where two come into sight at once, a later one costs less, and 8 hold for what was sent as a whole.
#[tokio::test]
async fn a_sent_follow_up_with_the_planning_of_the_next_costs_8_write_units_at_most() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1)).await;
    let slots = ["2026-12-02", "2026-12-08", "2026-12-15", "2027-01-12", "2027-01-20", "2027-02-09"];
    let mut units = 0.0;
    for until in slots {
        spent(&journey).await;
        journey.until(&format!("{until}T10:30:00+09:00")).await;
        let sent = spent(&journey).await;
        assert_eq!(sent["calls"]["ses.SendEmail"], 1, "{until}: {sent}");
        let planned = sent["alarms"].as_f64().unwrap().max(1.0);
        assert!(sent["write_units"].as_f64().unwrap() <= 5.0 + 3.0 * planned, "{until}: {sent}");
        units += sent["write_units"].as_f64().unwrap();
    }
    assert!(units <= 8.0 * f64::from(u32::try_from(slots.len()).unwrap()), "{units}");
}

#[tokio::test]
async fn alarms_are_as_many_as_distinct_slots() {
    let journey = Journey::begin().await;
    spent(&journey).await;
    for number in 1..=20 {
        journey.shopify("orders/create", &order(number)).await;
    }
    journey.until("2027-03-01T00:00:00+09:00").await;
    let usage = spent(&journey).await;
    // Thank-you, question and usage on one day each; then the season's greeting, two Tuesdays, and the third that is planned
    // ahead.
    assert_eq!(usage["alarms"], 7, "{usage}");
    assert_eq!(usage["calls"]["ses.SendEmail"], 20 * 6, "{usage}");
}

#[tokio::test]
async fn a_webhook_calls_neither_ses_nor_the_scheduler_and_an_unknown_shop_reads_no_diary() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1)).await;
    journey.until("2026-12-01T12:00:00+09:00").await;
    spent(&journey).await;
    assert_eq!(journey.post("/hooks/nowhere/shopify", &[], b"{}".to_vec()).await.status(), 404);
    assert_eq!(journey.shopify("orders/create", &order(1)).await, 200);
    let usage = spent(&journey).await;
    assert_eq!(usage["calls"]["dynamodb.GetItem"], 1, "only the known shop's purchase is read: {usage}");
    let others: Vec<&String> = usage["calls"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|call| !call.starts_with("dynamodb.GetItem") && !call.starts_with("ssm."))
        .collect();
    assert!(others.is_empty(), "{usage}");
    assert_eq!(usage["write_units"], 0.0, "{usage}");
}

#[tokio::test]
async fn an_idle_hour_of_the_keeper_writes_nothing() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1)).await;
    spent(&journey).await;
    journey.until("2026-12-02T09:30:00+09:00").await;
    let usage = spent(&journey).await;
    assert_eq!(
        (usage["write_units"].as_f64(), usage["invocations"]["keep-promises"].as_u64()),
        (Some(0.0), Some(24)),
        "{usage}"
    );
}

#[tokio::test]
async fn mails_leave_at_the_rate_that_ses_allows_the_account() {
    let journey = Journey::begin().await;
    for number in 1..=30 {
        journey.shopify("orders/create", &order(number)).await;
    }
    journey.until("2026-12-02T12:00:00+09:00").await;
    let mails = journey.mails().await;
    let times: Vec<_> = mails.iter().map(|mail| moment(mail["sent_at"].as_str().unwrap())).collect();
    assert_eq!(times.len(), 30);
    // 14 a second: never two within 71 ms.
    let gaps = times.windows(2).map(|pair| (pair[1] - pair[0]).num_milliseconds());
    assert!(gaps.min() >= Some(71), "{times:?}");
}

#[tokio::test]
async fn senders_at_work_share_the_rate_and_each_strikes_its_name_out() {
    let journey = Journey::begin().await;
    for number in 1..=30 {
        journey.shopify("orders/create", &order(number)).await;
    }
    // Two other shops' senders: one is at work when the thank-yous begin, on the stroke of the quarter hour; the other
    // begins just after it, in the next.
    let diary = journey.world().diary();
    let [quarter, next] = ["2026-12-02T01:00Z", "2026-12-02T01:15Z"].map(|slot| Slot::parse(slot).unwrap());
    assert_eq!(diary.join_senders(quarter, "one").await.unwrap(), 1);
    assert_eq!(diary.join_senders(next, "two").await.unwrap(), 2);
    journey.until("2026-12-02T12:00:00+09:00").await;
    let mails = journey.mails().await;
    let times: Vec<_> = mails.iter().map(|mail| moment(mail["sent_at"].as_str().unwrap())).collect();
    let gaps: Vec<i64> = times.windows(2).map(|pair| (pair[1] - pair[0]).num_milliseconds()).collect();
    // Half of 14 a second; a third, once it has asked again.
    assert!(times.len() == 30 && gaps.iter().all(|gap| *gap >= 142), "{times:?}");
    assert!(gaps[10..].iter().all(|gap| *gap >= 214), "{times:?}");
    // Only the others are left.
    assert_eq!(diary.senders(next).await.unwrap(), 2);
}

/// The size of an item as DynamoDB counts it: names and values in bytes, one for a boolean or null, about half
/// the digits of a number, three and one more for each element of a list or map.
pub(crate) fn size(value: &Value) -> usize {
    let Some((kind, inner)) = value.as_object().and_then(|typed| typed.iter().next()) else { return 0 };
    match (kind.as_str(), inner) {
        ("M", Value::Object(map)) => 3 + map.iter().map(|(name, value)| 1 + name.len() + size(value)).sum::<usize>(),
        ("L", Value::Array(list)) => 3 + list.iter().map(|value| 1 + size(value)).sum::<usize>(),
        ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
        (_, Value::String(text)) => text.len(),
        _ => 1,
    }
}

#[tokio::test]
async fn items_stay_under_one_kilobyte_in_the_common_case() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1)).await;
    journey.until("2027-02-01T10:00:00+09:00").await;
    let second = json!({ "id": 2, "created_at": "2027-02-01T09:00:00+09:00", "processed_at": "2027-02-01T09:00:00+09:00", "updated_at": "2027-02-01T09:00:00+09:00" });
    journey.shopify("orders/create", &orders::with(&order(1), &second)).await;
    journey.until("2027-04-01T00:00:00+09:00").await;
    let mut largest: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for item in journey.diary().await {
        let whole = json!({ "M": item });
        let entity = item["entity"]["S"].as_str().unwrap().to_owned();
        let bytes = largest.entry(entity).or_default();
        *bytes = (*bytes).max(size(&whole));
    }
    println!("largest items, in bytes: {largest:?}");
    assert_eq!(largest.len(), 8, "{largest:?}");
    assert!(largest.values().all(|bytes| *bytes <= 1024), "{largest:?}");
}
