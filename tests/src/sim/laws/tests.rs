//! What breaks which invariant, and what does not: a check that cannot fail would be worth nothing.

use super::*;
use crate::sim::life::Person;
use serde_json::json;
use wasurena_local::sample;

/// Somebody who has bought once, and a mail to them that was claimed at step 5.
fn bought_once() -> (Life, Witness, Accepted) {
    let now: DateTime<Utc> = "2026-12-01T00:00:00Z".parse().expect("a moment");
    let (shop, cart) = (sample::SHOP, Cart::Standard);
    let person = Person { address: format!("kyaku-0@{DOMAIN}"), shop, cart, agrees: true };
    let says = Says::Paid(now);
    let hook = Hook { person: 0, order: 1, shop, cart, topic: "", body: Value::Null, says, is_signed: true };
    let life = Life {
        people: vec![person],
        hooks: vec![hook],
        deeds: Vec::new(),
        unlucky: None,
        begins: now,
        ends: now,
        shops: &[],
        is_crowded: false,
    };
    let mut witness = Witness::new(&life);
    let told = Told { paid_at: Some(now), stored: Some((now, 1)), ..Told::default() };
    witness.orders.insert(1, told);
    witness.claims.insert("attempt".to_owned(), 5);
    let mail = Accepted {
        message: "message".to_owned(),
        person: 0,
        shop: shop.to_owned(),
        follow_up: "follow-up".to_owned(),
        attempt: "attempt".to_owned(),
        at: now,
        stop_url: String::new(),
    };
    witness.mails.push(mail.clone());
    (life, witness, mail)
}

/// The invariant that the mail breaks once the record is changed like that.
fn breaks(step: &str, change: impl FnOnce(&mut Witness)) -> Option<&'static str> {
    let (life, mut witness, mail) = bought_once();
    change(&mut witness);
    let item = json!({ "step": { "S": step } });
    of_mail(&mail, Some(&item), &life, &witness).err().map(|violation| violation.invariant)
}

fn order(witness: &mut Witness) -> &mut Told {
    witness.orders.get_mut(&1).expect("the order")
}

#[test]
fn a_mail_breaks_what_was_known_before_its_claim_and_nothing_else() {
    assert_eq!(breaks("thanks-first", |_| {}), None);
    assert_eq!(breaks("thanks-first", |w| w.mails.extend(w.mails.clone())), Some("I1"));
    assert_eq!(breaks("thanks-first", |w| w.claims.clear()), Some("I1"));
    assert_eq!(breaks("news-presents", |_| {}), Some("I3"));
    assert_eq!(breaks("thanks-first", |w| w.people[0].stopped = Some(4)), Some("I4"));
    assert_eq!(breaks("thanks-first", |w| w.people[0].stopped = Some(5)), None);
    assert_eq!(breaks("thanks-first", |w| w.switched_off.extend([(sample::SHOP.to_owned(), 4)])), Some("I4"));
    assert_eq!(breaks("thanks-first", |w| order(w).came_back = Some(4)), Some("I7"));
    assert_eq!(breaks("thanks-first", |w| order(w).came_back = Some(5)), None);
    assert_eq!(breaks("thanks-first", |w| w.orders.clear()), Some("I9"));
}

#[test]
fn what_came_back_may_go_out_once_more() {
    let twice = |w: &mut Witness| {
        w.mails.extend(w.mails.clone());
        w.not_arrived.insert("follow-up".to_owned(), 1);
    };
    assert_eq!(breaks("thanks-first", twice), None);
}

/// What the books break a month after the purchase, when so many mails went out and these items stand beside the
/// customer's record.
fn broken_by_the_books(mails: usize, items: &[Value]) -> Option<&'static str> {
    let (life, mut witness, mail) = bought_once();
    witness.mails = vec![mail; mails];
    let record = json!({
        "pk": { "S": "sakura#C#id" }, "sk": { "S": "C" }, "email": { "S": life.people[0].address },
    });
    let books = Books::new(items.iter().cloned().chain([record]).collect());
    let end = life.begins + Duration::days(30);
    everybody_is_seen_to(&books, end, &life, &witness).err().map(|violation| violation.invariant)
}

#[test]
fn who_is_new_hears_twice_or_the_books_say_why_not() {
    let follow_up = |state: &str, due: &str| {
        json!({
            "pk": { "S": "sakura#C#id" }, "sk": { "S": "F#id_1" }, "state": { "S": state }, "due_sk": { "S": due },
        })
    };
    let ahead = || follow_up("planned", "2027-02-01T01:00Z#F#id_1");
    let skipped = || follow_up("skipped", "");
    let task = json!({ "pk": { "S": "sakura#TASKS" }, "sk": { "S": "address#id" } });
    assert_eq!(broken_by_the_books(2, &[ahead()]), None);
    assert_eq!(broken_by_the_books(1, &[ahead()]), Some("I5"));
    assert_eq!(broken_by_the_books(0, &[ahead()]), Some("I5"));
    assert_eq!(broken_by_the_books(1, &[ahead(), skipped()]), None);
    assert_eq!(broken_by_the_books(1, &[ahead(), task]), None);
    assert_eq!(broken_by_the_books(2, &[skipped()]), Some("I2"));
    assert_eq!(broken_by_the_books(2, &[]), Some("I2"));
}
