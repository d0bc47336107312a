//! `programme.toml`: which messages go out, and when.
//!
//! The form is made for people: `occasions = "3+"`, `every_weeks = 4`, `weekday = "tuesday"`. What the domain
//! finds wrong with the programme is led back to the line in which it stands.

use crate::anchor_file::{anchor, channels, counts_from};
use crate::dated_file::{DatedLines, read_campaign, read_dated};
use crate::files::Files;
use crate::frequency_file::{FrequencyLines, read_frequency};
use crate::language::{LANGUAGE_KEY, Language, UNNAMED_KEY, language, unnamed};
use crate::listening_file::{read_question, read_remedy};
use crate::problem::Problem;
use crate::rhythm_file::read_rhythm;
use crate::target_file::{read_target, unknown_groups};
use crate::toml_reader::{Document, KeyLines, Table, date, number, time};
use chrono::NaiveTime;
use std::collections::BTreeSet;
use toml::de::DeValue;
use wasurena_domain::almanac::Region;
use wasurena_domain::customer::Stage;
use wasurena_domain::ids::StepId;
use wasurena_domain::listening::Listening;
use wasurena_domain::programme::{
    Anchor, Class, Finding, Frequency, Occasions, OncePer, Programme, Rule, Series, SeriesLetter, Severity, Site,
    Start, Step, check_in,
};
use wasurena_domain::shop::{Hours, Shop};
use wasurena_domain::trial;

/// Where the programme stands.
pub(crate) const PROGRAMME_FILE: &str = "programme.toml";
/// Every class, for the name in the file.
const CLASSES: [Class; 10] = [
    Class::Thanks,
    Class::Survey,
    Class::Usage,
    Class::Voices,
    Class::Story,
    Class::Greeting,
    Class::Newsletter,
    Class::Remedy,
    Class::Promotion,
    Class::Offer,
];

/// A programme as far as it could be read, and where its parts stand.
pub(crate) struct Draft {
    /// What could be read.
    pub(crate) programme: Programme,
    /// The language of its letters.
    pub(crate) language: Language,
    /// What they call what was bought, where its name is not known.
    pub(crate) unnamed: Option<String>,
    /// Whether that is all of it.
    pub(crate) complete: bool,
    steps: Vec<KeyLines>,
    series: Vec<(KeyLines, Vec<KeyLines>)>,
    dated: Vec<DatedLines>,
    frequency: Option<FrequencyLines>,
    /// Of each step's further texts.
    texts: Vec<Vec<KeyLines>>,
    /// Of each step's answers.
    answers: Vec<Vec<KeyLines>>,
    remedies: Vec<KeyLines>,
}

/// Reads the programme and checks it. `None` where there is nothing to read: `problems` says what.
pub(crate) fn read_programme(files: &Files, shop: Option<&Shop>, problems: &mut Vec<Problem>) -> Option<Draft> {
    let Some(source) = files.get(PROGRAMME_FILE) else {
        problems.push(Problem::missing(PROGRAMME_FILE, "add the programme: a [[step]] for each message"));
        return None;
    };
    let document = Document::parse(PROGRAMME_FILE, source);
    let draft = document.top().map(draft);
    let found = document.into_problems();
    let draft = draft.map(|draft| Draft { complete: found.is_empty(), ..draft });
    problems.extend(found);
    if let Some(draft) = &draft {
        problems.extend(draft.findings(shop.map_or(Region::default(), |shop| shop.region)));
        problems.extend(shop.iter().flat_map(|shop| draft.outside(shop.hours)));
        problems.extend(shop.iter().flat_map(|shop| draft.unknown(shop)));
    }
    draft
}

