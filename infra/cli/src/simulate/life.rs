//! One customer's life on virtual time: what becomes known of them, what is planned, what goes out.
//!
//! The functions do this with a diary between them; here it is done in memory, by the same planner, the same decision at
//! the last moment and the same table of states. Only the post is missing: what is decided to be sent has left.

use super::person::{Event, Person};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use wasurena_domain::apprenticeship::Approvals;
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::{self, FollowUp, NotAllowed, Reason, State, transition};
use wasurena_domain::ids::{FollowUpId, PurchaseKey, StepId};
use wasurena_domain::ledger::{Channel, Entry, How, Said};
use wasurena_domain::planner::{Change, Situation, plan};
use wasurena_domain::policy::{Decision, Moment, decide};
use wasurena_domain::programme::{Class, Programme};
use wasurena_domain::purchase::{Purchase, Report};
use wasurena_domain::shop::Shop;
use wasurena_domain::task::Task;

/// The shop in which lives are lived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) shop: &'a Shop,
    pub(crate) programme: &'a Programme,
    /// The first moment.
    pub(crate) from: DateTime<Utc>,
    /// The moment at which everything ends.
    pub(crate) until: DateTime<Utc>,
}

/// What a simulated life is without: every mail counts as approved when it is due, for what waits for nobody shows nothing.
static NOTHING_APPROVED: Approvals = Approvals::none();

/// A mail that went out.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) id: FollowUpId,
    pub(crate) step: StepId,
    pub(crate) class: Class,
    pub(crate) purchase: Option<PurchaseKey>,
    /// The end of its window.
    pub(crate) deadline: DateTime<Utc>,
    pub(crate) at: DateTime<Utc>,
}

/// Somebody who lives.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) customer: Customer,
    pub(crate) purchases: BTreeMap<PurchaseKey, (Purchase, DateTime<Utc>)>,
    pub(crate) follow_ups: Vec<FollowUp>,
    pub(crate) ledger: Vec<Entry>,
    pub(crate) now: DateTime<Utc>,
    /// What went out, in its order.
    pub(crate) sent: Vec<Sent>,
    /// What happened to them, in its order: what `audit` judges by.
    pub(crate) happened: Vec<(DateTime<Utc>, Event)>,
    /// What was left to a person, by its key.
    pub(crate) tasks: BTreeMap<String, Task>,
    /// How many plans were made.
    pub(crate) plans: u64,
    review_at: Option<Slot>,
}

/// Somebody who looks on while a life is lived.
pub(crate) trait Onlooker {
    /// A mail goes out now. The customer is as the sender sees them.
    fn sent(&mut self, follow_up: &FollowUp, customer: &Customer, at: DateTime<Utc>) -> anyhow::Result<()>;
}

/// Nobody looks on.
pub(crate) struct Unseen;

impl Onlooker for Unseen {
    fn sent(&mut self, _: &FollowUp, _: &Customer, _: DateTime<Utc>) -> anyhow::Result<()> {
        Ok(())
    }
}

impl Life {
    /// Lives a person's life until the end of the world.
    ///
    /// # Errors
    /// What the onlooker cannot do; a change of state that the table forbids, which would be a mistake in the planner.
    pub(crate) fn live(world: World<'_>, mut person: Person, onlooker: &mut impl Onlooker) -> anyhow::Result<Self> {
        let mut life = Self::known(Customer::new(person.id.clone()), Vec::new(), Vec::new(), world.from);
        life.pass(world, &mut person, onlooker)?;
        Ok(life)
    }

    /// Somebody who has lived until now, as the diary has them.
    pub(crate) fn known(customer: Customer, follow_ups: Vec<FollowUp>, ledger: Vec<Entry>, now: DateTime<Utc>) -> Self {
        Self {
            customer,
            purchases: BTreeMap::new(),
            follow_ups,
            ledger,
            now,
            sent: Vec::new(),
            happened: Vec::new(),
            tasks: BTreeMap::new(),
            plans: 0,
            review_at: None,
        }
    }

