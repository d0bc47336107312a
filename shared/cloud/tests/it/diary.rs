//! Writes that race, and writes whose answers are lost.

use crate::support::{Cloud, SLOT, at, claim, customer_id, planned, record, sakura, slot};
use rstest::rstest;
use serde_json::json;
use wasurena_cloud::diary::{
    Attention, Before, CustomerRecord, DiaryError, Erased, Known, NewCustomer, NewFacts, NotErased, PhoneRecord,
    PurchasePlace, PurchaseRecord,
};
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_domain::ids::{CartId, OrderId, PurchaseKey, ShopId};
use wasurena_domain::purchase::{Moments, Purchase, Report};

#[tokio::test]
async fn planning_twice_writes_once_and_leaves_what_stands() {
    let cloud = Cloud::open().await;
    let follow_up = planned("hanako", "thanks-first", SLOT);
    cloud.diary.put_new(&sakura(), &follow_up).await.unwrap();
    let later = FollowUp { slot: slot("2026-12-03T01:00Z"), ..follow_up.clone() };
    cloud.diary.put_new(&sakura(), &later).await.unwrap();
    assert_eq!(cloud.diary.follow_up(&sakura(), &follow_up.id).await.unwrap(), Some(follow_up));
}

#[tokio::test]
async fn a_lost_answer_is_no_lost_race() {
    let cloud = Cloud::open().await;
    let follow_up = planned("hanako", "thanks-first", SLOT);
    cloud.fault(json!({ "call": "dynamodb.PutItem", "how": "fail_after", "times": 2 }));
    cloud.diary.put_new(&sakura(), &follow_up).await.unwrap();
    cloud.fault(json!({ "call": "dynamodb.PutItem", "how": "fail_after", "times": 2 }));
    let cancelled = FollowUp { state: State::Cancelled, ..follow_up.clone() };
    cloud.diary.replace(&sakura(), &follow_up, &cancelled).await.unwrap();
    assert_eq!(cloud.calls("dynamodb.PutItem"), 6);
}

/// Whoever read a follow-up before somebody else changed its state, its slot or its claim decides again.
#[rstest]
#[case::state(|f: &mut FollowUp| f.state = State::Cancelled)]
#[case::slot(|f: &mut FollowUp| f.slot = slot("2026-12-03T01:00Z"))]
#[case::attempt(|f: &mut FollowUp| f.attempt = Some("another".to_owned()))]
#[tokio::test]
async fn a_follow_up_that_somebody_changed_is_not_written_over(#[case] change: fn(&mut FollowUp)) {
    let cloud = Cloud::open().await;
    let read = planned("hanako", "thanks-first", SLOT);
    cloud.diary.put_new(&sakura(), &read).await.unwrap();
    let mut changed = read.clone();
    change(&mut changed);
    cloud.diary.replace(&sakura(), &read, &changed).await.unwrap();
    let ours = FollowUp { generation: 7, ..read.clone() };
    assert!(matches!(cloud.diary.replace(&sakura(), &read, &ours).await, Err(DiaryError::Changed)));
    assert_eq!(cloud.diary.follow_up(&sakura(), &read.id).await.unwrap(), Some(changed));
}

fn facts(order: &str, before: Option<&CustomerRecord>) -> NewFacts {
    let key = PurchaseKey { cart: CartId::parse("shopify").unwrap(), order: OrderId::parse(order).unwrap() };
    let report = Report::new(key, None, Moments::default());
    let known = before.cloned();
    let mut after = before.cloned().unwrap_or_else(|| record("hanako"));
    after.customer.version += 1;
    after.attention = Some(Attention::Facts(slot(SLOT)));
    let purchase = PurchaseRecord {
        facts: Purchase::from_report(report),
        customer: Some(after.customer.id.clone()),
        first_seen_at: at("2026-12-01T12:00:00Z"),
        revision: 0,
    };
    let digest = customer_id(&sakura(), "phone:0312345678");
    let phone = PhoneRecord { digest, customers: vec![after.customer.id.clone()], several: false };
    NewFacts {
        purchase: Known { before: None, after: purchase },
        phone: before.is_none().then_some(Known { before: None, after: phone }),
        customer: Some(NewCustomer {
            before: known.map_or(Before::Nobody, |k| Before::Version(k.customer.version)),
            after,
        }),
        alias: None,
        entry: None,
        pointers: Vec::new(),
        unless_erased: None,
    }
}

/// The facts of a first order, with this record of its customer.
pub(crate) fn of_customer(customer: NewCustomer) -> NewFacts {
    NewFacts { customer: Some(customer), phone: None, ..facts("1", None) }
}

