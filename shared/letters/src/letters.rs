//! Letters that were compiled, and the mails they make.
//!
//! They are compiled when they are published. What stands in the diary are [`Sheets`]: the words of each letter and the
//! frames, MJML made HTML already. Whoever sends opens them and fills them in, and needs neither MJML nor the rules.

use crate::answers::{ANSWERS, Tap, paragraphs_of};
use crate::compile::{GREETING_FILE, HTML_FRAME, TEXT_FRAME_FILE, Templates, describe, subject_name};
use crate::context::{Count, Facts, Part, Urls, Words, letter_words};
use crate::language::{Language, Speech};
use crate::selling::{NoteProblem, check_note};
use crate::text::{Line, joined, line_or_answer, one_line, opening, paragraphs};
use minijinja::value::Value;
use minijinja::{Environment, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use wasurena_domain::follow_up::Note;
use wasurena_domain::ids::StepId;
use wasurena_domain::mistake::{Mistake, made};
use wasurena_domain::programme::{Class, SELLING_FROM_OCCASION};
use wasurena_domain::shop::Shop;

/// A programme's letters, ready to write.
pub struct Letters {
    pub(crate) letters: BTreeMap<StepId, Letter>,
    pub(crate) templates: Templates,
    pub(crate) language: Language,
    pub(crate) unnamed: Option<String>,
}

/// Letters as they are kept between publishing and sending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheets {
    letters: BTreeMap<StepId, Letter>,
    text: BTreeMap<String, String>,
    html: BTreeMap<String, String>,
    #[serde(default)]
    language: Language,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unnamed: Option<String>,
}

/// A letter: its words are among the templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) file: String,
    pub(crate) class: Class,
    /// Whether it goes only to those who asked to hear from the shop.
    pub(crate) by_consent: bool,
    /// The addresses that it spells out.
    pub(crate) roots: Vec<String>,
    /// The answers that can be tapped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) answers: Vec<Tap>,
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

