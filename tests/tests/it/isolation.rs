//! Two shops in one deployment, with the same customer, the same order numbers and the same carts: nothing that
//! one of them sends, links to, reports or applies reads or changes anything of the other.

use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wasurena_carts::sign;
use wasurena_cloud::Clients;
use wasurena_cloud::shop_settings::{Applied, Office, ShopSettings};
use wasurena_domain::ids::{CartId, FollowUpId, ShopId};
use wasurena_letters::Files;
use wasurena_local::sample;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";
/// The secret of `momiji`, for all its carts.
const SECRET: &str = "whsec_bW9taWppLXNhbXBsZS1zZWNyZXQtZm9yLXRlc3RzISE=";

fn momiji() -> ShopId {
    ShopId::parse("momiji").unwrap()
}

/// The default programme as a shop of this name uses it, sending until `to`.
fn files(name: &str, to: &str) -> Files {
    let sample = wasurena_letters::utsuwa("2026-12-01".parse().unwrap());
    let change = |text: &str| text.replace("うつわ さくら", name).replace("\"20:00\"", &format!("\"{to}\""));
    Files::new(sample.iter().map(|(path, text)| (path.to_owned(), change(text)))).unwrap()
}

async fn apply(journey: &Journey, shop: &str, secret: &str, files: Files) -> Applied {
    let clients = Clients::new(&journey.world().aws().sdk_config(), None);
    let carts = ["shopify", "standard"].map(|cart| (CartId::parse(cart).unwrap(), vec![secret.to_owned().into()]));
    let wanted = ShopSettings { shop: ShopId::parse(shop).unwrap(), files, shards: 1, carts: BTreeMap::from(carts) };
    Box::pin(Office::new(&clients, "wasurena", "/wasurena").apply(&wanted)).await.unwrap()
}

/// A world with both shops, in which the secrets of the second one count already.
async fn two_shops() -> Journey {
    let journey = Journey::begin().await;
    assert!(apply(&journey, "momiji", SECRET, files("うつわ もみじ", "20:00")).await.is_new);
    journey.until("2026-12-01T09:30:00+09:00").await;
    journey
}

/// Sends Hanako's order to a shop, signed with a secret.
async fn order(journey: &Journey, shop: &str, secret: &str) -> StatusCode {
    let body = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗");
    hook(journey, shop, secret, "orders/create", &body).await
}

async fn hook(journey: &Journey, shop: &str, secret: &str, topic: &str, body: &Value) -> StatusCode {
    let body = body.to_string();
    let (name, signature) = sign::shopify(secret, body.as_bytes());
    let headers = [(name, signature.as_str()), ("x-shopify-topic", topic)];
    journey.post(&format!("/hooks/{shop}/shopify"), &headers, body.into()).await.status()
}

/// A world in which Hanako bought the same in both shops, and got the thanks of both.
async fn thanked_twice() -> Journey {
    let journey = two_shops().await;
    assert_eq!(order(&journey, "sakura", sample::SECRET).await, StatusCode::OK);
    assert_eq!(order(&journey, "momiji", SECRET).await, StatusCode::OK);
    journey.until("2026-12-02T12:00:00+09:00").await;
    journey
}

