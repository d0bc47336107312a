//! What must never happen, looked for in what did: by the facts of a life and the mails that went out, without asking the
//! planner or the policy. A simulation that finds something here has found a mistake in one of them.

use super::life::{Life, Sent, World};
use super::person::Event;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::BTreeSet;
use wasurena_domain::calendar::day_of;
use wasurena_domain::programme::{Class, PROMISE_LATEST_DAY, THANKS_LATEST_DAY};
use wasurena_domain::promise::{Promise, Promises, promises};
use wasurena_domain::purchase::Purchase;

/// A rule that was broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Violation {
    /// Whose: their place among the made-up people, or the line of their first order.
    pub(crate) customer: u64,
    /// When.
    pub(crate) day: NaiveDate,
    /// Which rule.
    pub(crate) rule: &'static str,
    /// What happened.
    pub(crate) what: &'static str,
}

/// Everything that went wrong in a life. `promises` is what is on record of them.
pub(crate) fn violations(world: World<'_>, customer: u64, life: &Life, promises: Option<Promises>) -> Vec<Violation> {
    let day = |at| day_of(at, world.shop.zone);
    let mut found = Vec::new();
    let mut note = |day, rule, what| found.push(Violation { customer, day, rule, what });
    let mut ids = BTreeSet::new();
    for (place, mail) in life.sent.iter().enumerate() {
        if !ids.insert(&mail.id) {
            note(day(mail.at), "I1", "the same follow-up went out twice");
        }
        if life.sent[..place].iter().any(|other| other.step == mail.step && mail.purchase.is_none()) {
            note(day(mail.at), "I1", "the same letter went out twice");
        }
        if life.sent[..place].iter().any(|other| day(other.at) == day(mail.at)) {
            note(day(mail.at), "R8", "two mails on one day");
        }
        if mail.class.is_selling() && occasions_before(world, life, mail.at) < 2 {
            note(day(mail.at), "R14", "something was sold before the second purchase");
        }
        if ends_mail(life, mail.at) {
            note(day(mail.at), "R30", "a mail after a stop, or to an address that refuses it");
        }
        if mail.class != Class::Remedy && has_open_case(life, mail.at) {
            note(day(mail.at), "R28", "a cheerful mail while a case was open");
        }
        if !world.shop.hours.contains(mail.at.with_timezone(&world.shop.zone).time()) {
            note(day(mail.at), "hours", "a mail outside the shop's hours");
        }
    }
    found.extend(broken_promises(world, customer, life, promises));
    found
}

/// What is on record of the promises to a customer.
pub(crate) fn on_record(world: World<'_>, life: &Life) -> Option<Promises> {
    promises(world.shop, &life.customer, &life.follow_ups, &life.ledger, life.now)
}

/// R1 and R2: what was promised to a new customer went out in time, or the reason is on record.
fn broken_promises(world: World<'_>, customer: u64, life: &Life, promises: Option<Promises>) -> Vec<Violation> {
    let (Some(promises), Some(first)) = (promises, first_day(world, life)) else { return Vec::new() };
    let days_since = |at| (day_of(at, world.shop.zone) - first).num_days();
    let check = |rule, what, latest_day: u32, on_record, is_meant: fn(Class) -> bool| {
        let in_time = |mail: &&Sent| (0..=i64::from(latest_day)).contains(&days_since(mail.at));
        let is_kept = life.sent.iter().filter(in_time).any(|mail| is_meant(mail.class));
        let is_over = days_since(world.until) > i64::from(latest_day);
        let is_broken = is_over && !is_kept && !matches!(on_record, Promise::Impossible(_));
        is_broken.then_some(Violation { customer, day: first, rule, what })
    };
    let thanks = "no thank-you within 3 days, and no reason on record";
    let contact = "no contact after it within 21 days, and no reason on record";
    let thanks = check("R2", thanks, THANKS_LATEST_DAY, promises.thanks, |class| class == Class::Thanks);
    let contact = check("R1", contact, PROMISE_LATEST_DAY, promises.contact, |class| class != Class::Thanks);
    thanks.into_iter().chain(contact).collect()
}

/// The occasions on which the customer had bought by a moment, as the shop's days group them: what was cancelled, and what
/// there was nothing to pay for, is none.
fn occasions_before(world: World<'_>, life: &Life, at: DateTime<Utc>) -> usize {
    let stood = |p: &&(Purchase, DateTime<Utc>)| {
        let has_total = p.0.order.as_ref().is_some_and(|order| order.total.amount_minor > 0);
        has_total && p.1 <= at && p.0.moments.cancelled_at.is_none_or(|cancelled_at| cancelled_at > at)
    };
    let days = life.purchases.values().filter(stood).filter_map(|(p, _)| p.began_at());
    let mut days: Vec<NaiveDate> = days.filter(|began| *began <= at).map(|at| day_of(at, world.shop.zone)).collect();
    days.sort_unstable();
    let mut began: Vec<NaiveDate> = Vec::new();
    for day in days {
        if began.last().is_none_or(|last| (day - *last).num_days() > i64::from(world.shop.occasion_days)) {
            began.push(day);
        }
    }
    began.len()
}

