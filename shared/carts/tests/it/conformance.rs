//! The suite that every cart must pass. A new cart adds a row to [`ROWS`]; nothing else here changes.

mod life;
pub(crate) mod row;
mod shopify;
mod signatures;
mod standard;
mod stripe;
mod woocommerce;

use crate::support::{NOW, SECRET, time};
use row::{Row, Said};
use wasurena_carts::{IgnoredReason, Unreadable, Webhook, all, find};
use wasurena_domain::purchase::{Consent, Delivery, Line, OrderKind};

/// Every cart, in the order of [`all`].
pub(crate) static ROWS: [Row; 4] = [shopify::ROW, woocommerce::ROW, stripe::ROW, standard::ROW];

/// The row of a cart.
pub(crate) fn row_of(cart: &str) -> &'static Row {
    ROWS.iter().find(|row| row.cart == cart).unwrap_or_else(|| panic!("no row for {cart}"))
}

#[test]
fn every_cart_has_a_row() {
    let carts: Vec<&str> = all().map(wasurena_carts::Cart::id).collect();
    let rows: Vec<&str> = ROWS.iter().map(|row| row.cart).collect();
    assert_eq!(carts, rows);
}

/// The table in docs/carts.md that tells what each cart can say.
fn table() -> String {
    let mut table = String::from("| |");
    for row in &ROWS {
        table += &format!(" {} |", row.cart);
    }
    table += &format!("\n|{}\n", " --- |".repeat(ROWS.len() + 1));
    for (said, name) in Said::ALL {
        table += &format!("| {name} |");
        for row in &ROWS {
            table += if (row.says)(said).is_some() { " yes |" } else { " – |" };
        }
        table.push('\n');
    }
    table
}

#[test]
fn the_page_about_carts_tells_what_each_can_say() {
    let page = include_str!("../../../../docs/carts.md");
    assert!(page.contains(&table()), "docs/carts.md should hold this table:\n\n{}", table());
}

#[test]
fn a_paid_order_becomes_facts() {
    for row in &ROWS {
        let report = row.report(Said::Paid).unwrap();
        assert_eq!(report.key.to_string(), row.key);
        let order = report.order.unwrap();
        // Shopify's checkout processes an order a second before it exists.
        let off = order.ordered_at - time("2026-04-03T10:24:31+09:00");
        assert!(off.num_milliseconds().abs() <= 1000, "{}: {}", row.cart, order.ordered_at);
        assert_eq!(order.total.to_string(), "8270 JPY", "{}", row.cart);
        assert_eq!(order.buyer.email.unwrap().as_str(), "hanako@example.jp", "{}", row.cart);
        assert_eq!(order.buyer.phone.unwrap().as_str(), "+81312345678", "{}", row.cart);
        assert_eq!(order.buyer.name.unwrap().as_str(), "見本 花子", "{}", row.cart);
        assert_eq!((order.kind, order.delivery), (OrderKind::Purchase, Delivery::Goods), "{}", row.cart);
        assert_eq!((order.gift, order.company, order.marketplace), (false, false, None), "{}", row.cart);
        let Line { product, name, .. } = &order.lines[0];
        assert_eq!((product.as_str(), name.as_str()), (row.product, "粉引の飯碗"), "{}", row.cart);
    }
}

#[test]
fn what_kind_of_order_it_is_is_told_apart() {
    for row in &ROWS {
        for (said, expected) in [
            (Said::Renewal, OrderKind::Renewal),
            (Said::Exchange, OrderKind::Exchange),
            (Said::GiftCard, OrderKind::GiftCard),
        ] {
            assert!(row.order(said).is_none_or(|order| order.kind == expected), "{} {said:?}", row.cart);
        }
        for (said, expected) in [(Said::Digital, Delivery::Digital), (Said::MadeToOrder, Delivery::MadeToOrder)] {
            assert!(row.order(said).is_none_or(|order| order.delivery == expected), "{} {said:?}", row.cart);
        }
        assert!(row.order(Said::Gift).is_none_or(|order| order.gift), "{}", row.cart);
        assert!(row.order(Said::Company).is_none_or(|order| order.company), "{}", row.cart);
        assert!(row.order(Said::Marketplace).is_none_or(|order| order.marketplace.is_some()), "{}", row.cart);
        let promised_on = chrono::NaiveDate::from_ymd_opt(2026, 4, 20);
        assert!(row.order(Said::Promised).is_none_or(|order| order.promised_on == promised_on), "{}", row.cart);
        let payment = Some("pi_3SAMPLE00000000000000001");
        assert!(row.order(Said::Payment).is_none_or(|order| order.payment.as_deref() == payment), "{}", row.cart);
    }
}

