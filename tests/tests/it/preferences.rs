//! The pages about what somebody wants to hear, and about their data: a wish counts at once, a change of data only when it was
//! confirmed by mail, and whoever holds a forwarded mail learns nothing and changes nothing.

use chrono::Duration;
use reqwest::StatusCode;
use serde_json::Value;
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId};
use wasurena_domain::listening::Means;
use wasurena_letters::link::{Confirms, Link, Places};
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn sakura() -> ShopId {
    ShopId::parse("sakura").unwrap()
}

async fn id_of(journey: &Journey, address: &str) -> CustomerId {
    CustomerId::parse(journey.follow_ups(address).await[0]["customer"].as_str().unwrap()).unwrap()
}

/// The path of the page behind a link.
async fn path(journey: &Journey, link: &Link) -> String {
    let keys = journey.world().keyring().keys().await.unwrap().links().unwrap();
    Places::new("", &sakura(), &keys).url(link)
}

/// Hanako has bought a bowl and was thanked.
async fn thanked() -> (Journey, CustomerId) {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-02T12:00:00+09:00").await;
    let id = id_of(&journey, HANAKO).await;
    (journey, id)
}

/// The first message that went to Hanako.
async fn message(journey: &Journey) -> FollowUpId {
    let follow_ups = journey.follow_ups(HANAKO).await;
    let sent = follow_ups.iter().find(|f| f["state"] == "sent").unwrap();
    FollowUpId::parse(sent["id"].as_str().unwrap()).unwrap()
}

async fn shows(journey: &Journey, page: &str) -> String {
    let answer = journey.get(page).await;
    assert_eq!(answer.status(), StatusCode::OK, "{page}");
    answer.text().await.unwrap()
}

async fn says(journey: &Journey, page: &str, form: &str) -> String {
    let answer = journey.post(page, &[FORM], form.as_bytes().to_vec()).await;
    assert_eq!(answer.status(), StatusCode::OK, "{page}");
    answer.text().await.unwrap()
}

/// The paths of the links that confirm, in the order in which they were sent.
async fn confirmations(journey: &Journey) -> Vec<String> {
    let mails = journey.mails().await;
    let texts = mails.iter().filter(|mail| mail["to"][0] == HANAKO).filter_map(|mail| mail["text"].as_str());
    let urls = texts.flat_map(str::lines).filter(|line| line.contains("/c/sakura/k/"));
    urls.map(|url| url[url.find("/c/").unwrap()..].to_owned()).collect()
}

async fn record(journey: &Journey, id: &CustomerId) -> Value {
    let record = journey.world().diary().customer(&sakura(), id).await.unwrap();
    serde_json::to_value(record.map(|record| record.customer)).unwrap()
}

/// All kinds but those.
fn kinds_without(without: &[&str]) -> String {
    let all = ["tips", "questions", "stories", "greetings", "news", "offers"];
    all.iter().filter(|kind| !without.contains(kind)).map(|kind| format!("&kind={kind}")).collect()
}

#[tokio::test]
async fn a_kind_that_is_not_wanted_is_not_sent_until_it_is_wanted_again() {
    let (journey, id) = thanked().await;
    let page = path(&journey, &Link::Wishes(id)).await;
    let html = shows(&journey, &page).await;
    assert!(html.contains("h•••@e•••.jp") && !html.contains(HANAKO) && !html.contains("花子"), "{html}");
    let html = says(&journey, &page, &format!("do=prefer&often=usual&pause=none{}", kinds_without(&["tips"]))).await;
    assert!(html.contains("ご希望を承りました"), "{html}");
    journey.until("2026-12-02T14:00:00+09:00").await;
    let states = journey.states(HANAKO).await;
    assert!(states.contains(&"usage cancelled not_wanted".to_owned()), "{states:?}");
    assert!(states.iter().any(|state| state.starts_with("arrival planned")), "{states:?}");
    // Said again it changes no byte; taken back it is planned again.
    let before = journey.diary().await;
    says(&journey, &page, &format!("do=prefer&often=usual&pause=none{}", kinds_without(&["tips"]))).await;
    assert_eq!(journey.diary().await, before);
    says(&journey, &page, &format!("do=prefer&often=usual&pause=none{}", kinds_without(&[]))).await;
    journey.until("2026-12-24T12:00:00+09:00").await;
    assert!(journey.received(HANAKO).await.iter().any(|line| line.ends_with(" usage")));
}

