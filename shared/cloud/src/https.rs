//! HTTPS to AWS: HTTP/1.1 over TLS by rustls and ring, with the certificates that the machine trusts.
//!
//! The SDK's own client brings aws-lc and HTTP/2, which AWS's endpoints do not need: that would make each function a
//! megabyte larger, and a function starts sooner the smaller it is.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::ErrorKind;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector as Tcp;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;
use tower_service::Service;

/// How long connecting may take, with the name's resolution and the TLS handshake. Whatever fails until then was never
/// sent; after that a mail would be in doubt.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection may have been idle and still be used. AWS closes idle ones, and a function that was frozen
/// meanwhile has not heard of it: a mail handed to a dead connection would be in doubt.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// The HTTP client of all clients of a process. They share its connections.
pub(crate) fn client() -> SharedHttpClient {
    SharedHttpClient::new(Https::default())
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type Pool = Client<Timely, SdkBody>;

/// Opened with the first request, so that a machine without certificates is told of there.
#[derive(Debug, Clone, Default)]
struct Https(Arc<OnceLock<Pool>>);

impl HttpClient for Https {
    /// The same connector whatever the settings: its time-out is above, and the SDK times attempts by itself.
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Https {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let pool = match self.0.get().cloned().map_or_else(open, Ok) {
            Ok(pool) => self.0.get_or_init(|| pool).clone(),
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let response = pool.request(request).await.map_err(sort)?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Connects in time, or not at all.
#[derive(Debug, Clone)]
struct Timely(HttpsConnector<Tcp>);

impl Service<Uri> for Timely {
    type Response = <HttpsConnector<Tcp> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connecting = timeout(CONNECT_TIMEOUT, self.0.call(to));
        Box::pin(async move { connecting.await? })
    }
}

fn open() -> io::Result<Pool> {
    let mut tcp = Tcp::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let tls = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let mut pool = Client::builder(TokioExecutor::new());
    Ok(pool.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE_TIMEOUT).build(Timely(tls)))
}

/// Sorts an error as the SDK needs it to decide about trying again.
fn sort(error: Error) -> ConnectorError {
    let hyper = std::iter::successors(Some(&error as &(dyn std::error::Error + 'static)), |error| error.source())
        .find_map(|error| error.downcast_ref::<hyper::Error>());
    match hyper {
        _ if error.is_connect() => ConnectorError::io(error.into()).never_connected(),
        Some(hyper) if hyper.is_timeout() => ConnectorError::timeout(error.into()),
        Some(hyper) if hyper.is_user() => ConnectorError::user(error.into()),
        Some(hyper) if hyper.is_incomplete_message() => {
            ConnectorError::other(error.into(), Some(ErrorKind::TransientError))
        }
        _ => ConnectorError::io(error.into()),
    }
}
