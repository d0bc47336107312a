//! What a person says or writes: the letter of a step that is handed over, not sent (R22, R23).
//!
//! A letter that somebody writes by hand is the mail's text without its links. For a call or a visit the file has sections,
//! each under a line of its own, in an English programme `[First words]`, `[What it is about]` and `[If nobody answers]`:
//!
//! ```text
//! 件名: 飯碗の使い心地
//!
//! 【最初の一言】
//! うつわ さくらの佐藤です。本日は、ご案内や販売ではありません。
//! 【本文】
//! 飯碗の使い心地はいかがでしょうか。
//! 【お留守のとき】
//! またあらためます。お気づきのことは、いつでもお聞かせください。
//! ```
//!
//! The first words say that this is no selling: a sentence of theirs names selling (販売, 売り込み, 勧誘, 営業, セールス; sell)
//! and denies it (ありません, ございません, いたしません, しません; not). Where the same message goes by mail, the mail is
//! the section 【本文】 alone.

use crate::context::{Facts, Part};
use crate::language::Language;
use crate::letters::{Letters, RenderError};
use crate::problem::Problem;
use crate::selling::check_selling;
use crate::text::{joined, one_line, paragraphs};
use std::fmt;
use wasurena_domain::channel::{Channel, Channels};
use wasurena_domain::ids::StepId;
use wasurena_domain::programme::{Class, Rule};
use wasurena_domain::shop::Shop;

/// Words that name selling.
const SELLING: [&str; 6] = ["販売", "売り込み", "勧誘", "営業", "セールス", "sell"];
/// Words that deny it.
const DENIAL: [&str; 5] = ["ありません", "ございません", "いたしません", "しません", " not "];

/// A part of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// What is said first.
    Opening,
    /// What it is about: the mail, where the message goes by mail.
    Body,
    /// What is said, or left behind, where nobody answers.
    Absent,
}

impl Section {
    const ALL: [Self; 3] = [Self::Opening, Self::Body, Self::Absent];

    /// The line under which it stands.
    fn heading(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Opening, Language::Japanese) => "【最初の一言】",
            (Self::Body, Language::Japanese) => "【本文】",
            (Self::Absent, Language::Japanese) => "【お留守のとき】",
            (Self::Opening, Language::English) => "[First words]",
            (Self::Body, Language::English) => "[What it is about]",
            (Self::Absent, Language::English) => "[If nobody answers]",
        }
    }

    /// The section that begins with a line: as with `件名:` and `Subject:`, either language will do.
    fn beginning(line: &str) -> Option<Self> {
        let is_headed = |section: Self| Language::ALL.into_iter().any(|own| section.heading(own) == line.trim());
        Self::ALL.into_iter().find(|section| is_headed(*section))
    }

    /// Its name among the templates; the body is called as its file.
    pub(crate) fn template(self, file: &str) -> String {
        match self {
            Self::Opening => format!("{file}#opening"),
            Self::Body => file.to_owned(),
            Self::Absent => format!("{file}#absent"),
        }
    }
}

/// The sections of a letter's source below its subject; a letter without headings is all body. Lines of other sections
/// are left blank, so that every line keeps its number.
pub(crate) fn sections(source: &str) -> Vec<(Section, String)> {
    let mut present: Vec<Section> = source.lines().filter_map(Section::beginning).collect();
    if present.is_empty() {
        return vec![(Section::Body, source.to_owned())];
    }
    present.dedup();
    let text_of = |wanted: Section| {
        let mut current = None;
        let kept = source.split_inclusive('\n').map(|line| match Section::beginning(line) {
            Some(section) => {
                current = Some(section);
                "\n"
            }
            None if current == Some(wanted) => line,
            None => "\n",
        });
        kept.collect::<String>()
    };
    present.into_iter().map(|section| (section, text_of(section))).collect()
}

