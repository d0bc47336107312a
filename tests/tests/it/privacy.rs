//! Erasing somebody's data: nothing written later holds them, and nothing that was still on its way brings them back.

use serde_json::{Value, json};
use wasurena_carts::sign;
use wasurena_cloud::rulings;
use wasurena_domain::customer::Ruling;
use wasurena_domain::ids::{CartId, OrderId, PurchaseKey};
use wasurena_local::{Start, World, sample};
use wasurena_tests::journey::{Journey, TUESDAY_MORNING, moment, orders};

const HANAKO: &str = "hanako@example.jp";
/// Everything by which 山田 花子 could be recognised.
const TRACES: [&str; 5] = [HANAKO, "花子", "山田", "+81312345678", "03-1234-5678"];

fn order(number: u64, at: &str) -> Value {
    orders::with(&orders::paid(number, at, HANAKO, "飯碗"), &json!({ "phone": "03-1234-5678" }))
}

fn redact() -> Value {
    json!({
        "shop_id": 1, "shop_domain": "sakura.example.jp",
        "customer": { "id": 7, "email": HANAKO, "phone": "03-1234-5678" },
        "orders_to_redact": [],
    })
}

async fn traces(journey: &Journey) -> Vec<&'static str> {
    let items = Value::Array(journey.diary().await).to_string();
    TRACES.into_iter().filter(|trace| items.contains(trace)).collect()
}

/// A customer with thirteen occasions, more than their summary holds, an unpaid order and another address.
async fn a_life(journey: &Journey) {
    journey.shopify("orders/create", &order(1, "2026-12-01T10:00:00+09:00")).await;
    for number in 2..=14 {
        journey.days(12).await;
        let now = journey.now().await.to_rfc3339();
        journey.shopify("orders/create", &order(number, &now)).await;
    }
    let now = journey.now().await.to_rfc3339();
    let unpaid = orders::with(&order(20, &now), &json!({ "financial_status": "pending" }));
    journey.shopify("orders/create", &unpaid).await;
}

#[tokio::test]
async fn after_a_redaction_the_whole_store_holds_no_trace_and_nothing_brings_them_back() {
    let journey = Journey::begin().await;
    a_life(&journey).await;
    assert_eq!(traces(&journey).await, [HANAKO, "花子", "山田", "+81312345678"]);
    let sent = journey.mails().await.len();

    assert_eq!(journey.shopify("customers/redact", &redact()).await, 200);
    assert_eq!(traces(&journey).await, [] as [&str; 0]);

    // Late webhooks: of known orders, of an old one that was never seen, and the redaction itself once more.
    let before = journey.diary().await;
    let now = journey.now().await.to_rfc3339();
    for number in [1, 2, 14, 20] {
        let updated = orders::with(&order(number, "2026-12-01T10:00:00+09:00"), &json!({ "updated_at": now }));
        assert_eq!(journey.shopify("orders/updated", &updated).await, 200, "{number}");
    }
    assert_eq!(journey.shopify("orders/updated", &order(30, "2026-12-20T10:00:00+09:00")).await, 200);
    assert_eq!(journey.shopify("customers/redact", &redact()).await, 200);
    assert_eq!(journey.diary().await, before, "nothing of it is kept");
    // And what SES says of the last mail to them, whose events hold their address.
    let last = journey.mails().await.pop().unwrap()["id"].clone();
    for kind in ["delivery", "bounce", "complaint"] {
        journey.turn("ses-events", &json!({ "mail": last, "type": kind, "permanent": true })).await;
    }
    assert_eq!(traces(&journey).await, [] as [&str; 0]);
    journey.days(90).await;
    assert_eq!(journey.mails().await.len(), sent, "and nothing goes out any more");
    assert_eq!(traces(&journey).await, [] as [&str; 0]);
}

/// A webhook as a function URL hands it over.
fn webhook(topic: &str, body: &Value) -> lambda_http::Request {
    let body = body.to_string();
    let (name, signature) = sign::shopify(sample::SECRET, body.as_bytes());
    let uri = format!("/hooks/{}/shopify", sample::SHOP);
    let request = lambda_http::http::Request::post(uri).header("x-shopify-topic", topic).header(name, signature);
    request.body(lambda_http::Body::from(body)).unwrap()
}

