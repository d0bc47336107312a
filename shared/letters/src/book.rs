//! A programme that was loaded, checked and compiled; and the mails it writes.

use crate::compile::{GREETING_FILE, HTML_FRAME, TEXT_FRAME_FILE, Templates, describe, letter_file, subject_name};
use crate::context::{Count, Facts, Part, Words, letter_words};
use crate::files::Files;
use crate::problem::Problem;
use crate::programme_file::{Draft, PROGRAMME_FILE, read_programme};
use crate::rehearse::rehearse;
use crate::shop_file::read_shop;
use crate::text::{joined, line, one_line, paragraphs};
use minijinja::value::Value;
use minijinja::{Environment, Error};
use std::collections::BTreeMap;
use std::fmt;
use wasurena_domain::ids::{ShopId, StepId};
use wasurena_domain::programme::{Class, Programme, SELLING_FROM_OCCASION};
use wasurena_domain::shop::Shop;

/// A shop's programme, ready to write: settings, plan, and letters that were tried out.
pub struct Book {
    /// The shop.
    pub shop: Shop,
    /// Which messages go out, and when.
    pub programme: Programme,
    version: String,
    pub(crate) letters: BTreeMap<StepId, Letter>,
    pub(crate) templates: Templates,
}

/// A letter: its words are among the templates.
pub(crate) struct Letter {
    pub(crate) file: String,
    pub(crate) class: Class,
    /// Whether it goes only to those who asked to hear from the shop.
    pub(crate) by_consent: bool,
    /// The addresses that it spells out.
    roots: Vec<String>,
}

/// A mail, rendered. It is addressed to a person, so its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject: one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({} bytes of HTML)", self.html.len())
    }
}

impl fmt::Debug for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Book({}, version {})", self.shop.id, self.version)
    }
}

