//! An AWS that takes everything and says nothing, a deadline that comes first, a process that is killed in the middle.

use crate::support::{Deployment, HANAKO, deployed, order, webhook};
use serde_json::Value;
use std::time::Duration;
use wasurena_domain::follow_up::State;
use wasurena_local::aws::EventKind;
use wasurena_tests::cloud::Mute;
use wasurena_tests::lambda::{Deployed, Function, Outcome, events};

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_call_that_waits_for_aws_ends_at_its_deadline_and_the_next_is_served() {
    let mut deployment = Deployment::new().await;
    let (follow_up, alarm) = deployment.something_due().await;
    deployment.answer("send-follow-ups", &alarm).await;
    let aws = deployment.cloud.aws();
    let mail = aws.ses().mails().unwrap().remove(0);
    let delivered = aws.ses().event(&mail.id, EventKind::Delivery, false).unwrap();
    let timeout = Duration::from_secs(1);
    let mut function = Function::new(Deployed { timeout, ..deployed("record-delivery", &deployment.cloud) });
    function.start().await.unwrap();

    deployment.cloud.mute(Mute::DynamoDb);
    let outcome = function.invoke(&delivered).await;
    assert!(matches!(outcome, Outcome::TimedOut), "{outcome:?}");
    deployment.cloud.unmute();
    assert_eq!(deployment.follow_up(&follow_up.id).await.state, State::Sent);
    assert_eq!(function.invoke(&delivered).await.answer(), Value::Null);
    assert_eq!(deployment.follow_up(&follow_up.id).await.state, State::Delivered);
    assert_eq!(function.starts(), 2);
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_webhook_is_answered_before_its_deadline_and_what_it_stored_is_stored_once() {
    let deployment = Deployment::new().await;
    let timeout = Duration::from_secs(3);
    let mut function = Function::new(Deployed { timeout, ..deployed("receive-purchase", &deployment.cloud) });
    function.start().await.unwrap();

    deployment.cloud.mute(Mute::DynamoDb);
    let answer = function.invoke(&webhook(&order(1, HANAKO))).await.answer();
    assert_eq!(answer["statusCode"], 503, "{answer}");
    deployment.cloud.unmute();
    for _ in 0..2 {
        let answer = function.invoke(&webhook(&order(1, HANAKO))).await.answer();
        assert_eq!(answer["statusCode"], 200, "{answer}");
    }
    let items = deployment.cloud.items();
    let purchases = items.iter().filter(|item| item["entity"]["S"] == "purchase").count();
    assert_eq!((purchases, function.starts()), (1, 1));
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_page_asks_to_come_back_before_its_deadline() {
    let mut deployment = Deployment::new().await;
    let (_, alarm) = deployment.something_due().await;
    deployment.answer("send-follow-ups", &alarm).await;
    let page = deployment.stop_page();
    let timeout = Duration::from_secs(3);
    let mut function = Function::new(Deployed { timeout, ..deployed("customer-pages", &deployment.cloud) });
    function.start().await.unwrap();

    deployment.cloud.mute(Mute::DynamoDb);
    assert_eq!(function.invoke(&events::get(&page)).await.answer()["statusCode"], 503);
    deployment.cloud.unmute();
    assert_eq!(function.invoke(&events::get(&page)).await.answer()["statusCode"], 200);
    assert_eq!(function.starts(), 1);
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_sender_that_is_killed_before_ses_answers_does_not_send_again() {
    let mut deployment = Deployment::new().await;
    let (follow_up, alarm) = deployment.something_due().await;
    deployment.function("send-follow-ups").start().await.unwrap();

    deployment.cloud.mute(Mute::SendEmail);
    let mut sender = deployment.take("send-follow-ups");
    let cloud = &deployment.cloud;
    tokio::select! {
        outcome = sender.invoke(&alarm) => panic!("SES has not answered, and yet: {outcome:?}"),
        () = cloud.left_unanswered() => {}
    }
    // Dropping the call has killed the process, as a machine that fails would.
    cloud.unmute();
    let claimed = deployment.follow_up(&follow_up.id).await;
    assert_eq!((claimed.state, claimed.attempts), (State::Claimed, 1));
    let mails = |deployment: &Deployment| deployment.cloud.aws().ses().mails().unwrap();
    assert_eq!(mails(&deployment).len(), 1, "SES has taken it");

    sender.invoke(&alarm).await.answer();
    assert_eq!(sender.starts(), 2);
    assert_eq!(mails(&deployment).len(), 1, "the lease is not over, and nobody sends what is claimed");
    let sent = deployment.cloud.aws().ses().event(&mails(&deployment)[0].id, EventKind::Send, false).unwrap();
    deployment.answer("record-delivery", &sent).await;
    assert_eq!(deployment.follow_up(&follow_up.id).await.state, State::Sent, "SES's own word settles it");
}
