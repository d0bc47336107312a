//! `products.csv`: products as a spreadsheet saves them. Columns are found by their names, in any order; faults
//! are told by row and column, as the spreadsheet shows them.

use crate::problem::Problem;
use crate::product_file::{Fault, Field, Row, Shelf};
use csv::{ReaderBuilder, StringRecord};
use std::collections::BTreeMap;

/// What the name of a column begins with that is not for mails.
const LEFT_ALONE: char = '#';

/// Reads the products of a file onto the shelf. Answers with what is wrong.
pub(crate) fn read_csv(name: &str, source: &str, shelf: &mut Shelf) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(source.as_bytes());
    let mut rows = Rows { reader: reader.records(), lines_in_cells: 0 };
    let Some((_, line, header)) = rows.next(name, &mut problems) else {
        if problems.is_empty() {
            let mend = "write a header: id,name,group,picture,page,story,delivery,reorder_days";
            problems.push(Problem::form(name, 1, "the product file is empty", mend));
        }
        return problems;
    };
    let columns = columns(name, line, &header, &mut problems);
    if !problems.is_empty() {
        return problems;
    }
    while let Some((row, line, cells)) = rows.next(name, &mut problems) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if let Some(extra) = cells.iter().skip(header.len()).position(|cell| !cell.trim().is_empty()) {
            let what = format!("column {} of row {row} has no header", letters(header.len() + extra));
            let mend = "put texts that hold a comma into quotes, \"…\"";
            problems.push(Problem::form(name, line, what, mend));
            continue;
        }
        let values = columns.iter().filter_map(|(field, place)| {
            let value = cells.get(*place).map(str::trim).filter(|value| !value.is_empty())?;
            Some((*field, value.to_owned()))
        });
        for Fault { field, must, mend } in shelf.take(&values.collect::<Row>()) {
            let place = columns.get(&field).copied();
            let title = place.and_then(|place| header.get(place)).map_or(field.names()[0], str::trim);
            let column = place.map_or_else(String::new, |place| format!("column {} ", letters(place)));
            problems.push(Problem::form(name, line, format!("{column}(`{title}`) of row {row} {must}"), mend));
        }
    }
    problems
}

/// The records of a file, with row and line.
struct Rows<'r, 's> {
    reader: csv::StringRecordsIter<'r, &'s [u8]>,
    /// Line ends inside of cells so far: a spreadsheet does not count them as rows.
    lines_in_cells: usize,
}

impl Rows<'_, '_> {
    fn next(&mut self, name: &str, problems: &mut Vec<Problem>) -> Option<(usize, usize, StringRecord)> {
        match self.reader.next()? {
            Ok(record) => {
                let line = record.position().map_or(1, |position| usize::try_from(position.line()).unwrap_or(1));
                let row = line.saturating_sub(self.lines_in_cells);
                self.lines_in_cells += record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
                Some((row, line, record))
            }
            Err(_) => {
                let mend = "save the sheet again as CSV UTF-8";
                problems.push(Problem::form(name, 1, "the file cannot be read as a table", mend));
                None
            }
        }
    }
}

/// Where each field stands.
fn columns(name: &str, line: usize, header: &StringRecord, problems: &mut Vec<Problem>) -> BTreeMap<Field, usize> {
    let mut columns = BTreeMap::new();
    let mut note = |place: usize, title: &str, what: &str, mend: String| {
        let what = format!("column {} (`{title}`) {what}", letters(place));
        problems.push(Problem::form(name, line, what, mend));
    };
    for (place, title) in header.iter().map(str::trim).enumerate() {
        if title.is_empty() || title.starts_with(LEFT_ALONE) {
            continue;
        }
        let is = |field: &Field| field.names().iter().any(|name| name.eq_ignore_ascii_case(title));
        match Field::ALL.into_iter().find(is) {
            None => note(place, title, "is no column of a product file", unknown_mend()),
            Some(field) if columns.contains_key(&field) => {
                note(place, title, "stands twice", "take one of them out".to_owned());
            }
            Some(field) => drop(columns.insert(field, place)),
        }
    }
    if !columns.contains_key(&Field::Name) {
        let mend = "begin with a header: id,name,group,picture,page,story,delivery; only name must be there";
        problems.push(Problem::form(name, line, "there is no column `name` (`商品名`)", mend));
    }
    columns
}

fn unknown_mend() -> String {
    let names = Field::ALL.map(|field| field.names().join("/")).join(", ");
    format!("use {names}; or write {LEFT_ALONE} before its name, and it is left alone")
}

/// A column as spreadsheets name it: A, B, … Z, AA.
fn letters(place: usize) -> String {
    let letter = |n: usize| char::from(b'A' + u8::try_from(n % 26).unwrap_or_default());
    let mut name = String::from(letter(place));
    let mut rest = place / 26;
    while rest > 0 {
        rest -= 1;
        name.insert(0, letter(rest));
        rest /= 26;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        for (place, name) in [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(place), name);
        }
    }
}
