//! What each fault looks like to the SDK's caller. The code that must know
//! whether a mail may have left builds on exactly this.

use std::error::Error;
use std::io;

use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use chrono::TimeDelta;
use std::time::Duration;

use super::ses::{client, mail};
use super::{Cloud, TABLE, start, text};
use crate::aws::{Fault, How};

type Failure = SdkError<SendEmailError>;

/// One SendEmail, never retried, with the timeouts a real sender sets.
async fn send(cloud: &Cloud) -> Result<(), Failure> {
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(60)).build();
    let config = aws_sdk_sesv2::config::Builder::from(&cloud.aws.sdk_config())
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .build();
    let client = aws_sdk_sesv2::Client::from_conf(config);
    mail(&client, "hanako@example.jp").send().await.map(drop)
}

async fn failure(how: How) -> (Cloud, Failure) {
    let cloud = Cloud::new();
    cloud.fault("ses.SendEmail", how, 1);
    let failure = send(&cloud).await.unwrap_err();
    (cloud, failure)
}

fn mails(cloud: &Cloud) -> usize {
    cloud.aws.ses().mails().unwrap().len()
}

fn connector_error(failure: &Failure) -> &ConnectorError {
    match failure {
        SdkError::DispatchFailure(failure) => failure.as_connector_error().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn io_kind(error: &ConnectorError) -> io::ErrorKind {
    error.source().unwrap().downcast_ref::<io::Error>().unwrap().kind()
}

#[tokio::test]
async fn throttle_is_a_definite_no() {
    let (cloud, failure) = failure(How::Throttle).await;
    assert_eq!(failure.raw_response().unwrap().status().as_u16(), 429);
    assert!(matches!(failure.into_service_error(), SendEmailError::TooManyRequestsException(_)));
    assert_eq!(mails(&cloud), 0);
    send(&cloud).await.unwrap();
    assert_eq!(mails(&cloud), 1);
}

#[tokio::test]
async fn fail_before_is_a_500() {
    let (cloud, failure) = failure(How::FailBefore).await;
    assert!(matches!(failure, SdkError::ServiceError(_)));
    assert_eq!(failure.raw_response().unwrap().status().as_u16(), 500);
    assert_eq!(mails(&cloud), 0);
}

#[tokio::test]
async fn fail_after_is_a_broken_read_of_a_sent_mail() {
    let (cloud, failure) = failure(How::FailAfter).await;
    let error = connector_error(&failure);
    assert!(error.is_io() && !error.is_timeout());
    assert_eq!(io_kind(error), io::ErrorKind::ConnectionReset);
    assert_eq!(mails(&cloud), 1);
}

#[tokio::test]
async fn timeout_costs_ten_virtual_seconds() {
    let (cloud, failure) = failure(How::Timeout).await;
    assert!(connector_error(&failure).is_timeout());
    assert_eq!(mails(&cloud), 0);
    assert_eq!(cloud.aws.time().now(), start() + TimeDelta::seconds(10));
}

#[tokio::test]
async fn down_is_a_refused_connection() {
    let (cloud, failure) = failure(How::Down).await;
    let error = connector_error(&failure);
    assert!(error.is_io() && !error.is_timeout());
    assert_eq!(io_kind(error), io::ErrorKind::ConnectionRefused);
    assert!(error.connection_metadata().is_none());
    assert_eq!(mails(&cloud), 0);
}

#[tokio::test]
async fn every_service_throttles_in_its_own_words() {
    let cloud = Cloud::with_table().await;
    cloud
        .aws
        .faults()
        .add(Fault { call: "*".into(), how: How::Throttle, times: None, until: None, rate: None })
        .unwrap();
    let config = cloud.aws.sdk_config().to_builder().retry_config(RetryConfig::disabled()).build();
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    let error = dynamodb.get_item().table_name(TABLE).key("pk", text("a")).send().await.unwrap_err();
    assert!(error.into_service_error().is_throttling_exception());
    let scheduler = aws_sdk_scheduler::Client::new(&config);
    let error = scheduler.get_schedule().name("slot").send().await.unwrap_err();
    assert!(error.into_service_error().is_throttling_exception());
    let ses = aws_sdk_sesv2::Client::new(&config);
    let error = ses.get_account().send().await.unwrap_err();
    assert!(error.into_service_error().is_too_many_requests_exception());
    let ssm = aws_sdk_ssm::Client::new(&config);
    let error = ssm.get_parameter().name("/a").send().await.unwrap_err();
    assert_eq!(error.as_service_error().unwrap().meta().code(), Some("ThrottlingException"));
}

#[tokio::test]
async fn retries_cost_virtual_time_only() {
    let cloud = Cloud::with_table().await;
    for how in [How::Throttle, How::FailBefore, How::Timeout, How::Down] {
        cloud.fault("dynamodb.PutItem", how, 2);
        let before = cloud.aws.time().now();
        super::put(&cloud.dynamodb, "1").await;
        assert!(cloud.aws.time().now() > before, "{how:?}: the back-off moves the clock");
    }
    assert_eq!(cloud.calls("dynamodb.PutItem"), 4 * 3);
}

#[tokio::test]
async fn a_lost_answer_is_retried_onto_its_own_write() {
    let cloud = Cloud::with_table().await;
    cloud.fault("dynamodb.PutItem", How::FailAfter, 1);
    let claim = cloud.dynamodb.put_item().table_name(TABLE).item("pk", text("a")).item("sk", text("1"));
    let failed = claim.condition_expression("attribute_not_exists(pk)").send().await.unwrap_err();
    assert!(failed.into_service_error().is_conditional_check_failed_exception());
    assert_eq!(cloud.calls("dynamodb.PutItem"), 2);
}

#[tokio::test]
async fn a_day_without_ses_ends_by_itself() {
    let cloud = Cloud::new();
    let until = Some(start() + TimeDelta::days(1));
    let fault = Fault { call: "ses.*".into(), how: How::Down, times: None, until, rate: None };
    cloud.aws.faults().add(fault).unwrap();
    assert!(send(&cloud).await.is_err());
    assert!(client(&cloud).get_account().send().await.is_err());
    cloud.clock.set(start() + TimeDelta::days(1));
    send(&cloud).await.unwrap();
}
