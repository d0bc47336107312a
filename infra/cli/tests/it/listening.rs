//! Cases and products in the owner's hands, on a running `wasurena up`.

use crate::owner::{HANAKO, done, hook, mails_at, shop, wasurena};
use crate::support::{Up, get};
use serde_json::{Value, json};

/// What a command says, where it is done.
#[track_caller]
fn said(up: &Up, arguments: &[&str]) -> String {
    let (is_done, said) = wasurena(up, arguments);
    assert!(is_done && !said.contains('@'), "{arguments:?}: {said}");
    said
}

#[track_caller]
fn refused(up: &Up, arguments: &[&str], why: &str) {
    let (is_done, said) = wasurena(up, arguments);
    assert!(!is_done && said.contains(why) && !said.contains('@'), "{arguments:?}: {said}");
}

/// 花子's bowl comes back in part.
async fn refund(up: &Up, id: u64, at: &str) {
    let refund = json!({
        "id": id, "order_id": 1, "created_at": at, "refund_line_items": [],
        "transactions": [{ "id": id, "kind": "refund", "status": "success", "amount": "500", "currency": "JPY" }],
    });
    hook(up, "refunds/create", &refund).await;
}

async fn last_mail(up: &Up) -> Value {
    get(up, "/_local/postbox").await["mails"].as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn a_case_goes_through_a_persons_hands_to_its_end() {
    let (_data, up) = shop(json!({})).await;
    assert!(said(&up, &["case", "list", "sakura"]).contains("no case is open"));
    refused(&up, &["case", "show", "sakura", HANAKO], "there is no case");
    refund(&up, 9, "2026-12-01T10:00:00+09:00").await;
    let listed = said(&up, &["case", "list", "sakura"]);
    assert!(
        listed.contains("shopify/1  refunded_in_part since 2026-12-01  open  in the hands of nobody yet"),
        "{listed}"
    );

    done(&up, &["case", "take", "sakura", HANAKO, "--by", "佐藤"]);
    done(&up, &["case", "note", "sakura", HANAKO, "電話でお詫びした"]);
    refused(&up, &["case", "remedy", "sakura", HANAKO, "--letter", "usage"], "no [[remedy]] `usage`");
    let remedy = said(&up, &["case", "remedy", "sakura", HANAKO, "--letter", "apology"]);
    assert!(
        remedy.contains("remedy_sent  in the hands of 佐藤") && remedy.contains("goes out at 2026-12-01 09:15"),
        "{remedy}"
    );
    assert_eq!(mails_at(&up, "2026-12-01T12:00:00+09:00").await, 1);
    assert!(last_mail(&up).await["subject"].as_str().unwrap().contains("お詫び"));
    let again = said(&up, &["case", "remedy", "sakura", HANAKO, "--letter", "apology", "--order", "shopify/1"]);
    assert!(again.contains("was approved before, and is sent"), "{again}");

    done(&up, &["case", "settle", "sakura", HANAKO, "--words", "お取り替えした"]);
    assert!(said(&up, &["case", "list", "sakura"]).contains("no case is open"));
    let shown = said(&up, &["case", "show", "sakura", HANAKO]);
    let history: Vec<&str> = shown.lines().skip(1).map(|line| line.trim().split_once("  ").unwrap().1).collect();
    assert_eq!(
        history,
        [
            "opened  refunded_in_part",
            "佐藤  taken",
            "佐藤  noted  電話でお詫びした",
            "佐藤  remedy_approved  apology",
            "佐藤  settled  お取り替えした"
        ]
    );
    refused(&up, &["case", "remedy", "sakura", HANAKO, "--letter", "apology"], "the case is settled");
    assert_eq!(mails_at(&up, "2026-12-04T12:00:00+09:00").await, 2, "the thanks go on");
}

#[tokio::test]
async fn customer_settle_settles_the_case_too() {
    let (_data, up) = shop(json!({})).await;
    refund(&up, 9, "2026-12-01T10:00:00+09:00").await;
    done(&up, &["case", "take", "sakura", HANAKO, "--by", "佐藤"]);
    done(&up, &["customer", "settle", "sakura", HANAKO]);
    assert!(said(&up, &["case", "show", "sakura", HANAKO]).contains("  settled  "));
    // What happens later opens it again, with all that was.
    refund(&up, 10, "2026-12-01T13:00:00+09:00").await;
    let shown = said(&up, &["case", "show", "sakura", HANAKO]);
    assert!(shown.starts_with(|c: char| c.is_ascii_alphanumeric()) && shown.contains("  open  "), "{shown}");
    assert_eq!(shown.lines().count(), 5, "{shown}");
}

#[tokio::test]
async fn no_remedy_goes_to_somebody_who_said_stop() {
    let (_data, up) = shop(json!({})).await;
    refund(&up, 9, "2026-12-01T10:00:00+09:00").await;
    done(&up, &["customer", "stop", "sakura", HANAKO, "--how", "phone"]);
    let remedy = ["case", "remedy", "sakura", HANAKO, "--letter", "apology"];
    refused(&up, &remedy, "no mail may go to them (opted_out)");
    assert_eq!(mails_at(&up, "2026-12-20T12:00:00+09:00").await, 0);
}

#[tokio::test]
async fn answers_are_shown_by_product_until_somebody_has_looked() {
    let (_data, up) = shop(json!({})).await;
    assert!(said(&up, &["product", "list", "sakura"]).contains("nobody has answered yet"));
    assert_eq!(mails_at(&up, "2026-12-08T12:00:00+09:00").await, 2);
    let mail = last_mail(&up).await;
    let broken = mail["text"].as_str().unwrap().lines().find(|line| line.ends_with("/broken")).unwrap();
    let request = reqwest::Client::new().post(broken.split_once(" → ").unwrap().1);
    assert_eq!(request.body("answer=broken").send().await.unwrap().status(), 200);
    let listed = said(&up, &["product", "list", "sakura"]);
    assert!(listed.contains("7  0 happy, 0 neutral, 0 unhappy, 1 broken  paused"), "{listed}");
    assert!(said(&up, &["today", "sakura"]).contains("look_at_product  for the shop  about 7"));
    refused(&up, &["product", "looked", "sakura", "8"], "nothing was answered of `8`");
    done(&up, &["product", "looked", "sakura", "7"]);
    assert!(!said(&up, &["product", "list", "sakura"]).contains("paused"));
    assert!(!said(&up, &["today", "sakura"]).contains("look_at_product"));
    let (_, shown) = wasurena(&up, &["customer", "show", "sakura", HANAKO]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["answers"][0]["means"], &shown["cases"][0]["cause"]), (&json!("broken"), &json!("broken")));
}
