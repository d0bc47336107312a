//! The secrets of a shop's carts: found where its file says, and judged without ever being shown.

use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use std::path::Path;
use wasurena_carts::{InvalidSecret, Secrets};
use wasurena_domain::ids::CartId;
use wasurena_letters::{CartEntry, Problem, SecretPlace, SecretSource};

/// Longest secret, in bytes: two of them fit into a parameter.
const SECRET_BYTES_MAX: usize = 1_000;
/// What keys of Stripe's API begin with, which people take for the secret of its webhooks.
const STRIPE_KEYS: [&str; 3] = ["sk_", "pk_", "rk_"];

/// The secrets of each cart, newest first. What is wrong with them is added to `problems`.
pub(super) fn find(
    carts: &[CartEntry],
    home: &Path,
    problems: &mut Vec<Problem>,
) -> BTreeMap<CartId, Vec<SecretString>> {
    let mut found = BTreeMap::new();
    for entry in carts {
        let sources = std::iter::once(&entry.secret).chain(&entry.previous);
        let secrets: Result<Vec<_>, Problem> = sources.map(|source| usable(&entry.cart, source, home)).collect();
        match secrets {
            Ok(secrets) => drop(found.insert(entry.cart.clone(), secrets)),
            Err(problem) => problems.push(problem),
        }
    }
    found
}

fn usable(cart: &CartId, source: &SecretSource, home: &Path) -> Result<SecretString, Problem> {
    let secret = fetch(source, home)?;
    let text = secret.expose_secret();
    if text.len() > SECRET_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(source.problem("the secret is not one line of at most 1000 bytes", "copy it again, alone"));
    }
    let judged = Secrets::new(secret.clone(), None).map(drop).and_then(|()| of_cart(cart, text));
    match judged {
        Ok(()) if cart.as_str() == "stripe" && STRIPE_KEYS.iter().any(|key| text.starts_with(key)) => {
            let what = "this is a key of Stripe's API and not the secret of its webhook";
            Err(source.problem(what, "copy the signing secret of the webhook's own page: it begins with whsec_"))
        }
        Ok(()) => Ok(secret),
        Err(error) => Err(source.problem(&error.to_string(), "copy it from the page on which the cart shows it")),
    }
}

/// Whether a cart can sign with a secret: Standard Webhooks wants base64, the others take any text.
fn of_cart(cart: &CartId, secret: &str) -> Result<(), InvalidSecret> {
    match cart.as_str() {
        "standard" => wasurena_carts::sign::standard(secret, "check", chrono::DateTime::UNIX_EPOCH, b"").map(drop),
        _ => Ok(()),
    }
}

fn fetch(source: &SecretSource, home: &Path) -> Result<SecretString, Problem> {
    match &source.place {
        SecretPlace::Here(secret) => Ok(secret.clone()),
        SecretPlace::File(name) => match std::fs::read_to_string(home.join(name)) {
            Ok(text) => Ok(text.trim().into()),
            Err(error) => {
                let what = format!("the secret's file cannot be read: {}", error.kind());
                Err(source.problem(&what, "give its path from the folder of the shop's file"))
            }
        },
        SecretPlace::Environment(name) => match std::env::var(name) {
            Ok(text) => Ok(text.trim().into()),
            Err(_) => Err(source.problem("this environment variable is not set", "set it, and apply again")),
        },
    }
}
