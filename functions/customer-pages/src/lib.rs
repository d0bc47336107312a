//! customer-pages: the pages behind the links of a mail.
//!
//! GET shows and changes nothing, because scanners follow every link. POST acts: by the page's own button,
//! or at once by RFC 8058's one-click from the mail program. What concerns a person's data is confirmed by mail first:
//! whoever holds a forwarded mail can ask for it, and gets nothing.

mod answer;
mod answer_page;
mod card;
pub mod config;
mod data_page;
mod form;
mod mask;
mod notice;
mod own_data;
mod page;
mod prefer;
mod prefer_page;
mod reply;
mod route;
mod stop;
mod stop_page;
#[cfg(test)]
mod twins;
mod view;
mod visit;
mod voice;
mod wrong;

use crate::reply::{Shown, html, refuse};
use crate::route::Page;
use crate::visit::Visit;
use crate::voice::Voice;
use lambda_http::http::{Method, StatusCode};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt as _, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use wasurena_cloud::bookshelf::{BookError, Bookshelf};
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::erasing::{Erasing, ErasingError};
use wasurena_cloud::keyring::{Keyring, KeyringError};
use wasurena_cloud::listening::AnswerError;
use wasurena_cloud::post::{Post, SendError};
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::wishes::WishError;
use wasurena_cloud::{Clients, Clock, Diary, warm_up};
use wasurena_domain::ids::{AnswerId, ShopId};
use wasurena_domain::mistake::{Mistake, made};
use wasurena_letters::link::{InvalidLink, Link, card_file};

/// Why a page cannot be shown. Whoever followed the link learns nothing from it.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The path is none of ours.
    #[error("there is no such page")]
    NotFound,
    /// The link was not signed here, or is cut off.
    #[error(transparent)]
    Link(#[from] InvalidLink),
    /// The link was good for a while, which is over; or what it confirms was confirmed.
    #[error("the link has run out, or was used")]
    Over,
    /// The customer is no longer known: erased; or their message asks nothing (any more).
    #[error("the customer of the link, or what it asks, is not known any more")]
    Gone,
    /// The request is neither GET, HEAD nor POST, or POSTs where there is nothing to do.
    #[error("the method is not allowed")]
    Method,
    /// Nobody knows where the pages answer, so no mail can lead back to them.
    #[error("PUBLIC_URL is not set, and the request does not tell the function's own URL; set it")]
    NoAddress,
    /// The mail that confirms could not be sent.
    #[error(transparent)]
    Post(#[from] SendError),
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// Somebody's data cannot be read or erased.
    #[error(transparent)]
    Erasing(#[from] ErasingError),
    /// The shop's settings cannot be opened.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The link keys cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
}

impl From<WishError> for PageError {
    fn from(error: WishError) -> Self {
        match error {
            WishError::Gone => Self::Gone,
            WishError::Diary(error) => Self::Diary(error),
        }
    }
}

impl From<AnswerError> for PageError {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Gone => Self::Gone,
            AnswerError::Diary(error) => Self::Diary(error),
        }
    }
}

/// Shows customers their pages.
#[derive(Debug, Clone)]
pub struct CustomerPages {
    diary: Diary,
    bookshelf: Bookshelf,
    keyring: Keyring,
    erasing: Erasing,
    post: Post,
    public_url: Option<String>,
    clock: Arc<dyn Clock>,
}

impl CustomerPages {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>) -> Self {
        let diary = Diary::new(clients.dynamodb(), &config.table);
        let keyring = Keyring::new(clients.ssm(), &config.secrets_path, Arc::clone(&clock));
        Self {
            bookshelf: Bookshelf::new(diary.clone()),
            erasing: Erasing::new(diary.clone(), keyring.clone(), Arc::clone(&clock)),
            post: Post::new(clients.ses(), config.configuration_set.clone()),
            public_url: config.public_url.clone(),
            keyring,
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

    /// Answers one request: a page behind a signed link, or the shop's contact card.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        Box::pin(self.answer(&request)).await.map_or_else(|error| refuse(&error), Shown::reply)
    }

    async fn answer(&self, request: &Request) -> Result<Shown, PageError> {
        let acts = match *request.method() {
            Method::GET | Method::HEAD => false,
            Method::POST => true,
            _ => return Err(PageError::Method),
        };
        let (shop, page) = route::read(request.uri().path()).ok_or(PageError::NotFound)?;
        let keys = self.keyring.keys().await?;
        if !keys.shops().contains(&shop) {
            return Err(PageError::NotFound);
        }
        let (page, token, tapped) = match page {
            Page::Signed(page, token, tapped) => (page, token, tapped),
            Page::Card | Page::CardFile if acts => return Err(PageError::Method),
            Page::Card | Page::CardFile => return self.card(&shop, page == Page::CardFile).await,
        };
        let links = keys.links()?;
        let link = links.open(&shop, token)?;
        if !route::is_of(&link, page) {
            return Err(PageError::NotFound);
        }
        let book = self.bookshelf.last_known(&shop).await?;
        let acts = acts || (page == "stop" && made(Mistake::GetUnsubscribes));
        let base = self.base(request);
        let visit =
            Visit { pages: self, book: &book, keys: &links, base, acts, body: request.body(), now: self.clock.now() };
        match link {
            Link::Stop(customer) => Ok(visit.stop(&customer).await?.into()),
            Link::Answer(asked) => {
                let tapped = tapped.and_then(|id| AnswerId::parse(id).ok());
                Ok(visit.survey(&asked, tapped).await?.into())
            }
            Link::Wishes(customer) => Ok(visit.preferences(&customer).await?.into()),
            Link::Wrong(follow_up) => Ok(visit.wrong(&follow_up).await?.into()),
            Link::View(follow_up) => visit.view(&follow_up).await,
            Link::Data(customer) => Ok(visit.data(&customer).await?.into()),
            Link::Confirm { what, customer, until } => visit.confirm(what, &customer, until).await,
        }
    }

    /// The shop's contact card: the page, or the file.
    async fn card(&self, shop: &ShopId, is_file: bool) -> Result<Shown, PageError> {
        let book = self.bookshelf.last_known(shop).await?;
        if is_file {
            return Ok(Shown::File("text/vcard; charset=utf-8", format!("{shop}.vcf"), card::file(&book.shop)));
        }
        Ok(card::show(Voice::of(&book), &card_file("", shop)).into())
    }

    /// Where the pages answer. A host that the request itself names is not believed: with it, somebody else's server would
    /// get the links that confirm.
    fn base(&self, request: &Request) -> Option<String> {
        let told = || match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(context)) => context.domain_name.as_deref(),
            _ => None,
        };
        self.public_url.clone().or_else(|| told().map(|domain| format!("https://{domain}")))
    }
}
