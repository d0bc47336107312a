//! What WooCommerce's orders say, and how much of them may be odd.

use crate::conformance::row_of;
use crate::support::{fixture, ignored, refused, report, secrets, time, with};
use serde_json::{Value, json};
use wasurena_carts::{IgnoredReason, Webhook, find};
use wasurena_domain::purchase::{Delivery, Line, Moments, Order, Purchase};

fn body() -> Value {
    fixture("woocommerce/processing")
}

fn order(body: &Value) -> Order {
    report("woocommerce", body).order.unwrap()
}

#[test]
fn lines_are_products_at_the_price_that_was_paid() {
    let picture = Some("https://shop.example.jp/img/kohiki-meshiwan.jpg");
    let lines = order(&body()).lines;
    assert_eq!(lines[0], Line::new(Some("93"), "粉引の飯碗", picture, 2, 2800));
    assert_eq!(lines[1], Line::new(Some("22"), "鉄釉の湯呑", None, 1, 1900));
    let odd = with(&with(&body(), "/line_items/0/total", json!("1000")), "/line_items/0/quantity", json!(3));
    assert_eq!(order(&odd).lines[0].unit_amount_minor, 333, "from the total: the price is a float");
}

#[test]
fn the_moments_follow_from_the_status() {
    let version = Some(time("2026-04-04T10:02:10Z"));
    let paid = Moments { paid_seen_at: Some(time("2026-04-04T10:02:08Z")), ..Moments::default() };
    let unpaid = Moments { unpaid_seen_at: version, ..Moments::default() };
    for (status, expected) in [
        ("pending", unpaid),
        ("on-hold", unpaid),
        ("failed", unpaid),
        ("processing", paid),
        ("completed", Moments { shipped_at: version, ..paid }),
        ("refunded", Moments { refunded_at: version, ..paid }),
        ("cancelled", Moments { cancelled_at: version, ..paid }),
        ("packing", paid),
        ("", paid),
    ] {
        assert_eq!(report("woocommerce", &with(&body(), "/status", json!(status))).moments, expected, "{status}");
    }
    let later = with(&body(), "/date_paid_gmt", json!(null));
    for (status, expected) in [
        ("processing", Moments { paid_seen_at: version, ..Moments::default() }),
        ("packing", Moments::default()),
        ("cancelled", Moments { cancelled_at: version, ..Moments::default() }),
    ] {
        assert_eq!(report("woocommerce", &with(&later, "/status", json!(status))).moments, expected, "{status}");
    }
    for status in ["checkout-draft", "auto-draft", "trash"] {
        let why = ignored("woocommerce", &with(&body(), "/status", json!(status)));
        assert!(matches!(why, IgnoredReason::NotAnOrder(_)), "{status}");
    }
}

#[test]
fn an_order_that_was_thrown_away_is_cancelled_when_we_hear_of_it() {
    let Ok(Webhook::Purchase(report)) = row_of("woocommerce").send("order.deleted", b"{\"id\":1042}") else {
        panic!("a report")
    };
    assert_eq!(report.key.to_string(), "woocommerce/1042");
    assert_eq!(report.moments.cancelled_at, Some(time(crate::support::NOW)));
    let whole = row_of("woocommerce").send("order.deleted", body().to_string().as_bytes());
    assert_eq!(
        whole,
        row_of("woocommerce").send("order.updated", body().to_string().as_bytes()),
        "the topic is not signed"
    );
    assert!(row_of("woocommerce").send("order.updated", b"{\"id\":1042}").is_err());
}

#[test]
fn what_is_odd_counts_as_missing() {
    let sane = report("woocommerce", &body());
    for (pointer, value) in [
        ("/id", json!("1042")),
        ("/total", json!(8270)),
        ("/total", json!("8270.00")),
        ("/total", json!("8269.50")),
        ("/currency", json!(" jpy ")),
        ("/date_modified_gmt", json!("2026-04-04T10:02:10Z")),
        ("/date_modified_gmt", json!("2026-04-04 10:02:10")),
        ("/date_paid_gmt", json!("2026-04-04 10:02:08")),
        ("/refunds", json!("")),
        ("/refunds", json!([{ "id": 1, "total": "0.00" }, { "id": 2 }, null])),
        ("/meta_data", json!("")),
        ("/meta_data", json!([null, { "key": "gift", "value": { "a": 1 } }, { "key": 7 }])),
        ("/line_items/1/meta_data", json!(null)),
        ("/billing/company", json!(null)),
        ("/created_via", json!(null)),
        ("/transaction_id", json!(null)),
        ("/status", json!("wc-processing")),
        ("/date_completed_gmt", json!(false)),
    ] {
        assert_eq!(report("woocommerce", &with(&body(), pointer, value.clone())), sane, "{pointer} {value}");
    }
    for (pointer, value) in [
        ("/billing", json!([])),
        ("/billing", json!("")),
        ("/line_items", json!(null)),
        ("/line_items", json!([null, "x"])),
        ("/line_items/0", json!({})),
        ("/line_items/0/total", json!("")),
        ("/line_items/0/product_id", json!([])),
        ("/date_modified_gmt", json!("")),
        ("/date_created_gmt", json!(null)),
        ("/date_paid_gmt", json!("0000-00-00T00:00:00")),
    ] {
        let _ = order(&with(&body(), pointer, value));
    }
}

#[test]
fn what_cannot_be_an_order_is_refused() {
    const AMOUNT: &str = "total: expected an amount like \"5900\" or \"59.00\"";
    for (pointer, value, expected) in [
        ("/id", json!(null), "id: expected a string or a whole number below 2^64, but it is missing"),
        ("/total", json!(null), "total: expected an amount like \"5900\" or \"59.00\", but it is missing"),
        ("/total", json!("viel"), AMOUNT),
        ("/currency", json!("円"), "currency: a currency must be three letters of ISO 4217, like JPY"),
    ] {
        assert_eq!(refused("woocommerce", &with(&body(), pointer, value)), expected);
    }
}

