//! What happens before the first event: everything that a call would wait for, and nothing that could be lost.

use crate::support::{Deployment, FUNCTIONS, HANAKO, deployed, order, webhook};
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use wasurena_local::aws::{Fault, How};
use wasurena_tests::lambda::Sandbox;

/// What each function must have asked for before it asks for its first event: one call of each service that its usual
/// work needs opens the connection, and the secrets are read. A sender needs Scheduler only where it cannot go on.
fn before_the_first_event(name: &str) -> &'static [&'static str] {
    match name {
        "plan-follow-ups" => &["dynamodb."],
        "set-alarms" => &["dynamodb.", "scheduler."],
        "send-follow-ups" => &["dynamodb.", "ses.GetAccount", "ssm.GetParametersByPath"],
        _ => &["dynamodb.", "ssm.GetParametersByPath"],
    }
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn connections_and_secrets_are_there_before_the_first_event() {
    let mut deployment = Deployment::new().await;
    let before = deployment.cloud.items();
    let mut missing = Vec::new();
    for name in FUNCTIONS {
        deployment.cloud.aws().reset_usage();
        deployment.function(name).start().await.unwrap();
        let calls: BTreeMap<String, u64> = deployment.cloud.aws().usage().calls;
        for wanted in before_the_first_event(name) {
            if !calls.keys().any(|call| call.starts_with(wanted)) {
                missing.push(format!("{name} asks for no {wanted} during INIT, only for {calls:?}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert_eq!(deployment.cloud.items(), before, "nothing is written before there is an event");
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_warm_call_asks_for_no_secrets_again() {
    let mut deployment = Deployment::new().await;
    deployment.answer("receive-purchase", &webhook(&order(1, HANAKO))).await;
    deployment.cloud.aws().reset_usage();
    deployment.answer("receive-purchase", &webhook(&order(2, HANAKO))).await;
    let calls = deployment.cloud.aws().usage().calls;
    assert!(!calls.contains_key("ssm.GetParametersByPath"), "{calls:?}");
    assert!(calls.contains_key("dynamodb.TransactWriteItems"), "{calls:?}");
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_cloud_that_is_away_during_init_does_not_keep_a_function_from_starting() {
    let mut deployment = Deployment::new().await;
    let away = Fault { call: "*".to_owned(), how: How::FailBefore, times: None, until: None, rate: None };
    deployment.cloud.aws().faults().add(away).unwrap();
    deployment.function("receive-purchase").start().await.unwrap();
    deployment.cloud.aws().faults().clear();
    let answer = deployment.answer("receive-purchase", &webhook(&order(1, HANAKO))).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(deployment.function("receive-purchase").starts(), 1);
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn a_function_without_its_variables_does_not_start_and_names_all_of_them() {
    let deployment = Deployment::new().await;
    for name in FUNCTIONS {
        let mut bare = deployed(name, &deployment.cloud);
        let variables: Vec<String> = std::mem::take(&mut bare.environment).into_keys().collect();
        let not_started = Sandbox::start(&bare).await.err().unwrap();
        assert_eq!(not_started.status.unwrap().code(), Some(1), "{not_started:?}");
        let names_all = |line: &&String| variables.iter().all(|variable| line.contains(variable.as_str()));
        assert_eq!(not_started.lines.iter().filter(names_all).count(), 1, "{name}: {variables:?} in {not_started:?}");
    }
}

#[tokio::test]
#[ignore = "needs the release binaries: tests/run builds them"]
async fn between_two_calls_a_process_may_be_ended_and_nothing_is_lost() {
    let mut deployment = Deployment::new().await;
    let (follow_up, alarm) = deployment.something_due().await;
    deployment.answer("send-follow-ups", &alarm).await;
    let before = deployment.cloud.items();
    for name in ["receive-purchase", "plan-follow-ups", "set-alarms", "send-follow-ups"] {
        let (status, _) = deployment.function(name).take_sandbox().shut_down().await;
        assert_eq!(status.signal(), Some(15), "{name} has no reason to stay when it is asked to end");
    }
    assert_eq!(deployment.cloud.items(), before);
    assert!(deployment.follow_up(&follow_up.id).await.state.has_left());
    deployment.answer("send-follow-ups", &alarm).await;
    assert_eq!(deployment.cloud.aws().ses().mails().unwrap().len(), 1);
}
