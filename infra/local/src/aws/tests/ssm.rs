//! The Parameter Store through the SDK.

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;

use super::Cloud;

async fn put(client: &Client, name: &str, value: &str, kind: ParameterType) {
    client.put_parameter().name(name).value(value).r#type(kind).send().await.unwrap();
}

#[tokio::test]
async fn a_secret_is_shown_in_clear_only_when_asked() {
    let cloud = Cloud::new();
    let client = Client::new(&cloud.aws.sdk_config());
    put(&client, "/shops/sakura/key", "whsec_example", ParameterType::SecureString).await;
    let get = |decrypt: bool| client.get_parameter().name("/shops/sakura/key").with_decryption(decrypt).send();
    assert_eq!(get(true).await.unwrap().parameter().unwrap().value(), Some("whsec_example"));
    assert_ne!(get(false).await.unwrap().parameter().unwrap().value(), Some("whsec_example"));
    let missing = client.get_parameter().name("/nothing").send().await.unwrap_err();
    assert!(missing.into_service_error().is_parameter_not_found());
}

#[tokio::test]
async fn a_path_is_read_in_pages() {
    let cloud = Cloud::new();
    let client = Client::new(&cloud.aws.sdk_config());
    for number in 0..12 {
        put(&client, &format!("/shops/{number:02}/key"), "v", ParameterType::String).await;
    }
    put(&client, "/shops/direct", "v", ParameterType::String).await;
    put(&client, "/shopsx/other", "v", ParameterType::String).await;
    let read = |recursive: bool| {
        let request = client.get_parameters_by_path().path("/shops").recursive(recursive);
        async move {
            let mut pages = request.into_paginator().send();
            let mut sizes = Vec::new();
            while let Some(page) = pages.next().await {
                sizes.push(page.unwrap().parameters().len());
            }
            sizes
        }
    };
    assert_eq!(read(true).await, [10, 3]);
    assert_eq!(read(false).await, [1]);
}

#[tokio::test]
async fn several_are_read_by_name() {
    let cloud = Cloud::new();
    let client = Client::new(&cloud.aws.sdk_config());
    put(&client, "plain", "v", ParameterType::String).await;
    let got = client.get_parameters().names("plain").names("missing").send().await.unwrap();
    assert_eq!((got.parameters().len(), got.invalid_parameters()), (1, &["missing".to_owned()][..]));
}

#[tokio::test]
async fn overwriting_must_be_asked_for() {
    let cloud = Cloud::new();
    let client = Client::new(&cloud.aws.sdk_config());
    put(&client, "/a", "1", ParameterType::SecureString).await;
    let again = client.put_parameter().name("/a").value("2").r#type(ParameterType::String).send().await.unwrap_err();
    assert!(again.into_service_error().is_parameter_already_exists());
    let over = client.put_parameter().name("/a").value("2").overwrite(true).send().await.unwrap();
    assert_eq!(over.version(), 2);
    let kept = client.get_parameter().name("/a").with_decryption(true).send().await.unwrap().parameter.unwrap();
    assert_eq!((kept.value(), kept.r#type()), (Some("2"), Some(&ParameterType::SecureString)));
}

#[tokio::test]
async fn nonsense_is_refused() {
    let cloud = Cloud::new();
    let client = Client::new(&cloud.aws.sdk_config());
    for (name, value) in [("a b", "v"), ("a/b", "v"), ("/a", &*"x".repeat(4097))] {
        let put = client.put_parameter().name(name).value(value).r#type(ParameterType::String).send().await;
        assert_eq!(put.unwrap_err().as_service_error().unwrap().meta().code(), Some("ValidationException"), "{name}");
    }
}
