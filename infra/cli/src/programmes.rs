//! `wasurena programmes` and `wasurena programme new`: the built-in programmes, and how one of them becomes a shop's own.

use anyhow::{Context, bail, ensure};
use chrono_tz::Asia::Tokyo;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use wasurena_cloud::clock::{Clock as _, WallClock};
use wasurena_domain::calendar::day_of;
use wasurena_domain::ids::ShopId;
use wasurena_letters::{Files, built_in, built_in_names, built_in_purpose};

/// Names every built-in programme.
pub(crate) fn list(out: &mut impl Write) -> anyhow::Result<ExitCode> {
    for name in built_in_names() {
        let messages = messages(&files(name)?)?;
        let purpose = built_in_purpose(name).unwrap_or_default();
        writeln!(out, "{name:<14} {messages:>3} messages  {purpose}")?;
    }
    writeln!(out, "\nwasurena programme new NAME FOLDER writes one out, to be made your own")?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a built-in programme into a folder that holds nothing yet.
pub(crate) fn write(name: &str, folder: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let files = files(name)?;
    let shown = folder.display();
    if folder.exists() {
        let mut inside = fs::read_dir(folder).with_context(|| format!("{shown} is no folder"))?;
        ensure!(inside.next().is_none(), "{shown} is not empty, and nothing in it is overwritten: name a new folder");
    }
    for (path, text) in files.iter() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder)).with_context(|| format!("{shown} cannot be made"))?;
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    writeln!(out, "{shown}: {} files. Next:", files.iter().count())?;
    writeln!(out, "  1. shop.toml: your shop's name, address and sender")?;
    writeln!(out, "  2. letters/: the stories and customers' voices are a sample shop's; put your own in their place")?;
    writeln!(out, "  3. wasurena check {shown}")?;
    writeln!(out, "  4. wasurena simulate --shop {shown}")?;
    Ok(ExitCode::SUCCESS)
}

/// A built-in programme that follows up from today on.
fn files(name: &str) -> anyhow::Result<Files> {
    let today = day_of(WallClock.now(), Tokyo);
    let Some(files) = built_in(name, today) else {
        let names: Vec<&str> = built_in_names().collect();
        bail!("there is no built-in programme {name}; there are: {}", names.join(", "));
    };
    Ok(files)
}

/// How many messages a programme has.
fn messages(files: &Files) -> anyhow::Result<usize> {
    let book = wasurena_letters::load(&ShopId::parse("check")?, files);
    let book = book.map_err(|problems| anyhow::anyhow!("a built-in programme has {} to mend", problems.len()))?;
    Ok(book.programme.messages().count())
}
