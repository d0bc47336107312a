//! Whatever arrives: no panic, nothing personal in an error, money and time keep their values.

use crate::support::{EXAMPLE, event, parse, read, report, shopify, with};
use chrono::{DateTime, FixedOffset, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};
use wasurena_carts::{Webhook, all};
use wasurena_domain::money::{Currency, Money};

/// A body of each cart, as its parser likes it.
fn liked(cart: &str) -> Vec<u8> {
    match cart {
        "shopify" => shopify("updated").to_string().into_bytes(),
        _ => EXAMPLE.as_bytes().to_vec(),
    }
}

/// Every place in a body, as JSON pointers.
fn places(value: &Value, path: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(k, v)| (k.replace('~', "~0").replace('/', "~1"), v)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        _ => vec![],
    };
    for (name, child) in children {
        let path = format!("{path}/{name}");
        places(child, &path, found);
        found.push(path);
    }
}

fn nested() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,12}", inner, 0..4).prop_map(|m| m.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for cart in all() {
            prop_assert!(!matches!(parse(cart.id(), &bytes), Ok(Webhook::Purchase(_))));
        }
    }

    #[test]
    fn any_json_is_read_or_refused(body in nested()) {
        for cart in all() {
            prop_assert!(!matches!(read(cart.id(), &body), Ok(Webhook::Purchase(_))));
        }
    }

    #[test]
    fn a_body_with_other_bytes_in_it_is_read_or_refused(
        at in any::<prop::sample::Index>(),
        cut in 0..8_usize,
        put in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        for cart in all() {
            let mut body = liked(cart.id());
            let from = at.index(body.len());
            body.splice(from..(from + cut).min(body.len()), put.iter().copied());
            let _ = parse(cart.id(), &body);
        }
    }

    #[test]
    fn no_error_repeats_what_it_found(
        at in any::<prop::sample::Index>(),
        wrong in prop_oneof![
            Just(json!("kanojo-no-namae@example.jp")),
            Just(json!({ "kanojo-no-namae": 7_654_321 })),
            Just(json!(["kanojo-no-namae"])),
            Just(json!(-7_654_321)),
        ],
    ) {
        for cart in all() {
            let body: Value = serde_json::from_slice(&liked(cart.id())).unwrap();
            let mut found = Vec::new();
            places(&body, "", &mut found);
            let changed = with(&body, &found[at.index(found.len())], wrong.clone());
            if let Err(e) = read(cart.id(), &changed) {
                let shown = format!("{e} {e:?}");
                prop_assert!(!shown.contains("kanojo") && !shown.contains("7654321"), "{}", shown);
            }
        }
    }

    #[test]
    fn money_keeps_its_value(
        amount_minor in 0..=i64::MAX,
        code in prop::sample::select(vec!["JPY", "USD", "EUR", "KRW", "BHD", "CLF"]),
    ) {
        let money = Money { amount_minor, currency: Currency::parse(code).unwrap() };
        let shown = money.to_string();
        let decimal = shown.split(' ').next().unwrap();
        let bodies = [
            ("shopify", with(&with(&shopify("paid"), "/currency", json!(code)), "/total_price", json!(decimal))),
            ("standard", with(&with(&event("purchase.paid"), "/order/currency", json!(code)), "/order/total", json!(decimal))),
        ];
        for (cart, body) in bodies {
            prop_assert_eq!(report(cart, &body).order.unwrap().total, money);
        }
    }

    #[test]
    fn times_keep_their_value(unix_ms in 0..1_775_800_000_000_i64, offset_min in -720..=840_i32) {
        let instant = DateTime::<Utc>::from_timestamp_millis(unix_ms).unwrap();
        let local = instant.with_timezone(&FixedOffset::east_opt(offset_min * 60).unwrap()).to_rfc3339();
        let order = report("shopify", &with(&shopify("paid"), "/updated_at", json!(local))).order.unwrap();
        prop_assert_eq!(order.version_at, instant);
        let order = report("standard", &with(&event("purchase.paid"), "/occurred_at", json!(local))).order.unwrap();
        prop_assert_eq!(order.version_at, instant);
    }
}
