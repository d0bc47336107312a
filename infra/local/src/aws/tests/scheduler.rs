//! EventBridge Scheduler through the SDK, and its rings.

use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::operation::create_schedule::CreateScheduleError;
use aws_sdk_scheduler::operation::create_schedule::builders::CreateScheduleFluentBuilder;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, DeadLetterConfig, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState,
    Target,
};
use chrono::{DateTime, Utc};

use super::Cloud;

const TARGET: &str = "arn:aws:lambda:ap-northeast-1:000000000000:function:ring-me";
const ROLE: &str = "arn:aws:iam::000000000000:role/ring";
const QUEUE: &str = "arn:aws:sqs:ap-northeast-1:000000000000:lost";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn client(cloud: &Cloud) -> Client {
    Client::new(&cloud.aws.sdk_config())
}

fn target() -> Target {
    Target::builder()
        .arn(TARGET)
        .role_arn(ROLE)
        .input("{\"slot\":1}")
        .retry_policy(RetryPolicy::builder().maximum_retry_attempts(3).maximum_event_age_in_seconds(600).build())
        .dead_letter_config(DeadLetterConfig::builder().arn(QUEUE).build())
        .build()
        .unwrap()
}

/// At ten in Tokyo, deleted once it has rung.
fn create(client: &Client, name: &str, local: &str) -> CreateScheduleFluentBuilder {
    client
        .create_schedule()
        .name(name)
        .schedule_expression(format!("at({local})"))
        .schedule_expression_timezone("Asia/Tokyo")
        .flexible_time_window(FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap())
        .action_after_completion(ActionAfterCompletion::Delete)
        .target(target())
}

#[tokio::test]
async fn a_schedule_rings_until_it_is_completed() {
    let cloud = Cloud::new();
    let scheduler = cloud.aws.scheduler();
    assert_eq!(scheduler.next_ring().unwrap(), None);
    create(&client(&cloud), "slot-1", "2026-04-07T10:00:00").send().await.unwrap();
    assert_eq!(scheduler.next_ring().unwrap(), Some(at("2026-04-07T01:00:00Z")));
    assert!(scheduler.due(at("2026-04-07T00:59:59Z")).unwrap().is_empty());

    let ring = scheduler.due(at("2026-04-07T01:00:00Z")).unwrap().remove(0);
    assert_eq!((ring.group.as_str(), ring.name.as_str()), ("default", "slot-1"));
    assert_eq!((ring.target_arn.as_str(), ring.input.as_str()), (TARGET, "{\"slot\":1}"));
    assert_eq!((ring.maximum_retry_attempts, ring.maximum_event_age_s), (3, 600));
    assert_eq!(ring.dead_letter_arn.as_deref(), Some(QUEUE));
    let again = scheduler.due(at("2026-04-08T00:00:00Z")).unwrap();
    assert_eq!(again, std::slice::from_ref(&ring), "not completed: it rings again");

    scheduler.complete(&ring).unwrap();
    scheduler.complete(&ring).unwrap();
    assert!(scheduler.due(at("2026-04-08T00:00:00Z")).unwrap().is_empty());
    assert!(scheduler.list().unwrap().is_empty());
    assert_eq!(cloud.aws.usage().alarms, 1);
}

#[tokio::test]
async fn rings_come_in_the_order_of_their_time() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    for (name, local) in [("b", "2026-04-07T10:00:00"), ("c", "2026-04-06T10:00:00"), ("a", "2026-04-07T10:00:00")] {
        create(&client, name, local).send().await.unwrap();
    }
    let due = cloud.aws.scheduler().due(at("2026-04-30T00:00:00Z")).unwrap();
    assert_eq!(due.iter().map(|ring| ring.name.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
}

#[tokio::test]
async fn one_that_is_kept_stays_silent_after_its_ring() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    create(&client, "kept", "2026-04-07T10:00:00")
        .action_after_completion(ActionAfterCompletion::None)
        .send()
        .await
        .unwrap();
    let scheduler = cloud.aws.scheduler();
    let ring = scheduler.due(at("2026-04-07T01:00:00Z")).unwrap().remove(0);
    scheduler.complete(&ring).unwrap();
    assert_eq!(scheduler.next_ring().unwrap(), None);
    assert_eq!(scheduler.list().unwrap()[0].rings_at, None);
    client.get_schedule().name("kept").send().await.unwrap();
}

#[tokio::test]
async fn one_that_was_moved_meanwhile_rings_at_its_new_time() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    create(&client, "moved", "2026-04-07T10:00:00").send().await.unwrap();
    let scheduler = cloud.aws.scheduler();
    let ring = scheduler.due(at("2026-04-07T01:00:00Z")).unwrap().remove(0);
    client
        .update_schedule()
        .name("moved")
        .schedule_expression("at(2026-04-09T10:00:00)")
        .flexible_time_window(FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap())
        .target(target())
        .send()
        .await
        .unwrap();
    scheduler.complete(&ring).unwrap();
    // The zone was left out: it fell back to UTC, as all that is left out does.
    assert_eq!(scheduler.next_ring().unwrap(), Some(at("2026-04-09T10:00:00Z")));
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    create(&client, "slot", "2026-04-07T10:00:00").send().await.unwrap();
    let again = create(&client, "slot", "2026-04-07T10:00:00").send().await.unwrap_err();
    assert_eq!(again.raw_response().unwrap().status().as_u16(), 409);
    assert!(matches!(again.into_service_error(), CreateScheduleError::ConflictException(_)));
    assert_eq!(cloud.aws.usage().alarms, 1);
    assert_eq!(cloud.calls("scheduler.CreateSchedule"), 2);
}

