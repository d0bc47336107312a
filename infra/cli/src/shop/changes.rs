//! What publishing a programme changes for the customers whom the shop has.
//!
//! Each lives the year ahead twice, as if nothing more happened to them: with the version that sends now, and with the
//! one that is to send. Planner and policy are those of production, so what is told here is what will happen.

use crate::simulate::life::{Life, Sent, World};
use chrono::{DateTime, Months, NaiveDate, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use wasurena_cloud::diary::CustomerFile;
use wasurena_cloud::{Diary, rulings};
use wasurena_domain::calendar::day_of;
use wasurena_domain::ids::{CustomerId, FollowUpId};
use wasurena_domain::programme::Programme;
use wasurena_domain::promise::{Promise, Promises, promises};
use wasurena_domain::shop::Shop;
use wasurena_letters::Published;

/// How far ahead is looked, in months.
const MONTHS: u32 = 12;
/// How many customers are read at once.
const READ_AT_ONCE: usize = 16;
/// Of how many customers to whom a promise breaks the ids are told.
const BROKEN_TOLD_MAX: usize = 20;

/// What changes for the shop's customers in the year ahead.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Changes {
    /// How many customers the shop has.
    pub(super) customers: u64,
    /// How many of them get more mails than before.
    pub(super) gain: u64,
    /// How many get fewer.
    pub(super) lose: u64,
    /// How many get as many, but not the same.
    pub(super) other_mails: u64,
    /// How many get the same mails on other days.
    pub(super) other_days: u64,
    /// Of each message that changes, how many get it who did not, and the other way round.
    pub(super) messages: BTreeMap<String, Shift>,
    /// To whom a promise (R1, R2) breaks that the version before keeps.
    pub(super) broken: BTreeSet<String>,
    /// To how many.
    pub(super) broken_count: u64,
    /// Everybody whose mails or days change: they are planned for anew once the version is published.
    #[serde(skip)]
    pub(super) concerned: Vec<CustomerId>,
}

/// How many get a message that they would not have had, and the other way round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Shift {
    pub(super) gain: u64,
    pub(super) lose: u64,
}

/// Looks a year ahead from `now`, over every customer in the diary.
///
/// # Errors
/// Where the diary cannot be read. Nothing is written.
pub(super) async fn changes(
    diary: &Diary,
    before: &Published,
    after: &Published,
    now: DateTime<Utc>,
) -> anyhow::Result<Changes> {
    let mut changes = Changes::default();
    let shop = &after.shop.id;
    let everybody = diary.everybody(shop).await?;
    let ids = everybody.iter().map(|record| &record.customer.id);
    let read = stream::iter(ids).map(|id| diary.file(shop, id)).buffer_unordered(READ_AT_ONCE);
    let mut files = read.map_err(anyhow::Error::from);
    while let Some(file) = files.try_next().await? {
        // Whoever was erased meanwhile is no customer any more.
        if let Some(file) = file {
            changes.add(&file, before, after, now)?;
        }
    }
    Ok(changes)
}

/// Has these customers planned for anew, and answers how many there still are.
///
/// # Errors
/// Where the diary cannot be written. Doing it again is safe.
pub(super) async fn plan_anew(
    diary: &Diary,
    shop: &Shop,
    customers: &[CustomerId],
    now: DateTime<Utc>,
) -> anyhow::Result<usize> {
    let planned =
        stream::iter(customers).map(|id| rulings::plan_anew(diary, shop, id, now)).buffer_unordered(READ_AT_ONCE);
    Ok(planned.try_fold(0, async |sum, is_there| Ok(sum + usize::from(is_there))).await?)
}

impl Changes {
    fn add(
        &mut self,
        file: &CustomerFile,
        before: &Published,
        after: &Published,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let (old, new) = (Year::live(file, before, now)?, Year::live(file, after, now)?);
        let gained: Vec<&Sent> = new.without(&old).collect();
        let lost: Vec<&Sent> = old.without(&new).collect();
        self.customers += 1;
        match gained.len().cmp(&lost.len()) {
            Ordering::Greater => self.gain += 1,
            Ordering::Less => self.lose += 1,
            Ordering::Equal if !gained.is_empty() => self.other_mails += 1,
            Ordering::Equal => self.other_days += u64::from(old.days() != new.days()),
        }
        if old.days() != new.days() {
            self.concerned.push(file.record.customer.id.clone());
        }
        for mail in gained {
            self.messages.entry(mail.step.to_string()).or_default().gain += 1;
        }
        for mail in lost {
            self.messages.entry(mail.step.to_string()).or_default().lose += 1;
        }
        if old.keeps_more_than(&new) {
            self.broken_count += 1;
            self.broken.insert(file.record.customer.id.to_string());
            if self.broken.len() > BROKEN_TOLD_MAX {
                self.broken.pop_last();
            }
        }
        Ok(())
    }

