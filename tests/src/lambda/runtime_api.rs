//! The Lambda Runtime API, as AWS documents it: one process asks for its next invocation and says what came of it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};

/// The largest answer of a function.
const RESPONSE_MAX: usize = 6 * 1024 * 1024;
/// The header that names the kind of an error.
const ERROR_KIND: &str = "lambda-runtime-function-error-type";

/// An error that a function reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its kind, `errorType`.
    pub kind: String,
    /// What happened, `errorMessage`.
    pub message: String,
}

/// What a function said of an invocation.
pub(crate) type Said = Result<Value, Failure>;

/// An invocation on its way to the process.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) id: String,
    pub(crate) event: Vec<u8>,
    pub(crate) deadline: DateTime<Utc>,
    pub(crate) arn: String,
    pub(crate) said: oneshot::Sender<Said>,
}

/// What the process has done so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// How often it has asked for an invocation.
    pub(crate) polls: usize,
    /// The error with which it gave up before the first.
    pub(crate) init_error: Option<Failure>,
}

/// The API's side of one process.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    queue: AsyncMutex<mpsc::Receiver<Invocation>>,
    /// The invocation that the process has in hand.
    current: Mutex<Option<(String, oneshot::Sender<Said>)>>,
    seen: watch::Sender<Seen>,
}

impl RuntimeApi {
    /// The API for a process that gets its invocations from `queue`.
    pub(crate) fn new(queue: mpsc::Receiver<Invocation>) -> (Arc<Self>, watch::Receiver<Seen>) {
        let (seen, watched) = watch::channel(Seen::default());
        (Arc::new(Self { queue: AsyncMutex::new(queue), current: Mutex::new(None), seen }), watched)
    }

    pub(crate) fn routes(self: Arc<Self>) -> Router {
        let runtime = Router::new()
            .route("/invocation/next", get(next))
            .route("/invocation/{id}/response", post(response))
            .route("/invocation/{id}/error", post(error))
            .route("/init/error", post(init_error));
        Router::new().nest("/2018-06-01/runtime", runtime).with_state(self)
    }

    fn current(&self) -> MutexGuard<'_, Option<(String, oneshot::Sender<Said>)>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what the process says of the invocation that it has in hand; of any other it may not speak.
    fn settle(&self, id: &str, said: Said) -> Response {
        match self.current().take_if(|(current, _)| current == id) {
            Some((_, waiting)) => {
                // Whoever waited may have given up at the deadline: then nobody hears it, as on Lambda.
                let _late = waiting.send(said);
                (StatusCode::ACCEPTED, Json(json!({ "status": "OK" }))).into_response()
            }
            None => refuse(StatusCode::BAD_REQUEST, "InvalidRequestID"),
        }
    }
}

async fn next(State(api): State<Arc<RuntimeApi>>) -> Response {
    api.seen.send_modify(|seen| seen.polls += 1);
    let Some(invocation) = api.queue.lock().await.recv().await else {
        return refuse(StatusCode::INTERNAL_SERVER_ERROR, "Container error");
    };
    let Invocation { id, event, deadline, arn, said } = invocation;
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", id.clone()),
        ("lambda-runtime-deadline-ms", deadline.timestamp_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", arn),
        (
            "lambda-runtime-trace-id",
            "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0".to_owned(),
        ),
    ];
    *api.current() = Some((id, said));
    (headers, event).into_response()
}

async fn response(State(api): State<Arc<RuntimeApi>>, Path(id): Path<String>, body: Bytes) -> Response {
    if body.len() > RESPONSE_MAX {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge");
    }
    match serde_json::from_slice(&body) {
        Ok(response) => api.settle(&id, Ok(response)),
        Err(_) => refuse(StatusCode::BAD_REQUEST, "InvalidResponse"),
    }
}

async fn error(
    State(api): State<Arc<RuntimeApi>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match failure(&headers, &body) {
        Some(failure) => api.settle(&id, Err(failure)),
        None => refuse(StatusCode::BAD_REQUEST, "InvalidErrorShape"),
    }
}

async fn init_error(State(api): State<Arc<RuntimeApi>>, headers: HeaderMap, body: Bytes) -> Response {
    match failure(&headers, &body) {
        Some(failure) => {
            api.seen.send_modify(|seen| seen.init_error = Some(failure));
            (StatusCode::ACCEPTED, Json(json!({ "status": "OK" }))).into_response()
        }
        None => refuse(StatusCode::BAD_REQUEST, "InvalidErrorShape"),
    }
}

/// An error in the form that Lambda takes: the kind as a header, and kind and message as JSON.
fn failure(headers: &HeaderMap, body: &[u8]) -> Option<Failure> {
    headers.get(ERROR_KIND)?;
    let body: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| Some(body[name].as_str()?.to_owned());
    Some(Failure { kind: text("errorType")?, message: text("errorMessage")? })
}

fn refuse(status: StatusCode, kind: &str) -> Response {
    (status, Json(json!({ "errorType": kind, "errorMessage": kind }))).into_response()
}
