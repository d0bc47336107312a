//! `wasurena shop apply`: a shop's file, checked with all it names, then put in place.

mod secrets;
mod wanted;

use crate::site::Site;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use wanted::Read;
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::keyring::KeyringError;
use wasurena_cloud::shop_settings::{Applied, ApplyError, Office, ShopSettings};

/// What `wasurena shop apply` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The shop's file, such as shop.toml
    file: PathBuf,
    #[command(flatten)]
    site: Site,
}

/// Checks and applies. Exit code 1 where anything was found; then nothing is written.
pub(crate) async fn apply(apply: Apply, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let wanted = match wanted::read(&apply.file)? {
        Read::Sound(wanted) => wanted,
        Read::Faulty(problems) => {
            for problem in &problems {
                writeln!(out, "{problem}")?;
            }
            writeln!(out, "{} to mend; nothing was written", problems.len())?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let Site { table, secrets_path, .. } = &apply.site;
    let clients = apply.site.clients().await;
    let applied = Office::new(&clients, table, secrets_path).apply(&wanted).await;
    let applied = applied.map_err(|error| unapplied(error, apply.site.local()))?;
    tell(&wanted, &applied, apply.site.local(), out)?;
    Ok(ExitCode::SUCCESS)
}

/// What went wrong, and where nobody answered, why that may be.
fn unapplied(error: ApplyError, local: Option<&str>) -> anyhow::Error {
    let is_unanswered = matches!(
        error,
        ApplyError::Keys(KeyringError::Unavailable { .. }) | ApplyError::Diary(DiaryError::Unavailable(_))
    );
    let hint = match local {
        Some(url) => format!("nothing answered at {url}: is `wasurena up` running there?"),
        None => "AWS did not answer: are the credentials and the region of your shell set, and the table there? \
                 Applying it again is safe"
            .to_owned(),
    };
    let error = anyhow::Error::new(error);
    if is_unanswered { error.context(hint) } else { error }
}

/// What was done, and what is left for the operator. Never a secret.
fn tell(wanted: &ShopSettings, applied: &Applied, local: Option<&str>, out: &mut impl Write) -> std::io::Result<()> {
    let ShopSettings { shop, carts, .. } = wanted;
    if applied.changed_nothing() {
        writeln!(out, "{shop}: nothing changed, version {} goes on", applied.version)?;
    } else if applied.is_new {
        writeln!(out, "{shop}: version {} is published", applied.version)?;
    } else {
        writeln!(out, "{shop}: version {} goes on", applied.version)?;
    }
    for key in &applied.keys {
        writeln!(out, "  made the deployment's {key}: keep it as long as there are customers")?;
    }
    for cart in &applied.carts {
        writeln!(out, "  stored the secret of {cart}: it counts within five minutes")?;
    }
    for cart in carts.keys() {
        let host = local.unwrap_or("https://<your webhook address>");
        writeln!(out, "  webhook of {cart}: {host}/hooks/{shop}/{cart}")?;
    }
    Ok(())
}
