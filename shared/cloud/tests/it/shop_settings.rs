//! A shop's settings, put in place: once, again, with new secrets, and where something is in the way.

use crate::support::{Cloud, TABLE, sakura};
use aws_sdk_ssm::types::ParameterType;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use std::collections::BTreeMap;
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::keyring::{Keyring, Keys};
use wasurena_cloud::shop_settings::{Applied, ApplyError, Office, ShopSettings};
use wasurena_domain::ids::CartId;
use wasurena_letters::Files;

const NEW: &str = "whsec_bmV3";
const OLD: &str = "whsec_b2xk";

fn cart(name: &str) -> CartId {
    CartId::parse(name).unwrap()
}

/// The sample shop, with these secrets for one cart.
fn wanted(secrets: &[&str]) -> ShopSettings {
    let secrets: Vec<SecretString> = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    let carts = if secrets.is_empty() { BTreeMap::new() } else { BTreeMap::from([(cart("shopify"), secrets)]) };
    ShopSettings { shop: sakura(), files: wasurena_letters::utsuwa("2026-12-01".parse().unwrap()), shards: 1, carts }
}

/// The same with a line of the settings changed.
fn with(from: &str, to: &str, mut settings: ShopSettings) -> ShopSettings {
    let changed = settings.files.iter().map(|(path, text)| (path.to_owned(), text.replace(from, to)));
    settings.files = Files::new(changed).unwrap();
    settings
}

fn office(cloud: &Cloud) -> Office {
    Office::new(&cloud.clients, TABLE, "/wasurena")
}

async fn keys(cloud: &Cloud) -> std::sync::Arc<Keys> {
    Keyring::new(cloud.clients.ssm(), "/wasurena", cloud.clock()).keys().await.unwrap()
}

async fn secrets(cloud: &Cloud) -> Vec<String> {
    let secrets = keys(cloud).await.cart(&sakura(), &cart("shopify")).unwrap_or_default();
    secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect()
}

fn writes(cloud: &Cloud) -> u64 {
    cloud.calls("dynamodb.PutItem") + cloud.calls("ssm.PutParameter")
}

#[tokio::test]
async fn the_same_settings_twice_are_written_once() {
    let cloud = Cloud::open().await;
    let first = office(&cloud).apply(&wanted(&[NEW])).await.unwrap();
    let keys_made = vec!["keys/identity", "keys/links"];
    assert_eq!(first, Applied { version: 1, is_new: true, carts: vec![cart("shopify")], keys: keys_made });
    let link_keys = format!("{:?}", keys(&cloud).await.links().unwrap());
    assert_eq!(link_keys, "LinkKeys(current 1, 1 in all)");

    cloud.aws.reset_usage();
    let again = office(&cloud).apply(&wanted(&[NEW])).await.unwrap();
    assert_eq!(again, Applied { version: 1, is_new: false, carts: vec![], keys: vec![] });
    assert!(again.changed_nothing() && !first.changed_nothing());
    assert_eq!(writes(&cloud), 0);
}

#[tokio::test]
async fn a_secret_is_changed_with_the_old_one_beside_it_and_without_a_new_version() {
    let cloud = Cloud::open().await;
    office(&cloud).apply(&wanted(&[OLD])).await.unwrap();
    let rotated = office(&cloud).apply(&wanted(&[NEW, OLD])).await.unwrap();
    assert_eq!((rotated.is_new, rotated.carts.len()), (false, 1));
    assert_eq!(secrets(&cloud).await, [NEW, OLD]);
    // A file without the cart leaves what is stored.
    assert!(office(&cloud).apply(&wanted(&[])).await.unwrap().changed_nothing());
    assert_eq!(secrets(&cloud).await, [NEW, OLD]);
    assert_eq!(office(&cloud).apply(&wanted(&[NEW])).await.unwrap().carts, [cart("shopify")]);
    assert_eq!(secrets(&cloud).await, [NEW]);
}

#[tokio::test]
async fn settings_that_changed_are_a_new_version() {
    let cloud = Cloud::open().await;
    office(&cloud).apply(&wanted(&[NEW])).await.unwrap();
    let later = with("\"20:00\"", "\"19:00\"", wanted(&[NEW]));
    let applied = office(&cloud).apply(&later).await.unwrap();
    assert_eq!((applied.version, applied.is_new, applied.carts), (2, true, vec![]));
}

#[tokio::test]
async fn no_secret_reaches_the_diary() {
    let cloud = Cloud::open().await;
    let line = format!("id = \"sakura\"\n[carts.shopify]\nsecret = \"{NEW}\"\n[hours]");
    let mut settings = wanted(&[NEW]);
    let changed = settings.files.iter().map(|(path, text)| (path.to_owned(), text.replacen("[hours]", &line, 1)));
    settings.files = Files::new(changed).unwrap();
    office(&cloud).apply(&settings).await.unwrap();
    let files = cloud.diary.files(&sakura(), 1).await.unwrap();
    assert!(files["shop.toml"].contains("うつわ さくら"), "the settings are there");
    assert!(files.values().all(|text| !text.contains("whsec_") && !text.contains("[carts")), "{}", files["shop.toml"]);
    assert!(office(&cloud).apply(&settings).await.unwrap().changed_nothing());
    assert!(!format!("{settings:?}").contains("whsec_"));
}