impl fmt::Debug for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letters({})", self.letters.len())
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
    /// The owner's personal line says what this letter may not.
    #[error("the personal line to this customer cannot stand in `{step}`: {problem}")]
    Note {
        /// The message.
        step: StepId,
        /// What is wrong with the line.
        problem: NoteProblem,
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

impl Letters {
    /// Letters to keep.
    #[must_use]
    pub fn sheets(&self) -> Sheets {
        let (text, html) = self.templates.sources();
        let (language, unnamed) = (self.language, self.unnamed.clone());
        Sheets { letters: self.letters.clone(), text, html, language, unnamed }
    }

    /// Letters that were kept.
    ///
    /// # Errors
    /// [`RenderError::Template`] where a template is none: another version of this program has written it.
    pub fn open(sheets: Sheets) -> Result<Self, RenderError> {
        let templates = Templates::of(sheets.text, sheets.html).map_err(|error| template_error("", &error))?;
        Ok(Self { letters: sheets.letters, templates, language: sheets.language, unnamed: sheets.unnamed })
    }

    fn speech(&self) -> Speech<'_> {
        Speech { language: self.language, unnamed: self.unnamed.as_deref() }
    }

    /// Whether a personal line may stand in a message.
    ///
    /// # Errors
    /// [`RenderError::UnknownStep`], or [`RenderError::Note`] with what is wrong with it.
    pub fn check_note(&self, step: &StepId, note: &Note) -> Result<(), RenderError> {
        let letter = self.letters.get(step).ok_or_else(|| RenderError::UnknownStep { step: step.clone() })?;
        check_note(note, letter.class).map_err(|problem| RenderError::Note { step: step.clone(), problem })
    }

    /// Writes a message's mail.
    ///
    /// # Errors
    /// [`RenderError`]; nothing may be sent then.
    pub fn render(&self, shop: &Shop, step: &StepId, facts: &Facts<'_>) -> Result<Mail, RenderError> {
        let letter = self.letter_for(step, facts)?;
        let written = self.write(shop, letter, facts)?;
        let text = self.text_frame(shop, &written, facts)?;
        let html = self.html_frame(shop, HTML_FRAME, &written, facts)?;
        Ok(Mail { subject: written.subject, text, html })
    }

    /// The letter of a message, where it may go to whoever these facts are about.
    pub(crate) fn letter_for(&self, step: &StepId, facts: &Facts<'_>) -> Result<&Letter, RenderError> {
        let letter = self.letters.get(step).ok_or_else(|| RenderError::UnknownStep { step: step.clone() })?;
        let is_early = matches!(facts.count, Count::Nth(n) if n < SELLING_FROM_OCCASION);
        if letter.class.is_selling() && is_early && !made(Mistake::PromotionDecidedEarly) {
            return Err(RenderError::SellsTooEarly { step: step.clone() });
        }
        if let Some(problem) = facts.note.and_then(|note| check_note(note, letter.class).err()) {
            return Err(RenderError::Note { step: step.clone(), problem });
        }
        Ok(letter)
    }

    /// Whether there is such a template.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.templates.text.get_template(name).is_ok()
    }

    /// Fills a part of a letter in, with the greeting among its words.
    pub(crate) fn fill_part(
        &self,
        shop: &Shop,
        letter: &Letter,
        name: &str,
        part: Part,
        facts: &Facts<'_>,
    ) -> Result<String, RenderError> {
        let greeting = self.greeting(shop, facts)?;
        self.fill_greeted(shop, letter, (name, part), &greeting, facts)
    }

    /// The greeting. It goes into letters of every class, so it knows what a thank-you knows.
    fn greeting(&self, shop: &Shop, facts: &Facts<'_>) -> Result<String, RenderError> {
        let plain = letter_words(shop, self.speech(), Class::Thanks, facts, Part::Body);
        fill(&self.templates.text, GREETING_FILE, plain).map(|greeting| greeting.trim().to_owned())
    }

    fn fill_greeted(
        &self,
        shop: &Shop,
        letter: &Letter,
        (name, part): (&str, Part),
        greeting: &str,
        facts: &Facts<'_>,
    ) -> Result<String, RenderError> {
        let mut words = letter_words(shop, self.speech(), letter.class, facts, part);
        words.insert("greeting", Value::from(greeting));
        if !letter.answers.is_empty() {
            words.insert(ANSWERS, Value::from(paragraphs_of(&letter.answers, facts)));
        }
        fill(&self.templates.text, name, words)
    }

    /// Writes a letter as plain text: no frame around it yet.
    pub(crate) fn write<'l>(
        &self,
        shop: &Shop,
        letter: &'l Letter,
        facts: &Facts<'_>,
    ) -> Result<Written<'l>, RenderError> {
        let greeting = self.greeting(shop, facts)?;
        let fill_in = |name: &str, part| self.fill_greeted(shop, letter, (name, part), &greeting, facts);
        let subject = one_line(&fill_in(&subject_name(&letter.file), Part::Subject)?);
        let body = joined(&paragraphs(&fill_in(&letter.file, Part::Body)?));
        let empty = |part| RenderError::Empty { file: letter.file.clone(), part };
        if subject.is_empty() {
            return Err(empty("subject"));
        }
        if body.is_empty() {
            return Err(empty("letter"));
        }
        let addressee = facts.addressee(self.language, Part::Body);
        let preheader = opening(&body, &[&addressee, &shop.staff.name], &greeting);
        Ok(Written { letter, subject, preheader, body })
    }

    /// The plain text: the letter in its frame.
    pub(crate) fn text_frame(
        &self,
        shop: &Shop,
        written: &Written<'_>,
        facts: &Facts<'_>,
    ) -> Result<String, RenderError> {
        let mut words = self.frame_words(shop, written, facts);
        let note = facts.note.map(|note| format!("\n\n{}", note.as_str())).unwrap_or_default();
        words.insert("body", Value::from(format!("{}{note}", written.body)));
        let text = fill(&self.templates.text, TEXT_FRAME_FILE, words)?;
        Ok(format!("{}\n", text.trim()))
    }

    /// The HTML: the letter's lines in their frame. `frame` is the compiled one, or its MJML where a problem
    /// is to be found in the lines that its author sees.
    pub(crate) fn html_frame(
        &self,
        shop: &Shop,
        frame: &str,
        written: &Written<'_>,
        facts: &Facts<'_>,
    ) -> Result<String, RenderError> {
        let shop_url = facts.shop_url(shop, written.letter.class);
        let pages = shop_url.into_iter().chain(facts.product_page(written.letter.class));
        let roots: Vec<&str> = written.letter.roots.iter().map(String::as_str).chain(pages).collect();
        let paragraph = |lines: Vec<&str>| {
            lines.into_iter().map(|text| line_or_answer(text, &roots, facts.answer_url).to_value()).collect()
        };
        // A paragraph of its own at the end, where the owner signs. Whatever it says, it is words and leads nowhere.
        let note = facts.note.map(|note| Value::from(vec![Line::Words(note.as_str().to_owned()).to_value()]));
        let paragraphs: Value =
            paragraphs(&written.body).into_iter().map(paragraph).chain(note).collect::<Vec<Value>>().into();
        let mut words = self.frame_words(shop, written, facts);
        words.insert("paragraphs", paragraphs);
        fill(&self.templates.html, frame, words)
    }

    fn frame_words(&self, shop: &Shop, written: &Written<'_>, facts: &Facts<'_>) -> Words {
        let mut words = letter_words(shop, self.speech(), written.letter.class, facts, Part::Body);
        words.insert("subject", Value::from(written.subject.as_str()));
        words.insert("consented", Value::from(facts.consented()));
        words.insert("asks_address", Value::from(facts.asks_address));
        words.insert("preheader", Value::from(written.preheader.as_str()));
        let Urls { stop, wishes, wrong, view, .. } = facts.urls;
        for (word, url) in [("stop_url", stop), ("wishes_url", wishes), ("wrong_url", wrong), ("view_url", view)] {
            words.insert(word, Value::from(url));
        }
        words.extend(facts.card(written.letter.class).map(|url| ("card_url", Value::from(url))));
        words
    }
}

/// A letter as written for somebody.
pub(crate) struct Written<'l> {
    letter: &'l Letter,
    pub(crate) subject: String,
    /// What a list of mails shows behind the subject.
    preheader: String,
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