#[tokio::test]
async fn a_pause_is_a_pause_and_after_it_the_programme_goes_on() {
    let (journey, id) = thanked().await;
    let page = path(&journey, &Link::Wishes(id)).await;
    says(&journey, &page, &format!("do=prefer&often=usual&pause=3{}", kinds_without(&[]))).await;
    assert!(shows(&journey, &page).await.contains("2027年3月2日までお休み"));
    journey.until("2027-03-02T20:00:00+09:00").await;
    assert_eq!(journey.received(HANAKO).await, ["12-02 10:00 thanks-first"]);
    journey.until("2027-06-01T12:00:00+09:00").await;
    let received = journey.received(HANAKO).await;
    assert!(received.len() > 2 && received[1].as_str() > "03-02", "{received:?}");
}

#[tokio::test]
async fn whoever_wants_to_hear_seldom_gets_half_as_many_letters_of_the_rhythm() {
    let letters = async |often: &str| {
        let (journey, id) = thanked().await;
        let page = path(&journey, &Link::Wishes(id)).await;
        says(&journey, &page, &format!("do=prefer&often={often}&pause=none{}", kinds_without(&[]))).await;
        journey.until("2027-11-30T12:00:00+09:00").await;
        let file = journey.world().diary().file(&sakura(), &id_of(&journey, HANAKO).await).await.unwrap().unwrap();
        let rhythm = file.follow_ups.iter().filter(|f| f.series.is_some() && f.sent_at.is_some());
        rhythm.count()
    };
    let (usual, seldom) = (Box::pin(letters("usual")).await, Box::pin(letters("seldom")).await);
    assert!(seldom >= 3 && seldom * 10 <= usual * 8, "{seldom} instead of {usual}");
}

