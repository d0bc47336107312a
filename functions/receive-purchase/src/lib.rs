//! receive-purchase: a cart's webhook comes in, facts go into the diary.
//!
//! Verify the raw bytes, read them, join what they say with what is known, write it in one transaction,
//! answer. No other system is called: what follows from the facts is for the stream to say.

mod answer;
pub mod config;
mod intake;

pub use intake::{Intake, IntakeError, Taken};

use answer::Refusal;
use lambda_http::http::{HeaderMap, Method};
use lambda_http::{Body, Request, Response};
use secrecy::SecretString;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use wasurena_carts::{Cart, Headers, ParseContext, Secrets, Webhook};
use wasurena_cloud::bookshelf::Bookshelf;
use wasurena_cloud::erasing::{ErasedPerson, Erasing};
use wasurena_cloud::keyring::Keyring;
use wasurena_cloud::telemetry::Metric;
use wasurena_cloud::{Clients, Clock, Diary, warm_up};
use wasurena_domain::calendar::{day_of, days_after};
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::{CartId, CustomerId, ShopId};
use wasurena_domain::mistake::{Mistake, made};
use wasurena_domain::task::{Task, TaskKind};

/// The largest body that is read, in bytes.
const BODY_MAX: usize = 1024 * 1024;

/// Days within which a request about somebody's data is to be answered: what carts ask for, and well within the law.
const REQUEST_WITHIN_DAYS: u32 = 30;

/// Receives webhooks.
#[derive(Debug, Clone)]
pub struct ReceivePurchase {
    keyring: Keyring,
    bookshelf: Bookshelf,
    diary: Diary,
    intake: Intake,
    erasing: Erasing,
    clock: Arc<dyn Clock>,
}

/// What a webhook led to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Taken(Taken),
    Erased { records: u32, tasks: usize },
    Asked { tasks: usize },
    Ignored(String),
}

