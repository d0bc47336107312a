//! A programme that was loaded, checked and compiled; and the mails it writes.

use crate::answers::{check_shown, taps};
use crate::compile::{Templates, letter_file};
use crate::context::Facts;
use crate::files::Files;
use crate::key_content::check_answers;
use crate::language::Language;
use crate::letters::{Letter, Letters, Mail, RenderError};
use crate::mourning::check_congratulations;
use crate::problem::Problem;
use crate::programme_file::{Draft, PROGRAMME_FILE, read_programme};
use crate::rehearse::rehearse;
use crate::script::check_script;
use crate::selling::check_selling;
use crate::shop_file::read_shop;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use wasurena_domain::ids::{ShopId, StepId};
use wasurena_domain::programme::{Class, Programme};
use wasurena_domain::shop::Shop;

/// A shop's programme, ready to write: settings, plan, and letters that were tried out.
pub struct Book {
    /// The shop.
    pub shop: Shop,
    /// Which messages go out, and when.
    pub programme: Programme,
    version: String,
    warnings: Vec<Problem>,
    pub(crate) letters: Letters,
}

/// What everybody but the sender needs of a published programme: the shop's settings, and which messages go out when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The shop.
    pub shop: Shop,
    /// Which messages go out, and when.
    pub programme: Programme,
    /// The language in which it speaks to people.
    #[serde(default)]
    pub language: Language,
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Book({}, version {})", self.shop.id, self.version)
    }
}

impl Book {
    /// The version of the programme: 16 hexadecimal digits that are others as soon as any of its files is.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What is published of it beside its letters.
    #[must_use]
    pub fn published(&self) -> Published {
        Published { shop: self.shop.clone(), programme: self.programme.clone(), language: self.letters.language }
    }

    /// What its owner should look at, ordered by file and line: nothing that keeps it from being published.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// Its letters.
    #[must_use]
    pub fn letters(&self) -> &Letters {
        &self.letters
    }

    /// Writes a message's mail.
    ///
    /// # Errors
    /// [`RenderError`]; nothing may be sent then.
    pub fn render(&self, step: &StepId, facts: &Facts<'_>) -> Result<Mail, RenderError> {
        self.letters.render(&self.shop, step, facts)
    }
}

/// Reads a shop's settings alone.
///
/// # Errors
/// Everything that is wrong with them.
pub fn load_shop(shop: &ShopId, files: &Files) -> Result<Shop, Vec<Problem>> {
    let mut problems = Vec::new();
    read_shop(shop, files, &mut problems).ok_or(problems)
}

/// Reads a programme, checks it against the rules, compiles it, and tries every letter out.
///
/// # Errors
/// Everything that is found in it, ordered by file and line, where one of that keeps it from being published.
pub fn load(shop: &ShopId, files: &Files) -> Result<Book, Vec<Problem>> {
    let mut problems = Vec::new();
    let shop = read_shop(shop, files, &mut problems);
    let draft = read_programme(files, shop.as_ref(), &mut problems);
    let mut templates = Templates::new(files, &mut problems);
    let letters = draft.as_ref().map(|draft| letters(draft, files, &mut templates, &mut problems));
    problems.extend(draft.iter().flat_map(|draft| check_congratulations(&draft.programme, files)));
    if let (Some(shop), Some(draft), Some(letters)) = (shop, draft, letters) {
        let mut book = Book {
            shop,
            programme: draft.programme.clone(),
            version: files.version(),
            warnings: Vec::new(),
            letters: Letters { letters, templates, language: draft.language, unnamed: draft.unnamed.clone() },
        };
        rehearse(&book, files, &mut problems);
        // Lives with a programme that breaks a rule anyway would only say so again, in other words.
        if problems.iter().all(Problem::is_warning) {
            problems.extend(draft.on_trial(&book.shop));
            problems.extend(draft.repeated());
        }
        if problems.iter().all(Problem::is_warning) {
            book.warnings = in_order(problems);
            return Ok(book);
        }
    }
    Err(in_order(problems))
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    problems
}

/// Compiles every message's letter, and finds the letters that no message has.
fn letters(
    draft: &Draft,
    files: &Files,
    templates: &mut Templates,
    problems: &mut Vec<Problem>,
) -> BTreeMap<StepId, Letter> {
    let mut letters = BTreeMap::new();
    let listening = &draft.programme.listening;
    let bound_to_purchase =
        |id: &StepId| listening.is_remedy(id) || draft.programme.steps.iter().any(|step| step.has(id));
    for (id, class) in draft.programme.messages() {
        let file = letter_file(id.as_str());
        let Some(source) = files.get(&file) else {
            let what = format!("`{id}` has no letter");
            problems.push(Problem::form(PROGRAMME_FILE, draft.line_of(id), what, format!("write {file}")));
            continue;
        };
        // Whoever waits for a thing hears how it is coming on, whatever they said about hearing more.
        let awaited = draft.programme.steps.iter().any(|step| step.has(id) && step.arrives_late);
        let bound = awaited || matches!(class, Class::Thanks | Class::Survey | Class::Usage | Class::Remedy);
        let by_consent = !bound || !bound_to_purchase(id);
        let roots = templates.add_letter(&file, source, class, problems);
        problems.extend(check_selling(&file, source, Some(class)));
        problems.extend(check_answers(&file, source));
        // What makes good goes by mail.
        let channels = draft.programme.channels_of(id).cloned().unwrap_or_default();
        problems.extend(check_script(&file, source, class, &channels, draft.language));
        let question = listening.questions.get(id);
        problems.extend(check_shown(&file, source, draft.line_of(id), question));
        let answers = question.map(taps).unwrap_or_default();
        letters.insert(id.clone(), Letter { file, class, by_consent, roots, answers });
    }
    if draft.complete {
        let known = |path: &str| letters.values().any(|letter| letter.file == path);
        let hidden = |name: &str| name.starts_with('.') || name.ends_with('~');
        for (path, _) in files.iter() {
            let Some(name) = path.strip_prefix("letters/").filter(|name| !hidden(name)) else { continue };
            if !known(path) {
                let what = "no message of the programme has this letter";
                let mend = format!("name it in programme.toml, or take {name} away");
                problems.push(Problem::form(path, 1, what, mend));
            }
        }
    }
    letters
}
