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
use std::sync::Arc;
use wasurena_carts::{Cart, Headers, ParseContext, Secrets, Webhook};
use wasurena_cloud::bookshelf::Bookshelf;
use wasurena_cloud::keyring::Keyring;
use wasurena_cloud::{Clients, Clock, Diary};
use wasurena_domain::ids::{CartId, ShopId};

/// The largest body that is read, in bytes.
const BODY_MAX: usize = 1024 * 1024;

/// Receives webhooks.
#[derive(Debug, Clone)]
pub struct ReceivePurchase {
    keyring: Keyring,
    intake: Intake,
    clock: Arc<dyn Clock>,
}

/// What a webhook led to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Taken(Taken),
    Ignored(String),
}

impl ReceivePurchase {
    /// The function, on these clients.
    #[must_use]
    pub fn new(config: &config::Config, clients: &Clients, clock: Arc<dyn Clock>) -> Self {
        let diary = Diary::new(clients.dynamodb.clone(), &config.table);
        let keyring = Keyring::new(clients.ssm.clone(), &config.secrets_path, Arc::clone(&clock));
        let intake = Intake::new(diary.clone(), Bookshelf::new(diary), keyring.clone(), Arc::clone(&clock));
        Self { keyring, intake, clock }
    }

    /// Reads the secrets, so that the first webhook does not wait for them.
    pub async fn warm_up(&self) {
        if let Err(error) = self.keyring.keys().await {
            tracing::warn!(%error, "secrets.unavailable");
        }
    }

    /// Answers one request: `POST /hooks/{shop}/{cart}`. The checks stand in the order of their answers:
    /// 404, 413, 401, 400, 503, 200.
    pub async fn handle(&self, request: Request) -> Response<Body> {
        let hook = match self.hook(request.uri().path()).await {
            Ok(hook) => hook,
            Err(refusal) => {
                tracing::warn!(code = refusal.code(), %refusal, "webhook.refused");
                return refusal.answer();
            }
        };
        let (shop, cart) = (&hook.shop, hook.cart.id());
        match self.receive(&request, &hook).await {
            Ok(outcome) => {
                tracing::info!(%shop, %cart, ?outcome, "webhook.accepted");
                answer::accepted()
            }
            Err(refusal) => {
                tracing::warn!(%shop, %cart, code = refusal.code(), %refusal, "webhook.refused");
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
        let webhook = self.read(hook.cart, &hook.secrets, request.headers(), body)?;
        match webhook {
            Webhook::Ignored(reason) => Ok(Outcome::Ignored(reason.to_string())),
            Webhook::Purchase(report) => match self.intake.take(&hook.shop, *report).await {
                Ok(taken) => Ok(Outcome::Taken(taken)),
                Err(error) => Err(Refusal::Unavailable(error.to_string())),
            },
        }
    }

    fn read(&self, cart: &dyn Cart, secrets: &Secrets, headers: &HeaderMap, body: &[u8]) -> Result<Webhook, Refusal> {
        let now = self.clock.now();
        let headers = HeadersOf(headers);
        let verified = cart.verify(&headers, body, secrets, now).map_err(Refusal::Unsigned)?;
        cart.parse(&headers, verified, &ParseContext { now }).map_err(Refusal::Unreadable)
    }
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
