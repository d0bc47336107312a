//! The diary is the truth; alarms are hints. Losing all of them loses nothing.

use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

#[tokio::test]
async fn every_alarm_is_lost_again_and_again_and_every_message_still_arrives_in_its_window() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    for _ in 0..80 {
        journey.lose_alarms().await;
        journey.days(1).await;
    }
    let received = journey.received(HANAKO).await;
    let steps: Vec<&str> = received.iter().filter_map(|line| line.split(' ').next_back()).collect();
    assert_eq!(
        steps,
        ["thanks-first", "arrival", "usage", "greeting-how-are-you", "winter-steam", "voices-other-uses"],
        "{received:?}"
    );
    let days: Vec<&str> = received.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(days, ["12-02", "12-08", "12-15", "01-12", "01-20", "02-09"], "{received:?}");
    assert!(journey.tasks().await.is_empty());
}