/// Every item of a shop, its files too.
async fn items(journey: &Journey, shop: &str) -> Vec<Value> {
    journey.world().settle().await.unwrap();
    let mut items = journey.world().items().unwrap();
    items.retain(|item| item["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(&format!("{shop}#"))));
    items.sort_by_key(|item| (item["pk"].to_string(), item["sk"].to_string()));
    items
}

async fn follow_ups(journey: &Journey, shop: &str, customer: &str) -> Vec<Value> {
    let answer = journey.get(&format!("/_local/follow-ups?shop={shop}&customer={customer}")).await;
    answer.json::<Vec<Value>>().await.unwrap()
}

/// The mails of a shop so far, by what they are tagged with.
async fn mails(journey: &Journey, shop: &str) -> Vec<Value> {
    let mut mails = journey.mails().await;
    mails.retain(|mail| {
        mail["headers"]["List-Unsubscribe"].as_str().is_some_and(|url| url.contains(&format!("/c/{shop}/")))
    });
    mails
}

#[tokio::test]
async fn each_shop_follows_its_own_customer_up() {
    let journey = thanked_twice().await;
    for (shop, name, other) in [("sakura", "うつわ さくら", "もみじ"), ("momiji", "うつわ もみじ", "さくら")]
    {
        let mails = mails(&journey, shop).await;
        let [mail] = mails.as_slice() else { panic!("{shop}: {mails:?}") };
        let text = mail["text"].as_str().unwrap();
        assert!(text.contains(name) && !text.contains(other), "{shop}: {text}");
        let rows = follow_ups(&journey, shop, HANAKO).await;
        assert_eq!(rows.iter().filter(|row| row["state"] == "sent").count(), 1, "{shop}: {rows:?}");
    }
}

#[tokio::test]
async fn a_webhook_signed_for_one_shop_is_refused_by_the_other() {
    let journey = two_shops().await;
    let before = items(&journey, "momiji").await;
    assert_eq!(order(&journey, "momiji", sample::SECRET).await, StatusCode::UNAUTHORIZED);
    assert_eq!(order(&journey, "sakura", SECRET).await, StatusCode::UNAUTHORIZED);
    let body = b"{}".to_vec();
    let headers = sign::standard(sample::SECRET, "msg_1", journey.now().await, &body).unwrap();
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = journey.post("/hooks/momiji/standard", &headers, body).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(items(&journey, "momiji").await, before);
}

#[tokio::test]
async fn a_link_of_one_shop_opens_nothing_at_the_other() {
    let journey = thanked_twice().await;
    let sakura = mails(&journey, "sakura").await;
    let link = sakura[0]["headers"]["List-Unsubscribe"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
    let path = link[link.find("/c/").unwrap()..].to_owned();
    assert_eq!(journey.get(&path).await.status(), StatusCode::OK);

    let before = [items(&journey, "sakura").await, items(&journey, "momiji").await];
    let elsewhere = path.replace("/c/sakura/", "/c/momiji/");
    for answer in [journey.get(&elsewhere).await, journey.post(&elsewhere, &[], b"wish=stop".to_vec()).await] {
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        let html = answer.text().await.unwrap();
        assert!(html.contains("見つかりませんでした"), "{html}");
        assert!(!html.contains("さくら") && !html.contains("もみじ") && !html.contains("花子"), "{html}");
    }
    assert_eq!([items(&journey, "sakura").await, items(&journey, "momiji").await], before);

    // Said at the one, it holds there, and the other goes on.
    journey.post(&path, &[], b"wish=stop".to_vec()).await;
    journey.until("2026-12-10T00:00:00+09:00").await;
    assert_eq!((mails(&journey, "sakura").await.len(), mails(&journey, "momiji").await.len()), (1, 2));
}

#[tokio::test]
async fn the_ids_of_one_shop_name_nobody_at_the_other() {
    let journey = thanked_twice().await;
    let (here, there) = (follow_ups(&journey, "sakura", HANAKO).await, follow_ups(&journey, "momiji", HANAKO).await);
    for row in &here {
        assert!(there.iter().all(|other| other["id"] != row["id"] && other["customer"] != row["customer"]), "{row}");
        assert!(follow_ups(&journey, "momiji", row["customer"].as_str().unwrap()).await.is_empty());
        let id = FollowUpId::parse(row["id"].as_str().unwrap()).unwrap();
        let customer = id.customer().unwrap();
        assert!(journey.world().diary().customer(&momiji(), &customer).await.unwrap().is_none());
        assert!(journey.world().diary().file(&momiji(), &customer).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn applying_one_shop_changes_no_item_and_no_secret_of_the_other() {
    let journey = thanked_twice().await;
    let before = items(&journey, "momiji").await;
    let applied =
        apply(&journey, "sakura", "whsec_bmV3LXNlY3JldC1vZi1zYWt1cmE=", files("うつわ さくら", "19:00")).await;
    assert!(applied.is_new && applied.keys.is_empty() && applied.carts.len() == 2, "{applied:?}");
    assert_eq!(items(&journey, "momiji").await, before);
    // Its secret counts as before, and that of the other no longer does.
    journey.until("2026-12-02T12:30:00+09:00").await;
    assert_eq!(order(&journey, "momiji", SECRET).await, StatusCode::OK);
    assert_eq!(order(&journey, "sakura", sample::SECRET).await, StatusCode::UNAUTHORIZED);
    // The stop switch of the one is not that of the other.
    journey.turn("stop", &json!({ "shop": "sakura", "on": true })).await;
    journey.until("2026-12-10T00:00:00+09:00").await;
    assert_eq!((mails(&journey, "sakura").await.len(), mails(&journey, "momiji").await.len()), (1, 2));
}

#[tokio::test]
async fn what_one_shop_is_asked_to_disclose_or_erase_stays_with_the_other() {
    let journey = thanked_twice().await;
    let before = items(&journey, "momiji").await;
    let about_her = |orders: &str| {
        let customer = json!({ "id": 7, "email": HANAKO, "phone": null });
        json!({ "shop_domain": "sakura.example.jp", orders: [6_600_000_000_001_u64], "customer": customer })
    };
    for (topic, body) in [
        ("customers/data_request", about_her("orders_requested")),
        ("shop/redact", json!({ "shop_id": 1, "shop_domain": "sakura.example.jp" })),
        ("customers/redact", about_her("orders_to_redact")),
    ] {
        assert_eq!(hook(&journey, "sakura", sample::SECRET, topic, &body).await, StatusCode::OK, "{topic}");
        assert_eq!(items(&journey, "momiji").await, before, "{topic}");
    }
    assert!(!Value::Array(items(&journey, "sakura").await).to_string().contains(HANAKO));
    journey.until("2026-12-10T00:00:00+09:00").await;
    assert_eq!((mails(&journey, "sakura").await.len(), mails(&journey, "momiji").await.len()), (1, 2));
}

#[tokio::test]
async fn what_ses_says_of_one_shops_mail_is_not_heard_by_the_other() {
    let journey = thanked_twice().await;
    let before = [items(&journey, "sakura").await, items(&journey, "momiji").await];
    for kind in ["bounce", "complaint"] {
        let mail = mails(&journey, "sakura").await.remove(0);
        journey.turn("ses-events", &json!({ "mail": mail["id"], "type": kind, "permanent": true })).await;
    }
    assert_ne!(items(&journey, "sakura").await, before[0]);
    assert_eq!(items(&journey, "momiji").await, before[1]);
    journey.until("2026-12-10T00:00:00+09:00").await;
    assert_eq!((mails(&journey, "sakura").await.len(), mails(&journey, "momiji").await.len()), (1, 2));
}

#[tokio::test]
async fn an_alarm_of_one_shop_sends_nothing_of_the_other() {
    let journey = two_shops().await;
    assert_eq!(order(&journey, "sakura", sample::SECRET).await, StatusCode::OK);
    assert_eq!(order(&journey, "momiji", SECRET).await, StatusCode::OK);
    journey.world().settle().await.unwrap();
    // The alarms of the one are lost: what is due of it in the same slot waits for the keeper.
    let scheduler = Clients::new(&journey.world().aws().sdk_config(), None).scheduler();
    let alarms = journey.world().aws().scheduler().list().unwrap();
    let lost: Vec<_> = alarms.iter().filter(|alarm| alarm.name.starts_with("momiji")).collect();
    assert!(!lost.is_empty() && lost.len() < alarms.len(), "{alarms:?}");
    for alarm in lost {
        scheduler.delete_schedule().group_name("wasurena").name(&alarm.name).send().await.unwrap();
    }
    let before = items(&journey, "momiji").await;
    journey.until("2026-12-02T09:59:00+09:00").await;
    assert_eq!(items(&journey, "momiji").await, before);
    journey.until("2026-12-02T10:01:00+09:00").await;
    assert_eq!((mails(&journey, "sakura").await.len(), mails(&journey, "momiji").await.len()), (1, 0));
    journey.until("2026-12-02T12:00:00+09:00").await;
    assert_eq!((mails(&journey, "sakura").await.len(), mails(&journey, "momiji").await.len()), (1, 1));
}

#[tokio::test]
async fn no_page_in_a_browser_reaches_the_embedded_cloud() {
    let journey = Journey::begin().await;
    let target = ("x-amz-target", "AmazonSSM.GetParametersByPath");
    let body = br#"{"Path": "/wasurena", "Recursive": true, "WithDecryption": true}"#.to_vec();
    for headers in [vec![], vec![target], vec![("authorization", "AWS4-HMAC-SHA256 x")]] {
        let answer = journey.post("/_aws/", &headers, body.clone()).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{headers:?}");
    }
    assert_eq!(journey.get("/_aws/").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    let answer = journey.post("/_aws/", &[target, ("authorization", "AWS4-HMAC-SHA256 x")], body).await;
    assert_eq!(answer.status(), StatusCode::OK);
}
