//! Reads TOML key by key, and notes everything that is wrong with its line instead of stopping at the first.
//!
//! Deserialising ends at the first error. An owner who mends one key a run gives up on the third, so this
//! reader goes on: each key it cannot use becomes a [`Problem`], and a value is made only where none is missing.

use crate::problem::{Problem, line_at};
use std::cell::RefCell;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use wasurena_domain::programme::Rule;

/// Longest line, in bytes.
const LINE_BYTES_MAX: usize = 2_000;

/// A document, and what was found wrong in it.
pub(crate) struct Document<'s> {
    file: &'s str,
    text: &'s str,
    root: Option<Spanned<DeTable<'s>>>,
    problems: RefCell<Vec<Problem>>,
}

/// The tables of a document, by the keys that were asked for.
pub(crate) struct Table<'d> {
    document: &'d Document<'d>,
    /// How the file calls it: `[legal]`, `[[step]]`; empty for the top.
    name: String,
    line: usize,
    entries: &'d DeTable<'d>,
    known: Vec<&'static str>,
    /// Why its keys must be there, where that is not plain.
    because: &'static str,
}

/// Where the keys of a table stand.
#[derive(Debug, Clone)]
pub(crate) struct KeyLines {
    line: usize,
    keys: Vec<(String, usize)>,
}