fn draft(mut top: Table<'_>) -> Draft {
    let mut draft = Draft {
        programme: Programme {
            steps: Vec::new(),
            series: Vec::new(),
            dated: Vec::new(),
            frequency: Frequency::default(),
            listening: Listening::default(),
        },
        language: top.optional(LANGUAGE_KEY, "\"en\"", language).flatten().unwrap_or_default(),
        unnamed: top.optional(UNNAMED_KEY, "\"visit\"", unnamed).flatten(),
        complete: false,
        steps: Vec::new(),
        series: Vec::new(),
        dated: Vec::new(),
        frequency: None,
        texts: Vec::new(),
        answers: Vec::new(),
        remedies: Vec::new(),
    };
    for mut table in top.sections("step", "") {
        let lines = table.lines();
        let asked = read_question(&mut table);
        let (texts, text_lines) = read_texts(&mut table);
        if let Some(step) = step(table) {
            let step = Step { texts, ..step };
            draft.texts.push(text_lines);
            let (question, answers) = asked.unzip();
            draft.programme.listening.questions.extend(question.map(|question| (step.id.clone(), question)));
            draft.programme.steps.push(step);
            draft.steps.push(lines);
            draft.answers.push(answers.unwrap_or_default());
        }
    }
    let remedies = top.sections("remedy", "").into_iter().filter_map(read_remedy);
    (draft.programme.listening.remedies, draft.remedies) = remedies.unzip();
    for mut table in top.sections("series", "") {
        let lines = table.lines();
        let letters = table.sections("letter", "series.").into_iter();
        let letters: Vec<_> = letters.filter_map(|table| Some((table.lines(), issue(table)?))).collect();
        let (letter_lines, letters) = letters.into_iter().unzip();
        if let Some(series) = series(table, letters) {
            draft.programme.series.push(series);
            draft.series.push((lines, letter_lines));
        }
    }
    let dated = top.sections("date", "").into_iter().filter_map(read_dated);
    let dated: Vec<_> = dated.chain(top.sections("campaign", "").into_iter().filter_map(read_campaign)).collect();
    (draft.programme.dated, draft.dated) = dated.into_iter().unzip();
    if let Some(table) = top.optional_section("frequency") {
        let (frequency, lines) = read_frequency(table);
        draft.programme.frequency = frequency.unwrap_or_default();
        draft.frequency = Some(lines);
    }
    top.finish();
    draft
}

fn step(mut table: Table<'_>) -> Option<Step> {
    let id = table.required("id", "\"usage\"", step_id);
    let class = table.required("class", "\"usage\"", class);
    let from = table.required("anchor", "\"purchase\"", counts_from);
    let unknown_day = table.optional("unknown_day", "7", number);
    let letter = table.optional("letter", "\"thanks-first\"", step_id);
    let channels = table.optional("channels", "[\"letter\", \"mail\"]", channels);
    let arrives = table.optional("arrives", "\"late\"", arrives_late);
    let occasions = table.required("occasions", "\"every\"", occasions);
    let once_per = table.optional("once_per", "\"occasion\"", once_per);
    let stages = table.optional("stages", "[\"first\", \"repeat\"]", stages);
    let target = read_target(&mut table);
    let day = table.required("day", "14", number);
    let latest_day = table.required("latest_day", "21", number);
    let at = table.required("at", "\"10:00\"", time);
    let anchor = match (from, unknown_day, letter) {
        (Some(from), Some(unknown_day), Some(letter)) => anchor(&table, from, unknown_day, letter),
        _ => None,
    };
    table.finish();
    Some(Step {
        id: id?,
        class: class?,
        anchor: anchor?,
        occasions: occasions?,
        once_per: once_per?.unwrap_or(OncePer::Occasion),
        stages: stages?,
        target: target?,
        channels: channels?.unwrap_or_default(),
        day: day?,
        latest_day: latest_day?,
        at: at?,
        texts: Vec::new(),
        arrives_late: arrives?.unwrap_or(false),
    })
}

/// `[[step.text]]`: the texts that come after the step's own, in turn, and their lines.
fn read_texts(step: &mut Table<'_>) -> (Vec<StepId>, Vec<KeyLines>) {
    let read = |mut table: Table<'_>| {
        let lines = table.lines();
        let id = table.required("id", "\"thanks-again-light\"", step_id);
        table.finish();
        Some((id?, lines))
    };
    step.sections("text", "step.").into_iter().filter_map(read).unzip()
}

