//! Listening, from the tap to the last word: looking changes nothing, an answer counts once, an unhappy one stops cheer until a
//! person has made good, and a product that makes people unhappy waits until somebody has looked.

use reqwest::StatusCode;
use serde_json::{Value, json};
use wasurena_cloud::{cases, listening};
use wasurena_domain::case::{CaseState, Cause, What};
use wasurena_domain::follow_up::State;
use wasurena_domain::ids::{CustomerId, ShopId, StepId};
use wasurena_domain::listening::Means;
use wasurena_letters::Published;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";
const TARO: &str = "taro@example.jp";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn sakura() -> ShopId {
    ShopId::parse("sakura").unwrap()
}

async fn book(journey: &Journey) -> Published {
    (*journey.world().bookshelf().open(&sakura()).await.unwrap().book).clone()
}

async fn id_of(journey: &Journey, address: &str) -> CustomerId {
    CustomerId::parse(journey.follow_ups(address).await[0]["customer"].as_str().unwrap()).unwrap()
}

/// The paths of the answers in the last mail to somebody.
async fn answers(journey: &Journey, address: &str) -> Vec<String> {
    let mails = journey.mails().await;
    let last = mails.iter().rfind(|mail| mail["to"][0] == address).unwrap();
    let (text, html) = (last["text"].as_str().unwrap(), last["html"].as_str().unwrap());
    let urls = text.lines().filter_map(|line| line.split_once(" → ")).map(|(_, url)| url);
    let urls: Vec<&str> = urls.filter(|url| url.contains("/c/sakura/a/")).collect();
    assert!(urls.iter().all(|url| html.contains(&format!("href=\"{url}\""))), "each answer is a link in the HTML too");
    urls.iter().map(|url| url[url.find("/c/").unwrap()..].to_owned()).collect()
}

/// Hanako has bought a bowl, and was just asked whether it arrived.
async fn asked() -> (Journey, Vec<String>) {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-08T12:00:00+09:00").await;
    let links = answers(&journey, HANAKO).await;
    assert_eq!(links.len(), 4);
    (journey, links)
}

