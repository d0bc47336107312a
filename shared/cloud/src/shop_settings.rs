//! A shop's settings, put in place: the secrets of its carts into Parameter Store, everything else into the diary.
//!
//! What comes in here is checked already. Everything is read before anything is written, and what stands as it
//! should is not written again, so the same settings may be applied as often as one likes. Secrets come first: a
//! shop whose programme stands and whose webhooks nobody can verify would turn orders away.

use crate::Clients;
use crate::bookshelf::{BookError, Bookshelf};
use crate::clock::{NoRandomness, WallClock, random_key};
use crate::diary::{Diary, DiaryError};
use crate::failure::told;
use crate::keyring::{Keyring, KeyringError, Keys};
use aws_sdk_ssm::operation::put_parameter::PutParameterError;
use aws_sdk_ssm::types::ParameterType;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use std::sync::Arc;
use wasurena_domain::ids::{CartId, ShopId};
use wasurena_letters::Files;

/// The key that turns addresses into ids.
const IDENTITY_KEY: &str = "keys/identity";
/// The keys that sign links.
const LINK_KEYS: &str = "keys/links";

/// The parameter below a shop's by which the shop is there. It is no secret.
const SHOP_MARKER: &str = "shop";

/// A shop as it is to be.
#[derive(Debug)]
pub struct ShopSettings {
    /// The shop.
    pub shop: ShopId,
    /// Its settings, programme and product files, checked.
    pub files: Files,
    /// How many shards the settings name.
    pub shards: u32,
    /// The secrets of its carts, newest first. A cart that is not named keeps those it has.
    pub carts: BTreeMap<CartId, Vec<SecretString>>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The version of the programme that sends now.
    pub version: u32,
    /// Whether that is a new one.
    pub is_new: bool,
    /// The carts whose secrets were written.
    pub carts: Vec<CartId>,
    /// Keys of the deployment that were made, because it had none.
    pub keys: Vec<&'static str>,
}

impl Applied {
    /// Whether everything stood as it should.
    #[must_use]
    pub fn changed_nothing(&self) -> bool {
        !self.is_new && self.carts.is_empty() && self.keys.is_empty()
    }
}

/// Settings could not be applied. Applying them again is safe.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The programme cannot be published.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The secrets cannot be read.
    #[error(transparent)]
    Keys(#[from] KeyringError),
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// A parameter cannot be written.
    #[error("the parameter {name} cannot be written: {why}")]
    Secret {
        /// The parameter.
        name: String,
        /// What Parameter Store said.
        why: String,
    },
    /// No key can be made.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A shop that could never receive an order.
    #[error("the shop {0} has no cart: add one to the file, such as [carts.shopify] with its secret")]
    NoCart(ShopId),
    /// Follow-ups stand in shards that would never be looked at again.
    #[error("the shop {shop} has {now} shards, and the number of shards never falls: set `shards = {now}` or more")]
    FewerShards {
        /// The shop.
        shop: ShopId,
        /// How many it has.
        now: u32,
    },
}

/// Where settings are applied: a table, and a path of secrets.
#[derive(Debug, Clone)]
pub struct Office {
    diary: Diary,
    ssm: aws_sdk_ssm::Client,
    path: String,
    record: Option<String>,
}

impl Office {
    /// The deployment with this table and this path of secrets, such as `/wasurena`.
    #[must_use]
    pub fn new(clients: &Clients, table: &str, secrets_path: &str) -> Self {
        let path = secrets_path.trim_end_matches('/').to_owned();
        Self { diary: Diary::new(clients.dynamodb(), table), ssm: clients.ssm(), path, record: None }
    }

    /// What is published from here on has this said of it, on record beside its version.
    #[must_use]
    pub fn recording(self, record: Option<String>) -> Self {
        Self { record, ..self }
    }

