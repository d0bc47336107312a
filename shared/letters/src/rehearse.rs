//! Every letter is tried out before it is published: on made-up customers who lack, one after the other,
//! everything that a customer can lack.

use crate::book::Book;
use crate::compile::{GREETING_FILE, HTML_FRAME, HTML_FRAME_FILE, TEXT_FRAME_FILE, TOO_LONG};
use crate::context::{Count, Facts, Part, Product, Urls};
use crate::files::Files;
use crate::key_content::{Framed, check_frame, check_sender, says_who};
use crate::letters::{Letter, RenderError, Written};
use crate::problem::Problem;
use crate::script::Section;
use crate::text::roots;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use wasurena_domain::contact::PersonName;
use wasurena_domain::ids::StepId;
use wasurena_domain::programme::{Class, Rule, Severity};
use wasurena_domain::purchase::Consent;

/// Longest subject, in characters: what a phone still shows in two lines.
const SUBJECT_MAX: usize = 60;
/// Longest letter, in characters. One thought a mail.
const BODY_MAX: usize = 4_000;
/// Longest HTML, in bytes: common readers cut a mail at 102 KB, and with it the legal footer.
const HTML_BYTES_MAX: usize = 90_000;
/// Purchases that letters are tried out for.
const COUNTS: [Count; 6] = [Count::Unknown, Count::Nth(1), Count::Nth(2), Count::Nth(3), Count::Nth(6), Count::Nth(40)];
/// The pages behind a mail in rehearsals.
const URLS: Urls<'_> = Urls {
    stop: "https://example.jp/c/stop/rehearsal",
    wishes: "https://example.jp/c/p/rehearsal",
    wrong: "https://example.jp/c/w/rehearsal",
    view: "https://example.jp/c/v/rehearsal",
    card: "https://example.jp/c/card/rehearsal",
};
/// Where answers lead in rehearsals: as long as a real one.
const ANSWER_URL: &str = "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.lambda-url.ap-northeast-1.on.aws/c/sakura/a/\
AQIBaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// A product of which everything is known.
const PRODUCT: Product<'_> = Product {
    name: "粉引の飯碗",
    picture: Some("https://example.jp/meshiwan.jpg"),
    page: Some("https://example.jp/meshiwan"),
    story: Some("山の土に白い化粧をかけ、薪の窯で焼いています。"),
};
/// The longest name that an order keeps.
const LONG_NAME: &str = "長い名前のうつわ長い名前のうつわ長い名前のうつわ長い名前のうつわ長い名前のうつわ\
長い名前のうつわ長い名前のうつわ長い名前のうつわ長い名前のうつわ長い名前のうつわ長い名前のうつわ\
長い名前のうつわ長い名前のうつわ長い名前のうつわ長い名前のうつわ";

/// Tries every letter and both frames out. What fails becomes a problem with file and line, once.
pub(crate) fn rehearse(book: &Book, files: &Files, problems: &mut Vec<Problem>) {
    // What is already known to be wrong would only say so again, in other words.
    let broken: BTreeSet<String> = problems.iter().map(|problem| problem.file.clone()).collect();
    let frames = ![TEXT_FRAME_FILE, HTML_FRAME_FILE].iter().any(|file| broken.contains(*file));
    let people = People::new();
    let mut stage = Stage { book, files, problems, said: BTreeSet::new(), silent: BTreeSet::new() };
    for (step, letter) in &book.letters.letters {
        if let Some(source) = files.get(&letter.file) {
            stage.leads_to_shop(letter, source);
            stage.leads_elsewhere(letter, source);
        }
        if broken.contains(&letter.file) || broken.contains(GREETING_FILE) {
            continue;
        }
        for facts in people.facts(letter) {
            stage.script(letter, &facts);
            if let Some(written) = stage.letter(letter, &facts)
                && frames
                && matches!(facts.count, Count::Nth(3))
            {
                stage.frames(letter, &written, &facts);
            }
        }
        stage.speaks_of_the_thing(step, letter);
    }
    let silent = std::mem::take(&mut stage.silent);
    problems.extend(check_sender(&book.shop, files, &silent));
}

/// The made-up customers.
struct People {
    named: Option<PersonName>,
    long: Option<PersonName>,
}

impl People {
    fn new() -> Self {
        Self { named: PersonName::parse("山田 花子"), long: PersonName::parse(LONG_NAME) }
    }

