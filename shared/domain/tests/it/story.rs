//! [`Story`]: one customer of whom things become known, whose plans are carried out in memory as the functions carry them
//! out in the diary.

use crate::support::{at_in, key, nobody, order, paid, programme, shop};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use std::collections::BTreeMap;
use wasurena_domain::apprenticeship::Approvals;
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::{Customer, Ruling};
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, transition};
use wasurena_domain::ids::{FollowUpId, PurchaseKey, StepId};
use wasurena_domain::ledger::{Channel, Entry, How, Said};
use wasurena_domain::planner::why::UntilTold;
use wasurena_domain::planner::{Change, Plan, Situation, plan};
use wasurena_domain::policy::{Decision, Moment, decide};
use wasurena_domain::programme::Programme;
use wasurena_domain::purchase::{Line, Moments, Purchase, Report};
use wasurena_domain::shop::Shop;
use wasurena_domain::task::Task;

/// One customer's story.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) shop: Shop,
    pub(crate) programme: Programme,
    pub(crate) customer: Customer,
    pub(crate) purchases: BTreeMap<PurchaseKey, (Purchase, DateTime<Utc>)>,
    pub(crate) follow_ups: Vec<FollowUp>,
    pub(crate) ledger: Vec<Entry>,
    pub(crate) approvals: Approvals,
    /// Whether somebody approves whatever is planned, at once.
    pub(crate) approves: bool,
    /// The products whose cheerful messages wait.
    pub(crate) paused: Vec<String>,
    pub(crate) is_at_risk: bool,
    pub(crate) now: DateTime<Utc>,
    /// The last plan, as it was made.
    pub(crate) plan: Plan,
    /// What was sent, in order: step and time.
    pub(crate) sent: Vec<(FollowUpId, StepId, DateTime<Utc>)>,
    /// Every task there ever was, by its key.
    pub(crate) tasks: Vec<String>,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self::of(shop(), programme())
    }

    pub(crate) fn of(shop: Shop, programme: Programme) -> Self {
        Self {
            shop,
            programme,
            customer: nobody(),
            purchases: BTreeMap::new(),
            follow_ups: Vec::new(),
            ledger: Vec::new(),
            approvals: Approvals::none(),
            approves: false,
            paused: Vec::new(),
            is_at_risk: false,
            now: DateTime::UNIX_EPOCH,
            plan: Plan::default(),
            sent: Vec::new(),
            tasks: Vec::new(),
        }
    }

    /// A teacup is bought, and known at once.
    pub(crate) fn buys(&mut self, name: &str, wall: &str) -> &mut Self {
        let ordered_at = at_in(self.shop.zone, wall);
        self.until(wall).hears(paid(name, order(ordered_at)))
    }

    /// The same, of another product.
    pub(crate) fn buys_another(&mut self, name: &str, product: &str, wall: &str) -> &mut Self {
        let mut order = order(at_in(self.shop.zone, wall));
        order.lines = vec![Line::new(Some(product), product, None, 1, 5900)];
        self.until(wall).hears(paid(name, order))
    }

    pub(crate) fn cancels(&mut self, name: &str, wall: &str) -> &mut Self {
        let moments = Moments { cancelled_at: Some(at_in(self.shop.zone, wall)), ..Moments::default() };
        self.until(wall).hears(Report::new(key(name), None, moments))
    }

    pub(crate) fn arrives(&mut self, name: &str, wall: &str) -> &mut Self {
        let moments = Moments { arrived_at: Some(at_in(self.shop.zone, wall)), ..Moments::default() };
        self.until(wall).hears(Report::new(key(name), None, moments))
    }

    /// A report comes in, now.
    pub(crate) fn hears(&mut self, report: Report) -> &mut Self {
        let now = self.now;
        let (purchase, first_seen_at) = match self.purchases.remove(&report.key) {
            Some((purchase, first_seen_at)) => (purchase.join(report), first_seen_at),
            None => (Purchase::from_report(report), now),
        };
        self.customer.take_in(&purchase, first_seen_at, &self.shop);
        self.purchases.insert(purchase.key.clone(), (purchase, first_seen_at));
        self.plan_now()
    }

    /// The owner rules about an order.
    pub(crate) fn rules(&mut self, name: &str, ruling: Ruling) -> &mut Self {
        if let Some((purchase, first_seen_at)) = self.purchases.get_mut(&key(name)) {
            purchase.ruling = Some(ruling);
            self.customer.take_in(purchase, *first_seen_at, &self.shop);
        }
        self.plan_now()
    }

    /// The post says something of the customer's address, now.
    pub(crate) fn post_says(&mut self, said: Said) -> &mut Self {
        let entry = Entry {
            at: self.now,
            channel: Channel::Mail,
            place: Some(self.customer.id.clone()),
            said,
            how: How::Post,
            wording: None,
            until: None,
            preferences: None,
            event: self.ledger.len().to_string(),
        };
        self.ledger.push(entry);
        self.plan_now()
    }

    /// The customer says something of a channel, or the owner finds it out, now.
    pub(crate) fn says(&mut self, channel: Channel, said: Said, until: Option<NaiveDate>) -> &mut Self {
        let event = self.ledger.len().to_string();
        let at =
            self.ledger.iter().map(|e| e.at + Duration::milliseconds(1)).max().map_or(self.now, |at| at.max(self.now));
        let how = How::InPerson;
        self.ledger.push(Entry { at, channel, place: None, said, how, wording: None, until, preferences: None, event });
        self.plan_now()
    }

    /// The owner has settled every case.
    pub(crate) fn settles(&mut self, wall: &str) -> &mut Self {
        self.until(wall);
        self.customer.settled_at = Some(self.now);
        self.plan_now()
    }

    pub(crate) fn opts_out(&mut self, wall: &str) -> &mut Self {
        self.until(wall);
        self.customer.opted_out_at = Some(self.now);
        self.plan_now()
    }

    pub(crate) fn comes_back(&mut self, wall: &str) -> &mut Self {
        self.until(wall);
        self.customer.opted_out_at = None;
        self.plan_now()
    }

    /// Time passes to `wall`, and everything due on the way is done.
    pub(crate) fn until(&mut self, wall: &str) -> &mut Self {
        self.run_to(at_in(self.shop.zone, wall))
    }

    /// Time passes, and nothing is done: an outage.
    pub(crate) fn sleeps_until(&mut self, wall: &str) -> &mut Self {
        self.now = at_in(self.shop.zone, wall);
        self
    }

    pub(crate) fn run_to(&mut self, end: DateTime<Utc>) -> &mut Self {
        while let Some(due) = self.next_due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.send_what_is_due();
            self.plan_now();
        }
        self.now = self.now.max(end);
        self
    }

    /// The next moment at which something is to be done.
    pub(crate) fn next_due(&self) -> Option<DateTime<Utc>> {
        let planned = self.follow_ups.iter().filter(|f| f.state == State::Planned).map(|f| f.slot.start());
        planned.chain(self.plan.review_at.map(Slot::start)).min()
    }

    fn send_what_is_due(&mut self) {
        let due = |f: &FollowUp| f.state == State::Planned && f.slot.start() <= self.now;
        let ids: Vec<FollowUpId> = self.follow_ups.iter().filter(|f| due(f)).map(|f| f.id.clone()).collect();
        for id in ids {
            let Some(place) = self.follow_ups.iter().position(|f| f.id == id) else { continue };
            self.step(place, Event::Claim);
            let follow_up = self.follow_ups[place].clone();
            match decide(&follow_up, &self.moment()) {
                Decision::Send => {
                    self.step(place, Event::Accept);
                    self.follow_ups[place].sent_at = Some(self.now);
                    self.sent.push((follow_up.id, follow_up.step, self.now));
                    self.end(place, None);
                }
                Decision::HandOver => {
                    let task = Task::of_follow_up(&follow_up, &self.shop, self.now).unwrap();
                    self.tasks.push(format!("{} by {}", task.key(), task.due));
                    self.step(place, Event::HandOver);
                    self.follow_ups[place].sent_at = Some(self.now);
                    self.end(place, None);
                }
                Decision::Skip(reason) => {
                    self.step(place, Event::Skip);
                    self.end(place, Some(reason));
                }
                Decision::Expire => {
                    self.step(place, Event::Expire);
                    self.end(place, Some(Reason::WindowOver));
                }
                Decision::Move(slot) => {
                    assert!(slot.start() > self.now, "moved into the past");
                    self.step(place, Event::Move);
                    self.follow_ups[place].slot = slot;
                }
                Decision::Hold => unreachable!("no stop switch in these stories"),
            }
        }
    }

    pub(crate) fn moment(&self) -> Moment<'_> {
        Moment {
            shop: &self.shop,
            stopped: false,
            approvals: &self.approvals,
            programme: &self.programme,
            customer: &self.customer,
            follow_ups: &self.follow_ups,
            ledger: &self.ledger,
            paused: &self.paused,
            is_at_risk: self.is_at_risk,
            now: self.now,
        }
    }

    /// What went out, with its time.
    pub(crate) fn sent_steps(&self) -> Vec<String> {
        let zone = self.shop.zone;
        let line = |at: &chrono::DateTime<chrono::Utc>| at.with_timezone(&zone).format("%m-%d %H:%M").to_string();
        self.sent.iter().map(|(_, step, at)| format!("{} {step}", line(at))).collect()
    }

    /// What the shop holds back until a person has said yes.
    #[allow(dead_code, reason = "who asks why needs it")]
    pub(crate) fn until_told(&self) -> UntilTold<'_> {
        UntilTold { approvals: &self.approvals, paused: &self.paused, is_at_risk: self.is_at_risk }
    }

    fn step(&mut self, place: usize, event: Event) {
        let follow_up = &mut self.follow_ups[place];
        follow_up.state = transition(follow_up.state, event).unwrap();
        follow_up.generation += u32::from(matches!(event, Event::Move | Event::Revive));
    }

    fn end(&mut self, place: usize, reason: Option<Reason>) {
        self.follow_ups[place].reason = reason;
        self.follow_ups[place].ended = true;
    }

    pub(crate) fn situation(&self) -> Situation<'_> {
        Situation {
            shop: &self.shop,
            programme: &self.programme,
            customer: &self.customer,
            follow_ups: &self.follow_ups,
            ledger: &self.ledger,
            now: self.now,
        }
    }

    /// Plans and writes the difference.
    pub(crate) fn plan_now(&mut self) -> &mut Self {
        let plan = plan(&self.situation());
        for change in &plan.changes {
            self.write(change);
        }
        for follow_up in &mut self.follow_ups {
            follow_up.ended &= !plan.settled.contains(&follow_up.id);
        }
        for task in &plan.tasks {
            if !self.tasks.contains(&task.key()) {
                self.tasks.push(task.key());
            }
        }
        self.plan = plan;
        if self.approves {
            self.approve_all();
        }
        self
    }

    fn approve_all(&mut self) {
        for follow_up in self.follow_ups.iter_mut().filter(|f| f.state == State::Planned && f.approved_at.is_none()) {
            follow_up.approved_at = Some(self.now);
            self.approvals.add(&follow_up.step);
        }
    }

    fn write(&mut self, change: &Change) {
        let place = self.follow_ups.iter().position(|f| f.id == change.follow_up().id);
        match (change, place) {
            (Change::Put(new), None) => self.follow_ups.push((**new).clone()),
            (Change::Replan { from, slot, deadline, channel }, Some(place)) => {
                assert_eq!(self.follow_ups[place], **from);
                let event = if from.state == State::Planned { Event::Move } else { Event::Revive };
                self.step(place, event);
                let follow_up = &mut self.follow_ups[place];
                (follow_up.slot, follow_up.deadline, follow_up.reason) = (*slot, *deadline, None);
                follow_up.channel = *channel;
            }
            (Change::Cancel { from, reason }, Some(place)) => {
                assert_eq!(self.follow_ups[place], **from);
                self.step(place, Event::Cancel);
                self.follow_ups[place].reason = Some(*reason);
            }
            (change, _) => panic!("{change:?} does not fit the diary"),
        }
    }

    /// Every follow-up as `step day time state`, with the reason where there is one, by slot.
    pub(crate) fn diary(&self) -> Vec<String> {
        let mut follow_ups: Vec<&FollowUp> = self.follow_ups.iter().collect();
        follow_ups.sort_by_key(|f| (f.slot, f.step.clone()));
        let wall = |f: &FollowUp| f.slot.start().with_timezone(&self.shop.zone).format("%Y-%m-%d %H:%M");
        let reason = |f: &FollowUp| f.reason.map_or_else(String::new, |reason| format!(" {reason}"));
        follow_ups.iter().map(|f| format!("{} {} {}{}", f.step, wall(f), f.state.name(), reason(f))).collect()
    }

    /// What of the diary still waits.
    pub(crate) fn planned(&self) -> Vec<String> {
        let planned = |line: &String| line.ends_with(" planned");
        self.diary().into_iter().filter(planned).map(|line| line.replace(" planned", "")).collect()
    }

    /// Days from now to the next look.
    pub(crate) fn review_in_days(&self) -> Option<i64> {
        self.plan.review_at.map(|slot| (slot.start() - self.now + Duration::minutes(15)).num_days())
    }
}
