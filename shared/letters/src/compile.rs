//! Templates, compiled once: letters as plain text, the HTML frame from MJML.

use crate::files::Files;
use crate::key_content::{MUSTS, check_answers};
use crate::mjml;
use crate::problem::{Problem, line_at};
use crate::script::{Section, sections};
use crate::selling::check_selling;
use crate::text::{escape_html, fold_tag_lines, long_tag, roots};
use crate::vocabulary::{Kind, check_words};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};
use std::collections::BTreeMap;
use wasurena_domain::programme::{Class, Rule};

/// The greeting, by which purchase it is.
pub(crate) const GREETING_FILE: &str = "greeting.txt";
/// The frame of the plain text.
pub(crate) const TEXT_FRAME_FILE: &str = "frame.txt";
/// The frame of the HTML, in MJML.
pub(crate) const HTML_FRAME_FILE: &str = "frame.mjml";
/// The HTML frame after MJML became HTML.
pub(crate) const HTML_FRAME: &str = "frame.html";
/// What a subject line begins with.
const SUBJECT_MARKS: [&str; 3] = ["件名:", "件名：", "Subject:"];
/// Instructions one template may run: a loop without end ends here.
const FUEL: u64 = 100_000;
/// What is said of a template that runs longer.
pub(crate) const TOO_LONG: &str = "its loops do not come to an end";
/// Longest tag, in bytes.
const TAG_BYTES_MAX: usize = 400;

/// All templates of a programme.
pub(crate) struct Templates {
    /// Letters, subjects, the greeting and the text frame: what they say stays as it is.
    pub(crate) text: Environment<'static>,
    /// The HTML frame: every value in it is escaped, always.
    pub(crate) html: Environment<'static>,
}

/// What templates are made of, by their names.
type Sources = BTreeMap<String, String>;

/// The path of a message's letter.
pub(crate) fn letter_file(step: &str) -> String {
    format!("letters/{step}.txt")
}

/// The name of a letter's subject among the templates; the letter itself is called as its file.
pub(crate) fn subject_name(file: &str) -> String {
    format!("{file}#subject")
}

impl Templates {
    /// Compiles greeting and frames.
    pub(crate) fn new(files: &Files, problems: &mut Vec<Problem>) -> Self {
        let mut templates = Self { text: text_environment(), html: html_environment() };
        templates.add_greeting(files, problems);
        templates.add_text_frame(files, problems);
        templates.add_html_frame(files, problems);
        templates
    }

    /// Templates that were compiled and checked before.
    pub(crate) fn of(text: Sources, html: Sources) -> Result<Self, Error> {
        let mut templates = Self { text: text_environment(), html: html_environment() };
        for (name, source) in text {
            templates.text.add_template_owned(name, source)?;
        }
        for (name, source) in html {
            templates.html.add_template_owned(name, source)?;
        }
        Ok(templates)
    }

    /// What they are made of: text, and HTML without the MJML that it was.
    pub(crate) fn sources(&self) -> (Sources, Sources) {
        let of = |environment: &Environment<'_>| -> Sources {
            let all = environment.templates().filter(|(name, _)| *name != HTML_FRAME_FILE);
            all.map(|(name, template)| (name.to_owned(), template.source().to_owned())).collect()
        };
        (of(&self.text), of(&self.html))
    }

    fn add_greeting(&mut self, files: &Files, problems: &mut Vec<Problem>) {
        let Some(source) = required(files, GREETING_FILE, "add the greeting by `count` and `gift`", problems) else {
            return;
        };
        add(&mut self.text, GREETING_FILE, fold_tag_lines(source), problems);
        self.check_text(GREETING_FILE, GREETING_FILE, source, Kind::Greeting, problems);
    }

    fn add_text_frame(&mut self, files: &Files, problems: &mut Vec<Problem>) {
        let mend = "add the frame of the plain text: `{{ body }}` and the legal footer";
        let Some(source) = required(files, TEXT_FRAME_FILE, mend, problems) else { return };
        if add(&mut self.text, TEXT_FRAME_FILE, fold_tag_lines(source), problems) {
            self.check_text(TEXT_FRAME_FILE, TEXT_FRAME_FILE, source, Kind::Frame, problems);
            check_musts(&self.text, TEXT_FRAME_FILE, "body", problems);
        }
    }

    fn add_html_frame(&mut self, files: &Files, problems: &mut Vec<Problem>) {
        let mend = "add the frame of the HTML: `paragraphs` and the legal footer, in MJML";
        let Some(source) = required(files, HTML_FRAME_FILE, mend, problems) else { return };
        // As MJML first: its lines are those that its author sees.
        if !add(&mut self.html, HTML_FRAME_FILE, source.to_owned(), problems) {
            return;
        }
        if let Ok(template) = self.html.get_template(HTML_FRAME_FILE) {
            problems.extend(check_words(&template, HTML_FRAME_FILE, source, Kind::Frame));
        }
        check_musts(&self.html, HTML_FRAME_FILE, "paragraphs", problems);
        match mjml::compile(HTML_FRAME_FILE, source) {
            Ok(html) => {
                add(&mut self.html, HTML_FRAME, html, problems);
            }
            Err(problem) => problems.push(problem),
        }
    }

    /// Adds a letter; answers with the addresses it spells out.
    pub(crate) fn add_letter(
        &mut self,
        file: &str,
        source: &str,
        class: Class,
        problems: &mut Vec<Problem>,
    ) -> Vec<String> {
        let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
        let subject = SUBJECT_MARKS.iter().find_map(|mark| first.strip_prefix(mark)).map(str::trim);
        let Some(subject) = subject.filter(|subject| !subject.is_empty()) else {
            let mend = "begin the letter with a line `件名: …`, then a blank line";
            problems.push(Problem::form(file, 1, "the letter has no subject", mend));
            return Vec::new();
        };
        let second = rest.lines().next().unwrap_or_default();
        if !second.trim().is_empty() {
            let what = "the line after the subject is not blank";
            problems.push(Problem::form(file, 2, what, "leave a blank line between subject and letter"));
        }
        if rest.trim().is_empty() {
            problems.push(Problem::form(file, 1, "the letter says nothing", "write it below the subject"));
        }
        // A blank line stands for the subject, so that lines keep their numbers.
        let name = subject_name(file);
        add(&mut self.text, &name, subject.to_owned(), problems);
        let parts: Vec<(Section, String)> = sections(rest);
        for (section, text) in &parts {
            add(&mut self.text, &section.template(file), format!("\n{}", fold_tag_lines(text)), problems);
        }
        let mut words = Vec::new();
        self.check_text(&name, file, source, Kind::Letter(class), &mut words);
        for (section, _) in &parts {
            self.check_text(&section.template(file), file, source, Kind::Letter(class), &mut words);
        }
        words.dedup();
        problems.extend(words);
        roots(source)
    }

    fn check_text(&self, name: &str, file: &str, source: &str, kind: Kind, problems: &mut Vec<Problem>) {
        if let Ok(template) = self.text.get_template(name) {
            problems.extend(check_words(&template, file, source, kind));
        }
    }
}

