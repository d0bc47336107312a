//! What a `shop.toml` says to the deployment alone: which shop it is, which programme it uses, and the secrets
//! with which its carts sign. None of it is a setting, and none of it reaches the diary: [`settings_only`] is
//! what is published.

use crate::problem::Problem;
use crate::shop_file::{DEPLOYMENT_KEYS, SHOP_FILE};
use crate::toml_reader::{Document, Table, text};
use crate::values::{product_files, shop_id};
use secrecy::SecretString;
use std::borrow::Cow;
use wasurena_domain::ids::{CartId, ShopId};

/// What a `shop.toml` says to the deployment.
#[derive(Debug)]
pub struct Deployment {
    /// The shop.
    pub shop: ShopId,
    /// The folder of its programme, from the file's own; `None` where it names none.
    pub programme: Option<String>,
    /// Its carts.
    pub carts: Vec<CartEntry>,
}

/// A cart, and where its secrets are found.
#[derive(Debug)]
pub struct CartEntry {
    /// The cart.
    pub cart: CartId,
    /// The secret in force.
    pub secret: SecretSource,
    /// The one before, while carts still sign with it.
    pub previous: Option<SecretSource>,
}

/// Where a secret is found, and the line that says so.
#[derive(Debug)]
pub struct SecretSource {
    /// The line in `shop.toml`.
    pub line: usize,
    /// Where.
    pub place: SecretPlace,
}

/// Where a secret is found. Its `Debug` shows no secret.
#[derive(Debug)]
pub enum SecretPlace {
    /// Here.
    Here(SecretString),
    /// In a file, by its path from the file's own folder.
    File(String),
    /// In a variable of the environment.
    Environment(String),
}

impl SecretSource {
    /// Something that is wrong with the secret found there. `what` must not hold it.
    #[must_use]
    pub fn problem(&self, what: &str, mend: &str) -> Problem {
        Problem::form(SHOP_FILE, self.line, what, mend)
    }
}

/// Reads what a `shop.toml` says to the deployment; `carts` are the carts there are. Its settings are not judged
/// here: [`crate::load`] does that.
///
/// # Errors
/// Everything that is wrong with it.
pub fn read_deployment(source: &str, carts: &[&'static str]) -> Result<Deployment, Vec<Problem>> {
    let document = Document::parse(SHOP_FILE, source);
    let deployment = document.top().and_then(|top| deployment(top, carts));
    let problems = document.into_problems();
    if problems.is_empty() { deployment.ok_or_else(Vec::new) } else { Err(problems) }
}

fn deployment(mut top: Table<'_>, known: &[&'static str]) -> Option<Deployment> {
    let shop = top.required("id", "\"sakura\"", shop_id);
    let programme = top.optional("programme", "\"programme\"", text);
    let carts = top.optional_section("carts").map(|mut table| {
        let each = table.each_section("carts.").into_iter();
        let read: Vec<_> = each.map(|(name, line, table)| cart(&top, &name, line, table?, known)).collect();
        read.into_iter().collect::<Option<Vec<_>>>()
    });
    Some(Deployment { shop: shop?, programme: programme?, carts: carts.unwrap_or(Some(Vec::new()))? })
}

fn cart(top: &Table<'_>, name: &str, line: usize, mut table: Table<'_>, known: &[&'static str]) -> Option<CartEntry> {
    if !known.contains(&name) {
        top.note_at(line, "there is no cart of this name", format!("use one of: {}", known.join(", ")));
        return None;
    }
    let secret = source(&mut table, ["secret", "secret_file", "secret_env"]);
    let previous = source(&mut table, ["previous_secret", "previous_secret_file", "previous_secret_env"]);
    if let Ok(None) = secret {
        let mend = "add one of: secret = \"…\", secret_file = \"shopify.secret\", secret_env = \"SHOPIFY_SECRET\"";
        top.note_at(line, format!("[carts.{name}] has no secret: without it nobody knows who sends"), mend);
    }
    table.finish();
    Some(CartEntry { cart: CartId::parse(name).ok()?, secret: secret.ok()??, previous: previous.ok()? })
}

/// Reads a secret's source by one of three keys. `Err` where that is noted.
fn source(table: &mut Table<'_>, keys: [&'static str; 3]) -> Result<Option<SecretSource>, ()> {
    let values = keys.map(|key| table.optional(key, "\"…\"", secret_text));
    let mut found = Vec::new();
    for (place, value) in values.into_iter().enumerate() {
        if let Some(value) = value.ok_or(())? {
            found.push((keys[place], place, value));
        }
    }
    if let [_, (key, ..), ..] = found.as_slice() {
        table.note(key, format!("`{key}` stands beside another of {}", keys.join(", ")), "keep one of them");
        return Err(());
    }
    let lines = table.lines();
    Ok(found.pop().map(|(key, kind, value)| SecretSource {
        line: lines.of(key),
        place: match kind {
            0 => SecretPlace::Here(value.into()),
            1 => SecretPlace::File(value),
            _ => SecretPlace::Environment(value),
        },
    }))
}

/// A text of one line that is not empty. What is said of another does not hold it.
fn secret_text(value: &toml::de::DeValue<'_>) -> Result<String, String> {
    text(value).map_err(|_| "a text of one line that is not empty".to_owned())
}

/// The product files that a `shop.toml` names. What is wrong with them is for [`crate::load`] to say.
#[must_use]
pub fn product_files_of(source: &str) -> Vec<String> {
    let document = Document::parse(SHOP_FILE, source);
    document.top().and_then(|mut top| top.quietly("products", product_files)).unwrap_or_default()
}

/// A `shop.toml` as it may be published: without what it says to the deployment. A file that says nothing to it
/// stays as it is; of any other only keys and values are kept, since a comment may hold an old secret.
/// `None` where it is no TOML: then nobody knows what is in it.
#[must_use]
pub fn settings_only(source: &str) -> Option<Cow<'_, str>> {
    let mut table: toml::Table = source.parse().ok()?;
    let before = table.len();
    table.retain(|key, _| !DEPLOYMENT_KEYS.contains(&key));
    if table.len() == before { Some(Cow::Borrowed(source)) } else { toml::to_string(&table).ok().map(Cow::Owned) }
}
