//! One port for everything: webhooks, customers' pages, the postbox, the handles of the embedded cloud, and the
//! cloud itself.

use crate::world::World;
use axum::Router;
use axum::body::{Body as AxumBody, to_bytes};
use axum::extract::{Request as AxumRequest, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response as AxumResponse};
use axum::routing::{any, get, post};
use lambda_http::{Body, Request, Response};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// The largest request that is read at all: what a function URL would take.
const REQUEST_MAX: usize = 6 * 1024 * 1024;
/// Where the embedded cloud answers SDK clients of other processes, such as `wasurena shop apply --local`.
const AWS_PATH: &str = "/_aws/";
/// Where it answers what SES is asked about itself, which is told by its path.
const SES_PATH: &str = "/_aws/v2/email/{*path}";
/// Headers of every request of an SDK client whose operation is named by one. No page in a browser can send them
/// here: it would have to ask first, and nobody says yes.
const SDK_HEADERS: [&str; 2] = ["authorization", "x-amz-target"];
/// How often a running world looks whether something is due.
const TICK: Duration = Duration::from_millis(500);

#[derive(Debug, Clone)]
struct Site {
    world: Arc<World>,
    /// Rung when something was stored, so that the streams are carried on without the cart waiting for it.
    stored: Arc<Notify>,
}

/// Serves a world until `shutdown` is over. Time goes on by itself unless it is frozen.
///
/// # Errors
/// Where the listener cannot be served.
pub async fn serve(
    world: Arc<World>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let stored = Arc::new(Notify::new());
    let pump = tokio::spawn(pump(Arc::clone(&world), Arc::clone(&stored)));
    let site = Site { world: Arc::clone(&world), stored };
    let functions = Router::new()
        .route("/hooks/{*path}", any(hook))
        .route("/c/{*path}", any(page))
        .route(AWS_PATH, post(aws))
        .route(SES_PATH, get(ses))
        .with_state(site);
    let app = Router::new()
        .route("/", get(|| async { Redirect::temporary("/postbox") }))
        .merge(crate::postbox::routes())
        .nest("/_local", crate::api::routes())
        .with_state(world)
        .merge(functions);
    let served = axum::serve(listener, app).with_graceful_shutdown(shutdown).await;
    pump.abort();
    served
}

/// Carries on what was stored, and rings what is due.
async fn pump(world: Arc<World>, stored: Arc<Notify>) {
    loop {
        let _either = tokio::time::timeout(TICK, stored.notified()).await;
        if let Err(error) = world.settle().await {
            tracing::error!(%error, "world.stuck");
        }
    }
}

async fn hook(State(site): State<Site>, request: AxumRequest) -> AxumResponse {
    match lambda_request(request).await {
        Ok(request) => {
            let response = site.world.hook(request).await;
            site.stored.notify_one();
            axum_response(response)
        }
        Err(status) => status.into_response(),
    }
}

async fn page(State(site): State<Site>, request: AxumRequest) -> AxumResponse {
    match lambda_request(request).await {
        Ok(request) => {
            let response = site.world.page(request).await;
            site.stored.notify_one();
            axum_response(response)
        }
        Err(status) => status.into_response(),
    }
}

async fn aws(site: State<Site>, request: AxumRequest) -> AxumResponse {
    if !SDK_HEADERS.iter().all(|name| request.headers().contains_key(*name)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    answer(site, request).await
}

async fn ses(site: State<Site>, request: AxumRequest) -> AxumResponse {
    let has_key = request.headers().contains_key("authorization");
    if has_key { answer(site, request).await } else { StatusCode::FORBIDDEN.into_response() }
}

async fn answer(State(site): State<Site>, request: AxumRequest) -> AxumResponse {
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, REQUEST_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    // The services know nothing of where they stand.
    let Ok(uri) = path.strip_prefix(AWS_PATH.trim_end_matches('/')).unwrap_or(path).parse() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    parts.uri = uri;
    let answer = site.world.aws.answer(http::Request::from_parts(parts, bytes.to_vec()));
    site.stored.notify_one();
    answer.map_or_else(|| StatusCode::GATEWAY_TIMEOUT.into_response(), |answer| answer.map(AxumBody::from))
}

async fn lambda_request(request: AxumRequest) -> Result<Request, StatusCode> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, REQUEST_MAX).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    Ok(Request::from_parts(parts, Body::Binary(bytes.to_vec())))
}

fn axum_response(response: Response<Body>) -> AxumResponse {
    let (parts, body) = response.into_parts();
    let body = match body {
        Body::Text(text) => AxumBody::from(text),
        Body::Binary(bytes) => AxumBody::from(bytes),
        _ => AxumBody::empty(),
    };
    AxumResponse::from_parts(parts, body)
}