/// The day of the first purchase that still stands.
fn first_day(world: World<'_>, life: &Life) -> Option<NaiveDate> {
    let stands = life.purchases.values().filter(|(p, _)| !p.is_undone());
    stands.filter_map(|(p, _)| p.began_at()).min().map(|at| day_of(at, world.shop.zone))
}

fn ends_mail(life: &Life, at: DateTime<Utc>) -> bool {
    let is_end = |event: &Event| matches!(event, Event::Stops | Event::Complains | Event::Bounces);
    life.happened.iter().any(|(then, event)| *then <= at && is_end(event))
}

/// Whether something was broken, or came back, that the owner had not made good.
fn has_open_case(life: &Life, at: DateTime<Utc>) -> bool {
    let before = life.happened.iter().rev().filter(|(then, _)| *then <= at);
    let mut words = before.filter_map(|(_, event)| match event {
        Event::Told(report) => report.moments.returned_at.map(|_| true),
        Event::Settled => Some(false),
        _ => None,
    });
    words.next().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::crowd::Crowd as _;
    use crate::simulate::life::Unseen;
    use crate::simulate::{FROM, book, people::People, world};
    use chrono::Duration;
    use wasurena_domain::purchase::{Moments, Report};

    /// What is found in the life of a first buyer after somebody has tampered with it.
    fn found(tamper: impl FnOnce(&mut Life)) -> Vec<&'static str> {
        let book = book(None).unwrap();
        let world = world(&book, FROM, 1).unwrap();
        let people = People::new(50, 1, world).unwrap();
        let mut lives =
            (0..50).map(|place| Life::live(world, people.person(world, place).unwrap(), &mut Unseen).unwrap());
        let mut life = lives.find(|life| life.purchases.len() == 1 && life.sent.len() > 8).unwrap();
        assert_eq!(violations(world, 1, &life, on_record(world, &life)), []);
        tamper(&mut life);
        let record = on_record(world, &life);
        violations(world, 1, &life, record).into_iter().map(|violation| violation.rule).collect()
    }

    /// What they bought is broken.
    fn breaks(life: &Life) -> Event {
        let key = life.purchases.keys().next().unwrap().clone();
        Event::Told(Box::new(Report::new(key, None, Moments { returned_at: Some(life.now), ..Moments::default() })))
    }

    #[test]
    fn a_case_that_is_settled_and_an_apology_break_nothing() {
        let before = |life: &Life| life.sent[life.sent.len() - 1].at - Duration::minutes(1);
        let settled = |life: &mut Life| {
            life.happened.push((before(life), breaks(life)));
            life.happened.push((before(life), Event::Settled));
        };
        assert_eq!(found(settled), [] as [&str; 0]);
        let apology = |life: &mut Life| {
            life.happened.push((before(life), breaks(life)));
            let last = life.sent.len() - 1;
            life.sent[last].class = Class::Remedy;
        };
        assert_eq!(found(apology), [] as [&str; 0]);
    }

    #[test]
    fn each_rule_that_is_broken_is_found() {
        assert_eq!(found(|life| life.sent[4].at = life.sent[3].at), ["R8"]);
        assert_eq!(found(|life| life.sent[4].id = life.sent[3].id.clone()), ["I1"]);
        assert_eq!(found(|life| life.sent[5].step = life.sent[4].step.clone()), ["I1"]);
        assert_eq!(found(|life| life.sent[4].class = Class::Promotion), ["R14"]);
        assert_eq!(found(|life| life.sent[4].at += Duration::hours(12)), ["hours"]);
        let last = |life: &Life| life.sent[life.sent.len() - 1].at;
        assert_eq!(found(|life| life.happened.push((last(life), Event::Stops))), ["R30"]);
        assert_eq!(found(|life| life.happened.push((last(life), Event::Bounces))), ["R30"]);
        assert_eq!(found(|life| life.happened.push((last(life), breaks(life)))), ["R28"]);
    }

    #[test]
    fn a_promise_that_was_missed_without_a_reason_is_found() {
        let forget = |life: &mut Life, is_meant: fn(Class) -> bool| {
            life.sent.retain(|mail| !is_meant(mail.class));
            life.follow_ups.retain(|f| !is_meant(f.class));
        };
        assert_eq!(found(|life| forget(life, |class| class == Class::Thanks)), ["R2"]);
        assert_eq!(found(|life| forget(life, |class| class != Class::Thanks)), ["R1"]);
    }
}
