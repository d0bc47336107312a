//! What each passage of a gate looks like to the SDK's caller, and a copy of a cloud, which is another cloud.

use std::sync::{Arc, Mutex};

use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::error::SdkError;

use super::ses::mail;
use super::{Cloud, TABLE, create_table, dynamodb_client, open, put, start};
use crate::aws::{Aws, Crossing, Gate, OpenError, Passage, Passing, VirtualClock};

/// Lets every call through in the same way, and notes which took effect.
#[derive(Debug)]
struct Always {
    passage: Passage,
    effects: Mutex<Vec<(String, u16)>>,
}

impl Gate for Always {
    fn admit(&self, _: Crossing<'_>) -> Passing<Passage> {
        let passage = self.passage;
        Box::pin(async move { passage })
    }

    fn took_effect(&self, crossing: Crossing<'_>, status: u16, answer: &str) {
        assert!(!crossing.body.is_empty() && answer.contains("MessageId"), "{answer}");
        self.effects.lock().unwrap().push((crossing.call.to_owned(), status));
    }

    fn release(&self, _: &str) -> Passing<()> {
        Box::pin(async {})
    }
}

/// Whoever else can run has run.
async fn nothing_more_happens() {
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
}

/// What somebody gets who sends a mail through a gate: a status, the kind of error, or no answer.
async fn sends(cloud: &Cloud, gate: &Arc<Always>) -> String {
    let config = aws_sdk_sesv2::config::Builder::from(&cloud.aws.sdk_config_behind(Arc::clone(gate) as _))
        .retry_config(RetryConfig::disabled())
        .build();
    let client = aws_sdk_sesv2::Client::from_conf(config);
    tokio::select! {
        biased;
        answer = mail(&client, "hanako@example.jp").send() => match answer {
            Ok(_) => "200".to_owned(),
            Err(SdkError::DispatchFailure(failure)) => {
                let error = failure.as_connector_error().unwrap();
                format!("{:?}", std::error::Error::source(error).unwrap().downcast_ref::<std::io::Error>().unwrap().kind())
            }
            Err(error) => error.raw_response().unwrap().status().as_u16().to_string(),
        },
        () = nothing_more_happens() => "no answer".to_owned(),
    }
}

#[tokio::test]
async fn each_passage_is_what_a_network_does() {
    for (passage, answer, mails) in [
        (Passage::Through, "200", 1),
        (Passage::Throttled, "429", 0),
        (Passage::Failed, "500", 0),
        (Passage::Unreachable, "ConnectionRefused", 0),
        (Passage::AnswerLost, "ConnectionReset", 1),
        (Passage::Silent, "no answer", 0),
        (Passage::SilentlyDone, "no answer", 1),
    ] {
        let cloud = Cloud::new();
        let gate = Arc::new(Always { passage, effects: Mutex::default() });
        assert_eq!(sends(&cloud, &gate).await, answer, "{passage:?}");
        assert_eq!(cloud.aws.ses().mails().unwrap().len(), mails, "{passage:?}");
        assert_eq!(*gate.effects.lock().unwrap(), vec![("ses.SendEmail".to_owned(), 200); mails], "{passage:?}");
        assert_eq!(cloud.calls("ses.SendEmail"), mails as u64, "{passage:?}");
    }
}

#[tokio::test]
async fn a_copy_begins_where_its_original_stood_and_leaves_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    {
        let (aws, _) = open(folder.path());
        let client = dynamodb_client(&aws);
        create_table(&client).await;
        put(&client, "1").await;
    }
    let copy = || Aws::copy(folder.path(), Arc::new(VirtualClock::frozen(start())) as _).unwrap();
    let (first, second) = (copy(), copy());
    put(&dynamodb_client(&first), "2").await;
    for (aws, items) in [(first, 2), (second, 1), (open(folder.path()).0, 1)] {
        let scanned = dynamodb_client(&aws).scan().table_name(TABLE).send().await.unwrap();
        assert_eq!(scanned.count(), items);
    }
}

#[test]
fn a_folder_without_a_cloud_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let copied = Aws::copy(folder.path(), Arc::new(VirtualClock::frozen(start())) as _);
    assert!(matches!(copied, Err(OpenError::File { .. })), "{copied:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is created");
}
