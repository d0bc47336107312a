//! Secrets: rotated, refreshed, and kept while they cannot be read.

use crate::support::{Cloud, at, sakura};
use aws_sdk_ssm::types::ParameterType;
use secrecy::ExposeSecret;
use serde_json::json;
use wasurena_cloud::keyring::{Keyring, KeyringError};
use wasurena_domain::ids::{CartId, ShopId};

async fn put(cloud: &Cloud, name: &str, value: &str) {
    let request = cloud.clients.ssm().put_parameter().name(format!("/wasurena/{name}")).value(value);
    request.r#type(ParameterType::SecureString).overwrite(true).send().await.unwrap();
}

fn keyring(cloud: &Cloud) -> Keyring {
    Keyring::new(cloud.clients.ssm(), "/wasurena", cloud.clock())
}

async fn secrets(keyring: &Keyring) -> Vec<String> {
    let cart = CartId::parse("shopify").unwrap();
    let secrets = keyring.keys().await.unwrap().cart(&sakura(), &cart).unwrap_or_default();
    secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect()
}

#[tokio::test]
async fn a_rotated_secret_is_there_after_five_minutes_beside_the_one_before() {
    let cloud = Cloud::open().await;
    put(&cloud, "shops/sakura/carts/shopify", "first").await;
    let keyring = keyring(&cloud);
    assert_eq!(secrets(&keyring).await, ["first"]);
    put(&cloud, "shops/sakura/carts/shopify", " second \n\nfirst\nzeroth").await;
    cloud.time.set(at("2026-12-01T12:04:59Z"));
    assert_eq!(secrets(&keyring).await, ["first"]);
    cloud.time.set(at("2026-12-01T12:05:00Z"));
    assert_eq!(secrets(&keyring).await, ["second", "first"]);
}

#[tokio::test]
async fn old_secrets_serve_while_they_cannot_be_read_and_nobody_waits_for_every_try() {
    let cloud = Cloud::open().await;
    put(&cloud, "shops/sakura/carts/shopify", "first").await;
    let keyring = keyring(&cloud);
    assert_eq!(secrets(&keyring).await, ["first"]);
    cloud.fault(json!({ "call": "ssm.*", "how": "down" }));
    cloud.time.set(at("2026-12-01T13:00:00Z"));
    assert_eq!(secrets(&keyring).await, ["first"]);
    cloud.aws.reset_usage();
    for _ in 0..5 {
        assert_eq!(secrets(&keyring).await, ["first"]);
    }
    assert_eq!(cloud.calls("ssm.GetParametersByPath"), 0);
    cloud.aws.faults().clear();
    put(&cloud, "shops/sakura/carts/shopify", "second").await;
    cloud.time.set(at("2026-12-01T13:02:00Z"));
    assert_eq!(secrets(&keyring).await, ["second"]);
}

#[tokio::test]
async fn secrets_that_were_never_read_are_an_error_that_names_the_path() {
    let cloud = Cloud::open().await;
    cloud.fault(json!({ "call": "ssm.*", "how": "throttle" }));
    let error = keyring(&cloud).keys().await.unwrap_err();
    assert!(matches!(&error, KeyringError::Unavailable { path, .. } if path == "/wasurena"), "{error}");
    assert!(error.to_string().contains("ThrottlingException"), "{error}");
}

#[tokio::test]
async fn shops_are_those_with_secrets_each_once_over_all_pages() {
    let cloud = Cloud::open().await;
    for shop in ["a", "a-b", "b"] {
        for cart in ["shopify", "standard", "stripe", "woocommerce"] {
            put(&cloud, &format!("shops/{shop}/carts/{cart}"), "secret").await;
        }
    }
    let mut shops = keyring(&cloud).keys().await.unwrap().shops();
    shops.sort();
    assert_eq!(shops, ["a", "a-b", "b"].map(|shop| ShopId::parse(shop).unwrap()));
}
