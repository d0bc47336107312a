//! A programme that is published while follow-ups wait: the current version sends.

use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

#[tokio::test]
async fn the_words_of_the_current_version_go_out_and_a_step_that_is_gone_does_not() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    assert_eq!(journey.states(HANAKO).await.len(), 3);
    let with_a_line = |path: &str, text: &str| {
        let more = if path == "letters/thanks-first.txt" { "\n\n書き足した一行です。\n" } else { "" };
        Some(format!("{text}{more}"))
    };
    journey.publish(with_a_line).await;
    journey.until("2026-12-02T12:00:00+09:00").await;
    assert!(journey.mails().await[0]["text"].as_str().unwrap().contains("書き足した一行です。"));

    // The question for arrival leaves the programme; what was planned for it says why it did not go out.
    let without_arrival = |path: &str, text: &str| {
        let steps = || text.split("[[step]]").filter(|step| !step.contains("id = \"arrival\""));
        match path {
            "letters/arrival.txt" => None,
            "programme.toml" => Some(steps().collect::<Vec<_>>().join("[[step]]")),
            _ => Some(text.to_owned()),
        }
    };
    journey.publish(without_arrival).await;
    journey.until("2026-12-16T00:00:00+09:00").await;
    let states = journey.states(HANAKO).await;
    assert!(
        states.iter().any(|state| state == "arrival cancelled step_gone" || state == "arrival skipped step_gone"),
        "{states:?}"
    );
    assert_eq!(journey.mails().await.len(), 2);
}
