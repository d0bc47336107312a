//! Claiming: one sender, once.

use crate::support::{Cloud, SLOT, claim, planned, sakura, slot};
use serde_json::json;
use wasurena_domain::follow_up::{FollowUp, State};

async fn claimed(cloud: &Cloud, follow_up: &FollowUp, in_slot: &str, attempt: &str) -> Option<FollowUp> {
    let FollowUp { customer, id, .. } = follow_up;
    cloud.diary.claim(&sakura(), customer, id, slot(in_slot), &claim(attempt)).await.unwrap()
}

#[tokio::test]
async fn what_is_planned_is_claimed_by_the_first_and_by_nobody_after() {
    let cloud = Cloud::open().await;
    let follow_up = planned("hanako", "thanks-first", SLOT);
    cloud.diary.put_new(&sakura(), &follow_up).await.unwrap();
    let first = claimed(&cloud, &follow_up, SLOT, "one").await.unwrap();
    let until = Some(claim("one").until);
    let expected =
        FollowUp { state: State::Claimed, attempts: 1, attempt: Some("one".to_owned()), until, ..follow_up.clone() };
    assert_eq!(first, expected);
    assert_eq!(claimed(&cloud, &follow_up, SLOT, "two").await, None);
    assert_eq!(cloud.diary.follow_up(&sakura(), &follow_up.id).await.unwrap(), Some(expected));
}

#[tokio::test]
async fn what_was_moved_cancelled_or_never_written_is_not_claimed() {
    let cloud = Cloud::open().await;
    let follow_up = planned("hanako", "thanks-first", SLOT);
    assert_eq!(claimed(&cloud, &follow_up, SLOT, "one").await, None);
    assert_eq!(cloud.diary.follow_up(&sakura(), &follow_up.id).await.unwrap(), None, "a claim creates nothing");
    cloud.diary.put_new(&sakura(), &follow_up).await.unwrap();
    let moved = FollowUp { slot: slot("2026-12-03T01:00Z"), generation: 1, ..follow_up.clone() };
    cloud.diary.replace(&sakura(), &follow_up, &moved).await.unwrap();
    assert_eq!(claimed(&cloud, &follow_up, SLOT, "one").await, None);
    let cancelled = FollowUp { state: State::Cancelled, ..moved.clone() };
    cloud.diary.replace(&sakura(), &moved, &cancelled).await.unwrap();
    assert_eq!(claimed(&cloud, &follow_up, "2026-12-03T01:00Z", "one").await, None);
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_still_our_own_and_counts_once() {
    let cloud = Cloud::open().await;
    let follow_up = planned("hanako", "thanks-first", SLOT);
    cloud.diary.put_new(&sakura(), &follow_up).await.unwrap();
    cloud.fault(json!({ "call": "dynamodb.UpdateItem", "how": "fail_after", "times": 2 }));
    let ours = claimed(&cloud, &follow_up, SLOT, "one").await.unwrap();
    assert_eq!((ours.attempts, ours.attempt.as_deref()), (1, Some("one")));
    assert_eq!(cloud.calls("dynamodb.UpdateItem"), 3);
}

#[tokio::test]
async fn a_claim_that_was_given_back_can_be_claimed_again_under_another_name() {
    let cloud = Cloud::open().await;
    let follow_up = planned("hanako", "thanks-first", SLOT);
    cloud.diary.put_new(&sakura(), &follow_up).await.unwrap();
    let first = claimed(&cloud, &follow_up, SLOT, "one").await.unwrap();
    let back = FollowUp { state: State::Planned, until: None, ..first.clone() };
    cloud.diary.replace(&sakura(), &first, &back).await.unwrap();
    assert_eq!(claimed(&cloud, &follow_up, SLOT, "two").await.unwrap().attempts, 2);
}
