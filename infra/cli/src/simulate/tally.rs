//! What came of many lives, in numbers: of a fixed size however many there were, and the same in whatever order they are
//! counted.

use super::audit::{Violation, on_record, violations};
use super::life::{Life, Sent, World};
use chrono::NaiveDate;
use serde::Serialize;
use std::collections::BTreeMap;
use wasurena_domain::calendar::day_of;
use wasurena_domain::follow_up::{Reason, State};
use wasurena_domain::ids::StepId;
use wasurena_domain::programme::{Class, Programme};
use wasurena_domain::promise::Promise;
use wasurena_domain::purchase::Consent;
use wasurena_domain::task::TaskKind;

/// Violations that are told one by one; of those beyond only the number is kept.
pub(crate) const VIOLATIONS_MAX: usize = 100;
/// Whoever got so many mails or more is counted together.
pub(crate) const MAILS_EACH_MAX: usize = 60;

/// A promise to all new customers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Promised {
    /// To how many it was made, and the time for it is over.
    pub(crate) due: u64,
    /// To how many it was kept.
    pub(crate) kept: u64,
    /// To how many it could not be kept, for a reason that is on record.
    pub(crate) impossible: u64,
}

/// Everything that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) first_day: NaiveDate,
    pub(crate) customers: u64,
    pub(crate) purchases: u64,
    pub(crate) follow_ups: u64,
    pub(crate) mails: u64,
    pub(crate) letters: u64,
    pub(crate) calls: u64,
    pub(crate) visits: u64,
    pub(crate) plans: u64,
    /// Mails that went out on each day, from the first.
    pub(crate) per_day: Vec<u64>,
    /// How many customers got no mail, one, two, …
    pub(crate) per_customer: Vec<u64>,
    /// Mails of each class.
    pub(crate) per_class: BTreeMap<Class, u64>,
    /// Mails that went out on a later day than their own: others, or a holiday, had taken it.
    pub(crate) put_off: u64,
    /// What did not go out, by why.
    pub(crate) not_sent: BTreeMap<Reason, u64>,
    /// What was left to a person, by kind.
    pub(crate) tasks: BTreeMap<TaskKind, u64>,
    /// Customers of whom nobody knows that they want to hear more.
    pub(crate) without_consent: u64,
    pub(crate) thanks: Promised,
    pub(crate) contact: Promised,
    /// The first violations, by customer.
    pub(crate) violations: Vec<Violation>,
    pub(crate) violation_count: u64,
}

impl Tally {
    /// Nothing yet.
    pub(crate) fn new(world: World<'_>) -> Self {
        let first_day = day_of(world.from, world.shop.zone);
        let days = usize::try_from((day_of(world.until, world.shop.zone) - first_day).num_days()).unwrap_or(0);
        Self {
            first_day,
            customers: 0,
            purchases: 0,
            follow_ups: 0,
            mails: 0,
            letters: 0,
            calls: 0,
            visits: 0,
            plans: 0,
            per_day: vec![0; days.max(1)],
            per_customer: vec![0; MAILS_EACH_MAX + 1],
            per_class: BTreeMap::new(),
            put_off: 0,
            not_sent: BTreeMap::new(),
            tasks: BTreeMap::new(),
            without_consent: 0,
            thanks: Promised::default(),
            contact: Promised::default(),
            violations: Vec::new(),
            violation_count: 0,
        }
    }

