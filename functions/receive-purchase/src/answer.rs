//! Answers to carts. A refusal is problem+json (RFC 9457) with a stable code; a 5xx says nothing about the inside.

use lambda_http::http::{StatusCode, header};
use lambda_http::{Body, Response};
use wasurena_carts::{Rejected, Unreadable};
use wasurena_cloud::telemetry::Metric;

/// Seconds after which a cart should try again.
const RETRY_AFTER_S: &str = "30";

/// Why a webhook was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("there is no such shop or cart")]
    NotFound,
    #[error("a webhook is sent with POST")]
    NotPost,
    #[error("the body is larger than 1 MiB")]
    TooLarge,
    #[error("{0}")]
    Unsigned(Rejected),
    #[error("{0}")]
    Unreadable(Unreadable),
    #[error("{0}")]
    Unavailable(String),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotPost => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unsigned(_) => StatusCode::UNAUTHORIZED,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The stable code by which programs tell refusals apart.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "unknown_shop_or_cart",
            Self::NotPost => "method_not_allowed",
            Self::TooLarge => "body_too_large",
            Self::Unsigned(_) => "signature_rejected",
            Self::Unreadable(_) => "body_unreadable",
            Self::Unavailable(_) => "try_again_later",
        }
    }

    /// What counts it.
    pub(crate) fn metric(&self) -> Metric {
        match self {
            Self::NotFound | Self::NotPost | Self::TooLarge => Metric::WebhooksRefused,
            Self::Unsigned(_) => Metric::WebhooksUnsigned,
            Self::Unreadable(_) => Metric::WebhooksUnreadable,
            Self::Unavailable(_) => Metric::WebhooksFailed,
        }
    }

    /// The answer to the cart.
    pub(crate) fn answer(&self) -> Response<Body> {
        let detail = match self {
            Self::Unavailable(_) => "The webhook was not stored. Send it again.".to_owned(),
            other => other.to_string(),
        };
        let problem = serde_json::json!({ "status": self.status().as_u16(), "code": self.code(), "detail": detail });
        let mut response = Response::new(Body::Text(problem.to_string()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
        if matches!(self, Self::Unavailable(_)) {
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static(RETRY_AFTER_S));
        }
        response
    }
}

/// 200 with an empty body: stored, seen before, or not of interest.
pub(crate) fn accepted() -> Response<Body> {
    Response::new(Body::Empty)
}