#[tokio::test]
async fn of_two_who_take_facts_in_the_loser_is_told_and_has_written_nothing() {
    let cloud = Cloud::open().await;
    let (first, second) = (facts("1", None), facts("2", None));
    cloud.diary.take_in(&sakura(), &first).await.unwrap();
    assert!(matches!(cloud.diary.take_in(&sakura(), &second).await, Err(DiaryError::Changed)));
    let lost = &second.purchase.after.facts.key;
    assert_eq!(cloud.diary.purchase(&sakura(), lost).await.unwrap(), PurchasePlace::Empty);
    // It reads again and joins the winner.
    let winner = cloud.diary.customer(&sakura(), &customer_id(&sakura(), "hanako")).await.unwrap().unwrap();
    cloud.diary.take_in(&sakura(), &facts("2", Some(&winner))).await.unwrap();
    let joined = cloud.diary.customer(&sakura(), &winner.customer.id).await.unwrap().unwrap();
    assert_eq!(joined.customer.version, 2);
}

#[tokio::test]
async fn facts_whose_answer_was_lost_are_taken_in_once() {
    let cloud = Cloud::open().await;
    cloud.fault(json!({ "call": "dynamodb.TransactWriteItems", "how": "fail_after", "times": 2 }));
    cloud.diary.take_in(&sakura(), &facts("1", None)).await.unwrap();
    assert_eq!(cloud.calls("dynamodb.TransactWriteItems"), 3);
}

#[tokio::test]
async fn a_plan_does_not_clear_the_mark_that_a_younger_plan_has_set() {
    let cloud = Cloud::open().await;
    cloud.diary.take_in(&sakura(), &facts("1", None)).await.unwrap();
    let read = cloud.diary.customer(&sakura(), &customer_id(&sakura(), "hanako")).await.unwrap().unwrap();
    let review = CustomerRecord { attention: Some(Attention::Review(slot("2027-01-20T01:00Z"))), ..read.clone() };
    cloud.diary.put_customer(&sakura(), &read, &review).await.unwrap();
    // The older plan saw a message ahead that has meanwhile ended.
    let nothing_to_look_at = CustomerRecord { attention: None, ..read.clone() };
    let older = cloud.diary.put_customer(&sakura(), &read, &nothing_to_look_at).await;
    assert!(matches!(older, Err(DiaryError::Changed)), "{older:?}");
    assert_eq!(cloud.diary.customer(&sakura(), &read.customer.id).await.unwrap(), Some(review));
}

#[tokio::test]
async fn two_shops_share_a_table_and_nothing_in_it() {
    let cloud = Cloud::open().await;
    let other = ShopId::parse("sakura-2").unwrap();
    let follow_up = planned("hanako", "thanks-first", SLOT);
    cloud.diary.put_new(&sakura(), &follow_up).await.unwrap();
    cloud.diary.take_in(&sakura(), &facts("1", None)).await.unwrap();
    assert!(cloud.diary.due_in_slot(&other, 0, slot(SLOT)).await.unwrap().is_empty());
    assert!(cloud.diary.due_by(&other, 0, at("2027-01-01T00:00:00Z"), 10).await.unwrap().is_empty());
    assert_eq!(cloud.diary.file(&other, &follow_up.customer).await.unwrap(), None);
    let FollowUp { customer, id, .. } = &follow_up;
    assert_eq!(cloud.diary.claim(&other, customer, id, slot(SLOT), &claim("one")).await.unwrap(), None);
    cloud.diary.take_in(&other, &facts("1", None)).await.unwrap();
}

#[tokio::test]
async fn an_unpaid_order_does_not_slip_in_beside_its_buyers_erasing() {
    let cloud = Cloud::open().await;
    let id = customer_id(&sakura(), "hanako");
    let facts = facts("1", None);
    let key = facts.purchase.after.facts.key.clone();
    let unpaid = NewFacts {
        customer: None,
        phone: None,
        pointers: vec![(id.clone(), key.clone())],
        unless_erased: Some(NotErased { customer: id.clone(), since: None }),
        ..facts
    };
    let erased = Erased { id: id.clone(), erased_at: at("2026-12-01T12:00:00Z"), last_version: 0 };
    cloud.diary.erase_customer(&sakura(), None, &erased).await.unwrap();
    assert!(matches!(cloud.diary.take_in(&sakura(), &unpaid).await, Err(DiaryError::Changed)));
    assert_eq!(cloud.diary.purchase(&sakura(), &key).await.unwrap(), PurchasePlace::Empty);
    // Where nobody is erased it comes in, and is found by its pointer.
    let other = ShopId::parse("momiji").unwrap();
    cloud.diary.take_in(&other, &unpaid).await.unwrap();
    assert_eq!(cloud.diary.other_purchases(&other, &id).await.unwrap(), [key]);
}
