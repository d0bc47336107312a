//! The SDK's transport. A request never leaves the process: it is counted,
//! perhaps struck by a fault, and answered by one of the servers beside.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use serde_json::Value;

use super::Inner;
use super::faults::How;
use super::gate::{Crossing, Gate, Passage};
use super::permissions::permissions;
use super::route::{Call, Service, route};
use super::wire::{Answer, ApiError};

/// How long a caller waits, in virtual time, before the transport gives up.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The transport of every client of one embedded cloud.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    cloud: Arc<Inner>,
    requests: Arc<AtomicU64>,
    /// Who calls through it, where that is to be known.
    caller: Option<&'static str>,
    /// What every request waits at, where somebody keeps a gate.
    gate: Option<Arc<dyn Gate>>,
}

impl Connector {
    pub(crate) fn new(cloud: Arc<Inner>) -> Self {
        Self { cloud, requests: Arc::default(), caller: None, gate: None }
    }

    /// The same transport, behind a gate.
    pub(crate) fn behind(&self, gate: Arc<dyn Gate>) -> Self {
        Self { gate: Some(gate), ..self.clone() }
    }

    /// The same transport, for the clients of one caller.
    pub(crate) fn of(&self, caller: &'static str) -> Self {
        Self { caller: Some(caller), ..self.clone() }
    }

    /// Answers a request; an error is a connection that broke.
    pub(crate) fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let id = self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = match route(request) {
            Ok(call) => self.serve(&call, request.body().bytes().unwrap_or_default())?,
            Err(unknown) => unknown.into(),
        };
        Ok(answer.into_response(id))
    }

    /// Answers a request whose turn a gate decides.
    async fn answer_at(&self, gate: &dyn Gate, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let id = self.requests.fetch_add(1, Ordering::Relaxed);
        let call = match route(request) {
            Ok(call) => call,
            Err(unknown) => return Ok(Answer::from(unknown).into_response(id)),
        };
        let name = call.full_name();
        let crossing = Crossing { call: &name, body: request.body().bytes().unwrap_or_default() };
        let effect = || {
            self.cloud.meter.call(&name);
            let answer = self.dispatch(&call, crossing.body);
            gate.took_effect(crossing, answer.status, &answer.body);
            answer
        };
        let answer = match gate.admit(crossing).await {
            Passage::Through => effect(),
            Passage::Throttled => call.service.throttled().into(),
            Passage::Failed => call.service.failed().into(),
            Passage::Unreachable => return Err(broken(io::ErrorKind::ConnectionRefused).never_connected()),
            Passage::AnswerLost => {
                effect();
                gate.release(&name).await;
                return Err(broken(io::ErrorKind::ConnectionReset));
            }
            Passage::Silent => pending().await,
            Passage::SilentlyDone => {
                effect();
                pending().await
            }
        };
        gate.release(&name).await;
        Ok(answer.into_response(id))
    }

    fn serve(&self, call: &Call, body: &[u8]) -> Result<Answer, ConnectorError> {
        let name = call.full_name();
        self.cloud.meter.call(&name);
        if let Some(caller) = self.caller {
            self.cloud.meter.permissions(caller, permissions(call, body));
        }
        match self.cloud.faults.hit(&name, self.cloud.time.now()) {
            None => Ok(self.dispatch(call, body)),
            Some(How::Throttle) => Ok(call.service.throttled().into()),
            Some(How::FailBefore) => Ok(call.service.failed().into()),
            Some(How::FailAfter) => {
                self.dispatch(call, body);
                Err(broken(io::ErrorKind::ConnectionReset))
            }
            Some(How::Timeout) => {
                self.cloud.time.advance(TIMEOUT);
                Err(ConnectorError::timeout(io::Error::from(io::ErrorKind::TimedOut).into()))
            }
            Some(How::Down) => Err(broken(io::ErrorKind::ConnectionRefused).never_connected()),
        }
    }

    fn dispatch(&self, call: &Call, body: &[u8]) -> Answer {
        let cloud = &self.cloud;
        match call.service {
            Service::DynamoDb => cloud.dynamodb.serve(call.operation, body),
            Service::Scheduler => with_json(body, |body| cloud.scheduler.serve(call, body)),
            Service::Ses => with_json(body, |body| cloud.ses.serve(call, body)),
            Service::Ssm => with_json(body, |body| cloud.ssm.serve(call, body)),
        }
    }
}

fn with_json(body: &[u8], serve: impl FnOnce(Value) -> Result<Value, ApiError>) -> Answer {
    let body = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(body) };
    body.map_err(|_| ApiError::new(400, "SerializationException", "the body is not JSON")).and_then(serve).into()
}

fn broken(kind: io::ErrorKind) -> ConnectorError {
    ConnectorError::io(io::Error::from(kind).into())
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        // Nothing happens before the caller waits for it, as on a network.
        HttpConnectorFuture::new(async move {
            match &connector.gate {
                Some(gate) => connector.answer_at(&**gate, &request).await,
                None => connector.answer(&request),
            }
        })
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