    /// Lets them go on until the end of the world, while nothing new becomes known of them.
    ///
    /// # Errors
    /// A change of state that the table forbids, which would be a mistake in the planner.
    pub(crate) fn go_on(&mut self, world: World<'_>) -> anyhow::Result<()> {
        let mut quiet = Person::new(0, self.customer.id.clone(), Vec::new(), None);
        self.plan_now(world)?;
        self.pass(world, &mut quiet, &mut Unseen)
    }

    /// Lets time pass until the end of the world.
    fn pass(&mut self, world: World<'_>, person: &mut Person, onlooker: &mut impl Onlooker) -> anyhow::Result<()> {
        loop {
            let event_at = person.next_at().filter(|at| *at < world.until);
            let due_at = self.next_due().filter(|at| *at < world.until);
            match (event_at, due_at) {
                (None, None) => break,
                // What happens is known before what is due at the same moment is decided.
                (Some(at), due_at) if due_at.is_none_or(|due_at| at <= due_at) => {
                    self.now = self.now.max(at);
                    if let Some((_, event)) = person.next() {
                        self.learn(world, event);
                    }
                }
                (_, Some(due_at)) => {
                    self.now = self.now.max(due_at);
                    self.send_what_is_due(world, person, onlooker)?;
                }
                (Some(_), None) => break,
            }
            self.plan_now(world)?;
        }
        self.now = world.until;
        Ok(())
    }

    /// When something is to be done next.
    fn next_due(&self) -> Option<DateTime<Utc>> {
        let planned = self.follow_ups.iter().filter(|f| f.state == State::Planned).map(|f| f.slot);
        planned.chain(self.review_at).min().map(Slot::start)
    }

    fn learn(&mut self, world: World<'_>, event: Event) {
        match &event {
            Event::Told(report) => self.hears(world, (**report).clone()),
            Event::Stops => {
                self.customer.opted_out_at = Some(self.now);
                self.note(Said::OptedOut, How::Link);
            }
            Event::Complains => self.note(Said::Complained, How::Post),
            Event::Bounces => self.note(Said::Bounced, How::Post),
            Event::Settled => self.customer.settled_at = Some(self.now),
        }
        self.happened.push((self.now, event));
    }

    fn hears(&mut self, world: World<'_>, report: Report) {
        let (purchase, first_seen_at) = match self.purchases.remove(&report.key) {
            Some((purchase, first_seen_at)) => (purchase.join(report), first_seen_at),
            None => (Purchase::from_report(report), self.now),
        };
        self.customer.take_in(&purchase, first_seen_at, world.shop);
        self.purchases.insert(purchase.key.clone(), (purchase, first_seen_at));
    }

    fn note(&mut self, said: Said, how: How) {
        self.ledger.push(Entry {
            at: self.now,
            channel: Channel::Mail,
            place: Some(self.customer.place().clone()),
            said,
            how,
            wording: None,
            until: None,
            preferences: None,
            event: self.ledger.len().to_string(),
        });
    }

    fn send_what_is_due(
        &mut self,
        world: World<'_>,
        person: &mut Person,
        onlooker: &mut impl Onlooker,
    ) -> anyhow::Result<()> {
        let due = |f: &FollowUp| f.state == State::Planned && f.slot.start() <= self.now;
        let places: Vec<usize> = (0..self.follow_ups.len()).filter(|place| due(&self.follow_ups[*place])).collect();
        for place in places {
            self.step(place, follow_up::Event::Claim)?;
            self.follow_ups[place].approved_at.get_or_insert(self.now);
            match decide(&self.follow_ups[place], &self.moment(world)) {
                Decision::Send => {
                    onlooker.sent(&self.follow_ups[place], &self.customer, self.now)?;
                    self.step(place, follow_up::Event::Accept)?;
                    self.follow_ups[place].sent_at = Some(self.now);
                    self.end(place, None);
                    let sent = Sent::of(&self.follow_ups[place], self.now);
                    person.reacts(&sent);
                    self.sent.push(sent);
                }
                Decision::HandOver => self.hand_over(world, place)?,
                Decision::Skip(reason) => {
                    self.step(place, follow_up::Event::Skip)?;
                    self.end(place, Some(reason));
                }
                Decision::Move(slot) => {
                    self.step(place, follow_up::Event::Move)?;
                    self.follow_ups[place].slot = slot;
                }
                // Nobody presses the stop switch here, so nothing is ever held.
                Decision::Expire | Decision::Hold => {
                    self.step(place, follow_up::Event::Expire)?;
                    self.end(place, Some(Reason::WindowOver));
                }
            }
        }
        Ok(())
    }

