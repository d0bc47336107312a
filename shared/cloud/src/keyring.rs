//! Secrets from Parameter Store: which shops and carts there are, how carts sign, how links are signed,
//! and the key that turns addresses into ids. Read once, kept, refreshed every few minutes.

use crate::Clock;
use crate::failure::told;
use aws_sdk_ssm::Client;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::RwLock;
use wasurena_domain::ids::{CartId, CustomerId, ShopId};
use wasurena_letters::link::LinkKeys;

/// How old secrets may grow before they are read again.
const REFRESH_MINUTES: i64 = 5;
/// How long old secrets serve before reading them is tried again: whoever asks in between does not wait for it.
const RETRY_MINUTES: i64 = 1;

/// Secrets of a cart that count: the one in force, and the one before.
const SECRETS_MAX: usize = 2;

/// Secrets could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum KeyringError {
    /// Parameter Store cannot be reached.
    #[error("the secrets under {path} cannot be read: {why}")]
    Unavailable {
        /// Where they stand.
        path: String,
        /// What Parameter Store said.
        why: String,
    },
    /// A secret that everything needs is not there.
    #[error("the parameter {0} does not exist: create it as a SecureString")]
    Missing(String),
    /// A secret is not of the form it must have.
    #[error("the parameter {name} cannot be used: {why}")]
    Unusable {
        /// The parameter.
        name: String,
        /// What is wrong with it; never the secret.
        why: String,
    },
}

/// The secrets, as they were read last.
#[derive(Debug, Default)]
pub struct Keys {
    values: BTreeMap<String, SecretString>,
    path: String,
}

impl Keys {
    fn secret(&self, name: &str) -> Option<&SecretString> {
        self.values.get(&format!("{}/{name}", self.path))
    }

    /// The secrets with which a shop's cart signs, newest first: two while they are being rotated.
    /// `None` for an unknown shop or cart.
    #[must_use]
    pub fn cart(&self, shop: &ShopId, cart: &CartId) -> Option<Vec<SecretString>> {
        let lines = self.secret(&format!("shops/{shop}/carts/{cart}"))?.expose_secret();
        Some(lines.lines().map(str::trim).filter(|l| !l.is_empty()).take(SECRETS_MAX).map(SecretString::from).collect())
    }

    /// Whether a secret of this name is there, by its path below that of all secrets: `keys/links`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.secret(name).is_some()
    }

    /// Whether a shop has a cart that may send webhooks.
    #[must_use]
    pub fn has_carts(&self, shop: &ShopId) -> bool {
        let prefix = format!("{}/shops/{shop}/carts/", self.path);
        self.values.keys().any(|name| name.starts_with(&prefix))
    }

    /// The shops, by their parameters, whatever these are: the marker of a shop without carts is enough.
    #[must_use]
    pub fn shops(&self) -> Vec<ShopId> {
        let prefix = format!("{}/shops/", self.path);
        let names = self.values.keys().filter_map(|name| name.strip_prefix(&prefix)?.split('/').next());
        let mut shops: Vec<ShopId> = names.filter_map(|name| ShopId::parse(name).ok()).collect();
        shops.dedup();
        shops
    }

    /// The keys that sign links. The parameter holds a line for each, the newest first: `id:key`, the key in
    /// base64, 32 bytes or more. An old line stays for as long as mails with its links are about.
    ///
    /// # Errors
    /// [`KeyringError`] where there are none, or a line is not of that form.
    pub fn links(&self) -> Result<LinkKeys, KeyringError> {
        let name = format!("{}/keys/links", self.path);
        let text = self.secret("keys/links").ok_or_else(|| KeyringError::Missing(name.clone()))?;
        let unusable = |why: &str| KeyringError::Unusable { name: name.clone(), why: why.to_owned() };
        let mut lines = text.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
            let (id, key) = line.split_once(':').ok_or_else(|| unusable("a line must be id:key"))?;
            let id: u8 = id.parse().map_err(|_| unusable("an id must be a number from 0 to 255"))?;
            let key = STANDARD.decode(key).map_err(|_| unusable("a key must be base64"))?;
            Ok((id, SecretSlice::from(key)))
        });
        let current = lines.next().ok_or_else(|| unusable("it is empty"))??;
        let old: Vec<_> = lines.collect::<Result<_, KeyringError>>()?;
        LinkKeys::new(current, old).map_err(|error| unusable(&error.to_string()))
    }

    /// The id of the customer who is known by `identity`.
    ///
    /// # Errors
    /// [`KeyringError::Missing`] where the deployment has no identity key.
    pub fn identify(&self, shop: &ShopId, identity: &str) -> Result<CustomerId, KeyringError> {
        let key = self
            .secret("keys/identity")
            .ok_or_else(|| KeyringError::Missing(format!("{}/keys/identity", self.path)))?;
        Ok(CustomerId::derive(key.expose_secret().as_bytes(), shop, identity))
    }
}

/// Secrets, and until when they serve without being read again.
type Kept = (DateTime<Utc>, Arc<Keys>);

/// Reads secrets and keeps them.
#[derive(Debug, Clone)]
pub struct Keyring {
    client: Client,
    path: String,
    clock: Arc<dyn Clock>,
    kept: Arc<RwLock<Option<Kept>>>,
}

impl Keyring {
    /// Secrets under this path, such as `/wasurena`.
    #[must_use]
    pub fn new(client: Client, path: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self { client, path: path.into(), clock, kept: Arc::default() }
    }

    /// The secrets: those that were read in the last minutes, else fresh ones. Where they cannot be read
    /// again, the old ones serve on.
    ///
    /// # Errors
    /// [`KeyringError::Unavailable`] where they were never read and cannot be.
    pub async fn keys(&self) -> Result<Arc<Keys>, KeyringError> {
        let now = self.clock.now();
        let kept = self.kept.read().await.clone();
        if let Some((until, keys)) = &kept
            && now < *until
        {
            return Ok(Arc::clone(keys));
        }
        let (minutes, keys) = match (self.read().await, kept) {
            (Ok(keys), _) => (REFRESH_MINUTES, Arc::new(keys)),
            (Err(error), Some((_, keys))) => {
                tracing::warn!(%error, "secrets.stale");
                (RETRY_MINUTES, keys)
            }
            (Err(error), None) => return Err(error),
        };
        *self.kept.write().await = Some((self.clock.now() + Duration::minutes(minutes), Arc::clone(&keys)));
        Ok(keys)
    }

    async fn read(&self) -> Result<Keys, KeyringError> {
        let mut pages = self
            .client
            .get_parameters_by_path()
            .path(&self.path)
            .recursive(true)
            .with_decryption(true)
            .into_paginator()
            .send();
        let mut values = BTreeMap::new();
        while let Some(page) = pages.next().await {
            let page =
                page.map_err(|error| KeyringError::Unavailable { path: self.path.clone(), why: told(&error) })?;
            for parameter in page.parameters.unwrap_or_default() {
                if let (Some(name), Some(value)) = (parameter.name, parameter.value) {
                    values.insert(name, SecretString::from(value));
                }
            }
        }
        Ok(Keys { values, path: self.path.clone() })
    }
}
