//! What AWS may do to us: SES down, throttling, silent or answering into the void; the diary and the scheduler gone.

use serde_json::json;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

async fn after_an_order() -> Journey {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey
}

#[tokio::test]
async fn ses_is_down_for_a_day_and_the_thank_you_goes_out_when_it_is_back() {
    let journey = after_an_order().await;
    journey.turn("faults", &json!({ "call": "ses.*", "how": "down", "until": "2026-12-03T10:00:00+09:00" })).await;
    journey.until("2026-12-03T09:59:00+09:00").await;
    assert!(journey.mails().await.is_empty());
    journey.until("2026-12-05T00:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    assert_eq!(received.len(), 1, "{received:?}");
    assert!(received[0].starts_with("12-03 1") && received[0].ends_with("thanks-first"), "{received:?}");
    journey.until("2026-12-20T00:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await.len(), 3);
}

#[tokio::test]
async fn an_outage_past_the_window_is_a_task_for_the_owner_and_never_a_burst() {
    let journey = after_an_order().await;
    journey.turn("faults", &json!({ "call": "ses.*", "how": "down", "until": "2026-12-10T12:00:00+09:00" })).await;
    journey.until("2026-12-12T00:00:00+09:00").await;
    let states = journey.states(HANAKO).await;
    assert!(states.contains(&"thanks-first expired window_over".to_owned()), "{states:?}");
    assert_eq!(journey.tasks().await.len(), 1);
    let received = journey.received(HANAKO).await;
    assert_eq!(received.len(), 1, "{received:?}");
    assert!(received[0].starts_with("12-10 1") && received[0].ends_with("arrival"), "{received:?}");
}

#[tokio::test]
async fn throttling_is_certainly_not_sent_and_tried_again() {
    let journey = after_an_order().await;
    journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": "throttle", "times": 3 })).await;
    journey.until("2026-12-02T12:00:00+09:00").await;
    assert_eq!(journey.mails().await.len(), 1);
    assert_eq!(journey.usage().await["calls"]["ses.SendEmail"], 4);
}

#[tokio::test]
async fn the_accounts_rate_is_asked_again_and_a_hiccup_does_not_stop_the_slot() {
    let journey = after_an_order().await;
    journey.turn("faults", &json!({ "call": "ses.GetAccount", "how": "fail_before", "times": 2 })).await;
    // Two minutes later the slot's next alarm would ring.
    journey.until("2026-12-02T10:01:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first"]);
}

#[tokio::test]
async fn what_cannot_be_known_is_in_doubt_never_sent_again_and_settled_after_25_hours() {
    for how in ["timeout", "fail_before", "fail_after"] {
        let journey = after_an_order().await;
        journey.turn("faults", &json!({ "call": "ses.SendEmail", "how": how, "times": 1 })).await;
        journey.until("2026-12-02T10:30:00+09:00").await;
        let states = journey.states(HANAKO).await;
        assert!(states.contains(&"thanks-first in_doubt -".to_owned()), "{how}: {states:?}");
        journey.until("2026-12-03T12:00:00+09:00").await;
        let states = journey.states(HANAKO).await;
        assert!(states.contains(&"thanks-first skipped unknown_whether_sent".to_owned()), "{how}: {states:?}");
        let left = usize::from(how == "fail_after");
        assert_eq!(journey.mails().await.len(), left, "{how}");
        assert_eq!(journey.usage().await["calls"]["ses.SendEmail"], 1, "{how}");
        // The owner is told, and the later messages go out as if nothing had happened.
        assert_eq!(journey.tasks().await[0]["kind"], "keep_promise", "{how}");
        journey.until("2026-12-16T00:00:00+09:00").await;
        assert_eq!(journey.mails().await.len(), left + 2, "{how}");
    }
}

#[tokio::test]
async fn the_diary_is_gone_and_the_cart_is_asked_to_come_back() {
    let journey = Journey::begin().await;
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗");
    for how in ["down", "throttle", "timeout", "fail_before"] {
        journey.turn("faults", &json!({ "call": "dynamodb.*", "how": how })).await;
        assert_eq!(journey.shopify("orders/create", &order).await, 503, "{how}");
        journey.end_faults().await;
        assert!(journey.follow_ups(HANAKO).await.is_empty(), "{how}");
    }
    assert_eq!(journey.shopify("orders/create", &order).await, 200);
    assert_eq!(journey.follow_ups(HANAKO).await.len(), 3);
}

#[tokio::test]
async fn planning_fails_for_hours_and_the_keeper_makes_it_good() {
    let journey = Journey::begin().await;
    // The purchase itself is a transaction (it names no phone and says nothing of consent, which are written before
    // it); everything the planner would write fails until noon.
    journey
        .turn("faults", &json!({ "call": "dynamodb.PutItem", "how": "down", "until": "2026-12-01T12:00:00+09:00" }))
        .await;
    let order = orders::paid(1, "2026-12-01T09:00:00+09:00", HANAKO, "飯碗");
    let order = orders::with(&order, &json!({ "customer": { "first_name": "花子", "last_name": "山田" } }));
    assert_eq!(journey.shopify("orders/create", &order).await, 200);
    journey.until("2026-12-01T11:30:00+09:00").await;
    assert!(journey.follow_ups(HANAKO).await.is_empty());
    journey.until("2026-12-16T00:00:00+09:00").await;
    assert_eq!(
        journey.received(HANAKO).await,
        ["12-02 10:00 thanks-first", "12-08 10:00 arrival", "12-15 10:00 usage"]
    );
}

#[tokio::test]
async fn the_scheduler_is_gone_for_weeks_and_nothing_is_lost_or_sent_late_in_silence() {
    let journey = Journey::begin().await;
    journey
        .turn("faults", &json!({ "call": "scheduler.*", "how": "fail_before", "until": "2026-12-20T00:00:00+09:00" }))
        .await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2027-01-20T00:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    let steps: Vec<&str> = received.iter().filter_map(|line| line.split(' ').next_back()).collect();
    // Without a scheduler nobody can be woken: what is past its window is the owner's, the rest went out.
    assert_eq!(steps.last(), Some(&"greeting-how-are-you"), "{received:?}");
    let told = journey.tasks().await.len();
    assert_eq!(steps.len() - 1 + told, 3, "{received:?}, {told} tasks");
}

#[tokio::test]
async fn answers_lost_at_random_never_send_twice() {
    let journey = Journey::begin().await;
    journey.turn("faults", &json!({ "call": "dynamodb.*", "how": "fail_after", "rate": 0.2 })).await;
    journey.turn("faults", &json!({ "call": "scheduler.*", "how": "fail_after", "rate": 0.3 })).await;
    for number in 1..=12 {
        let address = format!("customer{number}@example.jp");
        let order = orders::paid(number, "2026-12-01T10:00:00+09:00", &address, "飯碗");
        while journey.shopify("orders/create", &order).await != 200 {}
    }
    journey.until("2027-02-20T00:00:00+09:00").await;
    journey.end_faults().await;
    let mails = journey.mails().await;
    let mut sent: Vec<&str> = mails.iter().filter_map(|mail| mail["follow_up_id"].as_str()).collect();
    let all = sent.len();
    sent.sort_unstable();
    sent.dedup();
    assert_eq!(sent.len(), all, "a follow-up was sent twice");
    assert!(all >= 12 * 4, "{all} mails");
}
