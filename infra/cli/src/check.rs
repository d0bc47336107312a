//! `wasurena check`: what is wrong with a programme, where, and how to mend it.

use crate::folder;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use wasurena_domain::ids::ShopId;
use wasurena_letters::Files;

/// The folder's name stands in for the shop's while it is only checked.
const SHOP: &str = "check";

/// Checks the programme in a folder. Exit code 1 where anything was found.
pub(crate) fn run(folder: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let files = Files::new(folder::everything(folder)?)?;
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
