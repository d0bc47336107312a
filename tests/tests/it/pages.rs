//! The page behind "stop": looking changes nothing, the button does, one-click does, and it can be taken back.

use reqwest::StatusCode;
use wasurena_tests::journey::{Journey, orders};

const HANAKO: &str = "hanako@example.jp";

async fn with_a_mail() -> (Journey, String) {
    let journey = Journey::begin().await;
    journey.shopify("orders/create", &orders::paid(1, "2026-12-01T10:00:00+09:00", HANAKO, "飯碗")).await;
    journey.until("2026-12-02T12:00:00+09:00").await;
    let page = journey.stop_page(HANAKO).await;
    (journey, page)
}

#[tokio::test]
async fn scanners_may_follow_every_link_as_often_as_they_like() {
    let (journey, page) = with_a_mail().await;
    let before = journey.diary().await;
    for _ in 0..20 {
        let answer = journey.get(&page).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let html = answer.text().await.unwrap();
        assert!(html.contains("当店からのメールのお便りをお止めします。") && html.contains("お便りを止める"), "{html}");
    }
    assert_eq!(journey.diary().await, before);
}

#[tokio::test]
async fn one_click_stops_at_once_and_twice_is_once() {
    let (journey, page) = with_a_mail().await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for _ in 0..2 {
        let answer = journey.post(&page, &[form], b"List-Unsubscribe=One-Click".to_vec()).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
    let stopped = journey.diary().await;
    journey.post(&page, &[form], b"List-Unsubscribe=One-Click".to_vec()).await;
    assert_eq!(journey.diary().await, stopped);
    assert!(journey.get(&page).await.text().await.unwrap().contains("お止めいたしました。"));
    journey.days(90).await;
    assert_eq!(journey.mails().await.len(), 1);
}

#[tokio::test]
async fn it_can_be_taken_back_and_the_letters_go_on() {
    let (journey, page) = with_a_mail().await;
    journey.post(&page, &[], b"wish=stop".to_vec()).await;
    journey.days(1).await;
    let answer = journey.post(&page, &[], b"wish=resume".to_vec()).await;
    assert!(answer.text().await.unwrap().contains("元に戻しました"));
    journey.until("2026-12-16T00:00:00+09:00").await;
    assert_eq!(
        journey.received(HANAKO).await,
        ["12-02 10:00 thanks-first", "12-08 10:00 arrival", "12-15 10:00 usage"]
    );
}

#[tokio::test]
async fn a_link_that_is_not_ours_gets_a_kind_page_without_any_information() {
    let (journey, page) = with_a_mail().await;
    let before = journey.diary().await;
    let mut forged = page.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'B' } else { 'A' });
    let elsewhere = page.replace("/c/sakura/", "/c/nowhere/");
    for path in [forged.as_str(), elsewhere.as_str(), "/c/sakura/stop/", "/c/sakura/stop/x", "/c/sakura", "/c/x/y/z/w"]
    {
        for answer in [journey.get(path).await, journey.post(path, &[], b"wish=stop".to_vec()).await] {
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            let html = answer.text().await.unwrap();
            assert!(html.contains("見つかりませんでした") && !html.contains("さくら"), "{path}: {html}");
        }
    }
    assert_eq!(journey.diary().await, before);
}