async fn says(journey: &Journey, page: &str, form: &str) -> String {
    let answer = journey.post(page, &[FORM], form.as_bytes().to_vec()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.unwrap()
}

async fn kinds(journey: &Journey) -> Vec<String> {
    journey.tasks().await.iter().map(|task| task["kind"].as_str().unwrap().to_owned()).collect()
}

fn of_kind(diary: &[Value], entity: &str) -> Vec<Value> {
    diary.iter().filter(|item| item["entity"]["S"] == entity).cloned().collect()
}

#[tokio::test]
async fn scanners_may_tap_every_answer_as_often_as_they_like() {
    let (journey, links) = asked().await;
    let before = journey.diary().await;
    for _ in 0..5 {
        for (link, says) in links.iter().zip(["気に入って", "まだ使って", "思っていた", "割れ"]) {
            let answer = journey.get(link).await;
            assert_eq!(answer.status(), StatusCode::OK);
            let html = answer.text().await.unwrap();
            let chosen = html.split(" checked>").nth(1).unwrap();
            assert!(chosen.starts_with(says) && html.matches(" checked").count() == 1, "{html}");
            assert!(html.contains("お店に届ける") && !html.contains("花子") && !html.contains("飯碗"), "{html}");
        }
    }
    assert_eq!(journey.diary().await, before);
}

#[tokio::test]
async fn r27_one_tap_answers_and_the_reward_comes_after_it() {
    let journey = Journey::begin().await;
    let with_reward = "unknown_day = 7\nreward = \"次のお買い上げに、箸置きをひとつお付けします。\"";
    journey
        .publish(|path, text| {
            Some(if path == "programme.toml" {
                text.replacen("unknown_day = 7", with_reward, 1)
            } else {
                text.to_owned()
            })
        })
        .await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-08T12:00:00+09:00").await;
    let links = answers(&journey, HANAKO).await;
    assert!(!journey.get(&links[0]).await.text().await.unwrap().contains("箸置き"), "not before the answer");
    let planned = journey.states(HANAKO).await;
    let html = says(&journey, &links[0], "answer=liked&words=%E3%82%88%E3%81%84%E5%99%A8").await;
    assert!(html.contains("ありがとうございました") && html.contains("箸置き"), "{html}");
    assert_eq!(journey.states(HANAKO).await, planned, "a glad answer changes nothing of what is planned");
    let products = journey.world().diary().products(&sakura()).await.unwrap();
    assert_eq!((products["飯碗"].count(Means::Happy), products["飯碗"].unhappy_since_look()), (1, 0));
    // The same again, however often the browser sends it, changes no byte.
    let before = journey.diary().await;
    says(&journey, &links[0], "answer=liked&words=%E3%82%88%E3%81%84%E5%99%A8").await;
    assert_eq!(journey.diary().await, before);
}

#[tokio::test]
async fn r28_from_the_unhappy_answer_to_the_remedy_and_on() {
    let (journey, links) = asked().await;
    let html = says(&journey, &links[2], "answer=differs&words=%E8%89%B2%E3%81%8C%E6%BF%83%E3%81%84").await;
    assert!(html.contains("申し訳ございません") && html.contains("あらためてご連絡"), "{html}");
    assert!(journey.states(HANAKO).await.contains(&"usage cancelled case_open".to_owned()));
    assert_eq!(kinds(&journey).await, ["look_at_product", "settle_case"]);

    // The owner takes the case, approves a letter, and it goes out: once, however often it is approved.
    let (book, id) = (book(&journey).await, id_of(&journey, HANAKO).await);
    let (diary, letter) = (journey.world().diary(), StepId::parse("apology").unwrap());
    let now = journey.now().await;
    let taken = cases::change(diary, &book.shop, &id, None, |case| case.taken("佐藤", now)).await.unwrap();
    assert_eq!((taken.state, taken.cause, taken.history[0].what), (CaseState::InHand, Cause::Unhappy, What::Answered));
    assert_eq!(taken.history[0].words.as_deref(), Some("思っていたものと少し違いました / 色が濃い"));
    for _ in 0..2 {
        let made = cases::make_good(diary, &book, &id, None, (&letter, None), journey.now().await);
        let (case, follow_up) = Box::pin(made).await.unwrap();
        assert_eq!((case.state, follow_up.state), (CaseState::RemedySent, State::Planned));
    }
    // Facts that change meanwhile leave it where it is.
    let arrived = json!([{
        "id": 1, "status": "success", "shipment_status": "delivered",
        "created_at": "2026-12-02T18:00:00+09:00", "updated_at": "2026-12-08T12:05:00+09:00",
    }]);
    let bowl = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗");
    let delivered = orders::with(&bowl, &json!({ "updated_at": "2026-12-08T12:05:00+09:00", "fulfillments": arrived }));
    journey.shopify("orders/updated", &delivered).await;
    journey.until("2026-12-20T12:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    // The question went out on the same day: the apology is the next day's message.
    assert_eq!(received, ["12-02 10:00 thanks-first", "12-08 10:00 arrival", "12-09 12:15 apology"]);
    let made = cases::make_good(diary, &book, &id, None, (&letter, None), journey.now().await);
    assert!(Box::pin(made).await.unwrap().1.state.has_left(), "approved once more it is the one that was sent");

    // It is settled and looked at: the programme goes on.
    cases::settle(diary, &book.shop, &id, (None, Some("お取り替えした")), journey.now().await).await.unwrap();
    listening::looked(diary, &book.shop, "飯碗", journey.now().await).await.unwrap();
    assert_eq!(kinds(&journey).await, [""; 0]);
    journey.until("2027-02-10T12:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    assert!(received.len() > 4 && received.iter().filter(|line| line.contains("apology")).count() == 1, "{received:?}");
    let case = cases::look(diary, &book.shop, &id, None).await.unwrap().case;
    let history: Vec<What> = case.history.iter().map(|note| note.what).collect();
    assert_eq!(history, [What::Answered, What::Taken, What::RemedyApproved, What::Settled]);
}

#[tokio::test]
async fn the_newest_answer_counts_and_the_case_stays_a_persons() {
    let (journey, links) = asked().await;
    says(&journey, &links[3], "answer=broken").await;
    says(&journey, &links[0], "answer=liked").await;
    let diary = journey.diary().await;
    assert_eq!(of_kind(&diary, "answer").len(), 1);
    assert_eq!(of_kind(&diary, "answer")[0]["means"]["S"], "happy");
    let (book, id) = (book(&journey).await, id_of(&journey, HANAKO).await);
    let case = cases::look(journey.world().diary(), &book.shop, &id, None).await.unwrap().case;
    assert_eq!((case.state, case.cause, case.history.len()), (CaseState::Open, Cause::Broken, 2));
    assert!(journey.states(HANAKO).await.contains(&"usage cancelled case_open".to_owned()));
    let products = journey.world().diary().products(&sakura()).await.unwrap();
    assert_eq!((products["飯碗"].count(Means::Happy), products["飯碗"].count(Means::Broken)), (1, 0));
}

#[tokio::test]
async fn r31_a_product_that_makes_somebody_unhappy_waits_until_the_owner_has_looked() {
    let (journey, links) = asked().await;
    journey.shopify("orders/create", &orders::paid(2, "2026-12-08T12:00:00+09:00", TARO, "飯碗")).await;
    journey.shopify("orders/create", &orders::paid(3, "2026-12-08T12:00:00+09:00", "jiro@example.jp", "湯呑み")).await;
    says(&journey, &links[2], "answer=differs").await;
    journey.until("2026-12-24T12:00:00+09:00").await;
    // Taro's thanks and question went out, his usage letter waits; that of another product does not.
    let thanked = ["12-09 10:00 thanks-first", "12-15 10:00 arrival"];
    assert_eq!(journey.received(TARO).await, thanked);
    assert_eq!(journey.received("jiro@example.jp").await.last().unwrap(), "12-22 10:00 usage");
    assert!(kinds(&journey).await.contains(&"look_at_product".to_owned()));
    let book = book(&journey).await;
    listening::looked(journey.world().diary(), &book.shop, "飯碗", journey.now().await).await.unwrap();
    assert!(!kinds(&journey).await.contains(&"look_at_product".to_owned()));
    journey.until("2026-12-26T12:00:00+09:00").await;
    assert_eq!(journey.received(TARO).await.last().unwrap(), "12-25 10:00 usage");
}

#[tokio::test]
async fn a_gift_is_asked_after_in_other_words() {
    let journey = Journey::begin().await;
    let gift = json!({ "note_attributes": [{ "name": "熨斗", "value": "あり" }] });
    let order = orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗");
    journey.shopify("orders/create", &orders::with(&order, &gift)).await;
    journey.until("2026-12-08T12:00:00+09:00").await;
    let links = answers(&journey, HANAKO).await;
    let html = journey.get(&links[0]).await.text().await.unwrap();
    assert!(html.contains("喜んでもらえました") && !html.contains("気に入って使っています"), "{html}");
    says(&journey, &links[0], "answer=liked").await;
    assert_eq!(of_kind(&journey.diary().await, "answer")[0]["says"]["S"], "喜んでもらえました");
}

#[tokio::test]
async fn a_link_that_leads_nowhere_gets_a_kind_page_and_writes_nothing() {
    let (journey, links) = asked().await;
    let stop = journey.stop_page(HANAKO).await;
    let before = journey.diary().await;
    let token = links[0].split('/').nth(4).unwrap();
    let mut forged: Vec<char> = token.chars().collect();
    forged[20] = if forged[20] == 'A' { 'B' } else { 'A' };
    let forged: String = forged.into_iter().collect();
    for path in [
        links[0].replace(token, &forged),
        links[0].replace("/c/sakura/", "/c/nowhere/"),
        // One link's token is none of another's.
        stop.replace("/stop/", "/a/") + "/liked",
        links[0].replace("/a/", "/stop/"),
        format!("/c/sakura/stop/{token}"),
        format!("/c/sakura/a/{token}"),
        "/c/sakura/a/x/liked".to_owned(),
    ] {
        for answer in [journey.get(&path).await, journey.post(&path, &[FORM], b"answer=broken".to_vec()).await] {
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            let html = answer.text().await.unwrap();
            assert!(html.contains("見つかりませんでした") && !html.contains("さくら"), "{path}: {html}");
        }
    }
    // An answer that the survey does not have is shown again, with nothing chosen.
    for (path, form) in [(&links[0], "answer=best"), (&links[0], ""), (&links[0].replace("/liked", "/best"), "x=y")] {
        let html = says(&journey, path, form).await;
        assert!(html.contains("お店に届ける"), "{html}");
    }
    assert_eq!(journey.diary().await, before);
}

#[tokio::test]
async fn what_somebody_answered_is_erased_with_them_and_their_link_leads_nowhere() {
    let (journey, links) = asked().await;
    says(&journey, &links[3], "answer=broken&words=%E5%BA%95%E3%81%AE%E3%81%B2%E3%81%B3").await;
    assert!(format!("{:?}", journey.diary().await).contains("底のひび"));
    let redact = json!({
        "shop_id": 1, "shop_domain": "sakura.example.jp",
        "customer": { "id": 7, "email": HANAKO, "phone": null },
        "orders_to_redact": [],
    });
    assert_eq!(journey.shopify("customers/redact", &redact).await, 200);
    let diary = journey.diary().await;
    assert!(!format!("{diary:?}").contains("底のひび"));
    assert_eq!((of_kind(&diary, "answer").len(), of_kind(&diary, "case").len()), (0, 0));
    assert_eq!(journey.get(&links[0]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(journey.post(&links[0], &[FORM], b"answer=broken".to_vec()).await.status(), StatusCode::NOT_FOUND);
}

/// What the next act costs, in DynamoDB's write units.
async fn write_units(journey: &Journey) -> f64 {
    let units = journey.usage().await["write_units"].as_f64().unwrap();
    journey.turn("usage/reset", &json!({})).await;
    units
}

#[tokio::test]
async fn a_glad_answer_costs_2_write_units_and_an_unhappy_one_with_its_new_plan_15_at_most() {
    let (journey, links) = asked().await;
    write_units(&journey).await;
    journey.get(&links[0]).await;
    assert!(write_units(&journey).await.abs() < f64::EPSILON, "looking writes nothing");
    says(&journey, &links[0], "answer=liked").await;
    let glad = write_units(&journey).await;
    // Record, case, count, pause and its task, answer; then the plan cancels what was cheerful, and leaves its task.
    says(&journey, &links[2], "answer=differs").await;
    journey.diary().await;
    let unhappy = write_units(&journey).await;
    println!("an answer: glad {glad} write units, unhappy {unhappy}");
    assert!(glad <= 2.0 && unhappy <= 15.0, "{glad} {unhappy}");
}