fn series(mut table: Table<'_>, letters: Vec<SeriesLetter>) -> Option<Series> {
    let id = table.required("id", "\"letters\"", step_id);
    let from_occasion = table.required("from_occasion", "1", number);
    let stages = table.optional("stages", "[\"first\", \"repeat\"]", stages);
    let target = read_target(&mut table);
    let channels = table.optional("channels", "[\"letter\", \"mail\"]", channels);
    let after = table.optional("after", "\"usage\"", step_id);
    let days = table.required("after_days", "28", number);
    let rhythm = read_rhythm(&mut table);
    let window_days = table.required("window_days", "6", number);
    let at = table.required("at", "\"10:00\"", time);
    table.finish();
    let start = match (after?, days?) {
        (Some(step), days) => Start::AfterStep { step, days },
        (None, days) => Start::AfterPurchase { days },
    };
    Some(Series {
        id: id?,
        from_occasion: from_occasion?,
        stages: stages?,
        target: target?,
        channels: channels?.unwrap_or_default(),
        start,
        rhythm: rhythm?,
        window_days: window_days?,
        at: at?,
        letters,
    })
}

pub(crate) fn letter(mut table: Table<'_>) -> Option<SeriesLetter> {
    let id = table.required("id", "\"greeting-first\"", step_id);
    let class = table.required("class", "\"greeting\"", class);
    table.finish();
    Some(SeriesLetter { id: id?, class: class?, issued: None })
}

/// A letter of a series, which may be one of those that are written as it goes.
fn issue(mut table: Table<'_>) -> Option<SeriesLetter> {
    let issued = table.optional("issued", "2026-12-01", date);
    letter(table).and_then(|letter| Some(SeriesLetter { issued: issued?, ..letter }))
}

impl Draft {
    /// The line in which a message is named.
    pub(crate) fn line_of(&self, id: &StepId) -> usize {
        let steps = self.programme.steps.iter().zip(&self.steps).map(|(step, lines)| (&step.id, lines));
        let letters = self.programme.series.iter().zip(&self.series).flat_map(|(series, (_, lines))| {
            series.letters.iter().zip(lines).map(|(letter, lines)| (&letter.id, lines))
        });
        let texts = self.programme.dated.iter().zip(&self.dated).flat_map(|(dated, lines)| {
            dated.letters.iter().zip(&lines.letters).map(|(letter, lines)| (&letter.id, lines))
        });
        let remedies = self.programme.listening.remedies.iter().zip(&self.remedies);
        let further =
            self.programme.steps.iter().zip(&self.texts).flat_map(|(step, lines)| step.texts.iter().zip(lines));
        steps
            .chain(further)
            .chain(letters)
            .chain(texts)
            .chain(remedies)
            .find(|(name, _)| *name == id)
            .map_or(1, |(_, lines)| lines.of("id"))
    }

    /// What the domain finds, each with its line. Of a programme that could only be read in part nothing is
    /// said about what it lacks: that may stand in the other part.
    fn findings(&self, region: Region) -> Vec<Problem> {
        let findings = check_in(&self.programme, region).into_iter();
        let said = findings.filter(|finding| {
            let lacks = matches!(
                finding.site,
                Site::Programme
                    | Site::Frequency { .. }
                    | Site::Series { key: "start" | "letters", .. }
                    | Site::Dated { key: "letters", .. }
                    | Site::Step { key: "groups" | "products" | "except_groups" | "except_products", .. }
            );
            self.complete || !lacks
        });
        said.map(|finding| self.told(finding)).collect()
    }

    /// What model customers find who live with it.
    pub(crate) fn on_trial(&self, shop: &Shop) -> Vec<Problem> {
        trial::check(shop, &self.programme).into_iter().map(|finding| self.told(finding)).collect()
    }

