//! A shop's files, one of them broken: loading answers, says where, tells no secret; and what is published is read again
//! as it was.

use crate::corpus::Corpus;
use crate::engine::{Input, fuzz};
use secrecy::ExposeSecret as _;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use wasurena_domain::ids::ShopId;
use wasurena_letters::{
    Files, Letters, Problem, Published, SHOP_FILE, SecretPlace, Sheets, load, read_deployment, settings_only,
};

/// A secret that stands in the corpus, and in nothing that is said of it.
const SECRET: &str = "sample-secret-0123456789";

/// The corpus's programme: the files whose names have no number. Those with one are nasty.
static PROGRAMME: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let corpus = Corpus::of("letters");
    let sound = corpus.files().filter(|(file, _)| !file.starts_with(|c: char| c.is_ascii_digit()));
    sound.map(|(file, bytes)| (path_of(file), String::from_utf8(bytes.to_vec()).unwrap())).collect()
});

/// Where a file of the corpus stands in a programme's folder.
fn path_of(file: &str) -> String {
    file.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-').replace("__", "/")
}

/// The programme with one file more, or another one.
pub(crate) fn with(path: &str, text: &str) -> Option<Files> {
    let mut files = PROGRAMME.clone();
    files.insert(path.to_owned(), text.to_owned());
    Files::new(files).ok()
}

pub(crate) fn are_told(problems: &[Problem], files: &Files) {
    assert!(!problems.is_empty(), "it fails, and nobody says why");
    for problem in problems {
        assert!(!problem.what.is_empty() && !problem.mend.is_empty() && problem.line != Some(0), "{problem}");
        let lines = files.get(&problem.file).map_or(usize::MAX, |text| text.lines().count().max(1));
        assert!(problem.line.is_none_or(|line| line <= lines + 1), "{problem}: it has {lines} lines");
        assert!(!problem.to_string().contains(SECRET), "a secret is told");
    }
}

fn read(input: &Input<'_>) {
    let path = path_of(input.file);
    let text = String::from_utf8_lossy(input.bytes);
    let Some(files) = with(&path, &text) else { return };
    if path == SHOP_FILE {
        deployment(&text);
    }
    match load(&ShopId::parse("sakura").unwrap(), &files) {
        Err(problems) => are_told(&problems, &files),
        Ok(book) => {
            let (published, sheets) = (book.published(), book.letters().sheets());
            let page = serde_json::to_string(&published).expect("settings can be written");
            assert_eq!(serde_json::from_str::<Published>(&page).expect("settings can be read"), published);
            let page = serde_json::to_string(&sheets).expect("letters can be written");
            let again: Sheets = serde_json::from_str(&page).expect("letters can be read");
            assert_eq!(Letters::open(again.clone()).expect("letters can be opened").sheets(), sheets);
        }
    }
}

/// What `shop.toml` says to the deployment: nobody is told its secrets, and none is published.
fn deployment(source: &str) {
    match read_deployment(source, &["shopify", "woocommerce", "stripe", "standard"]) {
        Err(problems) => {
            assert!(problems.iter().all(|problem| !problem.to_string().contains(SECRET)), "a secret is told");
        }
        Ok(deployment) => {
            assert!(!format!("{deployment:?}").contains(SECRET), "a secret is shown");
            let published = settings_only(source).expect("what could be read is TOML");
            for place in deployment.carts.iter().map(|cart| &cart.secret.place) {
                if let SecretPlace::Here(secret) = place
                    && secret.expose_secret().len() > 8
                {
                    assert!(!published.contains(secret.expose_secret()), "a secret is published");
                }
            }
        }
    }
}

#[test]
fn letters() {
    fuzz("letters", 250, read);
}

#[test]
fn the_corpus_s_programme_is_sound() {
    let files = Files::new(PROGRAMME.clone()).unwrap();
    let told = |problems: Vec<Problem>| problems.iter().map(|problem| format!("{problem}\n")).collect::<String>();
    load(&ShopId::parse("sakura").unwrap(), &files).unwrap_or_else(|problems| panic!("{}", told(problems)));
}
