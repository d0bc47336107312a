//! The process: an embedded AWS on a listener that somebody else holds open, so that its address outlives it.

use super::fate::{Fate, Instant, Which};
use super::{CONTROL, REACHED, READERS, SERVED, SERVED_EVERY};
use axum::body::{Body, to_bytes};
use axum::extract::{Path as Part, Request, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use wasurena_local::aws::{Aws, EventKind, VirtualClock};

use crate::cloud::TABLE;

/// The largest request that is read.
const REQUEST_MAX: usize = 6 * 1024 * 1024;
/// Records of a stream that are handed over at once: what the template says of a batch.
const BATCH: usize = 100;
/// SES's `SendEmail`.
const MAILS: &str = "/v2/email/outbound-emails";
/// SES's `GetAccount`.
const ACCOUNT: &str = "/v2/email/account";
/// Mails a second that the account may send: one that has grown for years. A new one's 14 a second would have the
/// senders wait, by the clock, for most of the test.
const SEND_RATE: f64 = 5000.0;

#[derive(Debug, Clone)]
struct Site {
    aws: Aws,
    time: Arc<VirtualClock>,
    fate: Option<Fate>,
    /// How many requests there were, of each process and kind.
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    served: u64,
    of_processes: BTreeMap<u64, u64>,
}

/// Serves the AWS of a folder until the process ends. Its time is the clock that the process looks at.
///
/// # Errors
/// Where the folder or the listener cannot be used.
pub async fn serve(listener: std::net::TcpListener, folder: &Path, fate: Option<Fate>) -> Result<(), Box<dyn Error>> {
    let time = Arc::new(VirtualClock::running(Utc::now()));
    let aws = Aws::open(folder, time.clone())?;
    let site = Site { aws, time, fate, counts: Arc::default() };
    let control = Router::new()
        .route("/stream/{reader}", get(unread))
        .route("/stream/{reader}/{sequence}", post(passed))
        .route("/alarms", get(alarms))
        .route("/alarms/{name}", post(rung))
        .route("/mails/{after}", get(mails));
    let app = Router::new().nest(CONTROL, control).fallback(answer).with_state(site);
    listener.set_nonblocking(true)?;
    Ok(axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await?)
}

impl Site {
    /// Counts a request, and answers whose fate it is: its process's, this one's.
    fn count(&self, fate: Option<Fate>, is_mail: bool) -> Vec<Fate> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.served += 1;
        if counts.served.is_multiple_of(SERVED_EVERY) {
            say(SERVED, SERVED_EVERY);
        }
        let mut is_reached = |fate: &Fate| {
            let count = counts.of_processes.entry(fate.process).or_default();
            *count += 1;
            *count == fate.request
        };
        let concerned = [fate, self.fate].into_iter().flatten().filter(|fate| fate.which == Which::Any || is_mail);
        concerned.filter(|fate| is_reached(fate)).collect()
    }
}

/// Answers a request, unless somebody dies of it: then it is left unanswered, with its effect or without.
async fn answer(State(site): State<Site>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, REQUEST_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let mut fate = None;
    if let Some((of_process, rest)) = Fate::split(parts.uri.path()) {
        let Ok(uri) = with_path(&parts.uri, rest) else { return StatusCode::BAD_REQUEST.into_response() };
        (parts.uri, fate) = (uri, Some(of_process));
    }
    let is_account = parts.uri.path() == ACCOUNT;
    let reached = site.count(fate, parts.uri.path() == MAILS);
    if reached.iter().any(|fate| fate.instant == Instant::Before) {
        return until_the_end(&reached).await;
    }
    site.time.set(Utc::now());
    let answer = site.aws.answer(Request::from_parts(parts, bytes.to_vec()));
    if !reached.is_empty() {
        return until_the_end(&reached).await;
    }
    match answer {
        Some(answer) if is_account => grown(answer).map(Body::from),
        Some(answer) => answer.map(Body::from),
        None => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}

/// Says who has reached the request of their fate.
async fn until_the_end(reached: &[Fate]) -> Response {
    for fate in reached {
        say(REACHED, fate.process);
    }
    std::future::pending().await
}

fn say(what: &str, number: u64) {
    let mut out = stdout().lock();
    // Whoever reads this ends this process; where nobody does any more, there is nobody to tell.
    let _unread = writeln!(out, "{what}{number}").and_then(|()| out.flush());
}

fn with_path(uri: &Uri, path: &str) -> Result<Uri, axum::http::uri::InvalidUri> {
    let path = if path.is_empty() { "/" } else { path };
    uri.query().map_or_else(|| path.parse(), |query| format!("{path}?{query}").parse())
}

/// The account's answer, with a rate of its own.
fn grown(answer: axum::http::Response<Vec<u8>>) -> axum::http::Response<Vec<u8>> {
    let (mut parts, body) = answer.into_parts();
    let Ok(mut account) = serde_json::from_slice::<Value>(&body) else { return Response::from_parts(parts, body) };
    account["SendQuota"]["MaxSendRate"] = json!(SEND_RATE);
    parts.headers.remove("content-length");
    axum::http::Response::from_parts(parts, account.to_string().into_bytes())
}

type Answer = Result<Json<Value>, (StatusCode, String)>;

fn broken(error: impl Display) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

/// The records that a reader has not read yet, a batch at most.
async fn unread(State(site): State<Site>, Part(reader): Part<String>) -> Answer {
    let streams = site.aws.streams();
    let position = streams.position(TABLE, &reader).map_err(broken)?;
    let records = streams.records_after(TABLE, position.as_deref(), BATCH).map_err(broken)?;
    Ok(Json(json!(records)))
}

/// A reader has read up to here. What both have read goes: each write of dynoxide's looks through what is left.
async fn passed(State(site): State<Site>, Part((reader, sequence)): Part<(String, String)>) -> Answer {
    let streams = site.aws.streams();
    streams.save_position(TABLE, &reader, &sequence).map_err(broken)?;
    streams.trim(TABLE, &READERS).map_err(broken)?;
    Ok(Json(Value::Null))
}

/// What rings now, and when something rings next.
async fn alarms(State(site): State<Site>) -> Answer {
    let now = site.time.set(Utc::now());
    let due = site.aws.scheduler().due(now).map_err(broken)?;
    let due: Vec<_> = due.iter().map(|ring| json!({ "name": ring.name, "input": ring.input })).collect();
    Ok(Json(json!({ "due": due, "next": site.aws.scheduler().next_ring().map_err(broken)? })))
}

/// An alarm was handed over.
async fn rung(State(site): State<Site>, Part(name): Part<String>) -> Answer {
    let scheduler = site.aws.scheduler();
    let all = scheduler.due(DateTime::<Utc>::MAX_UTC).map_err(broken)?;
    if let Some(ring) = all.iter().find(|ring| ring.name == name) {
        scheduler.complete(ring).map_err(broken)?;
    }
    Ok(Json(Value::Null))
}

/// What SES accepted after so many mails: its id, and what SES may say of it.
async fn mails(State(site): State<Site>, Part(after): Part<usize>) -> Answer {
    let ses = site.aws.ses();
    let mails = ses.mails_after(after).map_err(broken)?;
    let of = |id: &str| -> Result<Value, wasurena_local::aws::MailError> {
        Ok(
            json!({ "sent": ses.event(id, EventKind::Send, false)?, "delivered": ses.event(id, EventKind::Delivery, false)? }),
        )
    };
    let events: Result<Vec<Value>, _> = mails.iter().map(|mail| of(&mail.id)).collect();
    Ok(Json(json!(events.map_err(broken)?)))
}
