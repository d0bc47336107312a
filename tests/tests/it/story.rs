//! The main job, from the first purchase to the silence after "stop".

use serde_json::json;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

#[tokio::test]
async fn a_customer_is_followed_up_from_the_first_purchase_until_she_says_stop() {
    let journey = Journey::begin().await;

    // Hanako buys a bowl. Nothing goes out at once; three messages are in the diary.
    let bowl = orders::paid(1, "2026-12-01T10:12:00+09:00", HANAKO, "粉引の飯碗");
    assert_eq!(journey.shopify("orders/create", &bowl).await, 200);
    assert_eq!(journey.states(HANAKO).await, ["thanks-first planned -", "arrival planned -", "usage planned -"]);
    assert!(journey.mails().await.is_empty());

    // The thank-you comes the next morning at ten.
    journey.until("2026-12-02T10:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first"]);

    // The bowl arrives on the 4th: the question for it moves to four days later.
    let arrived = json!([{
        "id": 1, "status": "success", "shipment_status": "delivered",
        "created_at": "2026-12-02T18:00:00+09:00", "updated_at": "2026-12-05T14:00:00+09:00",
    }]);
    let delivered = orders::with(&bowl, &json!({ "updated_at": "2026-12-05T14:00:00+09:00", "fulfillments": arrived }));
    journey.until("2026-12-05T14:01:00+09:00").await;
    assert_eq!(journey.shopify("orders/updated", &delivered).await, 200);
    journey.until("2026-12-22T00:00:00+09:00").await;
    let first_three = ["12-02 10:00 thanks-first", "12-09 10:00 arrival", "12-15 10:00 usage"];
    assert_eq!(journey.received(HANAKO).await, first_three);

    // Then Tuesdays at ten, every four weeks, the first at least 28 days after the usage letter.
    journey.until("2027-03-10T00:00:00+09:00").await;
    // Between them the greeting of the season.
    let letters = [
        "01-12 10:00 greeting-how-are-you",
        "01-20 10:00 winter-steam",
        "02-09 10:00 voices-other-uses",
        "03-09 10:00 story-kiln-night",
    ];
    assert_eq!(journey.received(HANAKO).await[3..], letters);

    // A second purchase: a thank-you of its own, the question, how to use the new thing; and from day 30 on
    // something may be promoted. Until now nothing was.
    assert!(journey.follow_ups(HANAKO).await.iter().all(|f| f["class"] != "promotion"));
    let cup = orders::paid(2, "2027-03-12T20:00:00+09:00", HANAKO, "灰釉の湯呑み");
    journey.until("2027-03-12T20:00:00+09:00").await;
    assert_eq!(journey.shopify("orders/paid", &cup).await, 200);
    journey.until("2027-04-12T00:00:00+09:00").await;
    let second = [
        "03-13 10:00 thanks-second",
        "03-19 10:00 arrival",
        "03-26 10:00 usage",
        "04-06 10:00 care-stacking",
        "04-11 10:00 news-kiln-opening",
    ];
    assert_eq!(journey.received(HANAKO).await[7..], second);

    // She follows the link of the last mail and says stop. Looking alone changes nothing.
    let page = journey.stop_page(HANAKO).await;
    assert_eq!(journey.get(&page).await.status(), 200);
    assert!(journey.states(HANAKO).await.iter().any(|state| state.contains(" planned ")));
    assert_eq!(journey.post(&page, &[], b"wish=stop".to_vec()).await.status(), 200);
    let states = journey.states(HANAKO).await;
    assert!(states.iter().any(|state| state.ends_with("cancelled opted_out")), "{states:?}");
    // What remains is to look again: somebody may still want cards by post.
    let mut open = states.iter().filter(|state| state.contains(" planned "));
    assert!(open.all(|state| state == "review planned -"), "{states:?}");

    // Silence, also after another purchase.
    let received = journey.received(HANAKO).await.len();
    let plate = orders::paid(3, "2027-05-01T12:00:00+09:00", HANAKO, "青白磁の豆皿");
    journey.until("2027-05-01T12:00:00+09:00").await;
    assert_eq!(journey.shopify("orders/create", &plate).await, 200);
    journey.until("2027-12-31T00:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await.len(), received);
}