#[test]
fn consent_is_never_guessed() {
    for row in &ROWS {
        for (said, expected) in [
            (Said::ConsentGiven, Consent::Granted),
            (Said::ConsentDenied, Consent::Denied),
            (Said::ConsentUnsaid, Consent::Unknown),
        ] {
            assert_eq!(row.order(said).unwrap().consent, expected, "{} {said:?}", row.cart);
        }
    }
}

#[test]
fn an_order_without_personal_data_is_still_a_purchase() {
    for row in &ROWS {
        let order = row.order(Said::Nobody).unwrap();
        assert_eq!(order.buyer, <_>::default(), "{}", row.cart);
        assert_eq!(order.total.to_string(), "8270 JPY", "{}", row.cart);
    }
}

#[test]
fn money_and_ids_are_exact() {
    for row in &ROWS {
        assert_eq!(row.order(Said::Dollars).unwrap().total.to_string(), "82.70 USD", "{}", row.cart);
        let key = row.report(Said::LongId).unwrap().key;
        assert!(key.order.as_str().ends_with("9007199254740993"), "{key}");
    }
}

#[test]
fn what_is_no_purchase_is_acknowledged_and_left_alone() {
    for row in &ROWS {
        for (said, is_right) in [
            (Said::Test, (|why| *why == IgnoredReason::TestOrder) as fn(&IgnoredReason) -> bool),
            (Said::NoOrder, |why| matches!(why, IgnoredReason::NotAnOrder(_))),
            (Said::UnusedTopic, |why| matches!(why, IgnoredReason::UnusedTopic(_))),
            (Said::UnknownTopic, |why| matches!(why, IgnoredReason::UnknownTopic(_))),
        ] {
            match row.webhook(said) {
                None => {}
                Some(Webhook::Ignored(why)) if is_right(&why) => {}
                other => panic!("{} {said:?}: {other:?}", row.cart),
            }
        }
        assert!((row.says)(Said::Test).is_some() && (row.says)(Said::UnknownTopic).is_some(), "{}", row.cart);
    }
}

#[test]
fn what_is_no_message_is_refused() {
    for row in &ROWS {
        let topic = (row.says)(Said::Paid).unwrap().topic;
        for (body, expected) in [
            (&b"\xff"[..], "the body is not UTF-8"),
            (b"", "the body is not JSON: see line 1, column 0"),
            (b"webhook_id=1", "the body is not JSON: see line 1, column 1"),
            (b"[]", "the body: expected an object"),
            (b"null", "the body: expected an object"),
        ] {
            let refused = row.send(topic, body).unwrap_err().to_string();
            assert!(refused.starts_with(expected) || refused.contains("expected an object"), "{}: {refused}", row.cart);
        }
        assert!(matches!(row.send(topic, b"{}"), Err(Unreadable::Missing { .. })), "{}", row.cart);
        let deep = format!("{{\"id\": {}", "[".repeat(200));
        assert_eq!(row.send(topic, deep.as_bytes()), Err(Unreadable::TooDeep), "{}", row.cart);
    }
}

#[test]
fn requests_about_data_name_whom_they_are_about() {
    for row in &ROWS {
        for said in [Said::Erase, Said::Disclose] {
            let subject = match row.webhook(said) {
                None => continue,
                Some(Webhook::Erase(subject)) if said == Said::Erase => subject,
                Some(Webhook::Disclose(subject)) if said == Said::Disclose => subject,
                other => panic!("{} {said:?}: {other:?}", row.cart),
            };
            assert_eq!(subject.email.unwrap().as_str(), "hanako@example.jp", "{}", row.cart);
            assert_eq!(subject.phone.unwrap().as_str(), "+81312345678", "{}", row.cart);
            let keys: Vec<String> = subject.purchases.iter().map(ToString::to_string).collect();
            assert_eq!(keys, [row.key]);
        }
        assert!(row.webhook(Said::EraseCart).is_none_or(|w| w == Webhook::EraseCart), "{}", row.cart);
    }
}

#[test]
fn only_a_ping_is_a_ping() {
    for row in &ROWS {
        let cart = find(row.cart).unwrap();
        for (said, _) in Said::ALL {
            let Some(message) = (row.says)(said) else { continue };
            let body = message.body.to_string();
            let headers = (row.headers)(SECRET, message.topic, body.as_bytes(), time(NOW));
            assert!(!cart.is_ping(&headers, body.as_bytes()), "{} {said:?}", row.cart);
            assert!(!cart.is_ping(&[("", ""); 0], body.as_bytes()), "{} {said:?}", row.cart);
        }
    }
}