#[tokio::test]
async fn a_birthday_counts_when_its_mail_was_confirmed() {
    let (journey, id) = thanked().await;
    let page = path(&journey, &Link::Wishes(id.clone())).await;
    let wrong = says(&journey, &page, "do=birthday&month=2&day=30").await;
    assert!(wrong.contains("エラー: お誕生日の月と日") && wrong.contains("aria-invalid"), "{wrong}");
    let html = says(&journey, &page, "do=birthday&month=2&day=29&year=").await;
    assert!(html.contains("h•••@e•••.jp") && !html.contains(HANAKO), "{html}");
    assert_eq!(record(&journey, &id).await["birthday"], Value::Null, "nothing is so before it is confirmed");
    let link = confirmations(&journey).await.remove(0);
    let before = journey.diary().await;
    assert!(shows(&journey, &link).await.contains("02-29"));
    assert!(says(&journey, &link, "do=other").await.contains("ご確認"), "only the page's own button confirms");
    assert_eq!(journey.diary().await, before);
    assert!(says(&journey, &link, "do=confirm").await.contains("承りました"));
    assert_eq!(record(&journey, &id).await["birthday"], "--02-29");
    // Used is used; and no order that is reported again takes it back.
    assert_eq!(journey.get(&link).await.status(), StatusCode::NOT_FOUND);
    journey.shopify("orders/updated", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    assert_eq!(record(&journey, &id).await["birthday"], "--02-29");
}

#[tokio::test]
async fn an_address_goes_to_the_owner_and_is_kept_nowhere_else() {
    let (journey, id) = thanked().await;
    journey
        .publish(|path, text| {
            let with_letter = text.replacen("[[step]]", "[[step]]\nchannels = [\"mail\", \"letter\"]", 1);
            Some(if path == "programme.toml" { with_letter } else { text.to_owned() })
        })
        .await;
    let page = path(&journey, &Link::Wishes(id.clone())).await;
    let form = "do=address&address=%E6%9D%B1%E4%BA%AC%E9%83%BD%E5%8D%83%E4%BB%A3%E7%94%B0%E5%8C%BA1-1-1";
    says(&journey, &page, form).await;
    assert!(journey.tasks().await.is_empty());
    let link = confirmations(&journey).await.remove(0);
    says(&journey, &link, "do=confirm").await;
    assert_eq!(journey.tasks().await[0]["kind"], "take_address");
    let tasks = journey.world().diary().tasks(&sakura()).await.unwrap();
    assert_eq!(tasks[0].about, "東京都千代田区1-1-1");
    let told = journey.diary().await.iter().filter(|item| item.to_string().contains("千代田区")).count();
    assert_eq!(told, 1, "the owner's task, and nothing else");
}

#[tokio::test]
async fn what_is_kept_is_shown_and_erased_only_by_the_link_that_was_sent() {
    let (journey, id) = thanked().await;
    let page = path(&journey, &Link::Data(id.clone())).await;
    let html = shows(&journey, &page).await;
    assert!(html.contains("h•••@e•••.jp") && !html.contains("飯碗"), "{html}");
    for form in ["", "do=other", "website=x&do=export"] {
        assert!(!says(&journey, &page, form).await.contains("飯碗"));
    }
    assert!(confirmations(&journey).await.is_empty(), "a machine that fills in every field gets no mail sent");
    says(&journey, &page, "do=export").await;
    says(&journey, &page, "do=erase").await;
    let links = confirmations(&journey).await;
    let html = shows(&journey, &links[0]).await;
    assert!(!html.contains("飯碗"), "not before the button");
    let html = says(&journey, &links[0], "do=confirm").await;
    assert!(html.contains("飯碗") && html.contains(HANAKO), "{html}");
    let file = journey.post(&links[0], &[FORM], b"do=download".to_vec()).await;
    assert_eq!(file.headers()["content-disposition"], "attachment; filename=\"sakura.json\"");
    let file: Value = file.json().await.unwrap();
    assert_eq!(file["customer"]["email"], HANAKO);
    let before = journey.diary().await;
    assert!(shows(&journey, &links[1]).await.contains("すべて消す"));
    assert_eq!(journey.diary().await, before);
    assert!(says(&journey, &links[1], "do=confirm").await.contains("消しました"));
    let diary = format!("{:?}", journey.diary().await);
    assert!(!diary.contains(HANAKO) && !diary.contains("花子"));
    for link in [&links[0], &links[1], &page] {
        assert_eq!(journey.get(link).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn three_mails_a_day_are_enough_and_a_link_is_good_for_a_day() {
    let (journey, id) = thanked().await;
    let page = path(&journey, &Link::Data(id.clone())).await;
    for _ in 0..3 {
        assert!(says(&journey, &page, "do=export").await.contains("お送りしました"));
    }
    let before = journey.diary().await;
    assert!(says(&journey, &page, "do=erase").await.contains("明日"));
    let wishes = path(&journey, &Link::Wishes(id.clone())).await;
    assert!(says(&journey, &wishes, "do=birthday&month=4&day=3").await.contains("明日"));
    assert_eq!(journey.diary().await, before);
    let links = confirmations(&journey).await;
    assert_eq!(links.len(), 3);
    journey.until("2026-12-03T12:00:00+09:00").await;
    shows(&journey, &links[0]).await;
    journey.until("2026-12-03T12:00:10+09:00").await;
    let over = journey.get(&links[0]).await;
    assert_eq!(over.status(), StatusCode::NOT_FOUND);
    assert!(!says(&journey, &page, "do=export").await.contains("明日"), "the next day there are more");
    // A link that runs out, one that was never signed and a page that does not exist are the same.
    let (over, forged) = (over.text().await.unwrap(), journey.get("/c/sakura/k/AAAA").await.text().await.unwrap());
    let nowhere = journey.get("/c/nowhere/p/AAAA").await.text().await.unwrap();
    assert_eq!((&over, &over), (&forged, &nowhere));
}

#[tokio::test]
async fn something_wrong_opens_a_case_with_the_customers_own_words() {
    let (journey, id) = thanked().await;
    let page = path(&journey, &Link::Wrong(message(&journey).await)).await;
    let before = journey.diary().await;
    for form in ["", "do=tell", "do=tell&what=x", "what=wrong-broken"] {
        assert!(says(&journey, &page, form).await.contains("エラー: どれかひとつ"));
    }
    assert!(says(&journey, &page, "do=tell&what=wrong-broken&website=http://x").await.contains("承りました"));
    assert_eq!(journey.diary().await, before, "nothing is done for a machine, and for who chooses nothing");
    let html = says(&journey, &page, "do=tell&what=wrong-thing&words=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(html.contains("申し訳ございません"), "{html}");
    let customer = journey.world().diary().customer(&sakura(), &id).await.unwrap().unwrap().customer;
    let bought = customer.open_case().unwrap().key.clone();
    let case = journey.world().diary().case(&sakura(), &id, &bought).await.unwrap().unwrap();
    assert_eq!(case.history[0].words.as_deref(), Some("注文したものと違う / <script>alert(1)</script>"));
    let answers = journey.world().diary().answers(&sakura(), &id).await.unwrap();
    assert_eq!(answers[0].means, Means::Unhappy);
    // The customer's own words come back on no page but that of their data, and there they are words.
    let keys = journey.world().keyring().keys().await.unwrap().links().unwrap();
    let until = journey.now().await + Duration::hours(1);
    let link = Link::Confirm { what: Confirms::Export, customer: id, until };
    let html = says(&journey, &Places::new("", &sakura(), &keys).url(&link), "do=confirm").await;
    assert!(html.contains("&lt;script&gt;alert(1)") && !html.contains("<script"), "{html}");
}

#[tokio::test]
async fn a_mail_is_seen_in_the_browser_without_anybodys_name() {
    let (journey, _) = thanked().await;
    let page = path(&journey, &Link::View(message(&journey).await)).await;
    let answer = journey.get(&page).await;
    assert_eq!(answer.headers()["x-robots-tag"], "noindex");
    let html = answer.text().await.unwrap();
    assert!(html.contains("飯碗") && html.contains("お客様") && !html.contains("山田"), "{html}");
    assert_eq!(journey.post(&page, &[FORM], Vec::new()).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    // What has not gone out yet is nobody's to see.
    let follow_ups = journey.follow_ups(HANAKO).await;
    let planned = follow_ups.iter().find(|f| f["state"] == "planned").unwrap()["id"].as_str().unwrap();
    let early = path(&journey, &Link::View(FollowUpId::parse(planned).unwrap())).await;
    assert_eq!(journey.get(&early).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_contact_card_is_the_shops_and_nobodys_else() {
    let journey = Journey::begin().await;
    let html = shows(&journey, "/c/sakura/card").await;
    assert!(html.contains("/c/sakura/card.vcf") && html.contains("うつわ"), "{html}");
    let answer = journey.get("/c/sakura/card.vcf").await;
    assert_eq!(answer.headers()["content-type"], "text/vcard; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:") && text.ends_with("END:VCARD\r\n"), "{text}");
    for path in ["/c/nowhere/card", "/c/nowhere/card.vcf", "/c/sakura/card/x"] {
        assert_eq!(journey.get(path).await.status(), StatusCode::NOT_FOUND);
    }
    assert_eq!(journey.post("/c/sakura/card", &[FORM], Vec::new()).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn scanners_may_open_every_page_twenty_times() {
    let (journey, id) = thanked().await;
    let (message, until) = (message(&journey).await, journey.now().await + Duration::hours(1));
    let mut pages = vec!["/c/sakura/card".to_owned(), "/c/sakura/card.vcf".to_owned()];
    for link in [
        Link::Stop(id.clone()),
        Link::Wishes(id.clone()),
        Link::Wrong(message.clone()),
        Link::View(message),
        Link::Data(id.clone()),
        Link::Confirm { what: Confirms::Export, customer: id.clone(), until },
        Link::Confirm { what: Confirms::Erasing, customer: id, until },
    ] {
        pages.push(path(&journey, &link).await);
    }
    // And whatever is linked in any mail so far.
    for mail in journey.mails().await {
        let html = mail["html"].as_str().unwrap();
        let links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        pages.extend(links.filter_map(|url| Some(url[url.find("/c/sakura/")?..].to_owned())));
    }
    let (before, mails) = (journey.diary().await, journey.mails().await.len());
    for _ in 0..20 {
        for page in &pages {
            shows(&journey, page).await;
        }
    }
    assert_eq!((journey.diary().await, journey.mails().await.len()), (before, mails));
}

#[tokio::test]
async fn a_link_for_one_page_opens_no_other() {
    let (journey, id) = thanked().await;
    let before = journey.diary().await;
    let keys = journey.world().keyring().keys().await.unwrap().links().unwrap();
    let message = message(&journey).await;
    let links = [
        Link::Stop(id.clone()),
        Link::Wishes(id.clone()),
        Link::Data(id),
        Link::Wrong(message.clone()),
        Link::View(message),
    ];
    for link in &links {
        let own = Places::new("", &sakura(), &keys).url(link);
        for page in ["stop", "p", "w", "v", "d", "k"] {
            let url = format!("/c/sakura/{page}/{}", keys.sign(&sakura(), link));
            if url != own {
                assert_eq!(journey.get(&url).await.status(), StatusCode::NOT_FOUND, "{link:?} at {page}");
                let answer = journey.post(&url, &[FORM], b"do=confirm".to_vec()).await;
                assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{link:?} at {page}");
            }
        }
    }
    assert_eq!(journey.diary().await, before);
}
