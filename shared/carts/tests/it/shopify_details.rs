//! What Shopify's orders say of money and consent beside their status, and how much of them may be odd.

use crate::support::{report, shopify, time, with};
use serde_json::{Value, json};
use wasurena_domain::purchase::{Line, Moments, Order, Purchase};

fn order(body: &Value) -> Order {
    report("shopify", body).order.unwrap()
}

#[test]
fn consent_is_as_old_as_the_record_that_decided() {
    let at = "2025-11-20T09:00:00+09:00";
    for (ticked, state, said_at, expected) in [
        (true, "subscribed", json!(at), Some(at)),
        (false, "unsubscribed", json!(at), Some(at)),
        (true, "not_subscribed", json!(at), None),
        (false, "pending", json!(at), None),
        (true, "subscribed", json!(null), None),
        (true, "subscribed", json!("long ago"), None),
    ] {
        let record = json!({ "state": state, "consent_updated_at": said_at });
        let body = with(&shopify("create"), "/customer/email_marketing_consent", record);
        let body = with(&body, "/buyer_accepts_marketing", json!(ticked));
        assert_eq!(order(&body).consent_at, expected.map(time), "{ticked} {state} {said_at}");
    }
}

#[test]
fn who_pays_on_delivery_has_bought() {
    let updated_at = Some(time("2026-04-03T10:24:33+09:00"));
    let paid = Moments { paid_seen_at: updated_at, ..Moments::default() };
    let unpaid = Moments { unpaid_seen_at: updated_at, ..Moments::default() };
    for (gateways, status, expected) in [
        (json!(["Cash on Delivery (COD)"]), "pending", paid),
        (json!(["gift_card", "代金引換"]), "pending", paid),
        (json!(["NP後払い"]), "pending", paid),
        (json!(["代金引換"]), "expired", unpaid),
        (json!(["代金引換"]), "voided", Moments::default()),
        (json!(["銀行振込"]), "pending", unpaid),
        (json!([7, null]), "pending", unpaid),
        (json!("代金引換"), "pending", unpaid),
        (json!(null), "pending", unpaid),
    ] {
        let body = with(&shopify("create"), "/payment_gateway_names", gateways.clone());
        let said = report("shopify", &with(&body, "/financial_status", json!(status))).moments;
        assert_eq!(said, expected, "{gateways} {status}");
    }
}

#[test]
fn what_is_shipped_unpaid_begins_when_it_is_shipped() {
    let parcel = json!([{ "status": "success", "created_at": "2026-04-05T10:00:00+09:00" }]);
    let invoiced = Purchase::from_report(report("shopify", &with(&shopify("create"), "/fulfillments", parcel)));
    assert_eq!(invoiced.began_at(), Some(time("2026-04-05T10:00:00+09:00")));
}

#[test]
fn a_line_costs_what_was_paid_for_it() {
    let shares = |amounts: &[&str]| json!(amounts.iter().map(|a| json!({ "amount": a })).collect::<Vec<_>>());
    for (price, quantity, shares, own, expected) in [
        ("2800", json!(2), shares(&[]), "0", 2800),
        ("2800", json!(2), shares(&["1000", "600"]), "9", 2000),
        ("2800", json!(2), shares(&[]), "1600", 2000),
        ("2800", json!(1), shares(&["2800"]), "0", 0),
        ("2800", json!(1), shares(&["2900"]), "0", 0),
        ("1000", json!(3), shares(&["1"]), "0", 1000),
        ("2800.50", json!(1), shares(&[]), "0.00", 2801),
        ("2800.49", json!("1"), shares(&["0.4"]), "0", 2800),
        ("2800", json!(null), shares(&["x"]), "x", 2800),
    ] {
        let line = json!({ "title": "粉引の飯碗", "price": price, "quantity": quantity,
            "discount_allocations": shares, "total_discount": own });
        let order = order(&with(&shopify("paid"), "/line_items", json!([line])));
        assert_eq!(order.lines[0].unit_amount_minor, expected, "{line}");
    }
}

#[test]
fn a_free_sample_with_paid_carriage_costs_nothing_but_carriage() {
    let sample =
        json!([{ "title": "お試し", "price": "500", "quantity": 1, "discount_allocations": [{ "amount": "500" }] }]);
    let body = with(&with(&shopify("paid"), "/line_items", sample), "/total_price", json!("770"));
    let order = order(&body);
    let line = Line::new(None, "お試し", None, 1, 0);
    assert_eq!((order.line_count, order.lines, order.total.amount_minor), (1, vec![line], 770));
}

#[test]
fn what_is_odd_counts_as_missing() {
    for (pointer, value, lines) in [
        ("/line_items/0/title", json!(null), 2),
        ("/line_items/0/title", json!(" "), 2),
        ("/line_items/0/title", json!(7), 2),
        ("/line_items/0/quantity", json!(1.5), 2),
        ("/line_items/0/product_id", json!({}), 2),
        ("/line_items/0/price", json!("2800.50"), 2),
        ("/line_items/0/price", json!(2800), 2),
        ("/line_items/0/price", json!("?"), 1),
        ("/line_items/1", json!(null), 1),
        ("/line_items", json!({}), 0),
        ("/customer", json!("花子"), 2),
        ("/customer/last_name", json!(["見本"]), 2),
        ("/billing_address", json!(""), 2),
        ("/fulfillments", json!([{ "status": "success" }]), 2),
        ("/refunds", json!([null, { "id": 1 }]), 2),
        ("/tags", json!([]), 2),
        ("/cancelled_at", json!(""), 2),
        ("/processed_at", json!(""), 2),
        ("/test", json!("no"), 2),
    ] {
        assert_eq!(order(&with(&shopify("paid"), pointer, value.clone())).lines.len(), lines, "{pointer} {value}");
    }
    let untitled = order(&with(&shopify("paid"), "/line_items/0/title", json!(null)));
    assert_eq!((untitled.lines[0].name.as_str(), untitled.lines[0].product.as_str()), ("", "8012345678901234567"));
    let unpriced = order(&with(&shopify("paid"), "/line_items/0/price", json!(null)));
    assert_eq!((unpriced.line_count, unpriced.lines.len()), (2, 1), "so that nobody takes it for free");
}