#[tokio::test]
async fn without_consent_only_the_messages_bound_to_the_purchase_go_out() {
    for state in ["not_subscribed", "unsubscribed"] {
        let journey = Journey::begin().await;
        let consent = json!({ "customer": { "first_name": "恵", "last_name": "渡辺", "email_marketing_consent": { "state": state } } });
        let order = orders::with(&orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗"), &consent);
        journey.shopify("orders/create", &order).await;
        journey.until("2027-12-01T00:00:00+09:00").await;
        let received = ["12-02 10:00 thanks-first", "12-08 10:00 arrival", "12-15 10:00 usage"];
        assert_eq!(journey.received(HANAKO).await, received, "{state}");
        // Nobody drops out silently: somebody will look again.
        assert_eq!(journey.states(HANAKO).await.last().unwrap(), "review planned -", "{state}");
    }
}

#[tokio::test]
async fn an_order_that_waits_for_its_money_begins_when_it_is_paid() {
    let journey = Journey::begin().await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "土瓶");
    let pending = orders::with(&order, &json!({ "financial_status": "pending" }));
    assert_eq!(journey.shopify("orders/create", &pending).await, 200);
    journey.until("2026-12-05T15:00:00+09:00").await;
    assert!(journey.follow_ups(HANAKO).await.is_empty());
    let paid = orders::with(&order, &json!({ "updated_at": "2026-12-05T15:00:00+09:00" }));
    assert_eq!(journey.shopify("orders/paid", &paid).await, 200);
    journey.days(2).await;
    assert_eq!(journey.received(HANAKO).await, ["12-06 10:00 thanks-first"]);
}

#[tokio::test]
async fn a_cancel_stops_what_was_planned() {
    let journey = Journey::begin().await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "一輪挿し");
    journey.shopify("orders/create", &order).await;
    let cancelled = json!({ "updated_at": "2026-12-01T12:00:00+09:00", "cancelled_at": "2026-12-01T12:00:00+09:00" });
    journey.shopify("orders/cancelled", &orders::with(&order, &cancelled)).await;
    journey.days(365).await;
    assert!(journey.mails().await.is_empty());
    assert!(journey.states(HANAKO).await.iter().all(|state| state.ends_with("cancelled purchase_undone")));
}

#[tokio::test]
async fn orders_within_seven_days_are_one_occasion() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-08T12:00:00+09:00").await;
    journey.shopify("orders/create", &orders::paid(2, "2026-12-08T11:00:00+09:00", HANAKO, "豆皿")).await;
    journey.until("2026-12-31T00:00:00+09:00").await;
    let received = ["12-02 10:00 thanks-first", "12-08 10:00 arrival", "12-15 10:00 usage"];
    assert_eq!(journey.received(HANAKO).await, received);
}

#[tokio::test]
async fn old_orders_are_history_and_nobody_is_thanked_for_them() {
    let journey = Journey::begin().await;
    // On the day the shop connects, its cart reports an order of two years ago.
    let old = orders::paid(1, "2024-11-20T10:00:00+09:00", HANAKO, "飯碗");
    let updated = orders::with(&old, &json!({ "updated_at": "2026-12-01T09:00:00+09:00" }));
    assert_eq!(journey.shopify("orders/updated", &updated).await, 200);
    journey.days(120).await;
    assert!(journey.mails().await.is_empty());
    assert_eq!(journey.states(HANAKO).await, ["review planned -"]);
    // The next purchase is the second, and is greeted as such.
    let now = journey.now().await.to_rfc3339();
    journey.shopify("orders/create", &orders::paid(2, &now, HANAKO, "湯呑み")).await;
    journey.days(2).await;
    assert!(journey.received(HANAKO).await[0].ends_with("thanks-second"));
}

#[tokio::test]
async fn a_customer_without_an_address_is_a_postcard_for_the_owner() {
    let journey = Journey::begin().await;
    let order =
        orders::with(&orders::paid(1, "2026-12-01T10:00:00+09:00", "", "土瓶"), &json!({ "phone": "03-1234-5678" }));
    assert_eq!(journey.shopify("orders/create", &order).await, 200);
    journey.days(60).await;
    assert!(journey.mails().await.is_empty());
    let tasks = journey.tasks().await;
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    assert_eq!(
        (tasks[0]["kind"].as_str(), tasks[0]["why"].as_str()),
        (Some("write_postcard"), Some("no_mail_address"))
    );
}

#[tokio::test]
async fn a_gift_is_worded_as_one_and_its_recipient_is_never_written_to() {
    let journey = Journey::begin().await;
    let gift = json!({
        "note_attributes": [{ "name": "熨斗", "value": "御祝" }],
        "shipping_address": { "first_name": "贈", "last_name": "先", "email": "recipient@example.jp" },
    });
    let order = orders::with(&orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "湯呑み"), &gift);
    journey.shopify("orders/create", &order).await;
    journey.days(21).await;
    let mails = journey.mails().await;
    assert_eq!(mails.len(), 3);
    assert!(
        mails[0]["text"].as_str().unwrap().contains("大切な方への贈りものに当店をお選びくださり"),
        "{}",
        mails[0]["text"]
    );
    assert!(mails.iter().all(|mail| mail["to"][0] == HANAKO));
}