/// What is wrong with a letter as a script for these channels.
pub(crate) fn check_script(
    file: &str,
    source: &str,
    class: Class,
    channels: &Channels,
    language: Language,
) -> Vec<Problem> {
    let found = sections(source);
    let text_of = |section: Section| found.iter().find(|(own, _)| *own == section).map(|(_, text)| text.as_str());
    let line_of = |section: Section| {
        source.lines().position(|line| Section::beginning(line) == Some(section)).map_or(1, |index| index + 1)
    };
    let mut problems = Vec::new();
    if !channels.iter().any(Channel::is_spoken) {
        if text_of(Section::Opening).or(text_of(Section::Absent)).is_some() {
            let line = line_of(Section::Opening).max(line_of(Section::Absent));
            let mend = "add phone or visit to `channels`, or take the headings out";
            problems.push(Problem::form(file, line, "nobody says this: it goes by no call and no visit", mend));
        }
        return problems;
    }
    let stray = source.lines().enumerate().skip(1).find(|(_, line)| !line.trim().is_empty());
    if let Some((index, _)) = stray.filter(|(_, line)| found.len() > 1 && Section::beginning(line).is_none()) {
        let mend = "put it below one of the headings";
        problems.push(Problem::form(file, index + 1, "this stands in no section, and nobody says it", mend));
    }
    let example = match language {
        Language::Japanese => "write 【最初の一言】 and below it 「本日は、ご案内や販売ではありません」, in your words",
        Language::English => "write [First words] and below it “I am not selling anything today”, in your words",
    };
    match text_of(Section::Opening) {
        None => {
            let what = "a call or a visit begins by saying that it is no selling";
            problems.push(Problem::breaks(Rule::R23, file, 1, what, example));
        }
        Some(opening) if !denies_selling(opening) => {
            let what = "the first words do not say that this is no selling";
            problems.push(Problem::breaks(Rule::R23, file, line_of(Section::Opening), what, example));
        }
        // An apology may speak of its coupon, but not first.
        Some(opening) if class == Class::Remedy => problems.extend(check_selling(file, opening, Some(Class::Usage))),
        Some(_) => {}
    }
    for (section, what) in [
        (Section::Body, "nothing says what the call or the visit is about"),
        (Section::Absent, "nothing says what to say if nobody answers"),
    ] {
        if text_of(section).is_none_or(|text| text.trim().is_empty()) || found.len() == 1 {
            let mend = format!("write a line {} and the words below it", section.heading(language));
            problems.push(Problem::form(file, line_of(section), what, mend));
        }
    }
    problems
}

/// Whether a sentence names selling and denies it.
fn denies_selling(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut sentences = text.split(['。', '.', '!', '！', '\n']);
    sentences.any(|s| SELLING.iter().any(|word| s.contains(word)) && DENIAL.iter().any(|word| s.contains(word)))
}

/// What a person says or writes, for somebody. It is addressed to them, so its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Script {
    /// What it is about: one line.
    pub subject: String,
    /// What is said first; `None` of a letter.
    pub opening: Option<String>,
    /// What is said, or written.
    pub body: String,
    /// What is said where nobody answers; `None` of a letter.
    pub absent: Option<String>,
    language: Language,
}

impl Script {
    /// What is said or written, part by part, each under its heading: of a letter, which is one part, under none.
    pub fn parts(&self) -> impl Iterator<Item = (Option<&'static str>, &str)> {
        let parts = [
            (Section::Opening, self.opening.as_ref()),
            (Section::Body, Some(&self.body)),
            (Section::Absent, self.absent.as_ref()),
        ];
        let heading = |section: Section| self.opening.is_some().then(|| section.heading(self.language));
        parts.into_iter().filter_map(move |(section, text)| Some((heading(section), text?.as_str())))
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Script({} bytes)", self.body.len())
    }
}

impl Letters {
    /// Writes what a person says or writes for a message, in the words of its mail and without links: nobody can tap on
    /// paper, and the answers to a survey are lines there.
    ///
    /// # Errors
    /// [`RenderError`]; it must not be said then.
    pub fn script(
        &self,
        shop: &Shop,
        step: &StepId,
        channel: Channel,
        facts: &Facts<'_>,
    ) -> Result<Script, RenderError> {
        let facts = &Facts { answer_url: None, ..*facts };
        let letter = self.letter_for(step, facts)?;
        let written = self.write(shop, letter, facts)?;
        let part = |section: Section| -> Result<Option<String>, RenderError> {
            let name = section.template(&letter.file);
            if !channel.is_spoken() || !self.has(&name) {
                return Ok(None);
            }
            let text = self.fill_part(shop, letter, &name, Part::Body, facts)?;
            Ok(Some(joined(&paragraphs(&text))))
        };
        let (opening, absent) = (part(Section::Opening)?, part(Section::Absent)?);
        // The owner's line stands where it would stand in the mail: at the end (R21).
        let note = facts.note.map(|note| format!("\n\n{}", note.as_str())).unwrap_or_default();
        let body = format!("{}{note}", without_links(&written.body));
        Ok(Script { subject: one_line(&written.subject), opening, body, absent, language: self.language })
    }
}

