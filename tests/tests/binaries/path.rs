//! The whole path of a purchase, each part of it a process of its own.

use crate::support::{Deployment, HANAKO, PUBLIC_URL};
use chrono::{Duration, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_local::aws::EventKind;
use wasurena_tests::lambda::events;

/// Everything about the person that a log could give away.
const PERSONAL: [&str; 5] = ["hanako", "example.jp", "花子", "山田", "飯碗"];

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn from_the_webhook_to_the_last_word_of_the_customer() {
    let mut deployment = Deployment::new().await;

    let planned = deployment.buy(1, HANAKO).await;
    assert_eq!(planned.state, State::Planned);
    every_planned_slot_has_an_alarm(&deployment).await;

    let alarm = deployment.make_due(&planned).await;
    assert!(alarm.target_arn.ends_with(":function:send-follow-ups"));
    let input: Value = serde_json::from_str(&alarm.input).unwrap();
    deployment.answer("send-follow-ups", &input).await;
    // An alarm rings at least once.
    deployment.answer("send-follow-ups", &input).await;
    let mails = deployment.cloud.aws().ses().mails().unwrap();
    assert_eq!(mails.iter().map(|mail| mail.to.clone()).collect::<Vec<_>>(), [[HANAKO]]);
    assert!(mails[0].headers["List-Unsubscribe"].contains(PUBLIC_URL));
    assert_eq!(deployment.follow_up(&planned.id).await.state, State::Sent);

    for (kind, state) in [(EventKind::Send, State::Sent), (EventKind::Delivery, State::Delivered)] {
        let event = deployment.cloud.aws().ses().event(&mails[0].id, kind, false).unwrap();
        deployment.answer("record-delivery", &event).await;
        assert_eq!(deployment.follow_up(&planned.id).await.state, state);
        // SNS is a second witness, and says the same.
        let before = deployment.cloud.items();
        deployment.answer("record-delivery", &events::by_sns(&event)).await;
        assert_eq!(deployment.cloud.items(), before);
    }
    deployment.carry_stream().await;

    the_keeper_gives_what_was_missed_another_slot(&mut deployment).await;
    the_customer_says_stop(&mut deployment).await;

    let log = deployment.log();
    for line in &log {
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|line| line.is_object()), "no JSON: {line}");
        assert!(PERSONAL.iter().all(|personal| !line.contains(personal)), "personal: {line}");
    }
    follow_up_is_the_thread(&log, &planned);
}

async fn every_planned_slot_has_an_alarm(deployment: &Deployment) {
    let planned: BTreeSet<Slot> = deployment.follow_ups(HANAKO).await.iter().map(|follow_up| follow_up.slot).collect();
    let names: Vec<String> = deployment.cloud.alarms().into_iter().map(|alarm| alarm.name).collect();
    assert!(!planned.is_empty());
    for slot in &planned {
        let slot = format!("_{}_", slot.start().format("%Y%m%dT%H%M"));
        assert_eq!(names.iter().filter(|name| name.contains(&slot)).count(), 1, "{slot} in {names:?}");
    }
    assert_eq!(names.len(), planned.len(), "{names:?}");
}

/// An hour ago an alarm did not ring.
async fn the_keeper_gives_what_was_missed_another_slot(deployment: &mut Deployment) {
    let follow_ups = deployment.follow_ups(HANAKO).await;
    let next = follow_ups.iter().find(|follow_up| follow_up.state == State::Planned).unwrap();
    let slot = Slot::at_or_after(Utc::now() - Duration::hours(1));
    let missed = FollowUp { slot, generation: next.generation + 1, ..next.clone() };
    deployment.cloud.diary().replace(&deployment.cloud.shop(), next, &missed).await.unwrap();
    deployment.answer("keep-promises", &events::hour()).await;
    let moved = deployment.follow_up(&next.id).await;
    assert!(moved.state == State::Planned && moved.slot.start() > Utc::now(), "{moved:?}");
    deployment.carry_stream().await;
}

/// A scanner follows the link, then the mail program does what its user asked for.
async fn the_customer_says_stop(deployment: &mut Deployment) {
    let page = deployment.stop_page();
    let before = deployment.cloud.items();
    let shown = deployment.answer("customer-pages", &events::get(&page)).await;
    assert_eq!(shown["statusCode"], 200, "{shown}");
    assert_eq!(deployment.cloud.items(), before, "looking changes nothing");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let one_click = events::post_bytes(&page, &form, b"List-Unsubscribe=One-Click");
    assert_eq!(deployment.answer("customer-pages", &one_click).await["statusCode"], 200);
    assert_ne!(deployment.answer("customer-pages", &events::get(&page)).await["body"], shown["body"]);
    deployment.carry_stream().await;
    let follow_ups = deployment.follow_ups(HANAKO).await;
    assert!(follow_ups.iter().all(|follow_up| follow_up.state != State::Planned), "{follow_ups:#?}");
}

/// One id leads from the plan to the delivery, through every function that had it in hand.
fn follow_up_is_the_thread(log: &[String], follow_up: &FollowUp) {
    let id = json!(follow_up.id.to_string()).to_string();
    for target in ["wasurena_cloud::planning", "set_alarms", "send_follow_ups", "record_delivery"] {
        let told = log.iter().any(|line| line.contains(&id) && line.contains(target));
        assert!(told, "{target} says nothing of {id}:\n{}", log.join("\n"));
    }
}