impl ReceivePurchase {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>) -> Self {
        let diary = Diary::new(clients.dynamodb(), &config.table);
        let keyring = Keyring::new(clients.ssm(), &config.secrets_path, Arc::clone(&clock));
        let bookshelf = Bookshelf::new(diary.clone());
        let intake = Intake::new(diary.clone(), bookshelf.clone(), keyring.clone(), Arc::clone(&clock));
        let erasing = Erasing::new(diary.clone(), keyring.clone(), Arc::clone(&clock));
        Self { keyring, bookshelf, diary, intake, erasing, clock }
    }

    /// Reads what the first webhook would wait for.
    pub async fn warm_up(&self) {
        warm_up::secrets_and_programme(&self.keyring, &self.bookshelf).await;
    }

    /// Answers one request as [`Self::handle`] does, while there is time; else asks the cart to come back. What was not
    /// answered with 2xx may be stored all the same: the same webhook again changes nothing.
    pub async fn handle_within(&self, request: Request, left: Duration) -> Response<Body> {
        timeout(left, Box::pin(self.handle(request))).await.unwrap_or_else(|_| {
            let refusal = Refusal::Unavailable("the invocation's time was over".to_owned());
            refused(&refusal);
            refusal.answer()
        })
    }

    /// Answers one request: `POST /hooks/{shop}/{cart}`. The checks stand in the order of their answers:
    /// 404, 413, 401, 400, 503, 200.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let hook = match self.hook(request.uri().path()).await {
            Ok(hook) => hook,
            Err(refusal) => {
                refused(&refusal);
                return refusal.answer();
            }
        };
        let (shop, cart) = (&hook.shop, hook.cart.id());
        match self.receive(&request, &hook).await {
            Ok(outcome) => {
                let metric = Metric::WebhooksAccepted.name();
                tracing::info!(%shop, %cart, ?outcome, metric, "webhook.accepted");
                answer::accepted()
            }
            Err(refusal) => {
                let metric = refusal.metric().name();
                tracing::warn!(%shop, %cart, code = refusal.code(), %refusal, metric, "webhook.refused");
                if made(Mistake::AcceptUnstored) && matches!(refusal, Refusal::Unavailable(_)) {
                    return answer::accepted();
                }
                refusal.answer()
            }
        }
    }

    /// Whose webhook the path names. A name is logged only when a shop and a cart of that name exist, so a
    /// stranger's text never reaches a log.
    async fn hook(&self, path: &str) -> Result<Hook, Refusal> {
        let keys = self.keyring.keys().await.map_err(|error| Refusal::Unavailable(error.to_string()))?;
        let known = || {
            let (shop, cart) = names(path)?;
            let (shop, id) = (ShopId::parse(shop).ok()?, CartId::parse(cart).ok()?);
            let secrets = secrets(keys.cart(&shop, &id)?)?;
            Some(Hook { shop, cart: wasurena_carts::find(cart)?, secrets })
        };
        known().ok_or(Refusal::NotFound)
    }

    async fn receive(&self, request: &Request, hook: &Hook) -> Result<Outcome, Refusal> {
        if request.method() != Method::POST {
            return Err(Refusal::NotPost);
        }
        let body: &[u8] = request.body();
        if body.len() > BODY_MAX {
            return Err(Refusal::TooLarge);
        }
        if hook.cart.is_ping(&HeadersOf(request.headers()), body) {
            return Ok(Outcome::Ignored("it is the greeting of a new webhook".to_owned()));
        }
        let webhook = self.read(hook.cart, &hook.secrets, request.headers(), body)?;
        // On the heap: as a part of this future its type would be nested too deep for the compiler.
        Box::pin(self.carry_out(hook, webhook)).await
    }

    async fn carry_out(&self, hook: &Hook, webhook: Webhook) -> Result<Outcome, Refusal> {
        let Hook { shop, cart, .. } = hook;
        match webhook {
            Webhook::Ignored(reason) => Ok(Outcome::Ignored(reason.to_string())),
            Webhook::Purchase(report) => self.intake.take(shop, *report).await.map(Outcome::Taken).map_err(unavailable),
            Webhook::Erase(subject) => {
                let ErasedPerson { records, unsure } = self.erasing.erase(shop, &subject).await.map_err(unavailable)?;
                let tasks = unsure.into_iter().map(|id| (TaskKind::ErasePerson, Some(id), Reason::Erased)).collect();
                let tasks = self.ask_owner(shop, cart.id(), tasks).await?;
                Ok(Outcome::Erased { records, tasks })
            }
            Webhook::Disclose(subject) => {
                let customers = self.erasing.find(shop, &subject).await.map_err(unavailable)?;
                let tasks = customers.into_iter().map(|id| (TaskKind::HandOverData, Some(id), Reason::DataRequested));
                self.ask_owner(shop, cart.id(), tasks.collect()).await.map(|tasks| Outcome::Asked { tasks })
            }
            Webhook::EraseCart => {
                let task = (TaskKind::EraseCart, None, Reason::ShopRedacted);
                self.ask_owner(shop, cart.id(), vec![task]).await.map(|tasks| Outcome::Asked { tasks })
            }
        }
    }

    /// Puts on the owner's list what a cart asks of the shop, and only a person can do; answers how much that is. The
    /// same request again is the same task, and keeps its day.
    async fn ask_owner(
        &self,
        shop: &ShopId,
        cart: &str,
        wanted: Vec<(TaskKind, Option<CustomerId>, Reason)>,
    ) -> Result<usize, Refusal> {
        if wanted.is_empty() {
            return Ok(0);
        }
        let zone = self.bookshelf.last_known(shop).await.map_err(unavailable)?.shop.zone;
        let today = day_of(self.clock.now(), zone);
        let due = days_after(today, REQUEST_WITHIN_DAYS);
        let tasks = wanted.len();
        for (kind, customer, why) in wanted {
            let task = Task { kind, customer, about: cart.to_owned(), due, why };
            self.diary.add_task(shop, &task).await.map_err(unavailable)?;
        }
        Ok(tasks)
    }

    fn read(&self, cart: &dyn Cart, secrets: &Secrets, headers: &HeaderMap, body: &[u8]) -> Result<Webhook, Refusal> {
        let now = self.clock.now();
        let headers = HeadersOf(headers);
        let verified = cart.verify(&headers, body, secrets, now).map_err(Refusal::Unsigned)?;
        cart.parse(&headers, verified, &ParseContext { now }).map_err(Refusal::Unreadable)
    }
}

/// One line about a request that names no shop and cart that are known.
fn refused(refusal: &Refusal) {
    tracing::warn!(code = refusal.code(), %refusal, metric = refusal.metric().name(), "webhook.refused");
}

fn unavailable(error: impl Display) -> Refusal {
    Refusal::Unavailable(error.to_string())
}

/// The names in `/hooks/{shop}/{cart}`.
fn names(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.trim_start_matches('/').split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("hooks"), Some(shop), Some(cart), None) => Some((shop, cart)),
        _ => None,
    }
}

/// A shop's cart that may send webhooks.
struct Hook {
    shop: ShopId,
    cart: &'static dyn Cart,
    secrets: Secrets,
}

fn secrets(mut newest_first: Vec<SecretString>) -> Option<Secrets> {
    let previous = (newest_first.len() > 1).then(|| newest_first.remove(1));
    Secrets::new(newest_first.pop()?, previous).ok()
}

struct HeadersOf<'a>(&'a HeaderMap);

impl Headers for HeadersOf<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.to_str().ok()
    }
}
