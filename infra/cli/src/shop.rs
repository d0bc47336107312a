//! `wasurena shop apply`: a shop's file, checked with all it names, held against the customers whom the shop has, then put
//! in place.

mod changes;
mod secrets;
mod wanted;

use crate::check;
use crate::site::{Rooms, Site};
use anyhow::Context as _;
use changes::{Changes, changes, plan_anew};
use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use wanted::{Read, Wanted};
use wasurena_cloud::bookshelf::{BookError, OpenBook};
use wasurena_cloud::diary::DiaryError;
use wasurena_cloud::keyring::KeyringError;
use wasurena_cloud::shop_settings::{Applied, ApplyError, Office, ShopSettings};
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_letters::{Files, renamed};

/// What `wasurena shop apply` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The shop's file, such as shop.toml
    file: PathBuf,
    /// Only show what it would change for the customers, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Plan anew for every customer, also where nothing changed: after a publication that broke off
    #[arg(long)]
    plan_anew: bool,
    /// Publish although a promise to a customer breaks (R1, R2), for this reason, which goes on record
    #[arg(long, value_name = "WHY")]
    force: Option<String>,
    #[command(flatten)]
    site: Site,
}

/// What a publication changes for the shop's customers, as it stays on record beside the version.
#[derive(Debug, Serialize)]
struct Record<'a> {
    at: DateTime<Utc>,
    #[serde(flatten)]
    changes: &'a Changes,
    #[serde(skip_serializing_if = "Option::is_none")]
    forced: Option<&'a str>,
}

/// Checks and applies. Exit code 1 where anything was found; then nothing is written.
pub(crate) async fn apply(apply: Apply, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let wanted = match wanted::read(&apply.file)? {
        Read::Sound(wanted) => wanted,
        Read::Faulty(problems) => {
            check::print(&problems, out)?;
            writeln!(out, "{}; nothing was written", check::to_mend(&problems))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    check::print(&wanted.warnings, out)?;
    let rooms = apply.site.open().await?;
    let standing =
        standing(&rooms, &wanted.settings.shop).await.map_err(|error| unapplied(error.into(), apply.site.local()))?;
    let (record, mut concerned) = match &standing {
        None => (None, Vec::new()),
        Some(standing) => match apply.hold_against(&rooms, &wanted, standing, out).await? {
            Held::Fits { record, concerned } => (record, concerned),
            Held::Refused => return Ok(ExitCode::FAILURE),
        },
    };
    if apply.dry_run {
        writeln!(out, "nothing was written")?;
        return Ok(ExitCode::SUCCESS);
    }
    let Site { table, secrets_path, .. } = &apply.site;
    let clients = apply.site.clients().await;
    let applied = Office::new(&clients, table, secrets_path).recording(record).apply(&wanted.settings).await;
    let applied = applied.map_err(|error| unapplied(error, apply.site.local()))?;
    tell(&wanted.settings, &applied, apply.site.local(), out)?;
    if apply.plan_anew {
        concerned = rooms.diary.everybody(&wanted.settings.shop).await?.into_iter().map(|r| r.customer.id).collect();
    }
    if !concerned.is_empty() {
        let planned = plan_anew(&rooms.diary, &wanted.book.shop, &concerned, rooms.clock.now()).await;
        let planned =
            planned.context("it is published, but not everybody is planned for anew: apply it with --plan-anew")?;
        writeln!(out, "  {planned} customers are planned for anew")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The version that sends now.
struct Standing {
    open: OpenBook,
    files: Files,
}

/// The version that sends; `None` where there is none, or none that can be read any more: then nothing can be held
/// against it.
async fn standing(rooms: &Rooms, shop: &ShopId) -> Result<Option<Standing>, BookError> {
    let open = match rooms.bookshelf.open(shop).await {
        Ok(open) => open,
        Err(BookError::Broken { .. } | BookError::Diary(DiaryError::NoProgramme(_))) => return Ok(None),
        Err(error) => return Err(error),
    };
    let files = rooms.diary.files(shop, open.version).await?;
    Ok(Files::new(files).ok().map(|files| Standing { open, files }))
}

/// What comes of holding a programme against the one that sends.
enum Held {
    /// It may be published.
    Fits {
        /// What it changes, where it changes anything for anybody.
        record: Option<String>,
        /// For whom.
        concerned: Vec<CustomerId>,
    },
    /// It may not.
    Refused,
}

impl Apply {
    /// Holds what is wanted against what stands: no message under another name, and no promise that breaks.
    async fn hold_against(
        &self,
        rooms: &Rooms,
        wanted: &Wanted,
        standing: &Standing,
        out: &mut impl Write,
    ) -> anyhow::Result<Held> {
        let renamed = renamed(&standing.files, &wanted.settings.files);
        if !renamed.is_empty() {
            check::print(&renamed, out)?;
            writeln!(out, "{}; nothing was written", check::to_mend(&renamed))?;
            return Ok(Held::Refused);
        }
        let Standing { open: OpenBook { book, version, .. }, .. } = standing;
        let (before, after) = (book.as_ref(), &wanted.book);
        if before == after {
            return Ok(Held::Fits { record: None, concerned: Vec::new() });
        }
        let at = rooms.clock.now();
        let changes = changes(&rooms.diary, before, after, at).await?;
        writeln!(out, "{}: against version {version}:", wanted.settings.shop)?;
        changes.tell(out)?;
        if changes.broken_count > 0 && self.force.is_none() {
            writeln!(
                out,
                "it is not published, because promises would break; change it, or say why it must be so: --force \"why\""
            )?;
            return Ok(Held::Refused);
        }
        let forced = self.force.as_deref().filter(|_| changes.broken_count > 0);
        let record = Some(serde_json::to_string(&Record { at, changes: &changes, forced })?);
        Ok(Held::Fits { record, concerned: changes.concerned })
    }
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
