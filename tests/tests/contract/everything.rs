//! A journey in which every function makes every call that it can make: its permissions are read off it.

use serde_json::{Value, json};
use std::sync::Arc;
use wasurena_cloud::alarms::AlarmTarget;
use wasurena_cloud::clock::{Dice, WallClock};
use wasurena_cloud::{Clients, Clock};
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_letters::link::{Link, Places};
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";
const PHONE: &str = "03-1234-5678";

/// The journey, at its end.
pub(crate) async fn everything() -> Journey {
    let journey = a_week_of_many().await;
    warm_up(&journey).await;
    outages(&journey).await;
    own_data(&journey).await;
    erasing(&journey).await;
    journey.days(2).await;
    journey
}

/// Its first part: items of every kind stand in the diary, in most of their states.
pub(crate) async fn a_week_of_many() -> Journey {
    let journey = Journey::begin().await;
    every_cart(&journey).await;
    by_phone(&journey).await;
    post_and_links(&journey).await;
    journey
}

/// What each function does before its first event, as its `main.rs` has it.
async fn warm_up(journey: &Journey) {
    let aws = journey.world().aws();
    let clients = |function: &'static str| Clients::new(&aws.sdk_config_of(function), None);
    let clock = || -> Arc<dyn Clock> { Arc::new(WallClock) };
    let (table, secrets_path) = ("wasurena".to_owned(), "/wasurena".to_owned());
    let target = AlarmTarget {
        group: "wasurena".to_owned(),
        function_arn: "arn:aws:lambda:ap-northeast-1:000000000000:function:send-follow-ups".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/alarms".to_owned(),
        dead_letter_arn: "arn:aws:sqs:ap-northeast-1:000000000000:alarms-undelivered".to_owned(),
    };
    let config = receive_purchase::config::Config { table: table.clone(), secrets_path: secrets_path.clone() };
    receive_purchase::ReceivePurchase::new(&config, &clients("receive-purchase"), clock()).warm_up().await;
    let config = plan_follow_ups::config::Config { table: table.clone() };
    plan_follow_ups::PlanFollowUps::new(&config, &clients("plan-follow-ups"), clock()).warm_up().await;
    let config = set_alarms::config::Config { table: table.clone(), target: target.clone() };
    set_alarms::SetAlarms::new(&config, &clients("set-alarms"), clock()).warm_up().await;
    let config = send_follow_ups::config::Config {
        table: table.clone(),
        secrets_path: secrets_path.clone(),
        target,
        configuration_set: "wasurena".to_owned(),
        public_url: "http://127.0.0.1".to_owned(),
    };
    let dice = Arc::new(Dice);
    send_follow_ups::SendFollowUps::new(&config, &clients("send-follow-ups"), clock(), dice).warm_up().await;
    let config = record_delivery::config::Config { table: table.clone(), secrets_path: secrets_path.clone() };
    record_delivery::RecordDelivery::new(&config, &clients("record-delivery"), clock()).warm_up().await;
    let config = customer_pages::config::Config {
        table: table.clone(),
        secrets_path: secrets_path.clone(),
        configuration_set: "wasurena".to_owned(),
        public_url: None,
    };
    customer_pages::CustomerPages::new(&config, &clients("customer-pages"), clock()).warm_up().await;
    let config = keep_promises::config::Config { table, secrets_path };
    keep_promises::KeepPromises::new(&config, &clients("keep-promises"), clock()).warm_up().await;
}

/// A webhook of Shopify's, which must be taken.
async fn shopify(journey: &Journey, topic: &str, body: &Value) {
    assert_eq!(journey.shopify(topic, body).await, 200, "{topic}: {body}");
}

/// A purchase by each cart, another address, and more orders than a summary holds.
async fn every_cart(journey: &Journey) {
    let order = |number, at: &str| orders::with(&orders::paid(number, at, HANAKO, "飯碗"), &json!({ "phone": PHONE }));
    shopify(journey, "orders/create", &order(1, "2026-12-01T08:00:00+09:00")).await;
    let corrected = json!({ "email": "hanakoo@example.jp", "updated_at": "2026-12-01T08:30:00+09:00" });
    shopify(journey, "orders/updated", &orders::with(&order(1, "2026-12-01T08:00:00+09:00"), &corrected)).await;
    for number in 2..=15 {
        let at = format!("2026-{:02}-01T10:00:00+09:00", number % 11 + 1);
        shopify(journey, "orders/create", &order(number, &at)).await;
    }
    let woocommerce = orders::woocommerce(7, "2026-11-30T23:00:00", "taro@example.jp", "飯碗");
    assert_eq!(journey.woocommerce("order.created", &woocommerce).await, 200);
    assert_eq!(journey.stripe(&orders::stripe("pi_7", 1_796_083_200, "jiro@example.jp")).await, 200);
    let standard = json!({
        "type": "purchase.paid", "occurred_at": "2026-12-01T08:00:00+09:00",
        "order": {
            "id": "A-1", "ordered_at": "2026-12-01T08:00:00+09:00", "currency": "JPY", "total": "3800",
            "buyer": { "email": "saburo@example.jp" },
            "lines": [{ "name": "飯碗", "quantity": 1, "unit_price": "3800" }],
        },
    });
    assert_eq!(journey.standard(&standard).await, 200);
}

