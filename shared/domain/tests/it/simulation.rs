//! Random facts over two years against random programmes that `check` accepts: whatever happens, the promises
//! hold after every step.

use crate::scenarios::{Fact, any_facts, any_programme};
use crate::support::{Story, order, paid, shop};
use crate::why::answers;
use chrono::{DateTime, Datelike, Duration, Utc};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use wasurena_domain::birthday::Birthday;
use wasurena_domain::calendar::day_of;
use wasurena_domain::customer::Ruling;
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::ids::{PurchaseKey, StepId};
use wasurena_domain::ledger::{Said, obstacle};
use wasurena_domain::planner::{Change, NOTICE_MINUTES, REVIEW_DAYS, plan};
use wasurena_domain::programme::{Class, Date, Frequency, Programme, Rhythm};
use wasurena_domain::promise::{Promise, promises};
use wasurena_domain::purchase::{Line, Moments, Order, OrderKind, Purchase, Report};

/// A story that is held against every promise after every step.
struct Trial {
    story: Story,
    /// Outages, in which nothing is kept: from and to.
    outages: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Times at which the customer had said stop: from and to.
    silences: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// Times at which a case was open, or the address refused mail: from and to.
    troubles: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// When each purchase began, as far as is known.
    begun: BTreeMap<PurchaseKey, DateTime<Utc>>,
    /// Whether a purchase turned out to have begun earlier than it was known.
    begins_late: bool,
}

impl Trial {
    fn new(programme: Programme) -> Self {
        let mut story = Story::of(shop(), programme);
        story.until("2026-03-01 12:00").plan_now();
        Self {
            story,
            outages: Vec::new(),
            silences: Vec::new(),
            troubles: Vec::new(),
            begun: BTreeMap::new(),
            begins_late: false,
        }
    }

    /// Lets the story run, one due entry after the other.
    fn pass(&mut self, time: Duration) {
        let end = self.story.now + time;
        while let Some(due) = self.story.next_due().filter(|due| *due <= end) {
            let now = self.story.now.max(due);
            self.story.run_to(now);
            self.holds();
        }
        self.story.run_to(end);
    }

    fn learn(&mut self, fact: &Fact) {
        let now = self.story.now;
        let nth = |n: usize| self.story.purchases.keys().nth(n % self.story.purchases.len().max(1)).cloned();
        let moments = Moments::default();
        match *fact {
            Fact::Buys { hours_ago, product, consent, mail, waits_for_money, nature } => {
                let mut order = order(now - Duration::hours(hours_ago));
                order.version_at = now;
                order.consent = consent;
                order.buyer.birthday = Birthday::parse(["--02-29", "1980-07-15"][usize::from(product) % 2]).ok();
                order.lines = vec![Line::new(Some(&format!("product-{product}")), "器", None, 1, 100)];
                nature.apply(&mut order);
                if !mail {
                    order.buyer.email = None;
                }
                let mut report = paid(&format!("order-{:02}", self.story.purchases.len()), order);
                if waits_for_money {
                    report.moments = Moments { unpaid_seen_at: report.moments.paid_seen_at, ..moments };
                }
                self.story.hears(report);
            }
            Fact::Pays(n) => self.report(nth(n), Moments { paid_seen_at: Some(now), ..moments }),
            Fact::Cancels(n) => self.report(nth(n), Moments { cancelled_at: Some(now), ..moments }),
            Fact::Arrives(n, days) => {
                self.report(nth(n), Moments { arrived_at: Some(now - Duration::days(days)), ..moments });
            }
            Fact::Ships(n) => self.report(nth(n), Moments { shipped_at: Some(now), ..moments }),
            Fact::Returns(n) => self.report(nth(n), Moments { returned_at: Some(now), ..moments }),
            Fact::Settles => {
                self.story.customer.settled_at = Some(now);
                self.story.plan_now();
            }
            Fact::Rules(n, ruling) => {
                if let Some(key) = nth(n) {
                    self.story.rules(key.order.as_str(), ruling);
                }
            }
            Fact::Bounces | Fact::Reaches => {
                let said = if matches!(fact, Fact::Bounces) { Said::Bounced } else { Said::Reachable };
                self.story.post_says(said);
            }
            Fact::OptsOut => {
                self.silences.push((now, None));
                self.story.customer.opted_out_at.get_or_insert(now);
                self.story.plan_now();
            }
            Fact::ComesBack => {
                self.silences.iter_mut().for_each(|(_, to)| *to = to.or(Some(now)));
                self.story.customer.opted_out_at = None;
                self.story.plan_now();
            }
            Fact::Outage(hours) => {
                self.story.now = now + Duration::hours(hours);
                self.outages.push((now, self.story.now));
            }
        }
        self.note_trouble();
        self.note_beginnings();
        if !matches!(fact, Fact::Outage(_)) {
            self.holds();
        }
    }