#[tokio::test]
async fn what_is_secret_is_stored_encrypted_and_shown_in_clear_only_when_asked() {
    let cloud = Cloud::open().await;
    office(&cloud).apply(&wanted(&[NEW])).await.unwrap();
    for name in ["shops/sakura/carts/shopify", "keys/identity", "keys/links"] {
        let request = cloud.clients.ssm().get_parameter().name(format!("/wasurena/{name}"));
        let stored = request.send().await.unwrap().parameter.unwrap();
        assert_eq!(stored.r#type, Some(ParameterType::SecureString), "{name}");
        assert!(!stored.value.unwrap().contains(NEW), "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_applied_is_refused_before_anything_is_written() {
    let cloud = Cloud::open().await;
    let error = office(&cloud).apply(&wanted(&[])).await.unwrap_err();
    assert!(matches!(&error, ApplyError::NoCart(shop) if *shop == sakura()), "{error}");
    assert_eq!(writes(&cloud), 0);

    let sharded = ShopSettings { shards: 4, ..with("shards = 1", "shards = 4", wanted(&[NEW])) };
    office(&cloud).apply(&sharded).await.unwrap();
    cloud.aws.reset_usage();
    let error = office(&cloud).apply(&wanted(&[OLD])).await.unwrap_err();
    assert!(matches!(&error, ApplyError::FewerShards { now: 4, .. }), "{error}");
    assert_eq!(writes(&cloud), 0);
    assert_eq!(secrets(&cloud).await, [NEW]);
}

#[tokio::test]
async fn a_failure_half_way_is_made_good_by_applying_again() {
    let cloud = Cloud::open().await;
    cloud.fault(json!({ "call": "dynamodb.PutItem", "how": "down" }));
    let error = office(&cloud).apply(&wanted(&[NEW])).await.unwrap_err();
    assert!(
        matches!(&error, ApplyError::Book(BookError::Diary(_))) && !error.to_string().contains("whsec_"),
        "{error}"
    );
    cloud.aws.faults().clear();
    let applied = office(&cloud).apply(&wanted(&[NEW])).await.unwrap();
    assert_eq!((applied.is_new, applied.carts, applied.keys), (true, vec![], vec![]));

    cloud.fault(json!({ "call": "ssm.PutParameter", "how": "throttle" }));
    let error = office(&cloud).apply(&wanted(&[OLD])).await.unwrap_err();
    let said = error.to_string();
    assert!(
        said.starts_with("the parameter /wasurena/shops/sakura/carts/shopify cannot be written: Throttling"),
        "{said}"
    );
}

#[tokio::test]
async fn a_shop_whose_last_cart_is_taken_away_is_still_there() {
    let cloud = Cloud::open().await;
    office(&cloud).apply(&wanted(&[NEW])).await.unwrap();
    let marker = cloud.clients.ssm().get_parameter().name("/wasurena/shops/sakura/shop").send().await.unwrap();
    let marker = marker.parameter.unwrap();
    assert_eq!(marker.r#type, Some(ParameterType::String), "it is no secret");

    // What is left when the parameter of its cart is deleted.
    let left = Cloud::open().await;
    let request = left.clients.ssm().put_parameter().name(marker.name.unwrap()).value(marker.value.unwrap());
    request.r#type(ParameterType::String).send().await.unwrap();
    let keys = keys(&left).await;
    assert_eq!(keys.shops(), [sakura()]);
    assert!(!keys.has_carts(&sakura()) && keys.cart(&sakura(), &cart("shopify")).is_none());
}

#[tokio::test]
async fn what_another_form_of_this_program_has_published_is_completed_beside_it() {
    let cloud = Cloud::open().await;
    let wanted = wanted(&[NEW]);
    let shelf = Bookshelf::new(cloud.diary.clone());
    let version = cloud.diary.publish(&sakura(), &wanted.files.publishable(), &[("book-0", "{}".to_owned())]).await;
    assert!(shelf.open(&sakura()).await.unwrap_err().to_string().contains("another version of this program"));
    let applied = office(&cloud).apply(&wanted).await.unwrap();
    // The version is the same, and whoever knows the other form still finds it.
    assert_eq!((applied.version, applied.is_new), (version.unwrap(), true));
    shelf.open(&sakura()).await.unwrap();
    shelf.letters(&sakura(), applied.version).await.unwrap();
    assert!(cloud.diary.page(&sakura(), applied.version, "book-0").await.unwrap().is_some());
    assert!(!office(&cloud).apply(&wanted).await.unwrap().is_new);
}
