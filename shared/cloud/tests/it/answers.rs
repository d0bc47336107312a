//! An AWS that gives one made-up answer to everything.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use wasurena_cloud::Clients;

#[derive(Debug, Clone)]
struct Always {
    status: u16,
    kind: &'static str,
    body: String,
}

impl HttpConnector for Always {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let mut response =
            HttpResponse::new(StatusCode::try_from(self.status).unwrap(), SdkBody::from(self.body.clone()));
        response.headers_mut().insert("content-type", "application/json");
        if !self.kind.is_empty() {
            response.headers_mut().insert("x-amzn-errortype", self.kind);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Always {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Clients to whom AWS always answers this. `kind` names the error as AWS's REST services do.
pub(crate) fn clients(status: u16, kind: &'static str, body: &str) -> Clients {
    let credentials = Credentials::new("MADEUP", "made up", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("ap-northeast-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Always { status, kind, body: body.to_owned() })
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .build();
    Clients::new(&config, None)
}
