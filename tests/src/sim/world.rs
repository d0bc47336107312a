//! One world, from its beginning to its end: everything that can happen next is at hand, and the seed chooses.

use super::books::Books;
use super::doors::{Effect, Knock};
use super::executor::Executor;
use super::jobs::{self, Done, Job, Press};
use super::laws::{self, Violation};
use super::life::{Deed, Life, Says};
use super::logs::Logs;
use super::post::{self, Word};
use super::run::Play;
use super::stage::{Instance, Role, Stage};
use super::streams::{Reader, Streams};
use super::table;
use super::time::keeper_at_or_after;
use super::trail::{self, Trail};
use super::weather::Weather;
use super::witness::Witness;
use chrono::{DateTime, Duration, Utc};
use fastrand::Rng;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use wasurena_local::aws::VirtualTime as _;
use wasurena_local::rings::RETRY_MINUTES;

/// Invocations that run at once.
const AT_ONCE: usize = 4;
/// Steps after which a world is given up: something turns in circles.
const STEPS_MAX: u64 = 200_000;
/// How long a world goes on in calm weather, so that everything can be put right: longer than any doubt lasts.
const CALM_DAYS: i64 = 12;
/// Webhooks that are told again at the end.
const TOLD_AGAIN_MAX: usize = 4;
/// How often a cart that tries again does so.
const CART_ATTEMPTS: u32 = 8;

/// A world while it lives.
pub(super) struct World {
    pub(super) stage: Stage,
    pub(super) life: Life,
    pub(super) dice: Rng,
    pub(super) weather: Weather,
    pub(super) witness: Witness,
    pub(super) trail: Trail,
    pub(super) logs: Logs,
    pub(super) streams: Streams,
    pub(super) jobs: BTreeMap<(DateTime<Utc>, u64), Job>,
    pub(super) faults: u64,
    pub(super) next: u64,
    pub(super) executor: Executor<Done>,
    pub(super) flights: BTreeMap<u64, Flight>,
    pub(super) idle: BTreeMap<Role, Vec<Instance>>,
    pub(super) deeds: std::vec::IntoIter<(DateTime<Utc>, Deed)>,
    pub(super) next_ring: Option<DateTime<Utc>>,
    pub(super) first_due: Option<Option<DateTime<Utc>>>,
    pub(super) kept_until: DateTime<Utc>,
    pub(super) ends: DateTime<Utc>,
    /// Whether nothing goes wrong in this world but what its people do.
    pub(super) is_calm: bool,
}

/// An invocation under way.
pub(super) struct Flight {
    pub(super) job: Job,
    pub(super) instance: Instance,
    pub(super) deadline: DateTime<Utc>,
    /// Whether none of its calls gets through any more.
    pub(super) is_cut_off: bool,
}

/// Something that can happen next.
enum Next {
    Open(Knock),
    Start((DateTime<Utc>, u64)),
    Carry(Reader),
}

