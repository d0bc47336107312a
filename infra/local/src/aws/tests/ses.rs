//! SES through the SDK.

use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::operation::send_email::builders::SendEmailFluentBuilder;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use chrono::TimeDelta;
use serde_json::json;

use super::{Cloud, start};
use crate::aws::MailError;

pub(super) fn client(cloud: &Cloud) -> Client {
    Client::new(&cloud.aws.sdk_config())
}

fn text(data: &str) -> Content {
    Content::builder().data(data).charset("UTF-8").build().unwrap()
}

pub(super) fn mail(client: &Client, to: &str) -> SendEmailFluentBuilder {
    let header = MessageHeader::builder().name("List-Unsubscribe").value("<https://example.jp/c/u/x>").build().unwrap();
    let message = Message::builder()
        .subject(text("青い花瓶のお礼"))
        .body(Body::builder().text(text("ありがとうございます。")).html(text("<p>ありがとうございます。</p>")).build())
        .headers(header)
        .build();
    client
        .send_email()
        .from_email_address("Sakura <shop@example.jp>")
        .destination(Destination::builder().to_addresses(to).build())
        .reply_to_addresses("reply@example.jp")
        .content(EmailContent::builder().simple(message).build())
        .email_tags(MessageTag::builder().name("follow-up").value("f-1").build().unwrap())
        .configuration_set_name("events")
}

#[tokio::test]
async fn a_mail_is_kept_whole() {
    let cloud = Cloud::new();
    let sent = mail(&client(&cloud), "hanako@example.jp").send().await.unwrap();
    let kept = cloud.aws.ses().mail(sent.message_id().unwrap()).unwrap().unwrap();
    assert_eq!(
        (kept.from.as_str(), kept.to.as_slice()),
        ("Sakura <shop@example.jp>", &["hanako@example.jp".to_owned()][..])
    );
    assert_eq!(
        (kept.reply_to.as_slice(), kept.subject.as_str()),
        (&["reply@example.jp".to_owned()][..], "青い花瓶のお礼")
    );
    assert_eq!(kept.text.as_deref(), Some("ありがとうございます。"));
    assert_eq!(kept.html.as_deref(), Some("<p>ありがとうございます。</p>"));
    assert_eq!(kept.headers["List-Unsubscribe"], "<https://example.jp/c/u/x>");
    assert_eq!((kept.tags["follow-up"].as_str(), kept.configuration_set.as_deref()), ("f-1", Some("events")));
    assert_eq!(kept.sent_at, start());
    assert_eq!(kept.request["Content"]["Simple"]["Subject"]["Charset"], "UTF-8");
    let shown = format!("{kept:?}");
    assert!(!shown.contains("hanako") && !shown.contains("花瓶"), "{shown}");
}

#[tokio::test]
async fn mails_come_oldest_first() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    for to in ["b@example.jp", "a@example.jp", "c@example.jp"] {
        mail(&client, to).send().await.unwrap();
    }
    let recipients = |count: usize| -> Vec<String> {
        cloud.aws.ses().mails_after(count).unwrap().into_iter().flat_map(|mail| mail.to).collect()
    };
    assert_eq!(recipients(0), ["b@example.jp", "a@example.jp", "c@example.jp"]);
    assert_eq!(recipients(2), ["c@example.jp"]);
    assert_eq!(cloud.aws.ses().mails().unwrap().len(), 3);
    assert_eq!(cloud.aws.ses().mail("nothing").unwrap(), None);
}

#[tokio::test]
async fn events_are_noted_in_order() {
    let cloud = Cloud::new();
    let sent = mail(&client(&cloud), "hanako@example.jp").send().await.unwrap();
    let id = sent.message_id().unwrap();
    for event in ["SEND", "DELIVERY"] {
        cloud.aws.ses().add_event(id, &json!({ "type": event })).unwrap();
    }
    let kept = cloud.aws.ses().mail(id).unwrap().unwrap();
    assert_eq!(kept.events, [json!({ "type": "SEND" }), json!({ "type": "DELIVERY" })]);
    assert!(matches!(cloud.aws.ses().add_event("nothing", &json!({})), Err(MailError::Unknown(_))));
}

#[tokio::test]
async fn a_bad_mail_is_refused_and_not_kept() {
    let cloud = Cloud::new();
    let error = mail(&client(&cloud), "花子@example.jp").send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    assert!(matches!(error.into_service_error(), SendEmailError::BadRequestException(_)));
    assert!(cloud.aws.ses().mails().unwrap().is_empty());
}

#[tokio::test]
async fn the_account_says_what_it_may_send() {
    let cloud = Cloud::new();
    let client = client(&cloud);
    mail(&client, "hanako@example.jp").send().await.unwrap();
    let account = client.get_account().send().await.unwrap();
    assert!(account.production_access_enabled() && account.sending_enabled());
    let quota = account.send_quota().unwrap();
    assert_eq!((quota.max_send_rate(), quota.max24_hour_send(), quota.sent_last24_hours()), (14.0, 50_000.0, 1.0));
    cloud.clock.set(start() + TimeDelta::hours(24));
    let quota = client.get_account().send().await.unwrap().send_quota.unwrap();
    assert_eq!(quota.sent_last24_hours(), 0.0);
}