    /// A person has it on their list, and carries it out on its day.
    fn hand_over(&mut self, world: World<'_>, place: usize) -> Result<(), NotAllowed> {
        if let Some(task) = Task::of_follow_up(&self.follow_ups[place], world.shop, self.now) {
            self.tasks.entry(task.key()).or_insert(task);
        }
        self.step(place, follow_up::Event::HandOver)?;
        self.step(place, follow_up::Event::Deliver)?;
        self.follow_ups[place].sent_at = Some(self.now);
        self.end(place, None);
        Ok(())
    }

    fn moment<'a>(&'a self, world: World<'a>) -> Moment<'a> {
        Moment {
            shop: world.shop,
            stopped: false,
            approvals: &NOTHING_APPROVED,
            programme: world.programme,
            customer: &self.customer,
            follow_ups: &self.follow_ups,
            ledger: &self.ledger,
            // Nobody answers here, so nothing is ever paused.
            paused: &[],
            is_at_risk: false,
            now: self.now,
        }
    }

    fn step(&mut self, place: usize, event: follow_up::Event) -> Result<(), NotAllowed> {
        let follow_up = &mut self.follow_ups[place];
        follow_up.state = transition(follow_up.state, event)?;
        follow_up.generation += u32::from(matches!(event, follow_up::Event::Move | follow_up::Event::Revive));
        Ok(())
    }

    fn end(&mut self, place: usize, reason: Option<Reason>) {
        self.follow_ups[place].reason = reason;
        self.follow_ups[place].ended = true;
    }

    /// Plans and writes the difference, as planning does in the diary.
    fn plan_now(&mut self, world: World<'_>) -> Result<(), NotAllowed> {
        let plan = plan(&self.situation(world));
        self.plans += 1;
        for id in &plan.settled {
            if let Some(place) = self.place_of(id) {
                self.follow_ups[place].ended = false;
            }
        }
        for change in plan.changes {
            self.write(change)?;
        }
        for task in plan.tasks {
            self.tasks.entry(task.key()).or_insert(task);
        }
        self.review_at = plan.review_at;
        Ok(())
    }

    /// What a plan is made from, now.
    pub(crate) fn situation<'a>(&'a self, world: World<'a>) -> Situation<'a> {
        Situation {
            shop: world.shop,
            programme: world.programme,
            customer: &self.customer,
            follow_ups: &self.follow_ups,
            ledger: &self.ledger,
            now: self.now,
        }
    }

    fn place_of(&self, id: &FollowUpId) -> Option<usize> {
        self.follow_ups.iter().position(|f| f.id == *id)
    }

    fn write(&mut self, change: Change) -> Result<(), NotAllowed> {
        let place = self.place_of(&change.follow_up().id);
        match (change, place) {
            (Change::Put(new), None) => self.follow_ups.push(*new),
            (Change::Replan { from, slot, deadline, channel }, Some(place)) => {
                let is_open = from.state.is_open();
                self.step(place, if is_open { follow_up::Event::Move } else { follow_up::Event::Revive })?;
                let follow_up = &mut self.follow_ups[place];
                (follow_up.slot, follow_up.deadline, follow_up.reason) = (slot, deadline, None);
                follow_up.channel = channel;
            }
            (Change::Cancel { reason, .. }, Some(place)) => {
                self.step(place, follow_up::Event::Cancel)?;
                self.follow_ups[place].reason = Some(reason);
            }
            // The diary refuses to write what stands, or to change what does not: so does this.
            (Change::Put(_), Some(_)) | (Change::Replan { .. } | Change::Cancel { .. }, None) => {}
        }
        Ok(())
    }
}

impl Sent {
    fn of(follow_up: &FollowUp, at: DateTime<Utc>) -> Self {
        Self {
            id: follow_up.id.clone(),
            step: follow_up.step.clone(),
            class: follow_up.class,
            purchase: follow_up.purchase.clone(),
            deadline: follow_up.deadline,
            at,
        }
    }
}
