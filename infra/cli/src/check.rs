//! `wasurena check`: what is wrong with a programme, where, and how to mend it.

use crate::folder;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use wasurena_domain::ids::ShopId;
use wasurena_letters::{Files, Problem};

/// The folder's name stands in for the shop's while it is only checked.
const SHOP: &str = "check";

/// Checks the programme in a folder. Exit code 1 where anything was found that keeps it from being published.
pub(crate) fn run(folder: &Path, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let files = Files::new(folder::everything(folder)?)?;
    match wasurena_letters::load(&ShopId::parse(SHOP)?, &files) {
        Ok(book) => {
            print(book.warnings(), out)?;
            let messages = book.programme.messages().count();
            let warned = counted(book.warnings().len());
            writeln!(out, "{}: {messages} messages, nothing to mend{warned}", folder.display())?;
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => {
            print(&problems, out)?;
            writeln!(out, "{}", to_mend(&problems))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// One finding a line.
pub(crate) fn print(problems: &[Problem], out: &mut impl Write) -> std::io::Result<()> {
    problems.iter().try_for_each(|problem| writeln!(out, "{problem}"))
}

/// How many of them have to be mended, and how many are the owner's to judge.
pub(crate) fn to_mend(problems: &[Problem]) -> String {
    let warnings = problems.iter().filter(|problem| problem.is_warning()).count();
    format!("{} to mend{}", problems.len() - warnings, counted(warnings))
}

fn counted(warnings: usize) -> String {
    match warnings {
        0 => String::new(),
        1 => ", 1 warning".to_owned(),
        n => format!(", {n} warnings"),
    }
}
