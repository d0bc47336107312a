//! What goes wrong in a world: crashes, jumps of time, alarms that ring at the wrong time or not at all, calls that are struck.

use super::doors::Knock;
use super::jobs::{Job, Press};
use super::laws::PROMOTIONS;
use super::life::Says;
use super::table;
use super::world::World;
use chrono::{DateTime, Duration, Utc};
use wasurena_cloud::alarms::Alarm;
use wasurena_local::aws::{Passage, VirtualTime as _};

/// In one of so many slots somebody changes their mind just as its mails go out.
const MINDS_CHANGE_ONE_IN: u32 = 8;

/// One in so many faults of a call lasts until the invocation ends.
const CUT_OFF_ONE_IN: u32 = 6;

impl World {
    /// A crash, a jump of time.
    pub(super) fn weather_changes(&mut self) {
        if !self.flights.is_empty() && self.strikes(self.weather.crash) {
            let numbers: Vec<u64> = self.flights.keys().copied().collect();
            let unlucky = numbers[self.dice.usize(..numbers.len())];
            self.crash(unlucky, "crashes");
        }
        if self.strikes(self.weather.jump) {
            let by = Duration::minutes(self.dice.i64(1..180));
            self.move_time(self.now() + by);
            self.trail.note(self.now(), "time has jumped");
        }
    }

    pub(super) fn flights_end_at_their_deadlines(&mut self, now: DateTime<Utc>) {
        let late: Vec<u64> =
            self.flights.iter().filter(|(_, f)| f.deadline <= now).map(|(number, _)| *number).collect();
        for number in late {
            self.crash(number, "has run out of time");
        }
    }

    /// An invocation ends where it stands, and its process with it.
    pub(super) fn crash(&mut self, number: u64, how: &str) {
        self.executor.crash(number);
        if let Some(flight) = self.flights.remove(&number) {
            self.trail.note(self.stage.time.now(), format_args!("{}#{number} {how}", flight.job.role().name()));
            self.ended(flight.job, None);
        }
    }

    /// Something strikes at this rate.
    pub(super) fn strikes(&mut self, rate: f64) -> bool {
        let strikes = rate > 0.0 && self.dice.f64() < rate;
        self.faults += u64::from(strikes);
        strikes
    }

    /// How late something comes: mostly not at all.
    pub(super) fn late(&mut self, rate: f64) -> Duration {
        if self.strikes(rate) { Duration::minutes(self.dice.i64(1..30 * 60)) } else { Duration::zero() }
    }

    /// Just as the mails of a slot are to go out, somebody who is about to get one, or the owner, changes their mind.
    /// Answers whether so.
    pub(super) fn minds_change(&mut self, input: &str, now: DateTime<Utc>) -> bool {
        if now >= self.life.ends {
            return false;
        }
        let Ok(alarm) = serde_json::from_str::<Alarm>(input) else { return false };
        let due = table::due_in_slot(&self.stage.aws, &alarm);
        // A promotion is rare: about every other one somebody has second thoughts.
        let promotion = due.iter().position(|(_, step)| step.starts_with(PROMOTIONS)).filter(|_| self.dice.bool());
        if promotion.is_none() && self.dice.u32(0..MINDS_CHANGE_ONE_IN) > 0 {
            return false;
        }
        let place = promotion.unwrap_or_else(|| self.dice.usize(..due.len().max(1)));
        let Some((address, step)) = due.get(place) else { return false };
        let Some(person) = self.life.people.iter().position(|person| person.address == *address) else { return false };
        self.mind_changes(person, step, now).is_some()
    }

    fn mind_changes(&mut self, person: usize, step: &str, now: DateTime<Utc>) -> Option<()> {
        let is_promotion = step.starts_with(PROMOTIONS);
        let at = now + Duration::milliseconds(self.dice.i64(0..if is_promotion { 200 } else { 900 }));
        let says = match self.dice.u32(0..4) {
            _ if is_promotion => Says::CalledOff,
            0 => {
                self.add(at, Job::Page { person, press: Some(Press::Stop) });
                return Some(());
            }
            1 => {
                let shop = self.life.people[person].shop;
                let pause = Duration::minutes(self.dice.i64(1..240));
                self.add(at, Job::SwitchOn(shop, pause));
                return Some(());
            }
            2 => Says::CalledOff,
            _ => Says::CameBack,
        };
        // The order that a promotion follows takes it with it; the one before it leaves a first purchase.
        let orders = self.life.orders_before(person, now);
        let order = if is_promotion { 0 } else { self.dice.usize(..orders.len().max(1)) };
        let place = self.life.afterthought(*orders.get(order)?, says, now)?;
        self.add(at, Job::Hook { place, attempt: 0 });
        Some(())
    }

    /// Somebody's record cannot be read any more.
    pub(super) fn spoil(&mut self, person: usize, now: DateTime<Utc>) {
        if table::spoil(&self.stage.aws, &self.life.people[person], true) {
            self.trail.note(now, format_args!("the record of customer {person} is spoilt"));
            self.witness.people[person].is_spoilt = true;
            self.witness.people[person].was_spoilt = true;
            self.faults += 1;
        }
    }

    /// Alarms that are due ring: once, twice, late or never; and now and then one before its time.
    pub(super) fn alarms_ring(&mut self, now: DateTime<Utc>) {
        if self.next_ring.is_none_or(|ring| ring > now) {
            return;
        }
        let scheduler = self.stage.aws.scheduler().clone();
        for ring in scheduler.due(now).expect("the alarms") {
            let times = if self.strikes(self.weather.alarm) { [0, 2][self.dice.usize(..2)] } else { 1 };
            for _ in 0..times {
                let late = self.late(self.weather.alarm);
                self.add(now + late, Job::Alarm { input: ring.input.clone(), attempt: 0 });
            }
            scheduler.complete(&ring).expect("the alarms");
        }
        if self.strikes(self.weather.alarm / 4.0) {
            let ahead = scheduler.due(now + Duration::days(30)).expect("the alarms");
            if !ahead.is_empty() {
                let early = &ahead[self.dice.usize(..ahead.len())];
                self.add(now, Job::Alarm { input: early.input.clone(), attempt: 0 });
            }
        }
        self.next_ring = scheduler.next_ring().expect("the alarms");
    }

    /// A call takes effect, or does not; or its answer arrives.
    pub(super) fn open(&mut self, knock: &Knock) {
        let Knock { number, task, call, is_before } = knock;
        let passage = match self.flights.get(task) {
            Some(flight) if flight.is_cut_off && *is_before => Passage::Unreachable,
            _ if *is_before => self.weather.passage(&mut self.dice, call),
            _ => Passage::Through,
        };
        if passage != Passage::Through {
            self.faults += 1;
            self.trail.note(self.stage.time.now(), format_args!("#{task} {call} is struck: {passage:?}"));
            // Now and then it is the network of the whole process that is gone.
            if let Some(flight) = self.flights.get_mut(task) {
                flight.is_cut_off |= self.dice.u32(0..CUT_OFF_ONE_IN) == 0;
            }
        }
        self.stage.doors.open(*number, passage);
        let by = Duration::milliseconds(self.dice.i64(1..20));
        self.move_time(self.now() + by);
    }
}
