//! What a shop's file asks for: read together with all it names, and judged as a whole.

use super::secrets;
use crate::folder::{self, Texts};
use anyhow::Context;
use std::path::{Path, PathBuf};
use wasurena_cloud::shop_settings::ShopSettings;
use wasurena_domain::ids::ShopId;
use wasurena_letters::{Deployment, Files, Problem, Published, SHOP_FILE, read_deployment};

/// What a shop is to be.
pub(crate) struct Wanted {
    pub(crate) settings: ShopSettings,
    /// The settings and the programme that come of it.
    pub(crate) book: Published,
    /// What its owner should look at all the same.
    pub(crate) warnings: Vec<Problem>,
}

/// A shop's file, read.
pub(crate) enum Read {
    /// It may be applied.
    Sound(Box<Wanted>),
    /// What has to be mended first.
    Faulty(Vec<Problem>),
}

/// The id under which settings are judged whose own is missing.
const NAMELESS: &str = "check";

/// Reads a shop's file, the programme and the product files that belong to it, and the secrets it names.
pub(crate) fn read(file: &Path) -> anyhow::Result<Read> {
    let source = folder::text(file)?;
    let home = file.parent().unwrap_or(Path::new("")).to_owned();
    let home = if home.as_os_str().is_empty() { PathBuf::from(".") } else { home };
    let carts: Vec<&'static str> = wasurena_carts::all().map(wasurena_carts::Cart::id).collect();

    let mut problems = Vec::new();
    let deployment = read_deployment(&source, &carts).map_err(|found| problems.extend(found)).ok();
    let mut texts = programme(&home, deployment.as_ref())?;
    texts.extend(folder::products(&home, &source)?);
    texts.push((SHOP_FILE.to_owned(), source));
    let files = Files::new(texts)?;

    let shop = deployment.as_ref().map_or_else(|| ShopId::parse(NAMELESS), |d| Ok(d.shop.clone()))?;
    let book = wasurena_letters::load(&shop, &files).map_err(|found| problems.extend(found)).ok();
    let carts = deployment.map(|deployment| secrets::find(&deployment.carts, &home, &mut problems));
    match (book, carts) {
        (Some(book), Some(carts)) if problems.is_empty() => {
            let warnings = told(book.warnings().to_vec(), file);
            let settings = ShopSettings { shop, files, shards: book.shop.shards, carts };
            Ok(Read::Sound(Box::new(Wanted { settings, book: book.published(), warnings })))
        }
        _ => Ok(Read::Faulty(told(problems, file))),
    }
}

/// The programme that a shop uses: that of the folder it names, else that of its own folder, else the built-in one.
fn programme(home: &Path, deployment: Option<&Deployment>) -> anyhow::Result<Texts> {
    let named = deployment.and_then(|deployment| deployment.programme.as_deref());
    let own = || home.join("programme.toml").is_file().then(|| home.to_owned());
    match named.map(|name| home.join(name)).or_else(own) {
        Some(folder) => folder::programme(&folder).context("the programme that the shop's file names cannot be used"),
        None => {
            // Its settings are those of a sample; only what it says and when is of use to another shop.
            let built_in = wasurena_letters::utsuwa(chrono::NaiveDate::MIN);
            Ok(built_in.iter().filter(|(path, _)| *path != SHOP_FILE).map(owned).collect())
        }
    }
}

fn owned((path, text): (&str, &str)) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

/// The problems in order, each once, with the name that the file has on this disk.
fn told(mut problems: Vec<Problem>, file: &Path) -> Vec<Problem> {
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    problems.dedup();
    for problem in problems.iter_mut().filter(|problem| problem.file == SHOP_FILE) {
        problem.file = file.display().to_string();
    }
    problems
}
