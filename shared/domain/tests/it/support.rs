//! A shop, its programme, and [`Story`]: one customer of whom things become known, whose plans are carried out
//! in memory as the functions carry them out in the diary.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::{BTreeMap, BTreeSet};
use wasurena_domain::calendar::Slot;
use wasurena_domain::catalogue::Catalogue;
use wasurena_domain::contact::{EmailAddress, PersonName};
use wasurena_domain::customer::{Customer, Ruling};
use wasurena_domain::follow_up::{Event, FollowUp, Reason, State, transition};
use wasurena_domain::ids::{CartId, CustomerId, FollowUpId, OrderId, PurchaseKey, ShopId, StepId};
use wasurena_domain::ledger::{Channel, Entry, How, Said};
use wasurena_domain::money::{Currency, Money};
use wasurena_domain::planner::{Change, Plan, Situation, plan};
use wasurena_domain::policy::{Decision, Moment, decide};
use wasurena_domain::programme::{
    Anchor, Class, Frequency, Occasions, OncePer, Programme, Series, SeriesLetter, Start, Step,
};
use wasurena_domain::purchase::{Buyer, Consent, Delivery, Line, Moments, Order, OrderKind, Purchase, Report};
use wasurena_domain::shop::{Hours, Legal, Sender, Shop, Staff, Stages, Thresholds};

/// A sample shop in Tokyo.
pub(crate) fn shop() -> Shop {
    let email = || EmailAddress::parse("shop@example.jp").unwrap();
    Shop {
        id: ShopId::parse("sakura").unwrap(),
        name: "うつわ さくら".into(),
        url: "https://example.jp/".into(),
        legal: Legal {
            operator: "見本 さくら".into(),
            address: "見本県見本市1-2-3".into(),
            phone: "03-0000-0000".into(),
            phone_hours: "10〜17時".into(),
            email: email(),
        },
        sender: Sender { address: email(), name: "うつわ さくら".into(), reply_to: email() },
        staff: Staff { name: "見本 さくら".into(), role: "店主".into() },
        zone: chrono_tz::Asia::Tokyo,
        start_date: day("2026-01-01"),
        history_complete: true,
        hours: Hours { from: clock("09:00"), to: clock("20:00") },
        shards: 1,
        occasion_days: 7,
        thresholds: Thresholds::default(),
        stages: Stages::default(),
        holidays: BTreeSet::new(),
        own_addresses: Vec::new(),
        pages: Vec::new(),
        products: Catalogue::default(),
    }
}

/// A programme like the default one.
pub(crate) fn programme() -> Programme {
    let survey = Anchor::Arrival { unknown_day: 7 };
    let letter = |(name, class): (&str, Class)| SeriesLetter { id: id(name), class };
    let season = [Class::Greeting, Class::Voices, Class::Story, Class::Usage];
    let letters = (1..=12).map(|n| format!("letter-{n}")).zip(season.into_iter().cycle());
    let news = (1..=4).map(|n| format!("news-{n}"));
    Programme {
        steps: vec![
            step("thanks-first", Class::Thanks, Anchor::Purchase, (1, Some(1)), (1, 3)),
            step("thanks-second", Class::Thanks, Anchor::Purchase, (2, Some(2)), (1, 3)),
            step("thanks-again", Class::Thanks, Anchor::Purchase, (3, None), (1, 3)),
            step("arrival", Class::Survey, survey, (1, None), (4, 11)),
            Step { once_per: OncePer::Product, ..step("usage", Class::Usage, Anchor::Purchase, (1, None), (14, 21)) },
        ],
        series: vec![
            Series {
                id: id("letters"),
                from_occasion: 1,
                stages: None,
                start: Start::AfterStep { step: id("usage"), days: 28 },
                weekday: Some(Weekday::Tue),
                every_days: 28,
                window_days: 6,
                at: clock("10:00"),
                letters: letters.map(|(name, class)| letter((&name, class))).collect(),
            },
            Series {
                id: id("news"),
                from_occasion: 2,
                stages: None,
                start: Start::AfterPurchase { days: 30 },
                weekday: None,
                every_days: 91,
                window_days: 14,
                at: clock("10:00"),
                letters: news.map(|name| letter((&name, Class::Promotion))).collect(),
            },
        ],
        dated: Vec::new(),
        frequency: Frequency::default(),
    }
}