#[tokio::test]
async fn the_stream_shows_nothing_of_what_was_erased() {
    let folder = tempfile::tempdir().unwrap();
    let start = Start {
        folder: folder.path().to_owned(),
        now: Some(moment(TUESDAY_MORNING)),
        frozen: true,
        public_url: "http://127.0.0.1".to_owned(),
    };
    let world = World::open(start).await.unwrap();
    world.hook(webhook("orders/create", &order(1, "2026-12-01T08:00:00+09:00"))).await;
    world.settle().await.unwrap();
    // What the readers have passed is trimmed, but for the newest record.
    let newest = world.aws().streams().records_after("wasurena", None, 1000).unwrap();
    let position = newest.last().and_then(|record| record.change.sequence_number.clone()).unwrap();
    let answer = world.hook(webhook("customers/redact", &redact())).await;
    assert_eq!(answer.status(), 200);
    let later = world.aws().streams().records_after("wasurena", Some(&position), 1000).unwrap();
    assert!(later.len() >= 5, "customer, purchase and three follow-ups: {}", later.len());
    let text = serde_json::to_string(&later).unwrap();
    let found: Vec<&str> = TRACES.into_iter().filter(|trace| text.contains(trace)).collect();
    assert_eq!(found, [] as [&str; 0]);
}

#[tokio::test]
async fn somebody_unknown_who_asks_to_be_forgotten_is_not_brought_in_by_what_is_on_its_way() {
    let journey = Journey::begin_at("2026-12-02T12:00:00+09:00").await;
    let mut request = redact();
    request["orders_to_redact"] = json!([6_600_000_000_001_u64]);
    assert_eq!(journey.shopify("customers/redact", &request).await, 200);
    for number in [1, 2] {
        journey.shopify("orders/create", &order(number, "2026-12-01T10:00:00+09:00")).await;
    }
    assert_eq!(traces(&journey).await, [] as [&str; 0]);
    journey.days(30).await;
    assert!(journey.mails().await.is_empty());
}

#[tokio::test]
async fn who_buys_again_afterwards_is_a_customer_again() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1, "2026-12-01T10:00:00+09:00")).await;
    journey.shopify("customers/redact", &redact()).await;
    journey.days(10).await;
    let now = journey.now().await.to_rfc3339();
    journey.shopify("orders/create", &order(2, &now)).await;
    journey.days(2).await;
    assert_eq!(journey.received(HANAKO).await.len(), 1, "a first thank-you, as for anybody new");
    assert!(journey.received(HANAKO).await[0].ends_with("thanks-first"));
}

#[tokio::test]
async fn who_said_stop_stays_stopped_though_erased() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1, "2026-12-01T10:00:00+09:00")).await;
    journey.days(2).await;
    let page = journey.stop_page(HANAKO).await;
    assert_eq!(journey.post(&page, &[], b"List-Unsubscribe=One-Click".to_vec()).await.status(), 200);
    journey.shopify("customers/redact", &redact()).await;
    journey.days(30).await;
    let now = journey.now().await.to_rfc3339();
    journey.shopify("orders/create", &order(2, &now)).await;
    journey.days(30).await;
    assert_eq!(journey.received(HANAKO).await.len(), 1, "only the thank-you before the stop");
}

#[tokio::test]
async fn a_stop_by_an_old_mail_counts_for_somebody_erased() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1, "2026-12-01T10:00:00+09:00")).await;
    journey.days(2).await;
    let page = journey.stop_page(HANAKO).await;
    journey.shopify("customers/redact", &redact()).await;
    assert_eq!(journey.get(&page).await.status(), 200);
    for _ in 0..2 {
        let answer = journey.post(&page, &[], b"List-Unsubscribe=One-Click".to_vec()).await;
        assert!(answer.text().await.unwrap().contains("お止めいたしました"));
    }
    let now = journey.now().await.to_rfc3339();
    journey.shopify("orders/create", &order(2, &now)).await;
    journey.days(30).await;
    assert_eq!(journey.received(HANAKO).await.len(), 1);
    assert_eq!(journey.diary().await.iter().filter(|item| item["said"]["S"] == "opted_out").count(), 1);
}