    /// Notes from when to when something cheerful, or any mail at all, would be wrong.
    fn note_trouble(&mut self) {
        let now = self.story.now;
        let in_trouble =
            self.story.customer.open_case().is_some() || obstacle(&self.story.ledger, &self.story.customer).is_some();
        match self.troubles.last_mut() {
            Some((_, to @ None)) if !in_trouble => *to = Some(now),
            Some((_, None)) => {}
            _ if in_trouble => self.troubles.push((now, None)),
            _ => {}
        }
    }

    /// Notes whether a purchase turns out to have begun before now: an order that is known late, or one without money of
    /// which the parcel tells late when it arrived.
    fn note_beginnings(&mut self) {
        let now = self.story.now;
        for (key, (purchase, _)) in &self.story.purchases {
            let Some(began_at) = purchase.began_at() else { continue };
            let is_new = self.begun.insert(key.clone(), began_at) != Some(began_at);
            self.begins_late |= is_new && now - began_at > Duration::hours(2);
        }
    }

    fn report(&mut self, key: Option<PurchaseKey>, moments: Moments) {
        if let Some(key) = key {
            self.story.hears(Report::new(key, None, moments));
        }
    }

    /// What holds after every plan.
    fn holds(&self) {
        let story = &self.story;
        let again = plan(&story.situation());
        assert_eq!(again, plan(&story.situation()), "the same situation gives the same plan");
        assert_eq!(again.changes, [], "planning twice is planning once");
        let new_tasks = again.tasks.iter().filter(|t| !story.tasks.contains(&t.key()));
        assert_eq!(new_tasks.count(), 0, "a task is found once");
        let earliest = story.now + Duration::minutes(NOTICE_MINUTES);
        for change in &story.plan.changes {
            match change {
                Change::Put(f) if f.state == State::Planned => self.fits(f, f.slot.start(), f.deadline, earliest),
                Change::Replan { from, slot, deadline, .. } if *slot != from.slot => {
                    self.fits(from, slot.start(), *deadline, earliest);
                }
                _ => {}
            }
        }
        let open = story.follow_ups.iter().any(|f| f.state.is_open());
        let review = story.plan.review_at.is_some_and(|slot| {
            slot.start() > story.now && slot.start() <= story.now + Duration::days(REVIEW_DAYS) + Duration::minutes(15)
        });
        assert!(open || review || story.plan.closed.is_some(), "I2: somebody would be forgotten");
        assert!(story.plan.closed.is_none() || !open, "closed, and something is still planned");
        self.spread();
        answers(story);
        self.explains();
    }

    /// A promise that was not kept has a reason on record, whatever happened to orders that were followed up from the first:
    /// one that becomes known late, or that the owner lets go late, may begin the time of a promise anew, in the past.
    fn explains(&self) {
        let Story { shop, customer, follow_ups, ledger, now, purchases, .. } = &self.story;
        if self.begins_late || purchases.values().any(|(p, _)| p.ruling == Some(Ruling::FollowUp)) {
            return;
        }
        let found = promises(shop, customer, follow_ups, ledger, *now);
        let is_broken = found.is_some_and(|p| [p.thanks, p.contact].contains(&Promise::Broken));
        assert!(!is_broken, "{found:?}: {:?}, {customer:?}", self.story.diary());
    }

    fn fits(&self, follow_up: &FollowUp, slot: DateTime<Utc>, deadline: DateTime<Utc>, earliest: DateTime<Utc>) {
        let local = slot.with_timezone(&self.story.shop.zone);
        assert!(slot >= earliest, "{} is planned into {slot}, which is too near", follow_up.step);
        assert!(slot <= deadline, "{} is planned past its window", follow_up.step);
        assert_eq!(slot.timestamp() % 900, 0, "slots are quarter hours");
        assert!(self.story.shop.hours.contains(local.time()), "{} is planned for {local}", follow_up.step);
    }

    /// What was placed now shares its day with nothing, and keeps gap and cap but for a promise, which goes before all.
    fn spread(&self) {
        let story = &self.story;
        let Frequency { min_gap_days, caps, .. } = &story.programme.frequency;
        let day = |f: &FollowUp| day_of(f.sent_at.unwrap_or(f.slot.start()), story.shop.zone);
        let heard = story.follow_ups.iter().filter(|f| f.state == State::Planned || f.state.may_have_left());
        let heard: Vec<&FollowUp> = heard.collect();
        for placed in heard.iter().filter(|f| f.state == State::Planned && self.is_placed_now(f)) {
            let others = || heard.iter().filter(|f| f.id != placed.id).map(|f| (day(placed) - day(f)).num_days());
            assert!(others().all(|days| days != 0), "{} shares its day: {:?}", placed.step, story.diary());
            if self.may_be_promised(placed) {
                continue;
            }
            let is_near = |days: i64| days.abs() < i64::from(*min_gap_days);
            assert!(!others().any(is_near), "{} is too near to another: {:?}", placed.step, story.diary());
            let stage = story.customer.course(&story.shop).on(day(placed));
            if let Some(cap) = caps.get(&stage) {
                let before = others().filter(|days| (0..i64::from(cap.days)).contains(days)).count();
                assert!(before < cap.max as usize, "{} is one too many: {:?}", placed.step, story.diary());
            }
        }
    }