/// Orders without an address: of somebody new, of whoever has the number, of one of several who have it.
async fn by_phone(journey: &Journey) {
    for (number, phone) in [(31, "03-9999-0001"), (32, PHONE), (33, "03-9999-0001")] {
        let order = orders::paid(number, "2026-12-01T08:00:00+09:00", "", "飯碗");
        shopify(journey, "orders/create", &orders::with(&order, &json!({ "phone": phone }))).await;
    }
    let shared = orders::paid(34, "2026-12-01T08:00:00+09:00", "shiro@example.jp", "飯碗");
    shopify(journey, "orders/create", &orders::with(&shared, &json!({ "phone": PHONE }))).await;
    let nobody = orders::paid(35, "2026-12-01T08:00:00+09:00", "", "飯碗");
    shopify(journey, "orders/create", &nobody).await;
}

/// The post's words about the first mails, and what customers do with their links.
async fn post_and_links(journey: &Journey) {
    journey.until("2026-12-02T12:00:00+09:00").await;
    for (address, kind, permanent) in [
        ("taro@example.jp", "delivery", false),
        ("taro@example.jp", "complaint", false),
        ("jiro@example.jp", "bounce", true),
        ("saburo@example.jp", "bounce", false),
    ] {
        let mails = journey.mails().await;
        let mail = mails.iter().find(|mail| mail["to"][0] == address).unwrap_or_else(|| panic!("no mail to {address}"));
        journey.turn("ses-events", &json!({ "mail": mail["id"], "type": kind, "permanent": permanent })).await;
    }
    let page = journey.stop_page("saburo@example.jp").await;
    assert_eq!(journey.get(&page).await.status(), 200);
    for wish in ["wish=stop", "wish=resume"] {
        assert_eq!(journey.post(&page, &[], wish.as_bytes().to_vec()).await.status(), 200);
    }
    journey.days(3).await;
}

/// Buys, and something of AWS fails until the follow-up is due and for a while after.
async fn buys_while(journey: &Journey, number: u64, fault: Value) {
    let address = format!("customer{number}@example.jp");
    let now = journey.now().await.to_rfc3339();
    shopify(journey, "orders/create", &orders::paid(number, &now, &address, "飯碗")).await;
    journey.turn("faults", &fault).await;
    journey.days(2).await;
    journey.end_faults().await;
}

async fn outages(journey: &Journey) {
    for (number, how) in [(41, "throttle"), (42, "fail_after"), (43, "fail_before"), (44, "down")] {
        buys_while(journey, number, json!({ "call": "ses.SendEmail", "how": how, "times": 3 })).await;
    }
    buys_while(journey, 45, json!({ "call": "ses.GetAccount", "how": "down", "times": 6 })).await;
    buys_while(journey, 46, json!({ "call": "scheduler.*", "how": "down", "times": 40 })).await;
    let now = journey.now().await.to_rfc3339();
    shopify(journey, "orders/create", &orders::paid(47, &now, "customer47@example.jp", "飯碗")).await;
    journey.lose_alarms().await;
    journey.days(10).await;
}

/// Somebody tells a birthday and an address by the pages of their mail, and has their data erased.
async fn own_data(journey: &Journey) {
    const GORO: &str = "goro@example.jp";
    let now = journey.now().await.to_rfc3339();
    shopify(journey, "orders/create", &orders::paid(61, &now, GORO, "飯碗")).await;
    journey.days(2).await;
    let goro = journey.follow_ups(GORO).await[0]["customer"].as_str().map(CustomerId::parse).unwrap().unwrap();
    let shop = ShopId::parse("sakura").unwrap();
    let keys = journey.world().keyring().keys().await.unwrap().links().unwrap();
    let page = |link: Link| Places::new("", &shop, &keys).url(&link);
    for (link, form) in [
        (Link::Wishes(goro.clone()), "do=prefer&often=seldom&pause=1"),
        (Link::Wishes(goro.clone()), "do=birthday&month=4&day=3"),
        (Link::Data(goro), "do=erase"),
    ] {
        let page = page(link);
        assert_eq!(journey.get(&page).await.status(), 200);
        assert_eq!(journey.post(&page, &[], form.as_bytes().to_vec()).await.status(), 200, "{form}");
        let mails = journey.mails().await;
        let text = mails.last().and_then(|mail| mail["text"].as_str()).unwrap_or_default();
        if let Some(url) = text.lines().find(|line| line.contains("/c/sakura/k/")) {
            let page = &url[url.find("/c/").unwrap()..];
            assert_eq!(journey.post(page, &[], b"do=confirm".to_vec()).await.status(), 200, "{form}");
        }
    }
}

/// What a shop must do when somebody wants their data, or wants it gone, and what comes after that.
async fn erasing(journey: &Journey) {
    let of = |address: Value, phone: Value| {
        json!({
            "shop_id": 1, "shop_domain": "sakura.example.jp", "orders_requested": [], "orders_to_redact": [],
            "customer": { "id": 7, "email": address, "phone": phone },
        })
    };
    let hanako = of(json!(HANAKO), json!(PHONE));
    shopify(journey, "customers/data_request", &hanako).await;
    shopify(journey, "customers/redact", &of(Value::Null, json!(PHONE))).await;
    shopify(journey, "customers/redact", &hanako).await;
    // Late webhooks of what was erased, an order nobody pays, and one by which she is a customer again.
    let late = orders::paid(1, "2026-12-01T08:00:00+09:00", HANAKO, "飯碗");
    shopify(journey, "orders/updated", &late).await;
    journey.days(1).await;
    let now = journey.now().await.to_rfc3339();
    let unpaid = orders::with(&orders::paid(51, &now, HANAKO, "飯碗"), &json!({ "financial_status": "pending" }));
    shopify(journey, "orders/create", &unpaid).await;
    journey.days(1).await;
    let now = journey.now().await.to_rfc3339();
    shopify(journey, "orders/create", &orders::paid(52, &now, HANAKO, "飯碗")).await;
    shopify(journey, "shop/redact", &json!({ "shop_id": 1, "shop_domain": "sakura.example.jp" })).await;
}
