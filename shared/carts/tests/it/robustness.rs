//! Whatever arrives: no panic, nothing personal in an error, money and time keep their values.

use crate::conformance::ROWS;
use crate::conformance::row::Said;
use crate::support::{event, fixture, read, report, shopify, with};
use chrono::{DateTime, FixedOffset, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};
use wasurena_carts::Webhook;
use wasurena_domain::money::{Currency, Money};

/// Anything that a cart may say.
fn anything_said() -> impl Strategy<Value = Said> {
    prop::sample::select(Said::ALL.map(|(said, _)| said).to_vec())
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
    fn any_bytes_are_read_or_refused(said in anything_said(), bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for row in &ROWS {
            let topic = (row.says)(said).map_or("", |message| message.topic);
            prop_assert!(!matches!(row.send(topic, &bytes), Ok(Webhook::Purchase(_))));
        }
    }

    #[test]
    fn any_json_is_read_or_refused(said in anything_said(), body in nested()) {
        for row in &ROWS {
            let topic = (row.says)(said).map_or("", |message| message.topic);
            prop_assert!(!matches!(row.send(topic, body.to_string().as_bytes()), Ok(Webhook::Purchase(_))));
        }
    }

    #[test]
    fn a_body_with_other_bytes_in_it_is_read_or_refused(
        said in anything_said(),
        at in any::<prop::sample::Index>(),
        cut in 0..8_usize,
        put in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        for row in &ROWS {
            let Some(message) = (row.says)(said) else { continue };
            let mut body = message.body.to_string().into_bytes();
            let from = at.index(body.len());
            body.splice(from..(from + cut).min(body.len()), put.iter().copied());
            let _ = row.send(message.topic, &body);
        }
    }

    #[test]
    fn no_error_repeats_what_it_found(
        said in anything_said(),
        at in any::<prop::sample::Index>(),
        wrong in prop_oneof![
            Just(json!("kanojo-no-namae@example.jp")),
            Just(json!({ "kanojo-no-namae": 7_654_321 })),
            Just(json!(["kanojo-no-namae"])),
            Just(json!(-7_654_321)),
        ],
    ) {
        for row in &ROWS {
            let Some(message) = (row.says)(said) else { continue };
            let mut found = Vec::new();
            places(&message.body, "", &mut found);
            if found.is_empty() {
                continue;
            }
            let changed = with(&message.body, &found[at.index(found.len())], wrong.clone());
            match row.send(message.topic, changed.to_string().as_bytes()) {
                Err(e) => {
                    let shown = format!("{e} {e:?}");
                    prop_assert!(!shown.contains("kanojo") && !shown.contains("7654321"), "{}", shown);
                }
                // A topic in the body is shown, made safe for a log line.
                Ok(Webhook::Ignored(why)) => prop_assert!(!why.to_string().contains('@')),
                Ok(_) => {}
            }
        }
    }

    /// What Shopify is refused again and again it switches off.
    #[test]
    fn shopify_is_refused_nothing_but_what_makes_an_order(at in any::<prop::sample::Index>(), wrong in nested()) {
        let order = shopify("updated");
        let mut found = Vec::new();
        places(&order, "", &mut found);
        found.retain(|place| !["/id", "/currency", "/total_price", "/updated_at"].contains(&place.as_str()));
        let place = &found[at.index(found.len())];
        let webhook = read("shopify", &with(&order, place, wrong));
        prop_assert!(webhook.is_ok(), "{}: {:?}", place, webhook);
    }

    /// What WooCommerce was refused it never sends again.
    #[test]
    fn woocommerce_is_refused_nothing_but_what_makes_an_order(
        at in any::<prop::sample::Index>(),
        wrong in nested(),
    ) {
        let order = fixture("woocommerce/processing");
        let mut found = Vec::new();
        places(&order, "", &mut found);
        found.retain(|place| !["/id", "/currency", "/total"].contains(&place.as_str()));
        let place = &found[at.index(found.len())];
        let webhook = read("woocommerce", &with(&order, place, wrong));
        prop_assert!(webhook.is_ok(), "{}: {:?}", place, webhook);
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
            ("woocommerce", with(&with(&fixture("woocommerce/processing"), "/currency", json!(code)), "/total", json!(decimal))),
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

        let seconds = DateTime::from_timestamp(instant.timestamp(), 0).unwrap();
        let gmt = seconds.format("%Y-%m-%dT%H:%M:%S").to_string();
        let body = with(&fixture("woocommerce/processing"), "/date_modified_gmt", json!(gmt));
        prop_assert_eq!(report("woocommerce", &body).order.unwrap().version_at, seconds);
        let body = with(&fixture("stripe/completed"), "/created", json!(seconds.timestamp()));
        prop_assert_eq!(report("stripe", &body).order.unwrap().version_at, seconds);
    }
}