    fn is_placed_now(&self, follow_up: &FollowUp) -> bool {
        let changes = self.story.plan.changes.iter().filter(|c| c.follow_up().id == follow_up.id);
        changes.filter(|c| !matches!(c, Change::Replan { from, slot, .. } if from.slot == *slot)).count() > 0
    }

    fn may_be_promised(&self, follow_up: &FollowUp) -> bool {
        let mut steps = self.story.programme.steps.iter();
        let is_first = follow_up.purchase.as_ref().is_some_and(|key| {
            self.story.customer.occasions(&self.story.shop)[0].purchases.iter().any(|b| b.key == *key)
        });
        is_first && steps.any(|s| s.id == follow_up.step && s.occasions.contains(1) && s.latest_day <= 21)
    }

    /// What holds in the end, over all that was sent.
    fn ends(&self) {
        let story = &self.story;
        let ids: BTreeSet<_> = story.sent.iter().map(|(id, _, _)| id).collect();
        assert_eq!(ids.len(), story.sent.len(), "I1: something was sent twice");
        let letters = || story.sent.iter().filter(|(_, step, _)| step.as_str().starts_with("letter-"));
        let of_date = |step: &StepId| story.programme.dated.iter().find(|d| d.letters.iter().any(|l| l.id == *step));
        let once = || letters().chain(story.sent.iter().filter(|(_, step, _)| of_date(step).is_some()));
        let texts: BTreeSet<_> = once().map(|(_, step, _)| step).collect();
        assert_eq!(texts.len(), once().count(), "nobody gets the same text twice");
        let mut comings = BTreeSet::new();
        for (step, at) in story.sent.iter().map(|(_, step, at)| (step, day_of(*at, story.shop.zone))) {
            if let Some(Date::Season { greeting, .. }) = of_date(step).map(|dated| dated.on) {
                assert!(greeting.window(at.year()).contains(&at), "R7: {step} out of its season, on {at}");
                assert!(comings.insert((greeting, at.year())), "R7: {step} greets a second time, on {at}");
            }
        }
        for (_, step, at) in letters() {
            let series = story.programme.series.iter().find(|s| s.letters.iter().any(|l| l.id == *step)).unwrap();
            let on_time = !self.outages.iter().any(|(from, to)| *from <= *at && *at <= *to + Duration::days(2));
            let alone = self.sent_on(*at) == 1 && self.sent_on(*at - Duration::days(1)) == 0;
            if let Rhythm::Days { weekday: Some(weekday), .. } = series.rhythm
                && on_time
                && alone
            {
                assert_eq!(at.with_timezone(&story.shop.zone).weekday(), weekday, "{step}");
            }
        }
        for (_, _, at) in &story.sent {
            let silent = self.silences.iter().any(|(from, to)| from < at && to.is_none_or(|to| *at < to));
            assert!(!silent, "I4: sent after an opt-out");
            let troubled = self.troubles.iter().any(|(from, to)| from < at && to.is_none_or(|to| *at < to));
            assert!(!troubled, "I7: sent while a case was open, or to an address that refuses mail");
        }
        self.first_promises();
    }

    fn sent_on(&self, at: DateTime<Utc>) -> usize {
        let zone = self.story.shop.zone;
        self.story.sent.iter().filter(|(_, _, other)| day_of(*other, zone) == day_of(at, zone)).count()
    }