    /// Counts one life.
    pub(crate) fn count(&mut self, world: World<'_>, customer: u64, life: &Life) {
        self.customers += 1;
        self.plans += life.plans;
        self.follow_ups += count(life.follow_ups.len());
        self.purchases += count(life.purchases.values().filter(|(p, _)| p.began_at().is_some()).count());
        self.without_consent += u64::from(life.customer.consent != Consent::Granted);
        self.count_mails(world, &life.sent);
        let ended = life.follow_ups.iter().filter(|f| !f.state.has_left() && f.state != State::Planned);
        for reason in ended.filter_map(|f| f.reason) {
            *self.not_sent.entry(reason).or_default() += 1;
        }
        for task in life.tasks.values() {
            *self.tasks.entry(task.kind).or_default() += 1;
            self.letters += u64::from(matches!(task.kind, TaskKind::WritePostcard | TaskKind::SendLetter));
            self.calls += u64::from(task.kind == TaskKind::MakeCall);
            self.visits += u64::from(task.kind == TaskKind::PayVisit);
        }
        let promises = on_record(world, life);
        if let Some(promises) = promises {
            self.thanks.count(promises.thanks);
            self.contact.count(promises.contact);
        }
        self.take_up(violations(world, customer, life, promises));
    }

    fn count_mails(&mut self, world: World<'_>, sent: &[Sent]) {
        self.mails += count(sent.len());
        self.per_customer[sent.len().min(MAILS_EACH_MAX)] += 1;
        for mail in sent {
            *self.per_class.entry(mail.class).or_default() += 1;
            let day = day_of(mail.at, world.shop.zone);
            let place = usize::try_from((day - self.first_day).num_days());
            if let Some(mails) = place.ok().and_then(|place| self.per_day.get_mut(place)) {
                *mails += 1;
            }
            let own_day = own_day(world.programme, &mail.step, day_of(mail.deadline, world.shop.zone));
            self.put_off += u64::from(own_day.is_some_and(|own_day| own_day < day));
        }
    }

    fn take_up(&mut self, violations: Vec<Violation>) {
        self.violation_count += count(violations.len());
        self.violations.extend(violations);
        self.violations.sort_unstable();
        self.violations.truncate(VIOLATIONS_MAX);
    }

    /// Both together.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.customers += other.customers;
        self.purchases += other.purchases;
        self.follow_ups += other.follow_ups;
        self.mails += other.mails;
        self.letters += other.letters;
        self.calls += other.calls;
        self.visits += other.visits;
        self.plans += other.plans;
        self.put_off += other.put_off;
        self.without_consent += other.without_consent;
        add(&mut self.per_day, &other.per_day);
        add(&mut self.per_customer, &other.per_customer);
        add_by_name(&mut self.per_class, other.per_class);
        add_by_name(&mut self.not_sent, other.not_sent);
        add_by_name(&mut self.tasks, other.tasks);
        self.thanks = self.thanks.and(other.thanks);
        self.contact = self.contact.and(other.contact);
        self.violation_count += other.violation_count - count(other.violations.len());
        self.take_up(other.violations);
        self
    }

    /// The day of a place in `per_day`.
    pub(crate) fn day(&self, place: usize) -> NaiveDate {
        self.first_day + chrono::Days::new(count(place))
    }
}

impl Promised {
    fn count(&mut self, promise: Promise) {
        self.due += u64::from(promise != Promise::Open);
        self.kept += u64::from(promise == Promise::Kept);
        self.impossible += u64::from(matches!(promise, Promise::Impossible(_)));
    }

    fn and(self, other: Self) -> Self {
        Self { due: self.due + other.due, kept: self.kept + other.kept, impossible: self.impossible + other.impossible }
    }
}

/// The day on which a message wanted to go out, by the end of its window.
fn own_day(programme: &Programme, id: &StepId, latest: NaiveDate) -> Option<NaiveDate> {
    let step = programme.steps.iter().find(|s| s.id == *id).map(|s| s.latest_day.saturating_sub(s.day));
    let series = || programme.series.iter().find(|s| s.letters.iter().any(|l| l.id == *id)).map(|s| s.window_days);
    latest.checked_sub_days(chrono::Days::new(u64::from(step.or_else(series)?)))
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn add(sums: &mut [u64], more: &[u64]) {
    sums.iter_mut().zip(more).for_each(|(sum, n)| *sum += n);
}

fn add_by_name<K: Ord>(sums: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (name, n) in more {
        *sums.entry(name).or_default() += n;
    }
}