#[tokio::test]
async fn requests_that_only_a_person_can_answer_are_on_the_owners_list() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1, "2026-12-01T10:00:00+09:00")).await;
    let customer = journey.follow_ups(HANAKO).await[0]["customer"].clone();
    let request = json!({
        "shop_id": 1, "shop_domain": "sakura.example.jp", "orders_requested": [6_600_000_000_001_u64],
        "customer": { "id": 7, "email": HANAKO, "phone": null }, "data_request": { "id": 9 },
    });
    assert_eq!(journey.shopify("customers/data_request", &request).await, 200);
    assert_eq!(journey.shopify("shop/redact", &json!({ "shop_id": 1, "shop_domain": "sakura.example.jp" })).await, 200);
    let tasks = journey.tasks().await;
    let of = |kind: &str| tasks.iter().find(|task| task["kind"] == kind).unwrap_or_else(|| panic!("{kind}: {tasks:?}"));
    assert_eq!((&of("hand_over_data")["customer"], &of("hand_over_data")["due"]), (&customer, &json!("2026-12-31")));
    assert_eq!((&of("erase_cart")["customer"], &of("erase_cart")["due"]), (&Value::Null, &json!("2026-12-31")));
}

/// The diary's item of the customer who stands in it.
async fn customer(journey: &Journey) -> Value {
    journey.diary().await.into_iter().find(|item| item["entity"]["S"] == "customer").unwrap()
}

#[tokio::test]
async fn who_is_erased_twice_is_erased_with_what_they_ordered_in_between() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1, "2026-12-01T10:00:00+09:00")).await;
    journey.shopify("customers/redact", &redact()).await;
    journey.days(10).await;
    let now = journey.now().await.to_rfc3339();
    let unpaid = orders::with(&order(2, &now), &json!({ "financial_status": "pending" }));
    journey.shopify("orders/create", &unpaid).await;
    assert_eq!(traces(&journey).await, [HANAKO, "花子", "山田", "+81312345678"], "they may buy again");
    journey.shopify("customers/redact", &redact()).await;
    assert_eq!(traces(&journey).await, [] as [&str; 0]);
    for number in [2, 3] {
        journey.shopify("orders/updated", &order(number, &now)).await;
    }
    assert_eq!(traces(&journey).await, [] as [&str; 0], "nor does it come back when it is paid");
}

#[tokio::test]
async fn an_order_that_a_ruling_pushes_out_of_the_summary_is_erased_too() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1, "2026-12-01T10:00:00+09:00")).await;
    // While somebody has to see to the first, the summary keeps it, and one more than it has room for.
    let refund = json!({
        "id": 9, "order_id": 6_600_000_000_001_u64, "created_at": "2026-12-01T11:00:00+09:00", "refund_line_items": [],
        "transactions": [{ "id": 1, "kind": "refund", "status": "success", "amount": "500", "currency": "JPY" }],
    });
    journey.shopify("refunds/create", &refund).await;
    for number in 2..=13 {
        journey.days(12).await;
        let now = journey.now().await.to_rfc3339();
        journey.shopify("orders/create", &order(number, &now)).await;
    }
    assert!(customer(&journey).await.to_string().contains("6600000000002"));
    let world = journey.world();
    let shop_id = sample::SHOP.to_owned().try_into().unwrap();
    let shop = world.bookshelf().last_known(&shop_id).await.unwrap();
    let key = PurchaseKey { cart: CartId::parse("shopify").unwrap(), order: OrderId::parse("6600000000001").unwrap() };
    rulings::rule(world.diary(), &shop.shop, &key, Ruling::LeaveAlone, journey.now().await).await.unwrap();
    assert!(!customer(&journey).await.to_string().contains("6600000000002"), "the summary forgets the second");
    journey.shopify("customers/redact", &redact()).await;
    assert_eq!(traces(&journey).await, [] as [&str; 0]);
}

#[tokio::test]
async fn who_buys_again_by_a_later_address_of_theirs_keeps_it_and_their_versions_never_repeat() {
    let journey = Journey::begin().await;
    let first = orders::with(&order(1, "2026-12-01T10:00:00+09:00"), &json!({ "email": "hanakoo@example.jp" }));
    journey.shopify("orders/create", &first).await;
    let corrected = json!({ "email": HANAKO, "updated_at": "2026-12-01T11:00:00+09:00" });
    journey.shopify("orders/updated", &orders::with(&first, &corrected)).await;
    let before = customer(&journey).await;
    journey.shopify("customers/redact", &redact()).await;
    journey.days(3).await;
    let now = journey.now().await.to_rfc3339();
    journey.shopify("orders/create", &order(2, &now)).await;
    let after = customer(&journey).await;
    assert_eq!((&after["id"], &after["mail_place"]), (&before["id"], &before["mail_place"]));
    assert!(after["mail_place"]["S"].is_string(), "{after}");
    let version = |item: &Value| item["version"]["N"].as_str().unwrap().parse::<u64>().unwrap();
    assert!(version(&after) > version(&before), "{after}");
}