    /// R1 and R2, for a customer whose first purchase could be followed up all the time.
    fn first_promises(&self) {
        let story = &self.story;
        let zone = story.shop.zone;
        let began = |p: &Purchase| p.began_at();
        let Some((first, first_seen_at)) =
            story.purchases.values().filter(|(p, _)| began(p).is_some()).min_by_key(|(p, _)| (began(p), p.key.clone()))
        else {
            return;
        };
        let begins = began(first).unwrap();
        let end = begins + Duration::days(23);
        let disturbed = |from: DateTime<Utc>, to: DateTime<Utc>| from <= end && to >= begins;
        let is_odd = |p: &Purchase| {
            let order = p.order.as_ref();
            let is_plain = |o: &Order| !o.company && o.marketplace.is_none() && o.kind == OrderKind::Purchase;
            p.ruling.is_some() || !order.is_some_and(is_plain)
        };
        let unreachable = story.purchases.values().any(|(p, _)| p.is_undone() || p.moments.unpaid_seen_at.is_some())
            || story.purchases.values().any(|(p, _)| is_odd(p))
            || self.troubles.iter().any(|(from, to)| disturbed(*from, to.unwrap_or(end)))
            || story.purchases.values().any(|(p, _)| p.order.as_ref().is_some_and(|o| o.buyer.email.is_none()))
            || story.purchases.values().any(|(p, seen)| {
                p.key != first.key && began(p).is_some_and(|b| b < *first_seen_at) && seen > first_seen_at
            })
            || self.outages.iter().any(|(from, to)| disturbed(*from, *to))
            || self.silences.iter().any(|(from, to)| disturbed(*from, to.unwrap_or(end)));
        if unreachable || *first_seen_at - begins > Duration::hours(2) || story.now < end {
            return;
        }
        let day = |at: DateTime<Utc>| (day_of(at, zone) - day_of(begins, zone)).num_days();
        let class = |step| story.programme.class_of(step);
        // What a person has on their list in time is theirs to keep: a letter counts from the day on which it was handed over.
        let by_hand = || story.follow_ups.iter().filter(|f| f.state == State::HandedOver);
        let by_hand = || by_hand().filter_map(|f| Some((&f.step, f.sent_at?)));
        let heard = || story.sent.iter().map(|(_, step, at)| (step, *at)).chain(by_hand());
        let after = || heard().filter(|(_, at)| *at >= begins).map(|(step, at)| (class(step), day(at)));
        assert!(after().any(|(c, day)| c == Some(Class::Thanks) && day <= 3), "R2 broken: {:?}", story.diary());
        // What was awaited may be there before its story was told, when the time to explain it is over: a reason on
        // record, and a task for a person.
        let awaited = first.order.as_ref().is_some_and(|o| !o.delivery.is_goods() || o.promised_on.is_some());
        let promise =
            promises(&story.shop, &story.customer, &story.follow_ups, &story.ledger, story.now).map(|p| p.contact);
        // Other messages may have made way for that story: then that is what is on record.
        let reasons = [Reason::KnownTooLate, Reason::TooOften].map(Promise::Impossible);
        let is_on_record = promise.is_some_and(|promise| reasons.contains(&promise))
            && story.tasks.iter().any(|key| key.starts_with("keep_promise#"));
        let contacted = after().any(|(c, day)| c != Some(Class::Thanks) && day <= 21);
        assert!(contacted || (awaited && is_on_record), "R1 broken: {:?}", story.diary());
    }
}

/// How the same facts end with somebody in the shop who approves, or not, or with the apprenticeship off.
fn ends_with(programme: &Programme, facts: &[(i64, Fact)], apprenticeship: bool, approves: bool) -> Story {
    let mut trial = Trial::new(programme.clone());
    (trial.story.shop.apprenticeship, trial.story.approves) = (apprenticeship, approves);
    for (minutes, fact) in facts {
        trial.pass(Duration::minutes(*minutes));
        trial.learn(fact);
    }
    trial.pass(Duration::days(90));
    trial.story
}

/// R14, at the moment of sending: so many occasions stood behind every message that sells.
fn selling_is_allowed(story: &Story, sent_before: usize) {
    for (_, step, _) in &story.sent[sent_before..] {
        if story.programme.class_of(step).is_some_and(Class::is_selling) {
            assert!(story.customer.occasion_count(&story.shop) >= 2, "R14 broken by {step}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn every_promise_holds_whatever_happens(programme in any_programme(), facts in any_facts()) {
        let mut trial = Trial::new(programme);
        for (minutes, fact) in &facts {
            // Facts do not change while time passes, so what was sent meanwhile is judged by them.
            let sent = trial.story.sent.len();
            trial.pass(Duration::minutes(*minutes));
            selling_is_allowed(&trial.story, sent);
            trial.learn(fact);
        }
        let sent = trial.story.sent.len();
        trial.pass(Duration::days(90));
        selling_is_allowed(&trial.story, sent);
        trial.ends();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn an_apprenticeship_holds_back_what_nobody_approves_and_nothing_else(
        programme in any_programme(),
        facts in any_facts(),
    ) {
        let off = ends_with(&programme, &facts, false, false);
        let approved = ends_with(&programme, &facts, true, true);
        prop_assert_eq!(off.diary(), approved.diary());
        prop_assert_eq!((&off.sent, &off.tasks), (&approved.sent, &approved.tasks));
        let ignored = ends_with(&programme, &facts, true, false);
        prop_assert_eq!(ignored.sent, []);
    }
}