#[tokio::test]
async fn a_token_answers_again_without_creating() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    let send = |local: &str| create(&client, "slot", local).client_token("token-1").send();
    let first = send("2026-04-07T10:00:00").await.unwrap();
    let second = send("2026-04-07T10:00:00").await.unwrap();
    assert_eq!(first.schedule_arn(), second.schedule_arn());
    assert!(send("2026-04-08T10:00:00").await.unwrap_err().into_service_error().is_conflict_exception());

    // The trap: the schedule is gone, and its token still answers.
    cloud.aws.scheduler().delete_all().unwrap();
    send("2026-04-07T10:00:00").await.unwrap();
    assert!(cloud.aws.scheduler().list().unwrap().is_empty());
    cloud.clock.set(at("2026-04-02T00:00:01Z"));
    send("2026-04-07T10:00:00").await.unwrap();
    assert_eq!(cloud.aws.scheduler().list().unwrap().len(), 1);
    assert_eq!(cloud.aws.usage().alarms, 2);
}

#[tokio::test]
async fn a_schedule_is_shown_as_it_was_given() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    create(&client, "slot", "2026-04-07T10:00:00").description("ten").send().await.unwrap();
    let got = client.get_schedule().name("slot").send().await.unwrap();
    assert_eq!(got.schedule_expression(), Some("at(2026-04-07T10:00:00)"));
    assert_eq!(got.schedule_expression_timezone(), Some("Asia/Tokyo"));
    assert_eq!((got.name(), got.group_name(), got.description()), (Some("slot"), Some("default"), Some("ten")));
    assert_eq!(got.target(), Some(&target()));
    assert_eq!(got.action_after_completion(), Some(&ActionAfterCompletion::Delete));
    assert_eq!(got.state(), Some(&ScheduleState::Enabled));
    assert_eq!(got.creation_date().unwrap().secs(), super::start().timestamp());
    assert!(got.arn().unwrap().ends_with(":schedule/default/slot"));

    client.delete_schedule().name("slot").send().await.unwrap();
    let gone = client.get_schedule().name("slot").send().await.unwrap_err();
    assert_eq!(gone.raw_response().unwrap().status().as_u16(), 404);
    assert!(gone.into_service_error().is_resource_not_found_exception());
    let gone = client.delete_schedule().name("slot").send().await.unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found_exception());
}

#[tokio::test]
async fn a_disabled_schedule_is_silent() {
    let cloud = Cloud::new();
    create(&client(&cloud), "slot", "2026-04-07T10:00:00").state(ScheduleState::Disabled).send().await.unwrap();
    assert_eq!(cloud.aws.scheduler().next_ring().unwrap(), None);
}

#[tokio::test]
async fn one_in_the_past_rings_at_the_next_look() {
    let cloud = Cloud::new();
    create(&client(&cloud), "late", "2026-03-01T10:00:00").send().await.unwrap();
    assert_eq!(cloud.aws.scheduler().due(cloud.aws.time().now()).unwrap().len(), 1);
}

#[tokio::test]
async fn groups_hold_schedules() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    let in_group = || create(&client, "slot", "2026-04-07T10:00:00").group_name("shop").send();
    assert!(in_group().await.unwrap_err().into_service_error().is_resource_not_found_exception());
    client.create_schedule_group().name("shop").send().await.unwrap();
    let twice = client.create_schedule_group().name("shop").send().await.unwrap_err();
    assert!(twice.into_service_error().is_conflict_exception());
    in_group().await.unwrap();
    create(&client, "slot", "2026-04-07T10:00:00").send().await.unwrap();
    client.delete_schedule_group().name("shop").send().await.unwrap();
    let left = cloud.aws.scheduler().list().unwrap();
    assert_eq!(left.iter().map(|alarm| alarm.group.as_str()).collect::<Vec<_>>(), ["default"]);
    let default = client.delete_schedule_group().name("default").send().await.unwrap_err();
    assert!(default.into_service_error().is_validation_exception());
}

#[tokio::test]
async fn lists_come_in_pages() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    for name in ["a-1", "a-2", "a-3", "b-1"] {
        create(&client, name, "2026-04-07T10:00:00").send().await.unwrap();
    }
    let pages = client.list_schedules().name_prefix("a-").max_results(2).into_paginator().send();
    let mut pages = pages;
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert!(page.schedules().iter().all(|schedule| schedule.target().unwrap().arn() == TARGET));
        sizes.push(page.schedules().len());
    }
    assert_eq!(sizes, [2, 1]);
}

#[tokio::test]
async fn what_is_not_valid_is_refused() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    let good = || create(&client, "slot", "2026-04-07T10:00:00");
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Flexible).maximum_window_in_minutes(5);
    let no_arn = Target::builder().arn("ring-me").role_arn(ROLE).build().unwrap();
    let patient = RetryPolicy::builder().maximum_retry_attempts(186).build();
    for (what, request) in [
        ("name", create(&client, "slot 1", "2026-04-07T10:00:00")),
        ("long name", create(&client, &"x".repeat(65), "2026-04-07T10:00:00")),
        ("group", good().group_name("shop/1")),
        ("token", good().client_token("a.b")),
        ("expression", good().schedule_expression("at(tomorrow)")),
        ("zone", good().schedule_expression_timezone("Asia/Kyoto")),
        ("window", good().flexible_time_window(window.build().unwrap())),
        ("target", good().target(no_arn)),
        ("retries", good().target(Target::builder().arn(TARGET).role_arn(ROLE).retry_policy(patient).build().unwrap())),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 400, "{what}");
        assert!(error.into_service_error().is_validation_exception(), "{what}");
    }
    assert!(cloud.aws.scheduler().list().unwrap().is_empty());
}
