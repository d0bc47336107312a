//! How a programme listens, as `programme.toml` says it: the answers to a survey, and the letters that make good.

use crate::programme_file::step_id;
use crate::toml_reader::{KeyLines, Table, text};
use toml::de::DeValue;
use wasurena_domain::ids::{AnswerId, StepId};
use wasurena_domain::listening::{Choice, Means, Question};

/// Reads what a step asks, `[[step.answer]]` and `reward`, and the lines of the answers; `None` where it asks nothing.
pub(crate) fn read_question(step: &mut Table<'_>) -> Option<(Question, Vec<KeyLines>)> {
    let reward = step.optional("reward", "\"ありがとうございます。次のご来店のときに…\"", text);
    let answers = step.sections("answer", "step.").into_iter();
    let (lines, answers): (Vec<_>, Vec<_>) = answers.filter_map(|table| Some((table.lines(), choice(table)?))).unzip();
    let reward = reward.flatten();
    if answers.is_empty() && reward.is_some() {
        step.note("reward", "a reward is shown after an answer, and there is none to choose", "add [[step.answer]]s");
    }
    (!answers.is_empty()).then_some((Question { answers, reward }, lines))
}

fn choice(mut table: Table<'_>) -> Option<Choice> {
    let id = table.required("id", "\"liked\"", answer_id);
    let says = table.required("says", "\"気に入って使っています\"", text);
    let says_gift = table.optional("says_gift", "\"喜んでもらえました\"", text);
    let means = table.required("means", "\"happy\"", means);
    table.finish();
    Some(Choice { id: id?, says: says?, says_gift: says_gift?, means: means? })
}

/// Reads a letter that makes good, and its lines.
pub(crate) fn read_remedy(mut table: Table<'_>) -> Option<(StepId, KeyLines)> {
    let lines = table.lines();
    let id = table.required("id", "\"sorry\"", step_id);
    table.finish();
    Some((id?, lines))
}

fn answer_id(value: &DeValue<'_>) -> Result<AnswerId, String> {
    let text = value.as_str().unwrap_or_default();
    AnswerId::parse(text).map_err(|_| "a name of 1 to 24 characters of a-z, 0-9 and -".to_owned())
}

fn means(value: &DeValue<'_>) -> Result<Means, String> {
    let found = value.as_str().and_then(|name| Means::ALL.into_iter().find(|means| means.name() == name));
    found.ok_or_else(|| format!("one of {}", Means::ALL.map(Means::name).join(", ")))
}