    /// Makes the shop what its settings say.
    ///
    /// # Errors
    /// [`ApplyError`]; [`ApplyError::NoCart`] and [`ApplyError::FewerShards`] before anything is written.
    pub async fn apply(&self, wanted: &ShopSettings) -> Result<Applied, ApplyError> {
        let ShopSettings { shop, files, shards, carts } = wanted;
        let keys = Keyring::new(self.ssm.clone(), &self.path, Arc::new(WallClock)).keys().await?;
        if carts.is_empty() && !keys.has_carts(shop) {
            return Err(ApplyError::NoCart(shop.clone()));
        }
        let shelf = Bookshelf::new(self.diary.clone());
        let published = self.published(shop, *shards).await?;
        let made = self.make_keys(&keys).await?;
        self.write_marker(&keys, shop).await?;
        let carts = self.write_secrets(&keys, shop, carts).await?;
        let files = files.publishable();
        let (version, is_new) = match published {
            Some((version, standing)) if standing == files => (version, shelf.complete(shop, version, &files).await?),
            _ => (shelf.publish_with(shop, &files, self.record.as_deref()).await?, true),
        };
        Ok(Applied { version, is_new, carts, keys: made })
    }

    /// Makes the keys that the deployment does not have yet, and answers which.
    ///
    /// # Errors
    /// [`ApplyError`] where they can neither be read nor written.
    pub async fn set_up(&self) -> Result<Vec<&'static str>, ApplyError> {
        let keys = Keyring::new(self.ssm.clone(), &self.path, Arc::new(WallClock)).keys().await?;
        self.make_keys(&keys).await
    }

    /// The version that sends, with its files; `None` where nothing was published yet.
    async fn published(&self, shop: &ShopId, shards: u32) -> Result<Option<(u32, Files)>, ApplyError> {
        let version = match self.diary.shop_state(shop).await {
            Ok(state) => state.version,
            Err(DiaryError::NoProgramme(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let Ok(files) = Files::new(self.diary.files(shop, version).await?) else { return Ok(None) };
        // A version whose settings do not load (any more) is no measure for the next.
        match wasurena_letters::load_shop(shop, &files) {
            Ok(standing) if standing.shards > shards => {
                Err(ApplyError::FewerShards { shop: shop.clone(), now: standing.shards })
            }
            _ => Ok(Some((version, files))),
        }
    }

    async fn make_keys(&self, keys: &Keys) -> Result<Vec<&'static str>, ApplyError> {
        let mut made = Vec::new();
        for name in [IDENTITY_KEY, LINK_KEYS].into_iter().filter(|name| !keys.has(name)) {
            let key = random_key()?;
            let value = if name == LINK_KEYS { format!("1:{}", key.expose_secret()).into() } else { key };
            // A key that somebody else made meanwhile is the deployment's: with another, its links and ids are lost.
            if self.write(name, &value, ParameterType::SecureString, false).await? {
                made.push(name);
            }
        }
        Ok(made)
    }

    /// Writes the parameter by which the shop is there, whichever carts it has: when the last cart is taken away,
    /// links in mails still open, what the post says back is still heard, and what was promised is still kept.
    async fn write_marker(&self, keys: &Keys, shop: &ShopId) -> Result<(), ApplyError> {
        let name = format!("shops/{shop}/{SHOP_MARKER}");
        if !keys.has(&name) {
            self.write(&name, &shop.to_string().into(), ParameterType::String, false).await?;
        }
        Ok(())
    }

    async fn write_secrets(
        &self,
        keys: &Keys,
        shop: &ShopId,
        carts: &BTreeMap<CartId, Vec<SecretString>>,
    ) -> Result<Vec<CartId>, ApplyError> {
        let mut written = Vec::new();
        for (cart, secrets) in carts {
            let texts = |secrets: &[SecretString]| -> Vec<String> {
                secrets.iter().map(|secret| secret.expose_secret().trim().to_owned()).collect()
            };
            let wanted = texts(secrets);
            if keys.cart(shop, cart).is_some_and(|standing| texts(&standing) == wanted) {
                continue;
            }
            let name = format!("shops/{shop}/carts/{cart}");
            self.write(&name, &wanted.join("\n").into(), ParameterType::SecureString, true).await?;
            written.push(cart.clone());
        }
        Ok(written)
    }

    /// Writes a parameter, and answers whether it did: without `overwrite` one that stands is left as it is.
    async fn write(
        &self,
        name: &str,
        value: &SecretString,
        kind: ParameterType,
        overwrite: bool,
    ) -> Result<bool, ApplyError> {
        let name = format!("{}/{name}", self.path);
        let request = self.ssm.put_parameter().name(&name).value(value.expose_secret()).overwrite(overwrite);
        match request.r#type(kind).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.as_service_error().is_some_and(PutParameterError::is_parameter_already_exists) => {
                Ok(false)
            }
            Err(error) => Err(ApplyError::Secret { name, why: told(&error) }),
        }
    }
}