/// Why a mail was not rendered. Never holds a value: it may be a person's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The programme has no such message (any more).
    #[error("the programme has no message `{step}`; cancel what is planned for it")]
    UnknownStep {
        /// The message.
        step: StepId,
    },
    /// A letter that sells, for somebody who has bought once (R14).
    #[error("`{step}` sells, and this customer has not bought twice (R14); it must not go out")]
    SellsTooEarly {
        /// The message.
        step: StepId,
    },
    /// A template asks for what these facts do not have.
    #[error("{file}:{line}: {what}; run `wasurena check`")]
    Template {
        /// The file.
        file: String,
        /// The line in it; of the HTML frame, the line of the HTML.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Nothing is left of a subject or a letter for these facts.
    #[error("{file}: the {part} is empty for these facts; write one that is not")]
    Empty {
        /// The file.
        file: String,
        /// Subject or letter.
        part: &'static str,
    },
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
/// Everything that is wrong with it, ordered by file and line.
pub fn load(shop: &ShopId, files: &Files) -> Result<Book, Vec<Problem>> {
    let mut problems = Vec::new();
    let shop = read_shop(shop, files, &mut problems);
    let draft = read_programme(files, shop.as_ref().map(|shop| shop.hours), &mut problems);
    let mut templates = Templates::new(files, &mut problems);
    let letters = draft.as_ref().map(|draft| letters(draft, files, &mut templates, &mut problems));
    if let (Some(shop), Some(draft), Some(letters)) = (shop, draft, letters) {
        let book = Book { shop, programme: draft.programme, version: files.version(), letters, templates };
        rehearse(&book, files, &mut problems);
        if problems.is_empty() {
            return Ok(book);
        }
    }
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Err(problems)
}

/// Compiles every message's letter, and finds the letters that no message has.
fn letters(
    draft: &Draft,
    files: &Files,
    templates: &mut Templates,
    problems: &mut Vec<Problem>,
) -> BTreeMap<StepId, Letter> {
    let mut letters = BTreeMap::new();
    let rhythm = |id: &StepId| draft.programme.series.iter().any(|s| s.letters.iter().any(|l| l.id == *id));
    for (id, class) in draft.programme.messages() {
        let file = letter_file(id.as_str());
        let Some(source) = files.get(&file) else {
            let what = format!("`{id}` has no letter");
            problems.push(Problem::form(PROGRAMME_FILE, draft.line_of(id), what, format!("write {file}")));
            continue;
        };
        // Whoever waits for a thing hears how it is coming on, whatever they said about hearing more.
        let awaited = draft.programme.steps.iter().any(|step| step.id == *id && step.arrives_late);
        let bound = awaited || matches!(class, Class::Thanks | Class::Survey | Class::Usage | Class::Remedy);
        let by_consent = !bound || rhythm(id);
        let roots = templates.add_letter(&file, source, class, problems);
        letters.insert(id.clone(), Letter { file, class, by_consent, roots });
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

impl Book {
    /// The version of the programme: 16 hexadecimal digits that are others as soon as any of its files is.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Writes a message's mail.
    ///
    /// # Errors
    /// [`RenderError`]; nothing may be sent then.
    pub fn render(&self, step: &StepId, facts: &Facts<'_>) -> Result<Mail, RenderError> {
        let letter = self.letters.get(step).ok_or_else(|| RenderError::UnknownStep { step: step.clone() })?;
        if letter.class.is_selling() && matches!(facts.count, Count::Nth(n) if n < SELLING_FROM_OCCASION) {
            return Err(RenderError::SellsTooEarly { step: step.clone() });
        }
        let written = self.write(letter, facts)?;
        let text = self.text_frame(&written, facts)?;
        let html = self.html_frame(HTML_FRAME, &written, facts)?;
        Ok(Mail { subject: written.subject, text, html })
    }

    /// Writes a letter as plain text: no frame around it yet.
    pub(crate) fn write<'l>(&self, letter: &'l Letter, facts: &Facts<'_>) -> Result<Written<'l>, RenderError> {
        let words = |part, class| letter_words(&self.shop, class, facts, part);
        // The greeting goes into letters of every class, so it knows what a thank-you knows.
        let greeting = fill(&self.templates.text, GREETING_FILE, words(Part::Body, Class::Thanks))?;
        let fill_with_greeting = |name: &str, part| {
            let mut words = words(part, letter.class);
            words.insert("greeting", Value::from(greeting.trim()));
            fill(&self.templates.text, name, words)
        };
        let subject = one_line(&fill_with_greeting(&subject_name(&letter.file), Part::Subject)?);
        let body = joined(&paragraphs(&fill_with_greeting(&letter.file, Part::Body)?));
        let empty = |part| RenderError::Empty { file: letter.file.clone(), part };
        if subject.is_empty() {
            return Err(empty("subject"));
        }
        if body.is_empty() {
            return Err(empty("letter"));
        }
        Ok(Written { letter, subject, body })
    }

    /// The plain text: the letter in its frame.
    pub(crate) fn text_frame(&self, written: &Written<'_>, facts: &Facts<'_>) -> Result<String, RenderError> {
        let mut words = self.frame_words(written, facts);
        words.insert("body", Value::from(written.body.as_str()));
        let text = fill(&self.templates.text, TEXT_FRAME_FILE, words)?;
        Ok(format!("{}\n", text.trim()))
    }

    /// The HTML: the letter's lines in their frame. `frame` is the compiled one, or its MJML where a problem
    /// is to be found in the lines that its author sees.
    pub(crate) fn html_frame(
        &self,
        frame: &str,
        written: &Written<'_>,
        facts: &Facts<'_>,
    ) -> Result<String, RenderError> {
        let shop_url = facts.shop_url(&self.shop, written.letter.class);
        let pages = shop_url.into_iter().chain(facts.product_page(written.letter.class));
        let roots: Vec<&str> = written.letter.roots.iter().map(String::as_str).chain(pages).collect();
        let paragraph = |lines: Vec<&str>| lines.into_iter().map(|text| line(text, &roots).to_value()).collect();
        let paragraphs: Value = paragraphs(&written.body).into_iter().map(paragraph).collect::<Vec<Value>>().into();
        let mut words = self.frame_words(written, facts);
        words.insert("paragraphs", paragraphs);
        fill(&self.templates.html, frame, words)
    }

    fn frame_words(&self, written: &Written<'_>, facts: &Facts<'_>) -> Words {
        let mut words = letter_words(&self.shop, written.letter.class, facts, Part::Body);
        words.insert("subject", Value::from(written.subject.as_str()));
        words.insert("consented", Value::from(facts.consented()));
        words.insert("stop_url", Value::from(facts.stop_url));
        words
    }
}

/// A letter as written for somebody.
pub(crate) struct Written<'l> {
    letter: &'l Letter,
    pub(crate) subject: String,
    pub(crate) body: String,
}

fn fill(environment: &Environment<'_>, name: &str, words: Words) -> Result<String, RenderError> {
    let filled = environment.get_template(name).and_then(|template| template.render(Value::from(words)));
    filled.map_err(|error| template_error(name, &error))
}

fn template_error(name: &str, error: &Error) -> RenderError {
    let name = error.name().unwrap_or(name);
    let file = name.split('#').next().unwrap_or(name).to_owned();
    RenderError::Template { file, line: error.line().unwrap_or(1), what: describe(error) }
}
