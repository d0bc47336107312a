//! What SES answers decides what may happen next: the whole table.

use crate::answers::clients;
use crate::support::Cloud;
use rstest::rstest;
use serde_json::json;
use wasurena_cloud::Clients;
use wasurena_cloud::post::{Outgoing, Post, SendError};

async fn send(clients: &Clients) -> Result<String, SendError> {
    let mail = Outgoing {
        from: "Utsuwa Sakura <otayori@example.jp>".to_owned(),
        reply_to: "otayori@example.jp".to_owned(),
        to: "hanako@example.jp".to_owned(),
        subject: "ありがとうございます".to_owned(),
        text: "本文".to_owned(),
        html: "<p>本文</p>".to_owned(),
        headers: vec![("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())],
        tags: vec![("shop", "sakura".to_owned())],
    };
    Post::new(clients.ses(), "wasurena").send(&mail).await
}

#[derive(Debug, PartialEq)]
enum Meaning {
    Throttled,
    AccountStopped,
    Refused,
    NotConnected,
    Unknown,
}

fn meaning(error: &SendError) -> Meaning {
    match error {
        SendError::Throttled => Meaning::Throttled,
        SendError::AccountStopped(_) => Meaning::AccountStopped,
        SendError::Refused(_) => Meaning::Refused,
        SendError::NotConnected => Meaning::NotConnected,
        SendError::Unknown(_) => Meaning::Unknown,
    }
}

#[rstest]
#[case(429, "TooManyRequestsException", "Maximum sending rate exceeded.", Meaning::Throttled)]
#[case(429, "TooManyRequestsException", "Daily message quota exceeded.", Meaning::AccountStopped)]
#[case(400, "LimitExceededException", "Maximum sending rate exceeded.", Meaning::Throttled)]
#[case(400, "LimitExceededException", "Daily message quota exceeded.", Meaning::AccountStopped)]
#[case(400, "ThrottlingException", "Rate exceeded", Meaning::Throttled)]
#[case(400, "ThrottlingException", "Daily message quota exceeded.", Meaning::AccountStopped)]
#[case(400, "AccountSuspendedException", "suspended", Meaning::AccountStopped)]
#[case(400, "SendingPausedException", "paused", Meaning::AccountStopped)]
#[case(400, "MailFromDomainNotVerifiedException", "not verified", Meaning::AccountStopped)]
#[case(404, "NotFoundException", "Configuration set <wasurena> does not exist.", Meaning::AccountStopped)]
#[case(400, "MessageRejected", "Email address is not verified: otayori@example.jp", Meaning::AccountStopped)]
#[case(400, "MessageRejected", "Illegal content", Meaning::Refused)]
#[case(400, "BadRequestException", "Missing final '@domain'", Meaning::Refused)]
#[case(400, "ValidationException", "1 validation error detected", Meaning::Refused)]
#[case(403, "AccessDeniedException", "not authorized to perform: ses:SendEmail", Meaning::AccountStopped)]
#[case(403, "ExpiredTokenException", "expired", Meaning::AccountStopped)]
#[case(403, "InvalidSignatureException", "Signature expired", Meaning::AccountStopped)]
#[case(403, "SignatureDoesNotMatch", "does not match", Meaning::AccountStopped)]
#[case(403, "InvalidClientTokenId", "invalid", Meaning::AccountStopped)]
#[case(400, "OptInRequired", "subscribe first", Meaning::AccountStopped)]
#[case(500, "InternalServiceErrorException", "", Meaning::Unknown)]
#[case(503, "ServiceUnavailableException", "", Meaning::Unknown)]
#[case(502, "", "<html>bad gateway</html>", Meaning::Unknown)]
#[tokio::test]
async fn every_refusal_has_its_meaning(
    #[case] status: u16,
    #[case] kind: &'static str,
    #[case] message: &str,
    #[case] means: Meaning,
) {
    let error = send(&clients(status, kind, &json!({ "message": message }).to_string())).await.unwrap_err();
    assert_eq!(meaning(&error), means, "{error}");
    assert!(!error.to_string().contains('@'), "an address stands in: {error}");
}

#[rstest]
#[case("throttle", Meaning::Throttled)]
#[case("down", Meaning::NotConnected)]
#[case("timeout", Meaning::Unknown)]
#[case("fail_before", Meaning::Unknown)]
#[case("fail_after", Meaning::Unknown)]
#[tokio::test]
async fn every_failure_on_the_way_has_its_meaning_and_is_never_tried_again(#[case] how: &str, #[case] means: Meaning) {
    let cloud = Cloud::open().await;
    cloud.fault(json!({ "call": "ses.SendEmail", "how": how }));
    assert_eq!(meaning(&send(&cloud.clients).await.unwrap_err()), means);
    assert_eq!(cloud.calls("ses.SendEmail"), 1);
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_leaves_us_in_doubt() {
    let error = send(&clients(200, "", "{\"MessageId\": ")).await.unwrap_err();
    assert_eq!(meaning(&error), Meaning::Unknown, "{error}");
}

#[tokio::test]
async fn what_is_accepted_has_its_message_id() {
    let message = send(&clients(200, "", r#"{"MessageId": "m-1"}"#)).await;
    assert_eq!(message, Ok("m-1".to_owned()));
}

#[rstest]
#[case(r#"{"SendQuota": {"Max24HourSend": 50000, "MaxSendRate": 14, "SentLast24Hours": 0}}"#, 14.0)]
#[case(r#"{"SendQuota": {"Max24HourSend": 200, "MaxSendRate": 0, "SentLast24Hours": 0}}"#, 1.0)]
#[case("{}", 1.0)]
#[tokio::test]
async fn the_rate_is_the_accounts_and_never_below_the_sandbox(#[case] answer: &str, #[case] rate: f64) {
    let post = Post::new(clients(200, "", answer).ses(), "wasurena");
    assert!((post.rate().await.unwrap() - rate).abs() < f64::EPSILON);
}

#[rstest]
#[case("throttle")]
#[case("down")]
#[case("timeout")]
#[case("fail_before")]
#[case("fail_after")]
#[tokio::test]
async fn the_rate_is_asked_again_and_never_without_end(#[case] how: &str) {
    let cloud = Cloud::open().await;
    let post = Post::new(cloud.clients.ses(), "wasurena");
    cloud.fault(json!({ "call": "ses.GetAccount", "how": how, "times": 2 }));
    assert!(post.rate().await.is_ok());
    assert_eq!(cloud.calls("ses.GetAccount"), 3);
    cloud.fault(json!({ "call": "ses.GetAccount", "how": how }));
    assert_eq!(post.rate().await, Err(SendError::NotConnected));
    assert_eq!(cloud.calls("ses.GetAccount"), 6);
}
