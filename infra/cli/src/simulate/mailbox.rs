//! Every mail of the simulation as files, to be looked at in a browser: `index.html`, a page for each month, and in a folder
//! for each month the mails, as HTML and as text.
//!
//! They hold people's names and addresses where the orders do, so they are written only into a folder that the owner names,
//! which must be new or empty.

use super::calendar::escaped;
use super::life::Onlooker;
use crate::words::class_name;
use anyhow::Context;
use chrono::{DateTime, Datelike, Utc};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::FollowUp;
use wasurena_letters::{Book, Facts, Urls};

/// How many mails are written; those beyond are counted.
const MAILS_MAX: usize = 20_000;
/// Where the pages behind a mail are: nowhere. The domain is one that never exists (RFC 2606).
const URLS: Urls<'_> = Urls {
    stop: "https://wasurena.invalid/stop",
    wishes: "https://wasurena.invalid/wishes",
    wrong: "https://wasurena.invalid/wrong",
    view: "https://wasurena.invalid/view",
    card: "https://wasurena.invalid/card",
};
/// Where the answers to a survey lead: the same.
const ANSWER_URL: &str = "https://wasurena.invalid/answer";

/// A folder of mails.
pub(crate) struct Mailbox<'a> {
    folder: PathBuf,
    book: &'a Book,
    months: BTreeMap<String, Vec<Entry>>,
    written: usize,
    /// Mails that were too many to write.
    pub(crate) left_out: usize,
}

/// A line of an index.
struct Entry {
    at: String,
    file: String,
    to: String,
    subject: String,
    class: &'static str,
}

impl<'a> Mailbox<'a> {
    /// A new mailbox in a folder that is new or empty: mails of another simulation are not mixed with these.
    pub(crate) fn new(folder: &Path, book: &'a Book) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
        anyhow::ensure!(is_empty, "{} is not empty: name a new folder for the mails", folder.display());
        Ok(Self { folder: folder.to_owned(), book, months: BTreeMap::new(), written: 0, left_out: 0 })
    }

    /// Writes the indexes. Answers with how many mails were written.
    pub(crate) fn finish(mut self) -> anyhow::Result<usize> {
        let mut links = String::new();
        for (month, mut mails) in std::mem::take(&mut self.months) {
            // They were played one person after the other; whoever looks wants them by time.
            mails.sort_by(|a, b| (&a.at, &a.file).cmp(&(&b.at, &b.file)));
            links += &format!("<li><a href=\"{month}/index.html\">{month}</a> {} 通</li>\n", mails.len());
            let rows: String = mails.iter().map(Entry::row).collect();
            let table = format!("<p><a href=\"../index.html\">一年</a></p>\n<table>\n{rows}</table>\n");
            self.write(&format!("{month}/index.html"), &page(&format!("{month} のお便り"), &table))?;
        }
        let beyond = match self.left_out {
            0 => String::new(),
            n => format!("<p>ほかに {n} 通ありますが、多いため書き出していません。</p>\n"),
        };
        let title = format!("{} のお便り {} 通", escaped(&self.book.shop.name), self.written);
        self.write("index.html", &page(&title, &format!("<ul>\n{links}</ul>\n{beyond}")))?;
        Ok(self.written)
    }

    fn write(&self, inside: &str, text: &str) -> anyhow::Result<()> {
        let path = self.folder.join(inside);
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
    }
}

impl Onlooker for Mailbox<'_> {
    fn sent(&mut self, follow_up: &FollowUp, customer: &Customer, at: DateTime<Utc>) -> anyhow::Result<()> {
        if self.written >= MAILS_MAX {
            self.left_out += 1;
            return Ok(());
        }
        let facts = Facts::about(follow_up, &self.book.shop, customer, URLS);
        let facts = Facts { answer_url: Some(ANSWER_URL), ..facts };
        let mail = self.book.render(follow_up.letter(), &facts)?;
        self.written += 1;
        let local = at.with_timezone(&self.book.shop.zone);
        let month = format!("{}-{:02}", local.year(), local.month());
        if !self.months.contains_key(&month) {
            let folder = self.folder.join(&month);
            fs::create_dir(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let file = format!("{}-{:05}-{}", local.format("%Y-%m-%d"), self.written, follow_up.letter());
        let to = customer.email.as_ref().map_or("", |email| email.as_str()).to_owned();
        let head = format!("To: {to}\nFrom: {}\nSubject: {}\n", self.book.shop.sender.name, mail.subject);
        self.write(&format!("{month}/{file}.html"), &mail.html)?;
        self.write(&format!("{month}/{file}.txt"), &format!("{head}\n{}", mail.text))?;
        let at = local.format("%Y-%m-%d %H:%M").to_string();
        let entry = Entry { at, file, to, subject: mail.subject, class: class_name(follow_up.class.name()) };
        self.months.entry(month).or_default().push(entry);
        Ok(())
    }
}

impl Entry {
    fn row(&self) -> String {
        let Self { at, file, to, subject, class } = self;
        let (to, subject) = (escaped(to), escaped(subject));
        format!(
            "<tr><td>{at}</td><td>{to}</td><td>{class}</td><td><a href=\"{file}.html\">{subject}</a></td><td><a href=\"{file}.txt\">text</a></td></tr>\n"
        )
    }
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>body{{font-family:sans-serif;margin:2em;line-height:1.7}}td{{padding:0 1em 0 0;vertical-align:top}}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}