    fn told(&self, finding: Finding) -> Problem {
        let line = self.line(&finding);
        let Finding { severity, rule, what, mend, .. } = finding;
        Problem::breaks(rule, PROGRAMME_FILE, line, what, mend).weighing(severity)
    }

    fn line(&self, finding: &Finding) -> usize {
        let found = match finding.site {
            Site::Programme => self.nearest(finding.rule),
            Site::Step { index, key } => self.steps.get(index).map(|lines| lines.of(key)),
            Site::Series { index, key } => self.series.get(index).map(|(lines, _)| match key {
                "rhythm" => lines.of("every_weeks"),
                "start" => lines.of("after"),
                key => lines.of(key),
            }),
            Site::Frequency { key } => self.frequency.as_ref().map(|lines| lines.of(key)),
            Site::Dated { index, key } => self.dated.get(index).map(|lines| lines.own.of(key)),
            Site::DatedLetter { dated, index, key } => {
                self.dated.get(dated).and_then(|lines| lines.letters.get(index)).map(|lines| lines.of(key))
            }
            Site::Answer { step, index, key } => {
                self.answers.get(step).and_then(|lines| lines.get(index)).map(|lines| lines.of(key))
            }
            Site::Remedy { index, key } => self.remedies.get(index).map(|lines| lines.of(key)),
            Site::Letter { series, index, key } => {
                self.series.get(series).and_then(|(_, lines)| lines.get(index)).map(|lines| lines.of(key))
            }
        };
        found.unwrap_or(1)
    }

    /// Where a rule that the programme as a whole breaks would most likely be mended: at the step that comes
    /// nearest to keeping it.
    fn nearest(&self, rule: Rule) -> Option<usize> {
        let mut first = self.programme.steps.iter().zip(&self.steps).filter(|(step, _)| step.occasions.contains(1));
        let (_, lines) = first.find(|(step, _)| match rule {
            Rule::R2 => step.class == Class::Thanks,
            Rule::R1 => step.class != Class::Thanks && step.anchor == Anchor::Purchase,
            _ => false,
        })?;
        Some(lines.of("latest_day"))
    }

    /// Every step that says the same to whoever buys again: nobody should get one text twice. A question about another thing is
    /// another question, and how to use a thing is told once for each by `once_per`.
    pub(crate) fn repeated(&self) -> Vec<Problem> {
        let repeats = |step: &Step| {
            let is_once = step.occasions.to == Some(step.occasions.from) || step.once_per == OncePer::Product;
            step.texts.is_empty() && !is_once && !matches!(step.class, Class::Survey | Class::Usage)
        };
        let repeating = self.programme.steps.iter().zip(&self.steps).filter(|(step, _)| repeats(step));
        let told = repeating.map(|(step, lines)| {
            let what =
                format!("`{}` comes with each occasion and has one text: whoever comes back gets it again", step.id);
            let mend = "add [[step.text]]s, which come in turn, or set once_per = \"product\"";
            Problem::form(PROGRAMME_FILE, lines.of("id"), what, mend.to_owned()).weighing(Severity::Warning)
        });
        told.collect()
    }

    /// Every group that a message names and the shop does not have.
    fn unknown(&self, shop: &Shop) -> Vec<Problem> {
        let steps = self.programme.steps.iter().zip(&self.steps).map(|(s, lines)| (&s.id, &s.target, lines));
        let series = self.programme.series.iter().zip(&self.series).map(|(s, (lines, _))| (&s.id, &s.target, lines));
        let dated = self.programme.dated.iter().zip(&self.dated).map(|(d, lines)| (&d.id, &d.target, &lines.own));
        let named =
            steps.chain(series).chain(dated).filter_map(|(id, target, lines)| Some((id, target.as_ref()?, lines)));
        named.flat_map(|(id, target, lines)| unknown_groups(id, target, lines, &shop.products)).collect()
    }