/// How a value is read: `Err` says what it should be.
pub(crate) type Read<T> = fn(&DeValue<'_>) -> Result<T, String>;

impl<'s> Document<'s> {
    /// Parses a file. Syntax errors are its problems.
    pub(crate) fn parse(file: &'s str, text: &'s str) -> Self {
        let mut problems = Vec::new();
        // A key may have as many dots as its line has room for, and each is a table in a table.
        if let Some(index) = text.lines().position(|line| line.len() > LINE_BYTES_MAX) {
            let what = format!("the line has more than {LINE_BYTES_MAX} bytes");
            problems.push(Problem::form(file, index + 1, what, "make several lines of it"));
            return Self { file, text, root: None, problems: RefCell::new(problems) };
        }
        let root = DeTable::parse(text)
            .map_err(|error| {
                let line = error.span().map_or(1, |span| line_at(text, span.start));
                let what = format!("this is not TOML: {}", error.message().replace('\n', ", "));
                problems.push(Problem::form(file, line, what, "write `key = value`, texts in \"…\""));
            })
            .ok();
        Self { file, text, root, problems: RefCell::new(problems) }
    }

    /// The top table; `None` where the file could not be parsed.
    pub(crate) fn top(&self) -> Option<Table<'_>> {
        let entries = self.root.as_ref()?.get_ref();
        Some(Table { document: self, name: String::new(), line: 1, entries, known: Vec::new(), because: "" })
    }

    /// Notes a problem of the file.
    pub(crate) fn note(&self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.problems.borrow_mut().push(Problem::form(self.file, line, what, mend));
    }

    /// Everything that was found wrong.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

impl<'d> Table<'d> {
    fn entry(&mut self, key: &'static str) -> Option<(usize, &'d DeValue<'d>)> {
        self.known.push(key);
        let (name, value) = self.entries.get_key_value(key)?;
        Some((line_at(self.document.text, name.span().start), value.get_ref()))
    }

    fn place(&self) -> String {
        if self.name.is_empty() { String::new() } else { format!(" in {}", self.name) }
    }

    fn read<T>(&self, key: &str, line: usize, value: &DeValue<'_>, example: &str, read: Read<T>) -> Option<T> {
        let refuse = |expected: String| {
            let what = format!("`{key}`{} must be {expected}", self.place());
            self.document.note(line, what, format!("write `{key} = {example}`"));
        };
        read(value).map_err(refuse).ok()
    }

    /// The same table, whose missing keys are explained: `because` follows "`key` is missing in [table]".
    pub(crate) fn because(self, because: &'static str) -> Self {
        Self { because, ..self }
    }

    /// A key that must be there. `None` where it is not, or is wrong: that is noted.
    pub(crate) fn required<T>(&mut self, key: &'static str, example: &str, read: Read<T>) -> Option<T> {
        let Some((line, value)) = self.entry(key) else {
            let what = format!("`{key}` is missing{}{}", self.place(), self.because);
            self.document.note(self.line, what, format!("add `{key} = {example}`{}", self.place()));
            return None;
        };
        self.read(key, line, value, example, read)
    }

    /// A key that may be there. `None` where it is wrong, which is noted; `Some(None)` where it is not there.
    pub(crate) fn optional<T>(&mut self, key: &'static str, example: &str, read: Read<T>) -> Option<Option<T>> {
        match self.entry(key) {
            None => Some(None),
            Some((line, value)) => self.read(key, line, value, example, read).map(Some),
        }
    }

    /// A table that must be there, `[key]`. Where it is not, an empty one stands for it, so that each of its
    /// keys is named as missing.
    pub(crate) fn section(&mut self, key: &'static str, empty: &'d DeTable<'static>) -> Option<Table<'d>> {
        let name = format!("[{key}]");
        match self.entry(key) {
            None => {
                Some(Table { document: self.document, name, line: 1, entries: empty, known: Vec::new(), because: "" })
            }
            Some((line, value)) => self.as_section(line, key, value),
        }
    }

    /// A table that may be there, `[key]`; `name` is how the file calls it.
    pub(crate) fn optional_section(&mut self, key: &'static str) -> Option<Table<'d>> {
        let (line, value) = self.entry(key)?;
        self.as_section(line, key, value)
    }

    /// The tables in a table, `[carts.shopify]`, by keys that only their reader knows: key, line, and the table
    /// where it is one. `path` is the path of the table they are in, with a dot.
    pub(crate) fn each_section(&mut self, path: &str) -> Vec<(String, usize, Option<Table<'d>>)> {
        let each = self.entries.iter().map(|(key, value)| {
            let line = line_at(self.document.text, key.span().start);
            let name = key.get_ref().to_string();
            let section = self.as_section(line, &format!("{path}{name}"), value.get_ref());
            (name, line, section)
        });
        each.collect()
    }

    fn as_section(&self, line: usize, path: &str, value: &'d DeValue<'d>) -> Option<Table<'d>> {
        let name = format!("[{path}]");
        let Some(entries) = value.as_table() else {
            self.document.note(line, format!("`{path}` must be a table"), format!("write it as `{name}`"));
            return None;
        };
        Some(Table { document: self.document, name, line, entries, known: Vec::new(), because: "" })
    }

    /// A key whose faults another reader of the same file notes.
    pub(crate) fn quietly<T>(&mut self, key: &'static str, read: Read<T>) -> Option<T> {
        self.entry(key).and_then(|(_, value)| read(value).ok())
    }

    /// A table that may be in this one, `[frequency.caps]`; `path` is the path of this one, with a dot.
    pub(crate) fn optional_inner(&mut self, path: &str, key: &'static str) -> Option<Table<'d>> {
        let (line, value) = self.entry(key)?;
        self.as_section(line, &format!("{path}{key}"), value)
    }

    /// Keys that another reader of the same file reads.
    pub(crate) fn leave(&mut self, keys: &[&'static str]) {
        self.known.extend(keys);
    }

    /// Notes a problem in a line.
    pub(crate) fn note_at(&self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.document.note(line, what, mend);
    }

    /// An array of tables, `[[key]]`; `prefix` is the path of the table it is in, with a dot.
    pub(crate) fn sections(&mut self, key: &'static str, prefix: &str) -> Vec<Table<'d>> {
        let name = format!("[[{prefix}{key}]]");
        let Some((line, value)) = self.entry(key) else { return Vec::new() };
        let items = value.as_array();
        let tables = items.into_iter().flat_map(|array| array.iter()).filter_map(|item| {
            let line = line_at(self.document.text, item.span().start);
            let entries = item.get_ref().as_table()?;
            Some(Table { document: self.document, name: name.clone(), line, entries, known: Vec::new(), because: "" })
        });
        let tables: Vec<_> = tables.collect();
        if items.is_none_or(|array| array.len() != tables.len()) {
            self.document.note(line, format!("`{key}` must be tables"), format!("write each as `{name}`"));
        }
        tables
    }

    /// Notes a problem with a key, or with the table where the key is not there.
    pub(crate) fn note(&self, key: &str, what: impl Into<String>, mend: impl Into<String>) {
        self.document.note(self.lines().of(key), what, mend);
    }

    /// The same, of a rule that a value of the table breaks.
    pub(crate) fn note_rule(&self, rule: Rule, key: &str, what: impl Into<String>, mend: impl Into<String>) {
        let problem = Problem::breaks(rule, self.document.file, self.lines().of(key), what, mend);
        self.document.problems.borrow_mut().push(problem);
    }

    /// Where the keys stand.
    pub(crate) fn lines(&self) -> KeyLines {
        let keys = self.entries.keys().map(|k| (k.get_ref().to_string(), line_at(self.document.text, k.span().start)));
        KeyLines { line: self.line, keys: keys.collect() }
    }

    /// Notes every key that nobody asked for.
    pub(crate) fn finish(self) {
        for key in self.entries.keys().filter(|k| !self.known.contains(&k.get_ref().as_ref())) {
            let line = line_at(self.document.text, key.span().start);
            let what = format!("`{}` is no key{}", key.get_ref(), self.place());
            let mend = format!("take it out, or use one of: {}", self.known.join(", "));
            self.document.note(line, what, mend);
        }
    }
}

impl KeyLines {
    /// The line of a key; of the table where the key is not there.
    pub(crate) fn of(&self, key: &str) -> usize {
        self.keys.iter().find(|(name, _)| name == key).map_or(self.line, |(_, line)| *line)
    }
}

/// Longest text a setting may hold, in characters.
const TEXT_MAX: usize = 200;

/// A text of one line that is not empty.
pub(crate) fn text(value: &DeValue<'_>) -> Result<String, String> {
    let expected = || format!("a text of one line, 1 to {TEXT_MAX} characters");
    let text = value.as_str().ok_or_else(expected)?.trim();
    let fits = !text.is_empty() && text.chars().count() <= TEXT_MAX && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned()).ok_or_else(expected)
}

/// A whole number from 0.
pub(crate) fn number(value: &DeValue<'_>) -> Result<u32, String> {
    let integer = value.as_integer().and_then(|i| u32::from_str_radix(i.as_str(), i.radix()).ok());
    integer.ok_or_else(|| "a whole number from 0".to_owned())
}

/// `true` or `false`.
pub(crate) fn flag(value: &DeValue<'_>) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "true or false".to_owned())
}

/// A wall-clock time, as text: `"10:00"`.
pub(crate) fn time(value: &DeValue<'_>) -> Result<chrono::NaiveTime, String> {
    let time = value.as_str().and_then(|text| chrono::NaiveTime::parse_from_str(text, "%H:%M").ok());
    time.ok_or_else(|| "a time like \"10:00\"".to_owned())
}

/// A civil date: `2026-12-01`.
pub(crate) fn date(value: &DeValue<'_>) -> Result<chrono::NaiveDate, String> {
    let whole = value.as_datetime().filter(|d| d.time.is_none() && d.offset.is_none());
    let date = whole
        .and_then(|d| d.date)
        .and_then(|d| chrono::NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day)));
    date.ok_or_else(|| "a date like 2026-12-01, without quotes".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_found_in_one_run() {
        let text = "name = 1\nnmae = \"x\"\n\n[[step]]\nday = \"one\"\n\n[[step]]\nday = 2\nextra = 1\n";
        let document = Document::parse("a.toml", text);
        let mut top = document.top().unwrap();
        assert_eq!(top.required("name", "\"x\"", super::text), None);
        assert_eq!(top.required("zone", "\"x\"", super::text), None);
        let days = top.sections("step", "").into_iter().map(|mut step| {
            let day = step.required("day", "1", number);
            step.finish();
            day
        });
        assert_eq!(days.collect::<Vec<_>>(), [None, Some(2)]);
        top.finish();
        let found: Vec<String> = document.into_problems().iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "a.toml:1: form: `name` must be a text of one line, 1 to 200 characters. Mend: write `name = \"x\"`.",
                "a.toml:1: form: `zone` is missing. Mend: add `zone = \"x\"`.",
                "a.toml:5: form: `day` in [[step]] must be a whole number from 0. Mend: write `day = 1`.",
                "a.toml:9: form: `extra` is no key in [[step]]. Mend: take it out, or use one of: day.",
                "a.toml:2: form: `nmae` is no key. Mend: take it out, or use one of: name, zone, step.",
            ]
        );
    }

    #[test]
    fn what_is_no_toml_is_one_problem_with_its_line() {
        let document = Document::parse("a.toml", "a = 1\nb = \n");
        assert!(document.top().is_none());
        assert_eq!(document.into_problems().first().and_then(|p| p.line), Some(2));
    }
}