    /// Whether nobody gets another mail than before, nor on another day.
    pub(super) fn is_nothing(&self) -> bool {
        *self == Self { customers: self.customers, ..Self::default() }
    }

    /// Tells it in a few lines.
    pub(super) fn tell(&self, out: &mut impl Write) -> std::io::Result<()> {
        let Self { customers, gain, lose, other_mails, other_days, .. } = self;
        if self.is_nothing() {
            return writeln!(out, "  of {customers} customers nobody gets another mail within {MONTHS} months");
        }
        let promises = match self.broken_count {
            0 => "no promise breaks".to_owned(),
            1 => "to 1 a promise breaks (R1, R2)".to_owned(),
            n => format!("to {n} a promise breaks (R1, R2)"),
        };
        writeln!(
            out,
            "  of {customers} customers within {MONTHS} months: {gain} gain a mail, {lose} lose one, {other_mails} get \
             others, {other_days} get them on other days; {promises}"
        )?;
        for (step, Shift { gain, lose }) in &self.messages {
            writeln!(out, "    {step}: {gain} more get it, {lose} fewer")?;
        }
        for customer in &self.broken {
            writeln!(out, "    a promise to {customer} breaks")?;
        }
        Ok(())
    }
}

/// The year ahead of one customer.
struct Year<'a> {
    life: Life,
    version: &'a Published,
    promises: Option<Promises>,
}

impl<'a> Year<'a> {
    fn live(file: &CustomerFile, version: &'a Published, now: DateTime<Utc>) -> anyhow::Result<Self> {
        let Published { shop, programme, .. } = version;
        let until = now.checked_add_months(Months::new(MONTHS)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let CustomerFile { record, follow_ups, ledger } = file.clone();
        let mut life = Life::known(record.customer, follow_ups, ledger, now);
        life.go_on(World { shop, programme, from: now, until })?;
        let promises = promises(shop, &life.customer, &life.follow_ups, &life.ledger, until);
        Ok(Self { life, version, promises })
    }

    /// The mails that go out here, and neither there nor after that year.
    fn without<'b>(&'b self, other: &'b Year<'_>) -> impl Iterator<Item = &'b Sent> {
        let is_sent = |mail: &Sent| other.life.sent.iter().any(|sent| sent.id == mail.id);
        self.life.sent.iter().filter(move |mail| !is_sent(mail) && !other.is_to_come(mail))
    }

    /// Whether a mail that does not go out within the year still will: it stands in the diary, or is a fresh text of a
    /// series or of a date.
    fn is_to_come(&self, mail: &Sent) -> bool {
        let Programme { series, dated, .. } = &self.version.programme;
        let texts = series.iter().flat_map(|s| &s.letters).chain(dated.iter().flat_map(|d| &d.letters));
        let stands = self.life.follow_ups.iter().find(|f| f.id == mail.id);
        match stands {
            Some(f) => f.state.is_open() || (!f.is_bound_to_purchase() && f.can_revive()),
            None => texts.map(|letter| &letter.id).any(|id| *id == mail.step),
        }
    }

    /// On which day each mail goes out.
    fn days(&self) -> BTreeMap<&FollowUpId, NaiveDate> {
        let zone = self.version.shop.zone;
        self.life.sent.iter().map(|mail| (&mail.id, day_of(mail.at, zone))).collect()
    }

    /// Whether a promise is kept here and not there.
    fn keeps_more_than(&self, other: &Year<'_>) -> bool {
        let kept =
            |year: &Year<'_>, which: fn(&Promises) -> Promise| year.promises.as_ref().map(which) == Some(Promise::Kept);
        let breaks = |which| kept(self, which) && !kept(other, which);
        breaks(|p| p.thanks) || breaks(|p| p.contact)
    }
}
