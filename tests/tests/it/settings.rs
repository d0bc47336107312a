//! A programme that is published while everything runs.

use chrono::NaiveDate;
use wasurena_domain::ids::ShopId;
use wasurena_letters::Files;
use wasurena_tests::journey::{Journey, orders};

#[tokio::test]
async fn a_webhook_is_judged_by_the_settings_of_its_moment_and_never_refused_for_a_broken_programme() {
    let journey = Journey::begin().await;
    let sakura = ShopId::parse("sakura").unwrap();
    let order = |number, address| orders::paid(number, "2026-12-01T10:00:00+09:00", address, "飯碗");
    journey.shopify("orders/create", &order(1, "hanako@example.jp")).await;
    assert_eq!(journey.follow_ups("hanako@example.jp").await.len(), 3);

    // From now on the shop begins in January: what was bought before is history.
    let january = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    journey.world().bookshelf().publish(&sakura, &wasurena_letters::utsuwa(january)).await.unwrap();
    journey.shopify("orders/create", &order(2, "taro@example.jp")).await;
    let rows = journey.follow_ups("taro@example.jp").await;
    assert!(rows.iter().all(|row| row["step"] == "review"), "{rows:?}");

    // What does not load is not published; and what another program has published keeps no order from coming in.
    let broken = Files::new([("shop.toml".to_owned(), "name = ".to_owned())]).unwrap();
    let refused = journey.world().bookshelf().publish(&sakura, &broken).await.unwrap_err().to_string();
    assert!(refused.contains("cannot be published: frame.mjml: form: no such file"), "{refused}");
    journey.world().diary().publish(&sakura, &broken, &[]).await.unwrap();
    assert_eq!(journey.shopify("orders/create", &order(3, "makoto@example.jp")).await, 200);
}
