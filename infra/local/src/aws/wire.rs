//! What a server answers, before it becomes an HTTP response: the AWS JSON and
//! REST JSON protocols name an error in a header and explain it in the body.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use http::StatusCode;
use serde_json::{Value, json};

use super::store::StoreError;

/// An HTTP response in the making.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The error's name, for `x-amzn-errortype`.
    pub(crate) error: Option<String>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn ok(body: String) -> Self {
        Self { status: 200, error: None, body }
    }

    pub(crate) fn into_response(self, request_id: u64) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::new(status.into(), SdkBody::from(self.body));
        let headers = response.headers_mut();
        headers.insert("content-type", "application/json");
        headers.insert("x-amzn-requestid", format!("{request_id:032x}"));
        if let Some(error) = self.error {
            headers.insert("x-amzn-errortype", error);
        }
        response
    }
}

/// A refusal as the service itself words it.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl ApiError {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// An operation that the embedded cloud does not have.
    pub(crate) fn unknown_operation(what: &str) -> Self {
        Self::new(404, "UnknownOperationException", format!("the embedded cloud does not serve {what}"))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::new(500, "InternalServerException", error.to_string())
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError(error).into()
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        // `message` and `Message`: services differ, and the SDK takes either.
        let body = json!({ "__type": error.code, "message": error.message, "Message": error.message });
        Self { status: error.status, error: Some(error.code.to_owned()), body: body.to_string() }
    }
}

impl From<Result<Value, ApiError>> for Answer {
    fn from(result: Result<Value, ApiError>) -> Self {
        match result {
            Ok(body) => Self::ok(body.to_string()),
            Err(error) => error.into(),
        }
    }
}

/// A timestamp as REST JSON writes it: seconds since the epoch.
pub(crate) fn epoch_seconds(ms: i64) -> f64 {
    // Milliseconds of this millennium are exact in a double.
    ms as f64 / 1000.0
}