fn by_phone() -> Value {
    json!({
        "shop_id": 1, "shop_domain": "sakura.example.jp",
        "customer": { "id": 7, "email": null, "phone": "03-1234-5678" }, "orders_to_redact": [],
    })
}

/// Whom the owner's list asks to find out about.
async fn unsure(journey: &Journey) -> Vec<Value> {
    journey.tasks().await.into_iter().filter(|task| task["kind"] == "erase_person").collect()
}

#[tokio::test]
async fn of_several_with_one_phone_nobody_is_erased_by_guess() {
    let journey = Journey::begin().await;
    for (number, address) in [(1, HANAKO), (2, "taro@example.jp")] {
        let order = orders::with(&order(number, "2026-12-01T10:00:00+09:00"), &json!({ "email": address }));
        journey.shopify("orders/create", &order).await;
    }
    assert_eq!(journey.shopify("customers/redact", &by_phone()).await, 200);
    let tasks = unsure(&journey).await;
    assert_eq!(tasks.len(), 2);
    assert_eq!((&tasks[0]["due"], &tasks[0]["why"]), (&json!("2026-12-31"), &json!("erased")));
    let before = journey.diary().await;
    journey.shopify("customers/redact", &by_phone()).await;
    assert_eq!(journey.diary().await, before, "the same request is the same tasks");
    assert_eq!((journey.follow_ups(HANAKO).await.len(), journey.follow_ups("taro@example.jp").await.len()), (3, 3));
    // It was 花子, says her address. What the owner had to find out about her is done with; 太郎 is another person.
    journey.shopify("customers/redact", &redact()).await;
    assert_eq!(unsure(&journey).await.len(), 1);
    assert_eq!(journey.follow_ups("taro@example.jp").await.len(), 3);
}

#[tokio::test]
async fn somebody_without_an_address_may_be_whoever_is_erased() {
    let journey = Journey::begin().await;
    let at = "2026-12-01T10:00:00+09:00";
    journey.shopify("orders/create", &orders::with(&order(1, at), &json!({ "email": "" }))).await;
    journey.shopify("orders/create", &order(2, at)).await;
    journey.shopify("customers/redact", &redact()).await;
    let tasks = unsure(&journey).await;
    assert_eq!(tasks.len(), 1);
    assert_eq!(customer(&journey).await["id"]["S"], tasks[0]["customer"], "nothing of them is erased");
    assert!(journey.follow_ups(HANAKO).await.iter().all(|f| f["state"] != "planned"));
}

#[tokio::test]
async fn an_order_that_turned_out_to_be_somebody_elses_is_not_erased() {
    let journey = Journey::begin().await;
    let at = "2026-12-01T10:00:00+09:00";
    journey.shopify("orders/create", &order(1, at)).await;
    let pending = json!({ "email": "", "financial_status": "pending" });
    journey.shopify("orders/create", &orders::with(&order(2, at), &pending)).await;
    let is_taros = json!({
        "email": "taro@example.jp", "financial_status": "pending", "updated_at": "2026-12-01T11:00:00+09:00",
    });
    journey.shopify("orders/updated", &orders::with(&order(2, at), &is_taros)).await;
    journey.shopify("customers/redact", &redact()).await;
    let items = Value::Array(journey.diary().await).to_string();
    assert!(items.contains("taro@example.jp") && !items.contains(HANAKO), "{items}");
}

#[tokio::test]
async fn a_request_that_comes_again_is_the_same_task_and_erasing_takes_it_off() {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &order(1, "2026-12-01T10:00:00+09:00")).await;
    let request = json!({
        "shop_id": 1, "shop_domain": "sakura.example.jp", "orders_requested": [],
        "customer": { "id": 7, "email": HANAKO, "phone": null }, "data_request": { "id": 9 },
    });
    for _ in 0..2 {
        journey.shopify("customers/data_request", &request).await;
        journey.shopify("shop/redact", &json!({ "shop_id": 1, "shop_domain": "sakura.example.jp" })).await;
        let dues: Vec<Value> = journey.tasks().await.iter().map(|task| task["due"].clone()).collect();
        assert_eq!(dues, ["2026-12-31", "2026-12-31"]);
        journey.days(1).await;
    }
    journey.shopify("customers/redact", &redact()).await;
    let kinds: Vec<Value> = journey.tasks().await.iter().map(|task| task["kind"].clone()).collect();
    assert_eq!(kinds, ["erase_cart"]);
}
