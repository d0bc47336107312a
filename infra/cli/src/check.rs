//! `wasurena check`: what is wrong with a programme, where, and how to mend it.

use anyhow::Context;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use wasurena_domain::ids::ShopId;
use wasurena_letters::Files;

/// The folder's name stands in for the shop's while it is only checked.
const SHOP: &str = "check";
const ENDINGS: [&str; 3] = ["toml", "txt", "mjml"];

/// Checks the programme in a folder. Exit code 1 where anything was found.
pub(crate) fn run(folder: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files)?;
    anyhow::ensure!(
        !files.is_empty(),
        "{} holds no programme: name the folder with shop.toml and programme.toml",
        folder.display()
    );
    let files = Files::new(files)?;
    match wasurena_letters::load(&ShopId::parse(SHOP)?, &files) {
        Ok(book) => {
            let messages = book.programme.messages().count();
            writeln!(out, "{}: {messages} messages, nothing to mend", folder.display())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            for problem in &problems {
                writeln!(out, "{problem}")?;
            }
            writeln!(out, "{} to mend", problems.len())?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The programme's files below `folder`, by their paths from `root`, with `/` between the parts.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("{} cannot be read: is it a folder?", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| ENDINGS.contains(&e)) {
            let name: Vec<_> = path.strip_prefix(root)?.components().map(|c| c.as_os_str().to_string_lossy()).collect();
            let text = fs::read_to_string(&path).with_context(|| format!("{} is not UTF-8 text", path.display()))?;
            files.push((name.join("/"), text));
        }
    }
    Ok(())
}