#[test]
fn an_error_in_place_of_the_order_switches_nothing_off() {
    let forbidden = json!({ "code": "woocommerce_rest_cannot_view", "message": "…", "data": { "status": 403 } });
    assert!(matches!(ignored("woocommerce", &forbidden), IgnoredReason::NothingToKeep(_)));
    assert!(refused("woocommerce", &json!({ "code": "rest_no_route" })).starts_with("id: "));
}

#[test]
fn what_the_shop_has_erased_is_nobodys_name() {
    let body = with(&body(), "/billing/first_name", json!("[deleted]"));
    let body = with(&body, "/billing/email", json!("deleted@site.invalid"));
    let body = with(&body, "/meta_data/0", json!({ "key": "_anonymized", "value": "yes" }));
    assert_eq!(order(&body).buyer, <_>::default());
}

#[test]
fn the_payment_intent_is_found_where_the_plugin_put_it() {
    for (pointer, value, expected) in [
        ("/meta_data/0", json!({ "key": "_stripe_intent_id", "value": "pi_1" }), Some("pi_1")),
        ("/meta_data/0", json!({ "key": "_intent_id", "value": "pi_2" }), Some("pi_2")),
        ("/meta_data/0", json!({ "key": "_stripe_intent_id", "value": "seti_1" }), None),
        ("/transaction_id", json!("pi_3"), Some("pi_3")),
        ("/transaction_id", json!("ch_3"), None),
        ("/transaction_id", json!(""), None),
    ] {
        assert_eq!(order(&with(&body(), pointer, value)).payment.as_deref(), expected);
    }
}

#[test]
fn downloads_are_what_needs_no_processing_and_was_not_shipped() {
    let read = |needs: Value, shipped: Value| {
        let body = with(&with(&body(), "/needs_processing", needs), "/shipping_lines", shipped);
        order(&body).delivery
    };
    assert_eq!(read(json!(false), json!([])), Delivery::Digital);
    assert_eq!(read(json!(true), json!([])), Delivery::Goods);
    assert_eq!(read(json!(null), json!([])), Delivery::Goods, "older versions do not say");
    assert_eq!(read(json!(false), json!([{ "id": 317 }])), Delivery::Goods, "its products are gone from the shop");
    let lesson = with(&body(), "/meta_data", json!([{ "key": "ご予約日時", "value": "2026年4月20日 10:00" }]));
    let lesson = order(&with(&lesson, "/needs_processing", json!(false)));
    assert_eq!(
        (lesson.delivery, lesson.promised_on),
        (Delivery::Appointment, chrono::NaiveDate::from_ymd_opt(2026, 4, 20))
    );
}

#[test]
fn what_was_cancelled_stays_so_when_the_money_comes_after_all() {
    let cancelled = report("woocommerce", &with(&body(), "/status", json!("cancelled")));
    let later = with(&body(), "/date_modified_gmt", json!("2026-04-06T01:00:00"));
    let facts = Purchase::from_report(cancelled).join(report("woocommerce", &later));
    assert!(facts.is_undone(), "as docs/carts.md says among the limits");
}

#[test]
fn refunds_are_positive_and_at_the_version() {
    let refunds = json!([{ "id": 1, "total": "-1900" }, { "id": "2", "total": -370 }]);
    let report = report("woocommerce", &with(&body(), "/refunds", refunds));
    let amounts: Vec<(&str, i64)> = report.refunds.iter().map(|(id, r)| (id.as_str(), r.amount_minor)).collect();
    assert_eq!(amounts, [("1", 1900), ("2", 370)]);
    assert!(report.refunds.values().all(|r| r.at == time("2026-04-04T10:02:10Z")));
}

#[test]
fn the_ping_is_that_exact_body_and_unsigned() {
    let cart = find("woocommerce").unwrap();
    let none: [(&str, &str); 0] = [];
    for (body, expected) in [
        (&b"webhook_id=42"[..], true),
        (b"webhook_id=", false),
        (b"webhook_id=4x", false),
        (b"webhook_id=42\n", false),
        (b"webhook_id=42&x=1", false),
        (b"webhook_id=123456789012345678901", false),
        (b"", false),
        (b"{}", false),
    ] {
        assert_eq!(cart.is_ping(&none, body), expected, "{}", String::from_utf8_lossy(body));
    }
    assert!(!cart.is_ping(&[("X-WC-Webhook-Topic", "order.updated")], b"webhook_id=42"));
    assert!(!cart.is_ping(&[("X-WC-Webhook-Signature", "x")], b"webhook_id=42"));
    assert!(!find("shopify").unwrap().is_ping(&none, b"webhook_id=42"));
}

#[test]
fn older_versions_sign_with_the_secret_as_html_shows_it() {
    let body = b"{\"id\":727}";
    let cart = find("woocommerce").unwrap();
    let accepts = |signed_with: &str, secret: &str| {
        let headers = [wasurena_carts::sign::woocommerce(signed_with, body)];
        cart.verify(&headers, body, &secrets(secret, None), time(crate::support::NOW)).is_ok()
    };
    assert!(accepts("s3cr&t", "s3cr&t") && accepts("s3cr&amp;t", "s3cr&t"));
    assert!(accepts("a&lt;&gt;&quot;&#039;", "a<>\"'"));
    assert!(!accepts("s3cr&t", "s3cr&amp;t") && !accepts("s3cr", "s3cr&t"));
}
