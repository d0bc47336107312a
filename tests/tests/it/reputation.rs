//! A shop whose mails are called spam or bounce: the owner is told, what is not owed waits, and it ends by itself.

use serde_json::{Value, json};
use wasurena_domain::ids::ShopId;
use wasurena_domain::reputation::Tally;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

/// Hanako and two others have bought, and each was thanked.
async fn three_were_thanked() -> Journey {
    let journey = Journey::begin().await;
    for (number, address) in [(1, "taro@example.jp"), (2, "jiro@example.jp"), (3, HANAKO)] {
        journey.shopify("orders/create", &orders::paid(number, "2026-12-01T10:00:00+09:00", address, "飯碗")).await;
    }
    journey.until("2026-12-02T10:30:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 3);
    journey
}

/// The mail to somebody is called spam.
async fn complains(journey: &Journey, address: &str) {
    let mails = journey.mails().await;
    let mail = mails.iter().rfind(|mail| mail["to"][0] == address).unwrap();
    journey.turn("ses-events", &json!({ "mail": mail["id"], "type": "complaint", "permanent": false })).await;
}

async fn tally(journey: &Journey) -> Tally {
    let shop = ShopId::parse("sakura").unwrap();
    journey.world().diary().tally(&shop, journey.now().await).await.unwrap()
}

async fn protecting(journey: &Journey) -> Vec<Value> {
    journey.tasks().await.into_iter().filter(|task| task["kind"] == "protect_reputation").collect()
}

#[tokio::test]
async fn what_is_not_owed_waits_while_too_many_call_the_mails_spam() {
    let journey = three_were_thanked().await;
    complains(&journey, "taro@example.jp").await;
    assert_eq!(tally(&journey).await, Tally { sent: 3, bounced: 0, complained: 1 });
    assert!(protecting(&journey).await.is_empty(), "one alone proves nothing");
    complains(&journey, "jiro@example.jp").await;
    // The same said once more counts once.
    complains(&journey, "jiro@example.jp").await;
    assert_eq!(tally(&journey).await, Tally { sent: 3, bounced: 0, complained: 2 });
    let tasks = protecting(&journey).await;
    assert_eq!((tasks.len(), &tasks[0]["why"]), (1, &json!("reputation_at_risk")));
    // How to use the bowl is what she hears within 21 days; the question after its arrival waits, and makes way for that.
    journey.until("2026-12-24T00:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first", "12-15 10:00 usage"]);
    let states = journey.states(HANAKO).await;
    assert!(states.contains(&"arrival cancelled too_often".to_owned()), "{states:?}");
    // Whoever buys now is thanked.
    journey.shopify("orders/create", &orders::paid(4, "2026-12-24T10:00:00+09:00", "aya@example.jp", "湯呑")).await;
    journey.until("2026-12-25T12:00:00+09:00").await;
    assert_eq!(journey.received("aya@example.jp").await, ["12-25 10:00 thanks-first"]);
}

#[tokio::test]
async fn when_four_weeks_look_better_everything_goes_on_by_itself() {
    let journey = three_were_thanked().await;
    complains(&journey, "taro@example.jp").await;
    complains(&journey, "jiro@example.jp").await;
    journey.until("2027-03-20T00:00:00+09:00").await;
    assert_eq!(protecting(&journey).await.len(), 1, "the owner ticks it off when the cause is found");
    assert_eq!(tally(&journey).await.complained, 0);
    let received = journey.received(HANAKO).await;
    assert!(received.iter().any(|line| !line.starts_with("12-")), "{received:?}");
}
