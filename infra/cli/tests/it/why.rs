//! `wasurena why` on a running `wasurena up`: what an owner reads, and what a program reads.

use crate::owner::{HANAKO, hook, shop, wasurena};
use crate::support::{Up, until};
use serde_json::{Value, json};

fn why(up: &Up, arguments: &[&str]) -> String {
    let (is_done, said) = wasurena(up, &[&["why", "sakura", HANAKO][..], arguments].concat());
    assert!(is_done && !said.contains('@') && !said.contains("花子"), "{said}");
    said
}

#[tokio::test]
async fn the_owner_reads_why_and_why_not() {
    let (_data, up) = shop(json!({})).await;
    until(&up, "2026-12-05T12:00:00+09:00").await;
    insta::assert_snapshot!("today", why(&up, &[]));
    insta::assert_snapshot!("a_day_to_come", why(&up, &["--on", "2027-01-19"]));
    insta::assert_snapshot!("one_step", why(&up, &["--step", "usage"]));
    insta::assert_snapshot!("a_series", why(&up, &["--step", "letters", "--on", "2027-03-01"]));
    insta::assert_snapshot!("a_day_that_is_over", why(&up, &["--on", "2026-12-02", "--step", "thanks-first"]));
}

#[tokio::test]
async fn what_stops_a_message_is_told() {
    let (_data, up) = shop(json!({})).await;
    until(&up, "2026-12-05T12:00:00+09:00").await;
    let (is_done, said) = wasurena(&up, &["customer", "stop", "sakura", HANAKO, "--how", "phone"]);
    assert!(is_done, "{said}");
    let said = why(&up, &["--step", "usage"]);
    assert!(said.contains("お止めになりました [R30]"), "{said}");
    assert!(wasurena(&up, &["stop", "sakura"]).0);
    let said = why(&up, &[]);
    assert!(said.contains("すべてのお便りを止めています"), "{said}");
    let (is_done, said) = wasurena(&up, &["stop", "sakura", "--off"]);
    assert!(is_done, "{said}");

    let refund = json!({
        "id": 9, "order_id": 1, "created_at": "2026-12-05T12:00:00+09:00", "refund_line_items": [],
        "transactions": [{ "id": 1, "kind": "refund", "status": "success", "amount": "500", "currency": "JPY" }],
    });
    let (is_done, said) = wasurena(&up, &["customer", "resume", "sakura", HANAKO, "--how", "phone"]);
    assert!(is_done, "{said}");
    hook(&up, "refunds/create", &refund).await;
    let said = why(&up, &["--step", "usage"]);
    assert!(said.contains("まずお詫びをする番です [R28]"), "{said}");
}

#[tokio::test]
async fn a_program_reads_the_same_in_json() {
    let (_data, up) = shop(json!({})).await;
    until(&up, "2026-12-05T12:00:00+09:00").await;
    let told: Value = serde_json::from_str(&why(&up, &["--on", "2026-12-08", "--json"])).unwrap();
    assert_eq!((&told["shop"], &told["on"], &told["stopped"]), (&json!("sakura"), &json!("2026-12-08"), &json!(false)));
    let messages = told["messages"].as_array().unwrap();
    let of = |step: &str| messages.iter().find(|message| message["step"] == step).unwrap();
    let arrival = of("arrival");
    assert_eq!((&arrival["day"], &arrival["rules"]), (&json!("2026-12-08"), &json!(["R11", "R27"])));
    assert_eq!(arrival["verdict"]["comes"]["slot"], "2026-12-08T01:00Z");
    assert_eq!(arrival["grounds"][0]["counted"]["from"]["arrival_unknown"]["bought_on"], "2026-12-01");
    assert_eq!(of("thanks-first")["verdict"]["went"]["on"], "2026-12-02");
    assert_eq!(of("thanks-second")["verdict"]["not"]["other_occasion"]["nth"], 1);
    // What it says of a day to come is what then happens.
    until(&up, "2026-12-08T12:00:00+09:00").await;
    let told: Value = serde_json::from_str(&why(&up, &["--json", "--step", "arrival"])).unwrap();
    assert_eq!(told["messages"][0]["verdict"]["went"]["on"], "2026-12-08");
}

#[tokio::test]
async fn what_cannot_be_answered_says_what_to_do() {
    let (_data, up) = shop(json!({})).await;
    for (arguments, hint) in [
        (&["why", "sakura", "nobody@example.jp"][..], "there is no such customer"),
        (
            &["why", "sakura", HANAKO, "--step", "usgae"],
            "has no message or series usgae: its ids stand in programme.toml",
        ),
        (&["why", "sakura", HANAKO, "--on", "2099-01-01"], "more than twenty years ahead"),
    ] {
        let (is_done, said) = wasurena(&up, arguments);
        assert!(!is_done && said.contains(hint), "{arguments:?}: {said}");
    }
}
