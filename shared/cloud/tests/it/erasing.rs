//! Erasing: once more where a tombstone stands, beside writers who have read it, and nothing of anybody else.

use crate::diary::of_customer;
use crate::support::{Cloud, at, customer_id, record, sakura};
use wasurena_cloud::diary::{
    Before, CustomerRecord, DiaryError, Erased, Known, NewCustomer, NewFacts, NotErased, Place, PurchasePlace,
    PurchaseRecord,
};
use wasurena_cloud::erasing::Erasing;
use wasurena_cloud::keyring::Keyring;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::{CartId, CustomerId, OrderId, PurchaseKey};
use wasurena_domain::ledger::{Channel, Entry, How, Said};
use wasurena_domain::purchase::{Moments, Purchase, Report};
use wasurena_domain::task::{Task, TaskKind};

fn erasing(cloud: &Cloud) -> Erasing {
    Erasing::new(cloud.diary.clone(), Keyring::new(cloud.clients.ssm(), "/wasurena", cloud.clock()), cloud.clock())
}

fn key(order: &str) -> PurchaseKey {
    PurchaseKey { cart: CartId::parse("shopify").unwrap(), order: OrderId::parse(order).unwrap() }
}

/// A purchase of which no order is known, to which somebody's partition points.
fn pointed(order: &str, customer: Option<&CustomerId>, pointing: &CustomerId) -> NewFacts {
    let after = PurchaseRecord {
        facts: Purchase::from_report(Report::new(key(order), None, Moments::default())),
        customer: customer.cloned(),
        first_seen_at: at("2026-12-01T12:00:00Z"),
        revision: 0,
    };
    NewFacts { pointers: vec![(pointing.clone(), key(order))], ..NewFacts::of_purchase(Known { before: None, after }) }
}

async fn tombstone(cloud: &Cloud, id: &CustomerId) -> Erased {
    match cloud.diary.place(&sakura(), id).await.unwrap() {
        Place::Erased(erased) => erased,
        other => panic!("{other:?}"),
    }
}

async fn is_erased(cloud: &Cloud, order: &str) -> bool {
    cloud.diary.purchase(&sakura(), &key(order)).await.unwrap() == PurchasePlace::Erased
}

#[tokio::test]
async fn where_a_tombstone_stands_what_came_since_is_erased_and_what_is_on_its_way_meets_a_new_one() {
    let cloud = Cloud::open().await;
    let id = customer_id(&sakura(), "hanako");
    erasing(&cloud).erase_one(&sakura(), &id).await.unwrap();
    let first = tombstone(&cloud, &id).await;

    cloud.time.set(at("2026-12-05T12:00:00Z"));
    let known = NotErased { customer: id.clone(), since: Some(first.erased_at) };
    let unpaid = |order| NewFacts { unless_erased: Some(known.clone()), ..pointed(order, None, &id) };
    cloud.diary.take_in(&sakura(), &unpaid("7")).await.unwrap();
    let word = Entry {
        at: at("2026-12-04T00:00:00Z"),
        channel: Channel::Mail,
        place: None,
        said: Said::OptedOut,
        how: How::Phone,
        wording: Some("もう結構です".to_owned()),
        until: None,
        preferences: None,
        event: "a note".to_owned(),
    };
    cloud.diary.add_entry(&sakura(), &id, &word).await.unwrap();

    assert!(!erasing(&cloud).erase_one(&sakura(), &id).await.unwrap());
    assert!(is_erased(&cloud, "7").await);
    assert_eq!(cloud.diary.ledger(&sakura(), &id).await.unwrap(), [Entry { wording: None, ..word }]);
    let second = tombstone(&cloud, &id).await;
    assert_eq!(second.erased_at, at("2026-12-05T12:00:00Z"));

    // Whoever had read the first tombstone is told, with an order that is not paid and with one that is.
    assert!(matches!(cloud.diary.take_in(&sakura(), &unpaid("8")).await, Err(DiaryError::Changed)));
    let reborn = NewCustomer { before: Before::Erased(first.erased_at), after: record("hanako") };
    assert!(matches!(cloud.diary.take_in(&sakura(), &of_customer(reborn)).await, Err(DiaryError::Changed)));
    // On the same day it changes nothing more.
    cloud.time.set(at("2026-12-05T20:00:00Z"));
    erasing(&cloud).erase_one(&sakura(), &id).await.unwrap();
    assert_eq!(tombstone(&cloud, &id).await, second);
    let reborn = NewCustomer { before: Before::Erased(second.erased_at), after: record("hanako") };
    cloud.diary.take_in(&sakura(), &of_customer(reborn)).await.unwrap();
}

#[tokio::test]
async fn a_pointer_erases_nothing_of_somebody_else() {
    let cloud = Cloud::open().await;
    let (hanako, taro) = (customer_id(&sakura(), "hanako"), customer_id(&sakura(), "taro"));
    for facts in [pointed("1", Some(&taro), &hanako), pointed("2", Some(&hanako), &hanako), pointed("3", None, &hanako)]
    {
        cloud.diary.take_in(&sakura(), &facts).await.unwrap();
    }
    erasing(&cloud).erase_one(&sakura(), &hanako).await.unwrap();
    let erased = (is_erased(&cloud, "1").await, is_erased(&cloud, "2").await, is_erased(&cloud, "3").await);
    assert_eq!(erased, (false, true, true));
}

#[tokio::test]
async fn a_tombstone_keeps_the_version_and_takes_tasks_off_the_list() {
    let cloud = Cloud::open().await;
    let (hanako, taro) = (customer_id(&sakura(), "hanako"), customer_id(&sakura(), "taro"));
    let after =
        CustomerRecord { customer: Customer { version: 7, ..Customer::new(hanako.clone()) }, ..record("hanako") };
    let facts = of_customer(NewCustomer { before: Before::Nobody, after: after.clone() });
    cloud.diary.take_in(&sakura(), &facts).await.unwrap();
    let task = |kind, customer: Option<&CustomerId>| Task {
        kind,
        customer: customer.cloned(),
        about: "shopify".to_owned(),
        due: "2026-12-31".parse().unwrap(),
        why: Reason::DataRequested,
    };
    let others = [task(TaskKind::EraseCart, None), task(TaskKind::HandOverData, Some(&taro))];
    let theirs = [task(TaskKind::HandOverData, Some(&hanako)), task(TaskKind::CheckName, Some(&hanako))];
    for task in theirs.iter().chain(&others) {
        cloud.diary.add_task(&sakura(), task).await.unwrap();
    }
    assert!(erasing(&cloud).erase_one(&sakura(), &hanako).await.unwrap());
    assert_eq!(cloud.diary.tasks(&sakura()).await.unwrap(), others);
    assert_eq!(tombstone(&cloud, &hanako).await.last_version, 7);
    // Whoever had read the record does not write over its tombstone.
    let late = NewCustomer { before: Before::Version(7), after };
    assert!(matches!(cloud.diary.take_in(&sakura(), &of_customer(late)).await, Err(DiaryError::Changed)));
}
