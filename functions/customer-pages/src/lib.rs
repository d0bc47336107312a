//! customer-pages: the pages behind the links of a mail.
//!
//! GET shows and changes nothing, because scanners follow every link. POST acts: by the page's own button,
//! or at once by RFC 8058's one-click from the mail program.

mod answer;
mod answer_page;
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
use wasurena_cloud::listening::{self, AnswerError};
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::wishes::{Saying, Wish, WishError, carry_out, is_stopped};
use wasurena_cloud::{Clients, Clock, Diary, warm_up};
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::{AnswerId, CustomerId, FollowUpId, ShopId};
use wasurena_domain::ledger::How;
use wasurena_domain::listening::{Question, subject};
use wasurena_domain::mistake::{Mistake, made};
use wasurena_domain::shop::Shop;
use wasurena_letters::Published;
use wasurena_letters::link::{InvalidLink, Link};

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
    /// The customer is no longer known: erased; or their message asks nothing (any more).
    #[error("the customer of the link, or what it asks, is not known any more")]
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

    /// Answers one request: `/c/{shop}/stop/{token}`, or `/c/{shop}/a/{token}/{answer}`.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        self.answer(&request).await.map_or_else(|error| refuse(&error), |page| html(StatusCode::OK, page))
    }

    async fn answer(&self, request: &Request) -> Result<Markup, PageError> {
        let Address { shop, token, tapped } = address(request.uri().path()).ok_or(PageError::NotFound)?;
        let keys = self.keyring.keys().await?;
        if !keys.shops().contains(&shop) {
            return Err(PageError::NotFound);
        }
        let link = keys.links()?.open(&shop, token)?;
        let book = self.bookshelf.last_known(&shop).await?;
        match (request.method(), link, tapped) {
            (&Method::GET, Link::Stop(customer), None) if made(Mistake::GetUnsubscribes) => {
                self.act(&book.shop, &customer, b"").await
            }
            (&Method::GET | &Method::HEAD, Link::Stop(customer), None) => self.show(&book.shop, &customer).await,
            (&Method::POST, Link::Stop(customer), None) => self.act(&book.shop, &customer, request.body()).await,
            (&Method::GET | &Method::HEAD, Link::Answer(asked), Some(tapped)) => {
                self.ask(&book, &asked, AnswerId::parse(tapped).ok()).await
            }
            (&Method::POST, Link::Answer(asked), Some(tapped)) => {
                self.hear(&book, &asked, AnswerId::parse(tapped).ok(), request.body()).await
            }
            (&Method::GET | &Method::HEAD | &Method::POST, ..) => Err(PageError::NotFound),
            _ => Err(PageError::Method),
        }
    }

    /// Shows a survey's answers, the tapped one chosen.
    async fn ask(&self, book: &Published, id: &FollowUpId, tapped: Option<AnswerId>) -> Result<Markup, PageError> {
        let Asked { question, gift, .. } = self.asked(book, id).await?;
        let known = self.diary.answer(&book.shop.id, id).await?.map(|answer| answer.answer);
        let chosen = tapped.filter(|id| question.choice(id).is_some()).or(known);
        Ok(answer_page::ask(&book.shop, question, gift, chosen.as_ref()))
    }

    /// Takes an answer in. A form that chooses none is shown again.
    async fn hear(
        &self,
        book: &Published,
        id: &FollowUpId,
        tapped: Option<AnswerId>,
        form: &[u8],
    ) -> Result<Markup, PageError> {
        let Asked { follow_up, question, gift } = self.asked(book, id).await?;
        let said = answer::read(form.get(..FORM_MAX).unwrap_or(form));
        let Some(choice) = said.answer.as_ref().and_then(|id| question.choice(id)) else {
            return Ok(answer_page::ask(&book.shop, question, gift, tapped.as_ref()));
        };
        let words = said.words.as_deref();
        match listening::take_in(&self.diary, &book.shop, &follow_up, choice, words, self.clock.now()).await {
            Ok(answer) => Ok(answer_page::answered(&book.shop, question, answer.means)),
            Err(AnswerError::Gone) => Err(PageError::Gone),
            Err(AnswerError::Diary(error)) => Err(error.into()),
        }
    }

    /// What a message asks, whom, and whether it was a gift. A link to it was signed when it went out, so it has.
    async fn asked<'b>(&self, book: &'b Published, id: &FollowUpId) -> Result<Asked<'b>, PageError> {
        let shop = &book.shop.id;
        let follow_up = self.diary.follow_up(shop, id).await?.ok_or(PageError::Gone)?;
        let question = book.programme.listening.questions.get(&follow_up.step).ok_or(PageError::Gone)?;
        let record = self.diary.customer(shop, &follow_up.customer).await?.ok_or(PageError::Gone)?;
        let gift = subject(&follow_up, &record.customer).is_some_and(|bought| record.customer.is_gift(bought));
        Ok(Asked { follow_up, question, gift })
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

/// A message that asks.
struct Asked<'b> {
    follow_up: FollowUp,
    question: &'b Question,
    gift: bool,
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

/// What an address says: the shop, the token, and of a survey the answer that was tapped.
struct Address<'a> {
    shop: ShopId,
    token: &'a str,
    tapped: Option<&'a str>,
}

/// Reads `/c/{shop}/stop/{token}` and `/c/{shop}/a/{token}/{answer}`.
fn address(path: &str) -> Option<Address<'_>> {
    let parts: Vec<&str> = path.strip_prefix("/c/")?.split('/').collect();
    let (shop, token, tapped) = match parts.as_slice() {
        [shop, "stop", token] => (shop, token, None),
        [shop, "a", token, tapped] => (shop, token, Some(*tapped)),
        _ => return None,
    };
    Some(Address { shop: ShopId::parse(shop).ok()?, token, tapped })
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