/// A text without the lines that lead somewhere.
fn without_links(body: &str) -> String {
    let kept: Vec<&str> = body.lines().filter(|line| !line.contains("https://")).collect();
    joined(&paragraphs(&kept.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "件名: 使い心地\n\n【最初の一言】\n販売ではありません。\n【本文】\nいかがですか。\n\
                        【お留守のとき】\nまたあらためます。\n";

    fn found(source: &str, channels: &[Channel]) -> Vec<(usize, Rule)> {
        let channels = Channels::new(channels.to_vec()).unwrap_or_default();
        let problems = check_script("letters/a.txt", source, Class::Story, &channels, Language::Japanese);
        problems.into_iter().map(|problem| (problem.line.unwrap_or(0), problem.rule)).collect()
    }

    #[test]
    fn each_section_keeps_its_lines() {
        let all = sections(CALL);
        let lines =
            |section| all.iter().find(|(own, _)| *own == section).map(|(_, text)| text.lines().collect::<Vec<_>>());
        assert_eq!(lines(Section::Opening).unwrap()[3], "販売ではありません。");
        assert_eq!(lines(Section::Body).unwrap()[5], "いかがですか。");
        assert_eq!(lines(Section::Absent).unwrap()[7], "またあらためます。");
        assert!(all.iter().all(|(_, text)| text.split('\n').filter(|line| !line.is_empty()).count() == 1));
        assert_eq!(sections("件名: a\n\nb"), [(Section::Body, "件名: a\n\nb".to_owned())]);
    }

    #[test]
    fn r23_the_first_words_say_that_this_is_no_selling() {
        for (words, is_denied) in [
            ("本日は、ご案内や販売ではありません。", true),
            ("売り込みのお電話ではございません", true),
            ("勧誘はいたしません。", true),
            ("I am not selling anything.", true),
            ("こんにちは。", false),
            ("販売のご案内です。ほかにはありません。", false),
            ("I sell cups.", false),
        ] {
            let source = CALL.replace("販売ではありません。", words);
            let expected = if is_denied { vec![] } else { vec![(3, Rule::R23)] };
            assert_eq!(found(&source, &[Channel::Phone]), expected, "{words}");
        }
    }

    #[test]
    fn a_call_has_all_its_sections_and_a_letter_none() {
        use Channel::{Letter, Mail, Phone, Visit};
        assert_eq!(found(CALL, &[Visit, Mail]), []);
        assert_eq!(found(CALL, &[Letter, Mail]), [(7, Rule::Form)]);
        assert_eq!(found("件名: a\n\nb", &[Letter]), []);
        let bare = [(1, Rule::R23), (1, Rule::Form), (1, Rule::Form)];
        assert_eq!(found("件名: a\n\nb", &[Phone]), bare);
        let unanswered = CALL.replace("【お留守のとき】\nまたあらためます。\n", "");
        assert_eq!(found(&unanswered, &[Phone]), [(1, Rule::Form)]);
        let stray = CALL.replace("使い心地\n\n", "使い心地\n\n山田様\n");
        assert_eq!(found(&stray, &[Phone]), [(3, Rule::Form)]);
    }

    #[test]
    fn an_english_call_has_english_headings() {
        let english = CALL
            .replace("【最初の一言】", "[First words]")
            .replace("販売ではありません。", "I am not selling anything today.")
            .replace("【本文】", "[What it is about]")
            .replace("【お留守のとき】", "[If nobody answers]");
        assert_eq!(sections(&english).len(), 3);
        assert_eq!(found(&english, &[Channel::Phone]), []);
        let channels = Channels::new(vec![Channel::Phone]).unwrap();
        let bare = check_script("letters/a.txt", "Subject: a\n\nb", Class::Story, &channels, Language::English);
        let told: String = bare.iter().map(ToString::to_string).collect();
        assert!(told.contains("“I am not selling anything today”"), "{told}");
        assert!(told.contains("a line [What it is about]") && !told.contains('【'), "{told}");
    }

    #[test]
    fn paper_has_no_links() {
        assert_eq!(without_links("a\n\n見る → https://example.jp/\n\nb"), "a\n\nb");
    }
}
