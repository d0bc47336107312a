//! Answers: pages with the headers that keep them private, mails shown in the browser, and files.

use crate::{PageError, page};
use lambda_http::http::{HeaderName, HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use maud::Markup;
use wasurena_cloud::telemetry::Metric;

/// A page loads nothing, and its forms lead to itself.
const OWN: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
/// A mail in the browser loads its pictures, and has no forms.
const MAIL: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src https:; form-action 'none'; frame-ancestors 'none'";

/// What is shown in answer to a request that is right.
pub(crate) enum Shown {
    /// A page.
    Page(Markup),
    /// A mail's own HTML.
    Mail(String),
    /// A file: its type, its name, and what stands in it.
    File(&'static str, String, String),
}

impl From<Markup> for Shown {
    fn from(page: Markup) -> Self {
        Self::Page(page)
    }
}

impl Shown {
    pub(crate) fn reply(self) -> Response<Body> {
        match self {
            Self::Page(page) => html(StatusCode::OK, page),
            Self::Mail(html) => reply(StatusCode::OK, "text/html; charset=utf-8", MAIL, html),
            Self::File(kind, name, text) => {
                let mut response = reply(StatusCode::OK, kind, OWN, text);
                if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
                    response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
                }
                response
            }
        }
    }
}

/// A page with a status.
pub(crate) fn html(status: StatusCode, page: Markup) -> Response<Body> {
    reply(status, "text/html; charset=utf-8", OWN, page.into_string())
}

fn reply(status: StatusCode, kind: &'static str, policy: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::Text(text));
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (HeaderName::from_static("x-robots-tag"), "noindex"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The page in place of the one that was asked for. It says nothing about why.
pub(crate) fn refuse(error: &PageError) -> Response<Body> {
    match error {
        PageError::Diary(_)
        | PageError::Book(_)
        | PageError::Keys(_)
        | PageError::Erasing(_)
        | PageError::Post(_)
        | PageError::NoAddress => {
            tracing::error!(%error, metric = Metric::PagesFailed.name(), "page.failed");
            html(StatusCode::SERVICE_UNAVAILABLE, page::try_later())
        }
        PageError::Method => {
            tracing::warn!(%error, "page.refused");
            html(StatusCode::METHOD_NOT_ALLOWED, page::no_such_page())
        }
        PageError::NotFound | PageError::Link(_) | PageError::Over | PageError::Gone => {
            tracing::warn!(%error, "page.refused");
            html(StatusCode::NOT_FOUND, page::no_such_page())
        }
    }
}
