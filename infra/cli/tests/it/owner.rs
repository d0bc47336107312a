//! The owner's hand, on a running `wasurena up`: what was said on the phone binds at once, what is decided is done.

use crate::shop::{apply, momiji, order};
use crate::support::{Up, get, until};
use serde_json::{Value, json};
use std::process::Command;
use tempfile::TempDir;
use wasurena_local::sample;

pub(crate) const HANAKO: &str = "hanako@example.jp";

pub(crate) fn wasurena(up: &Up, arguments: &[&str]) -> (bool, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_wasurena")).args(arguments).args(["--local", &up.url]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.success(), said)
}

#[track_caller]
pub(crate) fn done(up: &Up, arguments: &[&str]) {
    let (is_done, said) = wasurena(up, arguments);
    assert!(is_done && !said.contains('@'), "{arguments:?}: {said}");
}

/// A shop in which 花子 has just bought a bowl, in one way or another.
pub(crate) async fn shop(changes: Value) -> (TempDir, Up) {
    let data = tempfile::tempdir().unwrap();
    let up = Up::start(data.path());
    let mut order = json!({
        "id": 1, "created_at": "2026-12-01T08:50:00+09:00", "updated_at": "2026-12-01T08:50:00+09:00",
        "currency": "JPY", "total_price": "3800", "financial_status": "paid", "email": HANAKO,
        "customer": { "last_name": "山田", "first_name": "花子", "email_marketing_consent": { "state": "subscribed" } },
        "line_items": [{ "product_id": 7, "title": "飯碗", "quantity": 1, "price": "3800" }],
    });
    order.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    hook(&up, "orders/create", &order).await;
    (data, up)
}

pub(crate) async fn hook(up: &Up, topic: &str, body: &Value) {
    let body = body.to_string();
    let (name, signature) = wasurena_carts::sign::shopify(sample::SECRET, body.as_bytes());
    let request = reqwest::Client::new().post(format!("{}/hooks/sakura/shopify", up.url));
    let request = request.header(name, signature).header("x-shopify-topic", topic);
    assert_eq!(request.body(body).send().await.unwrap().status(), 200);
}