    /// Everything that the sender of a letter may know or not know.
    fn facts(&self, letter: &Letter) -> Vec<Facts<'_>> {
        let early = |count: &Count| letter.class.is_selling() && *count == Count::Nth(1);
        let consents: &[Consent] =
            if letter.by_consent { &[Consent::Granted] } else { &[Consent::Granted, Consent::Unknown] };
        let mut all = Vec::new();
        for count in COUNTS.into_iter().filter(|count| !early(count)) {
            for consent in consents.iter().copied() {
                for gift in [false, true] {
                    let bare = Facts {
                        addressee: None,
                        count,
                        gift,
                        made_to_order: false,
                        product: None,
                        bought_on: None,
                        consent,
                        urls: URLS,
                        note: None,
                        asks_address: false,
                        answer_url: Some(ANSWER_URL),
                    };
                    let named = Facts {
                        addressee: self.named.as_ref(),
                        product: Some(PRODUCT),
                        bought_on: NaiveDate::from_ymd_opt(2026, 12, 1),
                        ..bare
                    };
                    let plain = Product { name: PRODUCT.name, ..Product::default() };
                    let shown = Product { page: None, story: None, ..PRODUCT };
                    let told = Product { picture: None, page: None, ..PRODUCT };
                    let long = Product { name: LONG_NAME, ..PRODUCT };
                    all.extend([
                        named,
                        Facts { made_to_order: true, ..named },
                        Facts { asks_address: true, ..named },
                        Facts { product: Some(plain), ..named },
                        Facts { product: Some(shown), ..named },
                        Facts { product: Some(told), ..named },
                        Facts { addressee: self.long.as_ref(), product: Some(long), ..named },
                        bare,
                    ]);
                }
            }
        }
        all
    }
}

/// Letters on trial.
struct Stage<'b> {
    book: &'b Book,
    files: &'b Files,
    problems: &'b mut Vec<Problem>,
    said: BTreeSet<(String, usize)>,
    /// The letters that have a subject which does not say which shop this is.
    silent: BTreeSet<String>,
}

impl Stage<'_> {
    /// Notes a problem, one for each line: the others are the same for other customers.
    fn note(&mut self, problem: Problem) {
        if self.said.insert((problem.file.clone(), problem.line.unwrap_or(0))) {
            self.problems.push(problem);
        }
    }

    /// The shop's own address, spelled out where `shop.url` would not be there.
    fn leads_to_shop(&mut self, letter: &Letter, source: &str) {
        let thanks = letter.class == Class::Thanks;
        if letter.by_consent && !thanks {
            return;
        }
        let host = self.book.shop.url.trim_start_matches("https://").split('/').next().unwrap_or_default();
        let Some(index) = source.lines().position(|line| line.contains(host)) else { return };
        let problem = if thanks {
            let what = format!("a thank-you only thanks, and {host} leads to buying");
            Problem::breaks(Rule::R12, &letter.file, index + 1, what, "take the address out")
        } else {
            let what = format!("{host} stands here also for those who did not ask to hear from the shop");
            let mend = "write {% if shop.url %}{{ shop.url }}{% endif %} instead";
            Problem::form(&letter.file, index + 1, what, mend)
        };
        self.note(problem);
    }

    /// An address, spelled out, that is none of the shop's pages: a slip of the pen, or somebody else's shop.
    fn leads_elsewhere(&mut self, letter: &Letter, source: &str) {
        let shop = &self.book.shop;
        let known: Vec<&str> = shop.pages.iter().chain([&shop.url]).map(String::as_str).collect();
        for (index, line) in source.lines().enumerate() {
            if let Some(url) = roots(line).iter().find(|url| !known.iter().any(|page| is_within(url, page))) {
                let what = format!("{url} is none of the shop's pages");
                let mend = "name it in `pages` of shop.toml, or take it out";
                self.note(Problem::form(&letter.file, index + 1, what, mend));
            }
        }
    }

    fn letter<'l>(&mut self, letter: &'l Letter, facts: &Facts<'_>) -> Option<Written<'l>> {
        let written = match self.book.letters.write(&self.book.shop, letter, facts) {
            Ok(written) => written,
            Err(error) => {
                self.note(problem(letter, error, facts));
                return None;
            }
        };
        if !says_who(&written.subject, &self.book.shop) {
            self.silent.insert(letter.file.clone());
        }
        let subject = written.subject.chars().count();
        if subject > SUBJECT_MAX {
            let what = format!("the subject has {subject} characters for {}", describe(facts));
            self.note(Problem::form(&letter.file, 1, what, format!("keep it to {SUBJECT_MAX}, names included")));
        }
        let body = written.body.chars().count();
        if body > BODY_MAX {
            let what = format!("the letter has {body} characters");
            self.note(Problem::form(&letter.file, 1, what, format!("keep it to {BODY_MAX}: one thought a mail")));
        }
        Some(written)
    }

    /// The sections that only a person says.
    fn script(&mut self, letter: &Letter, facts: &Facts<'_>) {
        for section in [Section::Opening, Section::Absent] {
            let name = section.template(&letter.file);
            let letters = &self.book.letters;
            if letters.has(&name)
                && let Err(error) = letters.fill_part(&self.book.shop, letter, &name, Part::Body, facts)
            {
                self.note(problem(letter, error, facts));
            }
        }
    }

    fn frames(&mut self, letter: &Letter, written: &Written<'_>, facts: &Facts<'_>) {
        match self.book.letters.text_frame(&self.book.shop, written, facts) {
            Err(error) => self.note(problem(letter, error, facts)),
            Ok(text) => self.framed(TEXT_FRAME_FILE, &text, letter.class, facts),
        }
        match self.book.letters.html_frame(&self.book.shop, HTML_FRAME, written, facts) {
            Err(error) => {
                let as_written = self.book.letters.html_frame(&self.book.shop, HTML_FRAME_FILE, written, facts).err();
                self.note(problem(letter, as_written.unwrap_or(error), facts));
            }
            Ok(html) if html.len() > HTML_BYTES_MAX => {
                let what = format!("with {} the HTML has {} bytes", letter.file, html.len());
                let mend = format!("shorten the frame or the letter: {HTML_BYTES_MAX} bytes are the most");
                self.note(Problem::form(HTML_FRAME_FILE, 1, what, mend));
            }
            Ok(html) => self.framed(HTML_FRAME_FILE, &html, letter.class, facts),
        }
    }

    /// What a rendered frame must show (R16, R19, R20).
    fn framed(&mut self, file: &str, rendered: &str, class: Class, facts: &Facts<'_>) {
        let Some(source) = self.files.get(file) else { return };
        let framed = Framed { file, source, rendered, is_html: file == HTML_FRAME_FILE };
        for problem in check_frame(&framed, &self.book.shop, class, facts, &describe(facts)) {
            self.note(problem);
        }
    }

    /// A message of a purchase that could be about any other (R16): a picture in its frame may be missing.
    fn speaks_of_the_thing(&mut self, step: &StepId, letter: &Letter) {
        let is_bound = self.book.programme.steps.iter().any(|own| own.has(step));
        let should = is_bound && matches!(letter.class, Class::Thanks | Class::Survey | Class::Usage);
        let source = self.files.get(&letter.file).unwrap_or_default();
        if should && !source.contains("product.") && !source.contains("bought_on") {
            let what = "the letter follows a purchase and does not name what was bought";
            let mend = "write {{ product.name }} into its subject or its first lines";
            let warning = Problem::breaks(Rule::R16, &letter.file, 1, what, mend);
            self.note(warning.weighing(Severity::Warning));
        }
    }
}

