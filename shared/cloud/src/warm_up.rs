//! What a function does before its first event comes, while Lambda initialises it: connections are opened, secrets
//! and a programme are read. Then it has a whole processor; later only its share of one, and a TLS handshake
//! alone takes most of a second at the smallest size.

use crate::bookshelf::Bookshelf;
use crate::keyring::Keyring;
use std::fmt::Display;
use wasurena_domain::ids::ShopId;

/// Reads the secrets, and through the connection to the diary that this opens, the first shop's programme.
/// Answers which that is.
pub async fn secrets_and_programme(keyring: &Keyring, bookshelf: &Bookshelf) -> Option<(ShopId, u32)> {
    let keys = keyring.keys().await;
    note("secrets", &keys);
    let shop = keys.ok()?.shops().into_iter().next()?;
    let open = Box::pin(bookshelf.open(&shop)).await;
    note("programme", &open);
    Some((shop, open.ok()?.version))
}

/// Says what could not be had yet. It is asked for again when it is needed, and then its lack is an error.
pub fn note<T, E: Display>(what: &'static str, result: &Result<T, E>) {
    if let Err(error) = result {
        tracing::warn!(what, %error, "warm_up.failed");
    }
}