    /// Every message that would go out at a time at which the shop sends nothing.
    fn outside(&self, hours: Hours) -> Vec<Problem> {
        let steps = self.programme.steps.iter().zip(&self.steps).map(|(step, lines)| (&step.id, step.at, lines));
        let series = self.programme.series.iter().zip(&self.series).map(|(s, (lines, _))| (&s.id, s.at, lines));
        let dated =
            self.programme.dated.iter().zip(&self.dated).map(|(dated, lines)| (&dated.id, dated.at, &lines.own));
        let outside = steps.chain(series).chain(dated).filter(|(_, at, _)| !hours.contains(*at));
        outside.map(|(id, at, lines)| outside_hours(id, at, hours, lines.of("at"))).collect()
    }
}

fn outside_hours(id: &StepId, at: NaiveTime, hours: Hours, line: usize) -> Problem {
    let what = format!("`{id}` goes out at {}, outside the shop's hours", at.format("%H:%M"));
    let mend = format!(
        "set at between {} and {}, or change [hours] in shop.toml",
        hours.from.format("%H:%M"),
        hours.to.format("%H:%M")
    );
    Problem::form(PROGRAMME_FILE, line, what, mend)
}

pub(crate) fn step_id(value: &DeValue<'_>) -> Result<StepId, String> {
    let text = value.as_str().unwrap_or_default();
    StepId::parse(text).map_err(|_| "a name of 1 to 40 characters of a-z, 0-9 and -".to_owned())
}

fn class(value: &DeValue<'_>) -> Result<Class, String> {
    let found = value.as_str().and_then(|name| CLASSES.into_iter().find(|class| class.name() == name));
    found.ok_or_else(|| format!("one of {}", CLASSES.map(Class::name).join(", ")))
}

/// `"late"`: the step is only for what arrives late, because it is made or comes out after the order.
fn arrives_late(value: &DeValue<'_>) -> Result<bool, String> {
    value.as_str().filter(|text| *text == "late").map(|_| true).ok_or_else(|| "late, or left out".to_owned())
}

fn once_per(value: &DeValue<'_>) -> Result<OncePer, String> {
    match value.as_str() {
        Some("occasion") => Ok(OncePer::Occasion),
        Some("product") => Ok(OncePer::Product),
        _ => Err("occasion or product".to_owned()),
    }
}

/// `"1"`, `"2"`, `"3+"`, `"2-5"`, `"every"`.
pub(crate) fn occasions(value: &DeValue<'_>) -> Result<Occasions, String> {
    let parse = |text: &str| {
        if text == "every" {
            return Some(Occasions { from: 1, to: None });
        }
        if let Some(from) = text.strip_suffix('+') {
            return Some(Occasions { from: from.parse().ok()?, to: None });
        }
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        Some(Occasions { from: from.parse().ok()?, to: Some(to.parse().ok()?) })
    };
    value.as_str().and_then(parse).ok_or_else(|| "\"1\", \"2\", \"3+\", \"2-5\" or \"every\"".to_owned())
}

/// `["first", "repeat"]`: stages of the relationship.
pub(crate) fn stages(value: &DeValue<'_>) -> Result<BTreeSet<Stage>, String> {
    let names = value.as_array().into_iter().flatten();
    let named = |value: &DeValue<'_>| Stage::ALL.into_iter().find(|stage| Some(stage.name()) == value.as_str());
    let stages: Option<BTreeSet<Stage>> = names.map(|name| named(name.get_ref())).collect();
    let found = stages.filter(|stages| !stages.is_empty());
    found.ok_or_else(|| format!("a list of stages: {}", Stage::ALL.map(Stage::name).join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occasions_are_written_as_people_say_them() {
        for (text, expected) in [
            ("1", Some((1, Some(1)))),
            ("3+", Some((3, None))),
            ("2-5", Some((2, Some(5)))),
            ("every", Some((1, None))),
            ("", None),
            ("-1", None),
            ("first", None),
            ("99999999999", None),
        ] {
            let found = occasions(&DeValue::String(text.into())).ok();
            assert_eq!(found.map(|o| (o.from, o.to)), expected, "{text:?}");
        }
    }
}