/// Whether an address is a page, or one below it.
fn is_within(url: &str, page: &str) -> bool {
    let rest = url.strip_prefix(page.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

fn problem(letter: &Letter, error: RenderError, facts: &Facts<'_>) -> Problem {
    let whom = describe(facts);
    match error {
        RenderError::Template { file, line, what } => {
            let file = if file == HTML_FRAME { HTML_FRAME_FILE } else { &file };
            let mend = match what.as_str() {
                TOO_LONG => "let its loops run less often, or take them out",
                what if what.starts_with("undefined") => "put what may be missing into {% if … %} … {% endif %}",
                _ => "correct the name, or take it out",
            };
            Problem::form(file, line, format!("{what}, for {whom}"), mend)
        }
        RenderError::Empty { file, part } => {
            Problem::form(&file, 1, format!("the {part} is empty for {whom}"), "write one for everybody")
        }
        error => Problem::form(&letter.file, 1, error.to_string(), "see the rule"),
    }
}

/// A made-up customer, in words.
fn describe(facts: &Facts<'_>) -> String {
    let mut parts = vec![match facts.count {
        Count::Unknown => "a customer whose purchases are not all known".to_owned(),
        Count::Nth(n) => format!("a customer with purchase {n}"),
    }];
    parts.push(if facts.consent == Consent::Granted { "with consent" } else { "without consent" }.to_owned());
    parts.push(if facts.addressee.is_some() { "named" } else { "without a name" }.to_owned());
    parts.push(match facts.product {
        None => "product unknown".to_owned(),
        Some(Product { picture: None, story: None, .. }) => "no picture".to_owned(),
        Some(Product { picture: None, .. }) => "a story but no picture".to_owned(),
        Some(Product { story: None, .. }) => "a picture but no story".to_owned(),
        Some(_) => "with a picture".to_owned(),
    });
    if facts.gift {
        parts.push("a gift".to_owned());
    }
    parts.join(", ")
}
