//! Product files: what a shop tells about the things it sells, as a table from a spreadsheet or as TOML.
//!
//! Both forms have the same fields and the same rules for them; only where a fault stands is told differently.

use crate::files::Files;
use crate::problem::Problem;
use crate::product_csv::read_csv;
use crate::shop_file::SHOP_FILE;
use crate::toml_reader::{Document, Table, number};
use crate::values::is_web_address;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeValue;
use wasurena_domain::catalogue::{Catalogue, Product};
use wasurena_domain::purchase::Delivery;

/// Most products of a shop.
const PRODUCTS_MAX: usize = 5_000;
/// Most ids of one product.
const IDS_MAX: usize = 50;
/// Longest id, name or group, in characters: no longer than an order keeps them.
const NAME_MAX: usize = 120;
/// Longest address, in bytes.
const URL_BYTES_MAX: usize = 500;
/// Longest story, in characters: a few sentences in a letter.
const STORY_MAX: usize = 400;
/// Faults told of one file. Who made the same mistake in a thousand rows sees it in these.
const FAULTS_MAX: usize = 20;
/// Longest time after which something is bought again, in days: ten years (R5).
const REORDER_DAYS_MAX: u32 = 3_660;

/// A field of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Id,
    Name,
    Group,
    Tags,
    Picture,
    Page,
    Story,
    Delivery,
    Reorder,
}

impl Field {
    pub(crate) const ALL: [Self; 9] = [
        Self::Id,
        Self::Name,
        Self::Group,
        Self::Tags,
        Self::Picture,
        Self::Page,
        Self::Story,
        Self::Delivery,
        Self::Reorder,
    ];

    /// Its name in English, which TOML uses, and in Japanese.
    pub(crate) fn names(self) -> [&'static str; 2] {
        match self {
            Self::Id => ["id", "商品ID"],
            Self::Name => ["name", "商品名"],
            Self::Group => ["group", "グループ"],
            Self::Tags => ["tags", "タグ"],
            Self::Picture => ["picture", "画像"],
            Self::Page => ["page", "ページ"],
            Self::Story => ["story", "物語"],
            Self::Delivery => ["delivery", "届け方"],
            Self::Reorder => ["reorder_days", "買い替え日数"],
        }
    }
}

/// The ways of delivery, by their names in both languages.
const DELIVERIES: [(Delivery, [&str; 2]); 4] = [
    (Delivery::Goods, ["goods", "通常"]),
    (Delivery::Digital, ["digital", "デジタル"]),
    (Delivery::MadeToOrder, ["made_to_order", "受注生産"]),
    (Delivery::Appointment, ["appointment", "予約日"]),
];

/// The fields of one product as they were written.
pub(crate) type Row = BTreeMap<Field, String>;

/// What is wrong with one field: what it must be, and how to mend it.
pub(crate) struct Fault {
    pub(crate) field: Field,
    pub(crate) must: String,
    pub(crate) mend: &'static str,
}

fn fault(field: Field, must: impl Into<String>, mend: &'static str) -> Fault {
    Fault { field, must: must.into(), mend }
}

/// Reads the product files of a shop; `line` is where `shop.toml` names them.
pub(crate) fn read_products(names: &[String], files: &Files, line: usize, problems: &mut Vec<Problem>) -> Catalogue {
    let mut shelf = Shelf::default();
    for name in names {
        let Some(source) = files.get(name) else {
            let what = format!("there is no product file {name} beside shop.toml");
            problems.push(Problem::form(SHOP_FILE, line, what, "put it there, or take `products` out"));
            continue;
        };
        let mut found = if name.ends_with(".csv") {
            read_csv(name, source, &mut shelf)
        } else {
            read_toml(name, source, &mut shelf)
        };
        if found.len() > FAULTS_MAX {
            let more = found.len() - FAULTS_MAX;
            found.truncate(FAULTS_MAX);
            let line = found.last().and_then(|problem| problem.line).unwrap_or(1);
            found.push(Problem::form(name, line, format!("{more} more faults stand below"), "mend these first"));
        }
        problems.extend(found);
    }
    if shelf.products.len() > PRODUCTS_MAX {
        let what = format!("the product files hold {} products", shelf.products.len());
        let mend = format!("keep to {PRODUCTS_MAX}: those that mails are to speak of");
        problems.push(Problem::form(SHOP_FILE, line, what, mend));
    }
    Catalogue::new(shelf.products)
}

