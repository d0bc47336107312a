//! Nothing that was answered is lost, however the process ends.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use aws_sdk_ssm::types::ParameterType;

use super::{Cloud, TABLE, create_table, dynamodb_client, open, put, text};
use crate::aws::{Aws, OpenError};

/// Names the folder for the process that is to be killed.
const FOLDER_VARIABLE: &str = "EMBEDDED_AWS_FOLDER_TO_KILL";

async fn send_mail(aws: &Aws, to: &str) {
    super::ses::mail(&aws_sdk_sesv2::Client::new(&aws.sdk_config()), to).send().await.unwrap();
}

async fn create_schedule(aws: &Aws, name: &str) {
    use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
    let arn = "arn:aws:lambda:ap-northeast-1:000000000000:function:x";
    aws_sdk_scheduler::Client::new(&aws.sdk_config())
        .create_schedule()
        .name(name)
        .schedule_expression("at(2026-04-07T10:00:00)")
        .flexible_time_window(FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build().unwrap())
        .target(Target::builder().arn(arn).role_arn(arn).build().unwrap())
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let position = {
        let (aws, _) = open(folder.path());
        let client = dynamodb_client(&aws);
        create_table(&client).await;
        put(&client, "1").await;
        send_mail(&aws, "hanako@example.jp").await;
        create_schedule(&aws, "slot").await;
        let ssm = aws_sdk_ssm::Client::new(&aws.sdk_config());
        ssm.put_parameter().name("/a").value("v").r#type(ParameterType::SecureString).send().await.unwrap();
        aws.set_meta("clock", "2026-04-01T00:00:00Z").unwrap();
        aws.set_meta("clock", "2026-04-02T00:00:00Z").unwrap();
        let record = aws.streams().records_after(TABLE, None, 1).unwrap().remove(0);
        let position = record.change.sequence_number.unwrap();
        aws.streams().save_position(TABLE, "plan", &position).unwrap();
        position
    };
    let (aws, _) = open(folder.path());
    let client = dynamodb_client(&aws);
    assert_eq!(client.scan().table_name(TABLE).send().await.unwrap().items()[0]["sk"], text("1"));
    assert_eq!(aws.streams().position(TABLE, "plan").unwrap(), Some(position.clone()));
    assert!(aws.streams().records_after(TABLE, Some(&position), 10).unwrap().is_empty());
    assert_eq!(aws.ses().mails().unwrap().len(), 1);
    assert_eq!(aws.scheduler().list().unwrap().len(), 1);
    let ssm = aws_sdk_ssm::Client::new(&aws.sdk_config());
    ssm.get_parameter().name("/a").send().await.unwrap();
    assert_eq!(aws.meta("clock").unwrap().as_deref(), Some("2026-04-02T00:00:00Z"));
    assert_eq!(aws.meta("nothing").unwrap(), None);
    assert_eq!(aws.usage().alarms, 0, "usage starts anew");
}

#[tokio::test]
async fn a_folder_belongs_to_one_cloud_at_a_time() {
    let cloud = Cloud::new();
    let second = Aws::open(cloud.folder.path(), std::sync::Arc::clone(&cloud.clock) as _);
    assert!(matches!(second, Err(OpenError::InUse(_))), "{second:?}");
}

#[test]
fn what_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("diary.sqlite"), "x".repeat(4096)).unwrap();
    let clock = std::sync::Arc::new(crate::aws::VirtualClock::frozen(super::start()));
    let error = Aws::open(folder.path(), clock).unwrap_err();
    assert!(error.to_string().contains("diary.sqlite"), "{error}");
}

#[tokio::test]
async fn a_kill_loses_nothing_that_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let answered = kill_after(folder.path(), 40);
    let (aws, _) = open(folder.path());
    let items = dynamodb_client(&aws).scan().table_name(TABLE).send().await.unwrap().count();
    let kept =
        [usize::try_from(items).unwrap(), aws.ses().mails().unwrap().len(), aws.scheduler().list().unwrap().len()];
    assert!(kept.iter().all(|kept| *kept >= answered), "{kept:?} kept of {answered} answered");
    assert_eq!(aws.streams().records_after(TABLE, None, 1000).unwrap().len(), kept[0], "a record for each item");
}

/// Runs `a_process_to_kill` and kills it once it has answered so many rounds.
fn kill_after(folder: &Path, rounds: usize) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "aws::tests::restart::a_process_to_kill", "--ignored", "--nocapture"])
        .env(FOLDER_VARIABLE, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let answered = lines.map_while(Result::ok).filter(|line| line.starts_with("answered ")).take(rounds).count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(answered, rounds, "the process ended before it was killed");
    answered
}

#[tokio::test]
#[ignore = "runs until it is killed, as a child of a_kill_loses_nothing_that_was_answered"]
async fn a_process_to_kill() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else { return };
    let (aws, _) = open(Path::new(&folder));
    let client = dynamodb_client(&aws);
    create_table(&client).await;
    for number in 0..100_000 {
        put(&client, &number.to_string()).await;
        send_mail(&aws, "hanako@example.jp").await;
        create_schedule(&aws, &format!("slot-{number}")).await;
        println!("\nanswered {number}");
    }
}