impl World {
    pub(super) fn new(how: &Play) -> Self {
        let mut dice = Rng::with_seed(how.seed);
        let weather = Weather::of(&mut dice);
        let weather = how.without.iter().fold(weather, |weather, trouble| weather.without(*trouble));
        let life = Life::of(&mut dice, weather == Weather::CALM);
        let deeds: Vec<_> = life.deeds.iter().enumerate().filter(|(n, _)| !how.leaving_out.contains(n)).collect();
        let deeds: Vec<_> = deeds.into_iter().map(|(_, deed)| deed.clone()).collect();
        Self {
            stage: Stage::new(life.begins),
            witness: Witness::new(&life),
            trail: Trail::new(how.keeps_trail),
            kept_until: keeper_at_or_after(life.begins),
            ends: life.ends + Duration::days(CALM_DAYS),
            is_calm: weather == Weather::CALM,
            deeds: deeds.into_iter(),
            life,
            dice,
            weather,
            logs: Logs::default(),
            streams: Streams::default(),
            jobs: BTreeMap::new(),
            faults: 0,
            next: 0,
            executor: Executor::default(),
            flights: BTreeMap::new(),
            idle: BTreeMap::new(),
            next_ring: None,
            first_due: None,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.stage.time.now()
    }

    /// Lives to the end, with a look at the books on the way; then looks at the books, then has everything told once more.
    pub(super) fn live(&mut self) -> Result<(), Violation> {
        let all_is_put_right = self.life.ends + Duration::days(1);
        while self.now() < all_is_put_right {
            self.step(true)?;
        }
        let books = Books::new(table::items(&self.stage.aws));
        laws::nothing_is_lost(&books, self.now(), &self.life, &self.witness)?;
        while self.now() < self.ends {
            self.step(true)?;
        }
        self.come_to_rest()?;
        let before = Books::new(table::items(&self.stage.aws));
        laws::of_books(&before, self.now(), &self.life, &self.witness)?;
        let written = self.streams.length(&self.stage.aws);
        self.tell_again()?;
        self.come_to_rest()?;
        if self.streams.length(&self.stage.aws) == written {
            return Ok(());
        }
        laws::of_replay(&before, &Books::new(table::items(&self.stage.aws)))
    }

    /// Lets everything that is under way come to its end, and nothing else begin.
    fn come_to_rest(&mut self) -> Result<(), Violation> {
        self.weather = Weather::CALM;
        while !(self.flights.is_empty() && self.streams.are_dry()) {
            self.step(false)?;
        }
        self.settle_accounts()
    }

    /// Every cart tells again what it was told is stored. Who wants to be forgotten once more is: that is a wish of its own.
    fn tell_again(&mut self) -> Result<(), Violation> {
        let hooks = self.witness.accepted_hooks.iter().copied();
        let mut places: Vec<usize> = hooks.filter(|place| self.life.hooks[*place].says != Says::Forget).collect();
        self.dice.shuffle(&mut places);
        for place in places.into_iter().take(TOLD_AGAIN_MAX) {
            self.start(Job::Hook { place, attempt: 0 });
            self.come_to_rest()?;
        }
        Ok(())
    }

    /// One step: something that can happen next happens, or time passes.
    fn step(&mut self, begins_new: bool) -> Result<(), Violation> {
        self.witness.step += 1;
        if self.witness.step > STEPS_MAX {
            return Err(Violation { invariant: "I2", what: "the world turns in circles".to_owned() });
        }
        self.settle_accounts()?;
        self.weather_changes();
        let now = self.now();
        self.flights_end_at_their_deadlines(now);
        if begins_new {
            self.deeds_begin(now);
            self.alarms_ring(now);
        }
        let mut can: Vec<Next> = self.stage.doors.waiting().into_iter().map(Next::Open).collect();
        if self.flights.len() < AT_ONCE {
            let ready = Reader::ALL.into_iter().filter(|reader| self.streams.is_ready(*reader, now));
            can.extend(ready.map(Next::Carry));
            if begins_new {
                can.extend(self.jobs.range(..(now, u64::MAX)).take(AT_ONCE).map(|(key, _)| Next::Start(*key)));
            }
        }
        if can.is_empty() {
            if self.is_calm && self.flights.is_empty() && self.streams.are_dry() {
                let waiting = table::waiting_for_the_planner(&self.stage.aws, now);
                laws::of_quiet(&waiting, &self.life, &self.witness)?;
            }
            self.time_passes(begins_new);
            return Ok(());
        }
        match can.swap_remove(self.dice.usize(..can.len())) {
            Next::Open(knock) => self.open(&knock),
            Next::Start(key) => {
                if let Some(job) = self.jobs.remove(&key) {
                    self.start(job);
                }
            }
            Next::Carry(reader) => self.carry(reader, now),
        }
        Ok(())
    }

    /// Runs what can run, and notes what came of it.
    fn settle_accounts(&mut self) -> Result<(), Violation> {
        let ended = self.executor.run();
        for effect in self.stage.doors.take_effects() {
            self.saw(&effect)?;
        }
        for (number, done) in ended {
            if let Some(flight) = self.flights.remove(&number) {
                self.trail
                    .note(self.stage.time.now(), format_args!("{}#{number} ends: {done}", flight.job.role().name()));
                self.idle.entry(flight.job.role()).or_default().push(flight.instance.clone());
                self.ended(flight.job, Some(done));
            }
        }
        self.logs.check()
    }

    /// Something took effect.
    fn saw(&mut self, effect: &Effect) -> Result<(), Violation> {
        let now = self.now();
        let Effect { task, call, status, .. } = effect;
        // What is only read shows in what follows from it.
        let body = if effect.is_read() { String::new() } else { trail::digest_of(&effect.body) };
        self.trail.note(now, format_args!("#{task} {call} {body} takes effect: {status}"));
        if call.starts_with("scheduler.") {
            self.next_ring = self.stage.aws.scheduler().next_ring().expect("the alarms");
        } else if *status == 200 && call.starts_with("dynamodb.") && !effect.is_read() {
            self.streams.has_news(now, &mut self.dice);
            self.first_due = None;
        }
        let Some(mail) = self.witness.saw(effect, now) else { return Ok(()) };
        let item = table::follow_up(&self.stage.aws, &mail.shop, &mail.follow_up);
        let step = item.as_ref().and_then(|item| item["step"]["S"].as_str()).unwrap_or_default();
        self.trail.note(now, format_args!("the post accepts {} ({step}) for customer {}", mail.follow_up, mail.person));
        laws::of_mail(&mail, item.as_ref(), &self.life, &self.witness)?;
        let words = post::words(&mut self.dice, now);
        for Word { kind, is_permanent, at } in words {
            self.witness.will_hear(&mail, kind, is_permanent);
            if self.strikes(self.weather.lost) {
                continue;
            }
            let event =
                self.stage.aws.ses().event(&mail.message, kind, is_permanent).expect("a mail that was accepted");
            let complains = (kind == wasurena_local::aws::EventKind::Complaint).then_some(mail.person);
            let again = self.strikes(self.weather.carried);
            for _ in 0..=usize::from(again) {
                let late = self.late(self.weather.carried);
                self.add(at + late, Job::Event { event: event.clone(), attempt: 0, complains });
            }
        }
        Ok(())
    }

    pub(super) fn add(&mut self, at: DateTime<Utc>, job: Job) {
        self.next += 1;
        self.jobs.insert((at, self.next), job);
    }

    /// What people do at this time.
    fn deeds_begin(&mut self, now: DateTime<Utc>) {
        while self.deeds.as_slice().first().is_some_and(|(at, _)| *at <= now) {
            let Some((_, deed)) = self.deeds.next() else { return };
            match deed {
                Deed::Tell(place) => self.add(now, Job::Hook { place, attempt: 0 }),
                Deed::Look(person) => self.add(now, Job::Page { person, press: None }),
                Deed::Stop(person) => self.add(now, Job::Page { person, press: Some(Press::Stop) }),
                Deed::Resume(person) => self.add(now, Job::Page { person, press: Some(Press::Resume) }),
                Deed::SwitchOn(shop, pause) => self.add(now, Job::SwitchOn(shop, pause)),
                Deed::Publish(shop, variant) => self.add(now, Job::Publish(shop, variant)),
                Deed::TickOff(shop, is_posted) => self.add(now, Job::TickOff(shop, is_posted)),
                Deed::LoseAlarms => {
                    self.trail.note(now, "all alarms are deleted");
                    self.faults += 1;
                    table::lose_alarms(&self.stage.aws);
                    self.next_ring = None;
                }
                Deed::Spoil(person) => self.spoil(person, now),
                Deed::Mend(person) => {
                    if table::spoil(&self.stage.aws, &self.life.people[person], false) {
                        self.trail.note(now, format_args!("the record of customer {person} is mended"));
                        self.witness.people[person].is_spoilt = false;
                    }
                }
            }
        }
    }

    /// A batch begins its way to its reader, or waits.
    fn carry(&mut self, reader: Reader, now: DateTime<Utc>) {
        if self.strikes(self.weather.carried / 4.0) {
            let until = now + Duration::minutes(self.dice.i64(1..40));
            self.streams.delay(reader, until);
        } else if let Some(records) = self.streams.take(reader, &self.stage.aws, &mut self.dice) {
            self.start(Job::Batch { reader, records, is_again: false });
        }
    }

    /// An invocation begins, in a process that is idle or a new one.
    fn start(&mut self, job: Job) {
        let now = self.now();
        if let Job::Alarm { input, .. } = &job
            && self.minds_change(input, now)
        {
            // Its process begins slowly.
            let at = now + Duration::milliseconds(self.dice.i64(1..900));
            return self.add(at, job);
        }
        self.next += 1;
        let number = self.next;
        let role = job.role();
        let request = match &job {
            Job::Hook { place, .. } => {
                let hook = &self.life.hooks[*place];
                self.witness.begins_to_tell(hook);
                Some(jobs::webhook(hook, number, now))
            }
            Job::Page { person, press } => {
                // Who got no mail yet has nothing to press.
                let Some(url) = self.witness.stop_url(*person) else { return };
                let request = jobs::page(url, *press);
                self.witness.begins_to_press(*person, *press);
                Some(request)
            }
            // It is on, or on its way: who is at it turns it off again.
            Job::SwitchOn(shop, _) if !self.witness.begins_to_stop(shop) => return,
            Job::SwitchOff(shop) => {
                self.witness.begins_to_go_on(shop);
                None
            }
            _ => None,
        };
        self.trail.note(now, format_args!("{}#{number} begins: {}", role.name(), job.line(&self.life)));
        let instance = match self.idle.get_mut(&role).and_then(Vec::pop) {
            Some(instance) => instance,
            None => {
                let skew = self.weather.skew(&mut self.dice);
                self.stage.instance(role, skew)
            }
        };
        instance.task.store(number, Ordering::Relaxed);
        let deadline = now + job.time_limit();
        self.executor.spawn(number, job.clone().run(instance.clone(), request));
        self.flights.insert(number, Flight { job, instance, deadline, is_cut_off: false });
    }

    /// An invocation has ended; `None` where its process died.
    pub(super) fn ended(&mut self, job: Job, done: Option<Done>) {
        let now = self.now();
        match (job, done) {
            (Job::Hook { place, .. }, Some(Done::Answered(200..=299))) => {
                let hook = &self.life.hooks[place];
                self.witness.was_stored(place, hook, now);
                if self.life.unlucky == Some(hook.person) {
                    self.life.unlucky = None;
                    let person = self.life.hooks[place].person;
                    self.spoil(person, now);
                }
            }
            (Job::Hook { place, attempt }, done) => {
                let hook = &self.life.hooks[place];
                let is_for_good = matches!(done, Some(Done::Answered(400..=499)));
                if hook.tries_again() && attempt < CART_ATTEMPTS && !is_for_good {
                    let at = now + Duration::minutes(1 << (2 * attempt).min(11));
                    self.add(at, Job::Hook { place, attempt: attempt + 1 });
                }
            }
            (Job::Page { person, press: Some(Press::Stop) }, Some(Done::Answered(200))) => {
                self.witness.has_stopped(person);
            }
            (Job::Event { complains: Some(person), .. }, Some(Done::Ended(true))) => self.witness.has_stopped(person),
            (Job::Alarm { input, attempt }, None | Some(Done::Ended(false))) => {
                if let Some(minutes) = RETRY_MINUTES.get(attempt) {
                    self.add(now + Duration::minutes(*minutes), Job::Alarm { input, attempt: attempt + 1 });
                }
            }
            (Job::Event { event, attempt, complains }, None | Some(Done::Ended(false))) => {
                if let Some(minutes) = RETRY_MINUTES.get(attempt) {
                    let job = Job::Event { event, attempt: attempt + 1, complains };
                    self.add(now + Duration::minutes(*minutes), job);
                }
            }
            (Job::Batch { reader, records, is_again: false }, done) => {
                let failed = match &done {
                    Some(Done::Batch(failed)) => Some(failed.as_slice()),
                    _ => None,
                };
                if self.streams.came_back(reader, failed, now) {
                    self.trail.note(now, format_args!("a record is given up by {reader:?}"));
                } else if self.strikes(self.weather.carried) {
                    let late = self.late(self.weather.carried);
                    self.add(now + late, Job::Batch { reader, records, is_again: true });
                }
            }
            (Job::SwitchOn(shop, pause), done) => {
                if matches!(done, Some(Done::Ended(true))) {
                    self.witness.has_stopped_all(shop);
                }
                // Whether or not it worked, they turn it off again.
                self.add(now + pause, Job::SwitchOff(shop));
            }
            (Job::SwitchOff(shop), Some(Done::Ended(true))) => self.witness.has_gone_on(shop),
            // The owner sees that it did not work, and does it again.
            (job @ (Job::SwitchOff(..) | Job::Publish(..)), None | Some(Done::Ended(false))) => {
                self.add(now + Duration::minutes(1), job);
            }
            _ => {}
        }
    }

    /// Nothing can happen now: time goes on to whatever is next.
    fn time_passes(&mut self, begins_new: bool) {
        let now = self.now();
        let waking = self.stage.time.next_waking();
        let deadline = self.flights.values().map(|flight| flight.deadline).min();
        let mut next: Vec<DateTime<Utc>> = [waking, deadline, self.streams.next()].into_iter().flatten().collect();
        if begins_new {
            // What waits for its turn already does not make time pass.
            next.extend(self.jobs.range((now, u64::MAX)..).next().map(|((at, _), _)| *at));
            next.extend(self.deeds.as_slice().first().map(|(at, _)| *at));
            next.extend(self.next_ring.into_iter().chain([self.ends]));
        }
        let Some(mut next) = next.into_iter().filter(|at| *at > now).min() else { return };
        if begins_new && let Some(hour) = self.keepers_hour(next) {
            next = next.min(hour);
            self.kept_until = hour;
            self.add(hour, Job::Keep);
        }
        self.move_time(next);
    }

    /// When the keeper comes next, where it is not after `until` and something is due by then: an hour in which nothing is
    /// due only reads.
    fn keepers_hour(&mut self, until: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.kept_until + Duration::hours(1);
        if next > until {
            return None;
        }
        let (aws, shops) = (&self.stage.aws, self.life.shops);
        let due = (*self.first_due.get_or_insert_with(|| table::first_due(aws, shops)))?;
        Some(keeper_at_or_after(due).max(next)).filter(|hour| *hour <= until)
    }

    pub(super) fn move_time(&mut self, to: DateTime<Utc>) {
        self.stage.time.move_to(to);
        // In the last days nothing goes wrong any more, so that what is left can be put right.
        if to >= self.life.ends {
            self.weather = Weather::CALM;
        }
    }
}