/// The products so far, and by which words they are found.
#[derive(Default)]
pub(crate) struct Shelf {
    products: Vec<Product>,
    ids: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl Shelf {
    /// Takes a product in, or says what is wrong with it.
    pub(crate) fn take(&mut self, row: &Row) -> Vec<Fault> {
        let mut faults = Vec::new();
        let product = Product {
            ids: ids(row, &mut faults),
            name: short(row, Field::Name, NAME_MAX, &mut faults).unwrap_or_default(),
            group: short(row, Field::Group, NAME_MAX, &mut faults),
            tags: tags(row, &mut faults),
            picture: address(row, Field::Picture, &mut faults),
            page: address(row, Field::Page, &mut faults),
            story: story(row, &mut faults),
            delivery: delivery(row, &mut faults),
            reorder_days: reorder_days(row, &mut faults),
        };
        if product.name.is_empty() {
            faults.push(fault(Field::Name, "must not be empty", "write what customers know it by"));
        }
        let taken: Vec<&String> = product.ids.iter().filter(|id| !self.ids.insert((*id).clone())).collect();
        if let Some(id) = taken.first() {
            faults.push(fault(
                Field::Id,
                format!("must not name `{id}` again"),
                "an id stands for one product; see the rows above",
            ));
        }
        if !self.names.insert(product.name.clone()) && product.ids.is_empty() && !product.name.is_empty() {
            faults.push(fault(
                Field::Name,
                "must not come twice without an id",
                "give each of them its id, or take one out",
            ));
        }
        if faults.is_empty() {
            self.products.push(product);
        }
        faults
    }
}

/// A text of one line: whoever broke it into several meant one.
fn one_line(text: &str) -> String {
    let mut line = String::new();
    for part in text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()) {
        // Japanese needs nothing between two lines, other words a space.
        let ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
        if ascii(line.chars().last()) && ascii(part.chars().next()) {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}

fn short(row: &Row, field: Field, max: usize, faults: &mut Vec<Fault>) -> Option<String> {
    let text = row.get(&field).map(|text| one_line(text)).filter(|text| !text.is_empty())?;
    if text.chars().count() > max {
        faults.push(fault(field, format!("must have {max} characters at most"), "shorten it"));
    }
    if text.contains("://") {
        faults.push(fault(field, "must not hold an address", "addresses stand in `picture` and `page`"));
    }
    Some(text)
}

fn ids(row: &Row, faults: &mut Vec<Fault>) -> Vec<String> {
    let text = row.get(&Field::Id).map_or("", String::as_str);
    let ids: BTreeSet<&str> =
        text.split(|c: char| c == '|' || c.is_whitespace()).map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.len() > IDS_MAX || ids.iter().any(|id| id.chars().count() > NAME_MAX) {
        let must = format!("must be {IDS_MAX} ids at most, each of {NAME_MAX} characters at most");
        faults.push(fault(Field::Id, must, "part ids by spaces or |"));
    }
    // A spreadsheet turns long numbers into 6.6E+12, and their last digits are lost.
    let rounded = |id: &&&str| id.parse::<f64>().is_ok() && id.contains(['E', 'e']) && id.contains('+');
    if ids.iter().any(|id| rounded(&id)) {
        faults.push(fault(
            Field::Id,
            "must be the whole number",
            "make the column text in the spreadsheet, and enter the id again",
        ));
    }
    ids.into_iter().map(str::to_owned).collect()
}

/// Tags, parted by `|` or 、: they may hold spaces.
fn tags(row: &Row, faults: &mut Vec<Fault>) -> Vec<String> {
    let text = short(row, Field::Tags, NAME_MAX, faults).unwrap_or_default();
    let tags: BTreeSet<&str> = text.split(['|', '、']).map(str::trim).filter(|tag| !tag.is_empty()).collect();
    tags.into_iter().map(str::to_owned).collect()
}

fn address(row: &Row, field: Field, faults: &mut Vec<Fault>) -> Option<String> {
    let url = row.get(&field)?;
    if !is_web_address(url) || url.len() > URL_BYTES_MAX {
        let must = format!("must be an address that begins with https://, of {URL_BYTES_MAX} bytes at most");
        faults.push(fault(field, must, "open it in a browser and copy the whole address"));
    }
    Some(url.clone())
}

fn story(row: &Row, faults: &mut Vec<Fault>) -> Option<String> {
    short(row, Field::Story, STORY_MAX, faults)
}

fn delivery(row: &Row, faults: &mut Vec<Fault>) -> Delivery {
    let Some(text) = row.get(&Field::Delivery) else { return Delivery::default() };
    let found = DELIVERIES.iter().find(|(_, names)| names.contains(&text.as_str()));
    found.map_or_else(
        || {
            let must = "must be goods, digital, made_to_order or appointment (通常, デジタル, 受注生産, 予約日)";
            faults.push(fault(Field::Delivery, must, "write one of these, or nothing for goods"));
            Delivery::default()
        },
        |(delivery, _)| *delivery,
    )
}

fn reorder_days(row: &Row, faults: &mut Vec<Fault>) -> Option<u32> {
    let text = row.get(&Field::Reorder)?;
    let days = text.parse().ok().filter(|days| (1..=REORDER_DAYS_MAX).contains(days));
    if days.is_none() {
        let must = format!("must be a whole number of days from 1 to {REORDER_DAYS_MAX}");
        faults.push(fault(Field::Reorder, must, "write after how many days people usually buy it again, or nothing"));
    }
    days
}

fn read_toml(name: &str, source: &str, shelf: &mut Shelf) -> Vec<Problem> {
    let document = Document::parse(name, source);
    if let Some(mut top) = document.top() {
        for table in top.sections("product", "") {
            take(table, shelf);
        }
        top.finish();
    }
    document.into_problems()
}

fn take(mut table: Table<'_>, shelf: &mut Shelf) {
    let mut row = Row::new();
    let mut sound = true;
    for field in Field::ALL {
        let [key, _] = field.names();
        let read = if field == Field::Reorder { days } else { words };
        match table.optional(key, "\"…\"", read) {
            Some(Some(text)) if !text.is_empty() => drop(row.insert(field, text)),
            Some(_) => {}
            None => sound = false,
        }
    }
    if sound {
        for Fault { field, must, mend } in shelf.take(&row) {
            let [key, _] = field.names();
            table.note(key, format!("`{key}` in [[product]] {must}"), mend);
        }
    }
    table.finish();
}

/// A number of days, as it was written.
fn days(value: &DeValue<'_>) -> Result<String, String> {
    number(value).map(|days| days.to_string())
}

/// A text, or several: `id = ["7", "plink_1"]`.
fn words(value: &DeValue<'_>) -> Result<String, String> {
    let text = |value: &DeValue<'_>| value.as_str().map(|text| text.trim().to_owned());
    let all = match value.as_array() {
        Some(values) => {
            values.iter().map(|value| text(value.get_ref())).collect::<Option<Vec<_>>>().map(|all| all.join("|"))
        }
        None => text(value),
    };
    all.ok_or_else(|| "a text".to_owned())
}