/// How many mails there are at a moment.
pub(crate) async fn mails_at(up: &Up, at: &str) -> usize {
    until(up, at).await;
    get(up, "/_local/postbox").await["mails"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_stop_on_the_phone_binds_at_once_and_can_be_taken_back() {
    let (_data, up) = shop(json!({})).await;
    done(&up, &["customer", "stop", "sakura", HANAKO, "--how", "phone", "--words", "もう結構です"]);
    done(&up, &["customer", "stop", "sakura", HANAKO, "--how", "phone"]);
    assert_eq!(mails_at(&up, "2026-12-03T00:00:00+09:00").await, 0);
    done(&up, &["customer", "resume", "sakura", HANAKO, "--how", "in-person"]);
    assert_eq!(mails_at(&up, "2026-12-04T00:00:00+09:00").await, 1, "the thank-you is still in its time");
}

#[tokio::test]
async fn what_was_said_to_the_owner_is_in_the_ledger_how_and_in_which_words() {
    for how in ["reply", "phone", "in-person"] {
        let (_data, up) = shop(json!({})).await;
        done(&up, &["customer", "stop", "sakura", HANAKO, "--how", how, "--words", "もう結構です"]);
        assert_eq!(mails_at(&up, "2026-12-20T12:00:00+09:00").await, 0, "{how}");
        let (_, said) = wasurena(&up, &["customer", "show", "sakura", HANAKO]);
        let shown: Value = serde_json::from_str(&said).unwrap();
        let ledger = shown["ledger"].as_array().unwrap();
        let stop = ledger.iter().find(|entry| entry["said"] == "opted_out").unwrap();
        assert_eq!((&stop["how"], &stop["wording"]), (&json!(how.replace('-', "_")), &json!("もう結構です")));
        assert_eq!((&stop["channel"], &stop["at"]), (&json!("mail"), &json!("2026-12-01T00:00:00Z")));
        assert!(stop["event"].is_string(), "{stop}");
    }
}

/// All that another shop has of 花子, her mails and what is left to its owner.
async fn at_momiji(up: &Up) -> (String, Value) {
    let (is_done, shown) = wasurena(up, &["customer", "show", "momiji", HANAKO]);
    assert!(is_done, "{shown}");
    (shown, get(up, "/_local/tasks?shop=momiji").await)
}

#[tokio::test]
async fn no_command_about_one_shop_reads_or_changes_anything_of_another() {
    let (_data, up) = shop(json!({})).await;
    let folder = momiji();
    assert_eq!(apply(&folder, &up.url).0, Some(0));
    until(&up, "2026-12-01T09:30:00+09:00").await;
    assert_eq!(order(&up, HANAKO, 77).await, 200);
    let before = at_momiji(&up).await;
    let here = get(&up, &format!("/_local/follow-ups?shop=sakura&customer={HANAKO}")).await;
    let id = here[0]["customer"].as_str().unwrap();
    for arguments in [
        &["order", "follow-up", "sakura", "shopify", "1"][..],
        &["order", "leave-alone", "sakura", "shopify", "1"],
        &["customer", "settle", "sakura", HANAKO],
        &["case", "settle", "sakura", HANAKO, "--by", "佐藤"],
        &["customer", "stop", "sakura", HANAKO, "--how", "phone"],
        &["customer", "resume", "sakura", HANAKO, "--how", "phone"],
        &["customer", "reach", "sakura", HANAKO, "--how", "phone"],
        &["stop", "sakura"],
        // Her id in the one shop is nobody's in the other.
        &["customer", "erase", "momiji", id],
        &["customer", "erase", "sakura", HANAKO],
        &["shop", "erase-cart", "sakura", "shopify"],
    ] {
        done(&up, arguments);
        assert_eq!(at_momiji(&up).await, before, "{arguments:?}");
    }
    // Nor is one shop's order found, or its customer shown, at the other.
    for arguments in [&["order", "leave-alone", "momiji", "shopify", "1"][..], &["customer", "show", "momiji", id]] {
        let (is_done, said) = wasurena(&up, arguments);
        assert!(!is_done, "{said}");
    }
    assert_eq!(at_momiji(&up).await, before);
    assert_eq!(mails_at(&up, "2026-12-02T12:00:00+09:00").await, 1, "the thanks of the other shop");
}

#[tokio::test]
async fn an_address_that_bounced_is_written_to_again_when_the_owner_says_so() {
    let (_data, up) = shop(json!({})).await;
    assert_eq!(mails_at(&up, "2026-12-02T12:00:00+09:00").await, 1);
    let mail = get(&up, "/_local/postbox").await["mails"][0]["id"].clone();
    let event = json!({ "mail": mail, "type": "bounce", "permanent": true });
    let request = reqwest::Client::new().post(format!("{}/_local/ses-events", up.url));
    let request = request.header("content-type", "application/json").body(event.to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
    assert_eq!(mails_at(&up, "2026-12-08T12:00:00+09:00").await, 1);
    let kinds = |tasks: Value| tasks.as_array().unwrap().iter().filter(|t| t["kind"] == "find_address").count();
    assert_eq!(kinds(get(&up, "/_local/tasks?shop=sakura").await), 1);
    done(&up, &["customer", "reach", "sakura", HANAKO, "--how", "phone"]);
    assert_eq!(kinds(get(&up, "/_local/tasks?shop=sakura").await), 0);
    assert_eq!(mails_at(&up, "2026-12-09T12:00:00+09:00").await, 2, "the question, a day late");
}

#[tokio::test]
async fn a_case_is_settled_and_what_is_planned_goes_on() {
    let (_data, up) = shop(json!({})).await;
    let refund = json!({
        "id": 9, "order_id": 1, "created_at": "2026-12-01T10:00:00+09:00", "refund_line_items": [],
        "transactions": [{ "id": 1, "kind": "refund", "status": "success", "amount": "500", "currency": "JPY" }],
    });
    hook(&up, "refunds/create", &refund).await;
    assert_eq!(mails_at(&up, "2026-12-02T12:00:00+09:00").await, 0);
    let tasks = get(&up, "/_local/tasks?shop=sakura").await;
    let customer = tasks[0]["customer"].as_str().unwrap().to_owned();
    // By the id, as the owner's list shows it.
    done(&up, &["customer", "settle", "sakura", &customer]);
    assert_eq!(mails_at(&up, "2026-12-03T12:00:00+09:00").await, 1);
    assert_eq!(get(&up, "/_local/tasks?shop=sakura").await, json!([]), "it is off the list");
    // Something else breaks: it is a case again.
    let again = json!({
        "id": 10, "order_id": 1, "created_at": "2026-12-03T13:00:00+09:00", "refund_line_items": [],
        "transactions": [{ "id": 2, "kind": "refund", "status": "success", "amount": "500", "currency": "JPY" }],
    });
    hook(&up, "refunds/create", &again).await;
    assert_eq!(get(&up, "/_local/tasks?shop=sakura").await[0]["kind"], "settle_case");
    assert_eq!(mails_at(&up, "2026-12-16T12:00:00+09:00").await, 1);
}

#[tokio::test]
async fn a_held_order_is_followed_up_or_left_alone_as_the_owner_decides() {
    let company = || json!({ "billing_address": { "company": "見本商事株式会社" } });
    let (_data, up) = shop(company()).await;
    assert_eq!(mails_at(&up, "2026-12-02T12:00:00+09:00").await, 0);
    done(&up, &["order", "follow-up", "sakura", "shopify", "1"]);
    assert_eq!(mails_at(&up, "2026-12-03T12:00:00+09:00").await, 1);
    assert_eq!(get(&up, "/_local/tasks?shop=sakura").await, json!([]), "it is off the list");
    done(&up, &["order", "leave-alone", "sakura", "shopify", "1"]);
    assert_eq!(mails_at(&up, "2027-01-30T12:00:00+09:00").await, 1);
}

#[tokio::test]
async fn somebody_who_asks_to_be_forgotten_is() {
    let (_data, up) = shop(json!({})).await;
    done(&up, &["customer", "erase", "sakura", HANAKO]);
    assert_eq!(mails_at(&up, "2026-12-30T12:00:00+09:00").await, 0);
    assert_eq!(get(&up, &format!("/_local/follow-ups?shop=sakura&customer={HANAKO}")).await, json!([]));
}

#[tokio::test]
async fn everything_of_somebody_is_shown_to_be_handed_over() {
    let (_data, up) = shop(json!({})).await;
    assert_eq!(mails_at(&up, "2026-12-02T12:00:00+09:00").await, 1);
    let (is_done, said) = wasurena(&up, &["customer", "show", "sakura", HANAKO]);
    assert!(is_done, "{said}");
    let shown: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(shown["customer"]["email"], HANAKO);
    assert_eq!(shown["purchases"][0]["order"]["lines"][0]["n"], "飯碗");
    assert_eq!(shown["follow_ups"].as_array().unwrap().len(), 3);
    assert_eq!(shown["ledger"][0]["said"], "granted");
}

/// The kinds of what is on the owner's list.
async fn on_the_list(up: &Up) -> Vec<Value> {
    let tasks = get(up, "/_local/tasks?shop=sakura").await;
    tasks.as_array().unwrap().iter().map(|task| task["kind"].clone()).collect()
}

#[tokio::test]
async fn what_was_handed_over_or_erased_as_a_cart_asked_is_off_the_list() {
    let (_data, up) = shop(json!({})).await;
    let request = json!({
        "shop_id": 1, "shop_domain": "sakura.example.jp", "orders_requested": [],
        "customer": { "id": 7, "email": HANAKO, "phone": null }, "data_request": { "id": 9 },
    });
    hook(&up, "customers/data_request", &request).await;
    hook(&up, "shop/redact", &json!({ "shop_id": 1, "shop_domain": "sakura.example.jp" })).await;
    assert_eq!(on_the_list(&up).await, ["erase_cart", "hand_over_data"]);
    assert!(wasurena(&up, &["customer", "show", "sakura", HANAKO]).0);
    assert_eq!(on_the_list(&up).await, ["erase_cart"]);
    done(&up, &["shop", "erase-cart", "sakura", "shopify"]);
    assert_eq!(on_the_list(&up).await, [] as [Value; 0]);
}

#[tokio::test]
async fn who_has_not_paid_yet_is_shown_what_there_is_and_can_say_stop() {
    let (_data, up) = shop(json!({ "financial_status": "pending" })).await;
    done(&up, &["customer", "stop", "sakura", HANAKO, "--how", "phone", "--words", "もう結構です"]);
    let (is_done, said) = wasurena(&up, &["customer", "show", "sakura", HANAKO]);
    assert!(is_done, "{said}");
    let shown: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(shown["purchases"][0]["order"]["buyer"]["email"], HANAKO);
    assert_eq!((&shown["customer"], &shown["ledger"][0]["said"]), (&Value::Null, &json!("opted_out")));
    let (is_done, said) = wasurena(&up, &["customer", "resume", "sakura", HANAKO, "--how", "phone"]);
    assert!(!is_done && said.contains("there is no such customer"), "{said}");

    let paid = json!({
        "id": 1, "created_at": "2026-12-01T08:50:00+09:00", "updated_at": "2026-12-01T09:00:00+09:00",
        "currency": "JPY", "total_price": "3800", "financial_status": "paid", "email": HANAKO, "line_items": [],
    });
    hook(&up, "orders/paid", &paid).await;
    assert_eq!(mails_at(&up, "2026-12-20T12:00:00+09:00").await, 0);
    let (is_done, said) = wasurena(&up, &["customer", "show", "sakura", "nobody@example.jp"]);
    assert!(!is_done && said.contains("there is no such customer"), "{said}");
}

#[tokio::test]
async fn everything_that_came_from_a_cart_is_erased_and_nobody_who_bought_elsewhere_too() {
    let (_data, up) = shop(json!({})).await;
    for (number, address) in [(2, "taro@example.jp"), (3, "jiro@example.jp")] {
        let order = json!({
            "id": number, "created_at": "2026-12-01T08:55:00+09:00", "updated_at": "2026-12-01T08:55:00+09:00",
            "currency": "JPY", "total_price": "3800", "financial_status": "paid", "email": address, "line_items": [],
        });
        hook(&up, "orders/create", &order).await;
    }
    let body = json!({
        "id": 7, "status": "processing", "currency": "JPY", "total": "900", "date_created_gmt": "2026-12-01T00:00:00",
        "date_modified_gmt": "2026-12-01T00:00:00", "billing": { "email": "taro@example.jp" }, "line_items": [],
    })
    .to_string();
    let (name, signature) = wasurena_carts::sign::woocommerce(sample::SECRET, body.as_bytes());
    let request = reqwest::Client::new().post(format!("{}/hooks/sakura/woocommerce", up.url));
    let request = request.header(name, signature).header("x-wc-webhook-topic", "order.created");
    assert_eq!(request.body(body).send().await.unwrap().status(), 200);

    let (is_done, said) = wasurena(&up, &["shop", "erase-cart", "sakura", "shopify"]);
    assert!(is_done, "{said}");
    assert!(said.contains("2 customers and 1 other purchases erased") && said.contains("1 customers stay"), "{said}");
    assert_eq!(mails_at(&up, "2026-12-03T00:00:00+09:00").await, 1, "to whom it stays");
}

#[tokio::test]
async fn what_cannot_be_done_says_what_to_do() {
    let (_data, up) = shop(json!({})).await;
    for (arguments, hint) in [
        (&["customer", "settle", "sakura", "nobody@example.jp"][..], "there is no such customer"),
        (&["customer", "settle", "sakura", "だれか"], "give a mail address, or a customer's id"),
        (&["customer", "settle", "nowhere", HANAKO], "the shop nowhere has no programme"),
        (&["order", "follow-up", "sakura", "shopify", "99"], "the diary has no order shopify/99"),
    ] {
        let (is_done, said) = wasurena(&up, arguments);
        assert!(!is_done && said.contains(hint), "{arguments:?}: {said}");
        assert!(!said.contains("example.jp"), "{said}");
    }
}

#[tokio::test]
async fn the_switch_stops_a_shop_and_the_list_says_so() {
    let (_data, up) = shop(json!({ "email": null, "customer": null })).await;
    let (_, list) = wasurena(&up, &["today", "sakura"]);
    assert!(list.contains("write_postcard") && list.contains("because no_mail_address"), "{list}");

    done(&up, &["stop", "sakura"]);
    let order = json!({
        "id": 2, "created_at": "2026-12-01T08:55:00+09:00", "updated_at": "2026-12-01T08:55:00+09:00",
        "currency": "JPY", "total_price": "3800", "financial_status": "paid", "email": "taro@example.jp",
        "line_items": [{ "product_id": 7, "title": "飯碗", "quantity": 1, "price": "3800" }],
    });
    hook(&up, "orders/create", &order).await;
    assert_eq!(mails_at(&up, "2026-12-03T00:00:00+09:00").await, 0);
    let (_, list) = wasurena(&up, &["today", "sakura"]);
    assert!(list.starts_with("sakura is stopped"), "{list}");
    done(&up, &["stop", "sakura", "--off"]);
    assert_eq!(mails_at(&up, "2026-12-04T00:00:00+09:00").await, 1);

    let (is_done, said) = wasurena(&up, &["stop", "nowhere"]);
    assert!(!is_done && said.contains("nowhere stays as it was") && said.contains("no programme"), "{said}");
}
