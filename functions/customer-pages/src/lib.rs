//! customer-pages: the pages behind the links of a mail.
//!
//! GET shows and changes nothing, because scanners follow every link. POST acts: by the page's own button,
//! or at once by RFC 8058's one-click from the mail program.

pub mod config;
mod page;
mod stop;

use lambda_http::http::{HeaderValue, Method, StatusCode, header};
use lambda_http::{Body, Request, Response};
use maud::Markup;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::diary::{DiaryError, Place};
use wasurena_cloud::keyring::{Keyring, KeyringError};
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::wishes::{Saying, Wish, WishError, carry_out, is_stopped};
use wasurena_cloud::{Clients, Clock, Diary, warm_up};
use wasurena_domain::customer::Customer;
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::ledger::How;
use wasurena_domain::mistake::{Mistake, made};
use wasurena_domain::shop::Shop;
use wasurena_letters::link::{InvalidLink, Purpose};

/// The largest form that is read, in bytes.
const FORM_MAX: usize = 4096;

/// Why a page cannot be shown. Whoever followed the link learns nothing from it.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The path is none of ours.
    #[error("there is no such page")]
    NotFound,
    /// The link was not signed here, or is cut off.
    #[error(transparent)]
    Link(#[from] InvalidLink),
    /// The customer is no longer known: erased.
    #[error("the customer of the link is not known any more")]
    Gone,
    /// The request is neither GET, HEAD nor POST.
    #[error("the method is not allowed")]
    Method,
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// The shop's settings cannot be opened.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The link keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
}

/// Shows customers their pages.
#[derive(Debug, Clone)]
pub struct CustomerPages {
    diary: Diary,
    bookshelf: Bookshelf,
    keyring: Keyring,
    clock: Arc<dyn Clock>,
}

impl CustomerPages {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>) -> Self {
        let diary = Diary::new(clients.dynamodb(), &config.table);
        Self {
            bookshelf: Bookshelf::new(diary.clone()),
            keyring: Keyring::new(clients.ssm(), &config.secrets_path, Arc::clone(&clock)),
            diary,
            clock,
        }
    }

    /// Reads what the first customer would wait for.
    pub async fn warm_up(&self) {
        warm_up::secrets_and_programme(&self.keyring, &self.bookshelf).await;
    }

    /// Answers one request as [`Self::handle`] does, while there is time; else asks to come back later.
    pub async fn handle_within(&self, request: Request, left: Duration) -> Response<Body> {
        timeout(left, Box::pin(self.handle(request))).await.unwrap_or_else(|_| {
            tracing::error!(metric = Metric::PagesFailed.name(), "page.too_late");
            html(StatusCode::SERVICE_UNAVAILABLE, page::try_later())
        })
    }

    /// Answers one request: `/c/{shop}/stop/{token}`.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        self.answer(&request).await.map_or_else(|error| refuse(&error), |page| html(StatusCode::OK, page))
    }

    async fn answer(&self, request: &Request) -> Result<Markup, PageError> {
        let (shop, token) = stop_link(request.uri().path()).ok_or(PageError::NotFound)?;
        let keys = self.keyring.keys().await?;
        if !keys.shops().contains(&shop) {
            return Err(PageError::NotFound);
        }
        let link = keys.links()?.open(&shop, token)?;
        let Purpose::Stop = link.purpose;
        let book = self.bookshelf.last_known(&shop).await?;
        match *request.method() {
            Method::GET if made(Mistake::GetUnsubscribes) => self.act(&book.shop, &link.customer, b"").await,
            Method::GET | Method::HEAD => self.show(&book.shop, &link.customer).await,
            Method::POST => self.act(&book.shop, &link.customer, request.body()).await,
            _ => Err(PageError::Method),
        }
    }

    async fn show(&self, shop: &Shop, customer: &CustomerId) -> Result<Markup, PageError> {
        let customer = match self.diary.place(&shop.id, customer).await? {
            Place::Customer(record) => record.customer,
            Place::Erased(erased) => Customer::new(erased.id),
            Place::Empty => return Err(PageError::Gone),
        };
        let ledger = self.diary.ledger(&shop.id, &customer.id).await?;
        Ok(if is_stopped(&ledger, &customer) { page::stopped(shop) } else { page::ask(shop) })
    }

    async fn act(&self, shop: &Shop, customer: &CustomerId, form: &[u8]) -> Result<Markup, PageError> {
        let wish = stop::read(form.get(..FORM_MAX).unwrap_or(form));
        let saying = Saying { how: How::Link, wording: Some(stop::wording(wish)), at: self.clock.now() };
        match carry_out(&self.diary, shop, customer, wish, saying).await {
            Ok(()) => {}
            Err(WishError::Gone) => return Err(PageError::Gone),
            Err(WishError::Diary(error)) => return Err(error.into()),
        }
        Ok(if wish == Wish::Resume { page::resumed(shop) } else { page::stopped(shop) })
    }
}

/// The page in place of the one that was asked for. It says nothing about why.
fn refuse(error: &PageError) -> Response<Body> {
    match error {
        PageError::Diary(_) | PageError::Book(_) | PageError::Keys(_) => {
            tracing::error!(%error, metric = Metric::PagesFailed.name(), "page.failed");
            html(StatusCode::SERVICE_UNAVAILABLE, page::try_later())
        }
        PageError::Method => {
            tracing::warn!(%error, "page.refused");
            html(StatusCode::METHOD_NOT_ALLOWED, page::no_such_page())
        }
        PageError::NotFound | PageError::Link(_) | PageError::Gone => {
            tracing::warn!(%error, "page.refused");
            html(StatusCode::NOT_FOUND, page::no_such_page())
        }
    }
}

/// Shop and token of `/c/{shop}/stop/{token}`.
fn stop_link(path: &str) -> Option<(ShopId, &str)> {
    let mut parts = path.strip_prefix("/c/")?.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(shop), Some("stop"), Some(token), None) => Some((ShopId::parse(shop).ok()?, token)),
        _ => None,
    }
}

fn html(status: StatusCode, page: Markup) -> Response<Body> {
    let mut response = Response::new(Body::Text(page.into_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}