/// A file that stands in letters of every class; `None` where it is missing.
fn required<'f>(files: &'f Files, file: &str, mend: &str, problems: &mut Vec<Problem>) -> Option<&'f str> {
    let source = files.get(file);
    match source {
        Some(source) => {
            problems.extend(check_selling(file, source, None).into_iter().chain(check_answers(file, source)));
        }
        None => problems.push(Problem::missing(file, mend)),
    }
    source
}

fn check_musts(environment: &Environment<'_>, file: &str, letter: &str, problems: &mut Vec<Problem>) {
    let Ok(template) = environment.get_template(file) else { return };
    let used = template.undeclared_variables(true);
    let musts = MUSTS.into_iter().chain([(letter, Rule::Form, "it is the letter itself")]);
    for (word, rule, why) in musts.filter(|(word, ..)| !used.contains(*word)) {
        let what = format!("the frame does not show `{word}`: {why}");
        problems.push(Problem::breaks(rule, file, 1, what, format!("write {{{{ {word} }}}} where it belongs")));
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    // A word that is not there may be asked for (`{% if product.picture %}`), never shown.
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    // What is escaped, and how, is not for a template to say.
    for filter in ["safe", "escape", "e"] {
        environment.remove_filter(filter);
    }
    // Lets errors name the word that is not there.
    environment.set_debug(true);
    environment
}

fn text_environment() -> Environment<'static> {
    environment()
}

fn html_environment() -> Environment<'static> {
    let mut environment = environment();
    environment.set_formatter(|out, _, value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        escape_html(&text, out).map_err(Error::from)
    });
    environment
}

/// Adds a template; what is wrong with it becomes a problem of the file it is named after.
fn add(environment: &mut Environment<'static>, name: &str, source: String, problems: &mut Vec<Problem>) -> bool {
    let file = name.split('#').next().unwrap_or(name);
    let file = if file == HTML_FRAME { HTML_FRAME_FILE } else { file };
    if let Some(at) = long_tag(&source, TAG_BYTES_MAX) {
        let what = format!("a tag has more than {TAG_BYTES_MAX} bytes");
        problems.push(Problem::form(file, line_at(&source, at), what, "close it, or make several of it"));
        return false;
    }
    let added = environment.add_template_owned(name.to_owned(), source);
    if let Err(error) = &added {
        let mend = "correct the tag: {{ … }} for a value, {% if … %} … {% endif %} for a choice";
        problems.push(Problem::form(file, error.line().unwrap_or(1), describe(error), mend));
    }
    added.is_ok()
}

/// An error of a template in words. Of values only the kind of error is told, never what they hold.
pub(crate) fn describe(error: &Error) -> String {
    match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::UndefinedError | ErrorKind::UnknownFilter | ErrorKind::UnknownFunction => {
            match error.detail() {
                Some(detail) => format!("{}: {detail}", error.kind()),
                None => error.kind().to_string(),
            }
        }
        ErrorKind::OutOfFuel => TOO_LONG.to_owned(),
        kind => kind.to_string(),
    }
}
