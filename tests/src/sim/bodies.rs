//! What the carts say: bodies as each cart words them, and how each tells of what becomes of an order.

use super::life::{Cart, FAMILY_NAME, Person};
use crate::journey::orders;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// The topic of a paid order.
pub(super) fn paid_topic(cart: Cart) -> &'static str {
    match cart {
        Cart::Shopify => "orders/paid",
        Cart::WooCommerce => "order.created",
        Cart::Stripe | Cart::Standard => "",
    }
}

/// A paid order.
pub(super) fn paid(cart: Cart, order: u64, at: DateTime<Utc>, address: &str, agrees: bool) -> Value {
    let time = at.to_rfc3339();
    let product = ["kohiki-meshiwan", "aikatachi-mamezara", "ame-guinomi"][(order % 3) as usize];
    match cart {
        Cart::Shopify => {
            let state = if agrees { "subscribed" } else { "not_subscribed" };
            let customer = json!({
                "id": 7_000 + order, "first_name": "花子", "last_name": FAMILY_NAME,
                "email_marketing_consent": { "state": state },
            });
            orders::with(&orders::paid(order, &time, address, product), &json!({ "customer": customer }))
        }
        Cart::WooCommerce => {
            let gmt = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            let fields =
                if agrees { json!([{ "id": 1, "key": "メルマガ", "value": "希望する" }]) } else { json!([]) };
            orders::with(&orders::woocommerce(order, &gmt, address, product), &json!({ "meta_data": fields }))
        }
        Cart::Stripe => {
            let mut event = orders::stripe(&format!("pi_{order}"), at.timestamp(), address);
            if !agrees {
                event["data"]["object"]["consent"] = Value::Null;
            }
            event
        }
        Cart::Standard => json!({
            "type": "purchase.paid",
            "occurred_at": time,
            "order": {
                "id": order, "ordered_at": time, "currency": "JPY", "total": "3800",
                "consent": if agrees { "granted" } else { "unknown" },
                "buyer": { "email": address, "name": format!("{FAMILY_NAME} 花子") },
                "lines": [{ "product_id": product, "name": product, "quantity": 1, "unit_price": "3800" }],
            },
        }),
    }
}

/// The order has left, where the cart has a word for that.
pub(super) fn shipped(cart: Cart, paid: &Value, at: DateTime<Utc>) -> Option<(&'static str, Value)> {
    match cart {
        Cart::Shopify => {
            let parcel = json!({
                "id": 1, "status": "success", "created_at": at.to_rfc3339(), "updated_at": at.to_rfc3339(),
            });
            let changes =
                json!({ "updated_at": at.to_rfc3339(), "fulfillment_status": "fulfilled", "fulfillments": [parcel] });
            Some(("orders/fulfilled", orders::with(paid, &changes)))
        }
        Cart::WooCommerce => {
            let gmt = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            let changes = json!({ "status": "completed", "date_modified_gmt": gmt, "date_completed_gmt": gmt });
            Some(("order.updated", orders::with(paid, &changes)))
        }
        Cart::Standard => Some(("", standard("purchase.shipped", paid, at, json!({})))),
        Cart::Stripe => None,
    }
}

/// The order was called off, where the cart has a word for that.
pub(super) fn called_off(cart: Cart, paid: &Value, at: DateTime<Utc>) -> Option<(&'static str, Value)> {
    match cart {
        Cart::Shopify => {
            let changes = json!({ "updated_at": at.to_rfc3339(), "cancelled_at": at.to_rfc3339() });
            Some(("orders/cancelled", orders::with(paid, &changes)))
        }
        Cart::WooCommerce => {
            let gmt = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            Some(("order.updated", orders::with(paid, &json!({ "status": "cancelled", "date_modified_gmt": gmt }))))
        }
        Cart::Standard => Some(("", standard("purchase.cancelled", paid, at, json!({})))),
        Cart::Stripe => None,
    }
}

/// Something of the order came back, where the cart has a word for that.
pub(super) fn came_back(cart: Cart, paid: &Value, at: DateTime<Utc>) -> Option<(&'static str, Value)> {
    match cart {
        Cart::Standard => {
            let refund = json!({ "refund": { "id": "R-1", "amount": "900", "currency": "JPY" } });
            Some(("", standard("purchase.returned", paid, at, refund)))
        }
        Cart::WooCommerce => {
            let gmt = at.format("%Y-%m-%dT%H:%M:%S").to_string();
            let refunds = json!([{ "id": 1, "reason": "", "total": "-900" }]);
            Some(("order.updated", orders::with(paid, &json!({ "date_modified_gmt": gmt, "refunds": refunds }))))
        }
        Cart::Shopify | Cart::Stripe => None,
    }
}

/// An event of the generic hook about an order that was told of before.
fn standard(kind: &str, paid: &Value, at: DateTime<Utc>, more: Value) -> Value {
    let order = orders::with(&json!({ "id": paid["order"]["id"] }), &more);
    json!({ "type": kind, "occurred_at": at.to_rfc3339(), "order": order })
}

/// Its buyer wants to be forgotten.
pub(super) fn forget(person: &Person, at: DateTime<Utc>) -> (&'static str, Value) {
    match person.cart {
        Cart::Shopify => (
            "customers/redact",
            json!({
                "shop_id": 1, "shop_domain": "sakura.example.jp",
                "customer": { "id": 7, "email": person.address, "phone": null }, "orders_to_redact": [],
            }),
        ),
        _ => (
            "",
            json!({ "type": "customer.erased", "occurred_at": at.to_rfc3339(), "customer": { "email": person.address } }),
        ),
    }
}