/// A step at 10:00, once for each occasion.
pub(crate) fn step(name: &str, class: Class, anchor: Anchor, occasions: (u32, Option<u32>), days: (u32, u32)) -> Step {
    Step {
        id: id(name),
        class,
        anchor,
        occasions: Occasions { from: occasions.0, to: occasions.1 },
        arrives_late: false,
        stages: None,
        once_per: OncePer::Occasion,
        day: days.0,
        latest_day: days.1,
        at: clock("10:00"),
    }
}

pub(crate) fn id(text: &str) -> StepId {
    StepId::parse(text).unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn clock(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

/// `2026-12-01 15:00` by the wall clock of a zone.
pub(crate) fn at_in(zone: Tz, text: &str) -> DateTime<Utc> {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    zone.from_local_datetime(&wall).earliest().unwrap().to_utc()
}

/// `2026-12-01 15:00` in Tokyo.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    at_in(chrono_tz::Asia::Tokyo, text)
}

pub(crate) fn key(order: &str) -> PurchaseKey {
    PurchaseKey { cart: CartId::parse("standard").unwrap(), order: OrderId::parse(order).unwrap() }
}

/// An order of one teacup by 見本 花子, who wants to hear from the shop.
pub(crate) fn order(ordered_at: DateTime<Utc>) -> Order {
    Order {
        version_at: ordered_at,
        ordered_at,
        buyer: Buyer {
            email: Some(EmailAddress::parse("hanako@example.jp").unwrap()),
            phone: None,
            name: PersonName::parse("見本 花子"),
            birthday: None,
        },
        consent: Consent::Granted,
        consent_at: None,
        gift: false,
        kind: OrderKind::Purchase,
        delivery: Delivery::Goods,
        promised_on: None,
        company: false,
        marketplace: None,
        payment: None,
        total: Money { amount_minor: 5900, currency: Currency::JPY },
        line_count: 1,
        lines: vec![Line::new(Some("cup"), "湯のみ", None, 1, 5900)],
    }
}

/// A report of an order paid when it was placed.
pub(crate) fn paid(name: &str, order: Order) -> Report {
    let moments = Moments { paid_seen_at: Some(order.ordered_at), ..Moments::default() };
    Report::new(key(name), Some(order), moments)
}

/// Somebody of whom nothing is known yet.
pub(crate) fn nobody() -> Customer {
    Customer::new(CustomerId::derive(b"key of the tests", &shop().id, "hanako@example.jp"))
}

/// One customer's story.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) shop: Shop,
    pub(crate) programme: Programme,
    pub(crate) customer: Customer,
    pub(crate) purchases: BTreeMap<PurchaseKey, (Purchase, DateTime<Utc>)>,
    pub(crate) follow_ups: Vec<FollowUp>,
    pub(crate) ledger: Vec<Entry>,
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
            event: self.ledger.len().to_string(),
        };
        self.ledger.push(entry);
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
            programme: &self.programme,
            customer: &self.customer,
            follow_ups: &self.follow_ups,
            ledger: &self.ledger,
            now: self.now,
        }
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
        self
    }

    fn write(&mut self, change: &Change) {
        let place = self.follow_ups.iter().position(|f| f.id == change.follow_up().id);
        match (change, place) {
            (Change::Put(new), None) => self.follow_ups.push((**new).clone()),
            (Change::Replan { from, slot, deadline }, Some(place)) => {
                assert_eq!(self.follow_ups[place], **from);
                let event = if from.state == State::Planned { Event::Move } else { Event::Revive };
                self.step(place, event);
                let follow_up = &mut self.follow_ups[place];
                (follow_up.slot, follow_up.deadline, follow_up.reason) = (*slot, *deadline, None);
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

/// A follow-up of a teacup's arrival question, planned for 2026-12-08 10:00 until the end of 2026-12-15, Tokyo.
pub(crate) fn follow_up() -> FollowUp {
    let mut story = Story::new();
    story.buys("a", "2026-12-01 12:00");
    story.follow_ups.into_iter().find(|f| f.step == id("arrival")).unwrap()
}
