//! The sender's crash points: what it does not know is in doubt, what it knows is not lost.

use serde_json::{Value, json};
use wasurena_tests::journey::{Journey, moment, orders};

async fn after_orders(count: u64) -> Journey {
    let journey = Journey::begin().await;
    for number in 1..=count {
        let address = format!("customer{number}@example.jp");
        journey.shopify("orders/create", &orders::paid(number, "2026-12-01T10:00:00+09:00", &address, "飯碗")).await;
    }
    journey
}

/// How many thank-yous stand in this state.
async fn thanks(journey: &Journey, state: &str) -> usize {
    let is_one = |item: &&Value| item["step"]["S"] == "thanks-first" && item["state"]["S"] == state;
    journey.diary().await.iter().filter(is_one).count()
}

#[tokio::test]
async fn an_ailing_ses_puts_one_follow_up_in_doubt_and_not_the_whole_slot() {
    let journey = after_orders(6).await;
    journey
        .turn("faults", &json!({ "call": "ses.SendEmail", "how": "fail_before", "until": "2026-12-02T10:01:00+09:00" }))
        .await;
    journey.until("2026-12-02T10:01:00+09:00").await;
    assert_eq!((thanks(&journey, "in_doubt").await, thanks(&journey, "planned").await), (1, 5));
    journey.until("2026-12-02T10:30:00+09:00").await;
    assert_eq!((thanks(&journey, "in_doubt").await, thanks(&journey, "sent").await), (1, 5));
}

#[tokio::test]
async fn an_acceptance_is_not_forgotten_while_the_diary_is_away_for_a_moment() {
    let journey = after_orders(1).await;
    // The SDK's own three attempts, twice over.
    journey.turn("faults", &json!({ "call": "dynamodb.PutItem", "how": "down", "times": 6 })).await;
    journey.until("2026-12-02T10:30:00+09:00").await;
    assert_eq!(thanks(&journey, "sent").await, 1, "{:?}", journey.states("customer1@example.jp").await);
}

#[tokio::test]
async fn once_ses_has_throttled_the_slot_goes_on_at_half_the_pace() {
    let journey = after_orders(6).await;
    journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": "throttle", "times": 1 })).await;
    journey.until("2026-12-02T10:30:00+09:00").await;
    let mails = journey.mails().await;
    let times: Vec<_> = mails.iter().map(|mail| moment(mail["sent_at"].as_str().unwrap())).collect();
    assert_eq!(times.len(), 6);
    assert!(times[0] >= moment("2026-12-02T10:02:00+09:00"), "{times:?}");
    // Half of 14 a second.
    let gaps = times.windows(2).map(|pair| (pair[1] - pair[0]).num_milliseconds());
    assert!(gaps.min() >= Some(142), "{times:?}");
}

/// Wherever a short outage of reading begins: before the claim, after it, or at the second customer.
#[tokio::test]
async fn a_customer_who_cannot_be_read_after_the_claim_is_given_back_and_not_put_in_doubt() {
    for seed in 0..6 {
        let journey = after_orders(3).await;
        journey.until("2026-12-02T09:59:00+09:00").await;
        journey.world().aws().faults().seed(seed);
        journey.turn("faults", &json!({ "call": "dynamodb.Query", "how": "down", "rate": 0.7, "times": 9 })).await;
        journey.until("2026-12-02T17:00:00+09:00").await;
        assert_eq!(thanks(&journey, "in_doubt").await + thanks(&journey, "claimed").await, 0, "seed {seed}");
        assert_eq!(thanks(&journey, "sent").await, 3, "seed {seed}");
    }
}
