//! The days on which a customer hears from the shop: those on which they have, and those that are taken already.
//!
//! Whatever stands here keeps the gap and the caps as a whole, so in whatever order it was taken up, the same days are
//! free: that is why planning again changes nothing.

use super::Situation;
use super::why::Objection;
use super::wishes::Wish;
use crate::calendar::day_of;
use crate::channel::Channel;
use crate::customer::Course;
use crate::follow_up::FollowUp;
use crate::programme::{Cap, Frequency};
use chrono::{Datelike, NaiveDate};

/// A day that is taken.
#[derive(Debug, Clone, Copy)]
struct Taken {
    day: NaiveDate,
    /// The same day as a number: days are compared much more often than they are taken.
    number: i32,
    /// By a message that is promised (R1, R2), and has not gone out.
    promised: bool,
    /// How it reaches the customer.
    channel: Channel,
}

/// The days that are taken.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    frequency: &'a Frequency,
    course: Course,
    taken: Vec<Taken>,
}

impl<'a> Sheet<'a> {
    /// The days on which something has left, or may have.
    pub(super) fn new(situation: &Situation<'a>) -> Self {
        let day = |f: &FollowUp| day_of(f.sent_at.unwrap_or(f.slot.start()), situation.shop.zone);
        let left = situation.follow_ups.iter().filter(|f| f.state.may_have_left());
        Self {
            frequency: &situation.programme.frequency,
            course: situation.customer.course(situation.shop),
            taken: left.map(|f| Taken::new(day(f), false, f.channel)).collect(),
        }
    }

    /// Takes a day for a wish. What is promised is kept clear of by all that come after it, whatever stage the customer
    /// reaches until then by buying.
    pub(super) fn take(&mut self, day: NaiveDate, wish: &Wish) {
        self.taken.push(Taken::by(wish, day));
    }

    /// Whether nothing else is on this day.
    pub(super) fn is_free(&self, day: NaiveDate) -> bool {
        self.taken.iter().all(|taken| taken.day != day)
    }

    /// Whether two days are so near that one message would follow the other too soon.
    pub(super) fn are_near(&self, a: NaiveDate, b: NaiveDate) -> bool {
        self.is_too_soon(a.num_days_from_ce(), b.num_days_from_ce())
    }

    fn is_too_soon(&self, a: i32, b: i32) -> bool {
        a.abs_diff(b) < self.frequency.min_gap_days.max(1)
    }

    /// Whether gap and caps allow one more message on this day: neither it nor any later one would be one too many.
    pub(super) fn allows(&self, day: NaiveDate, wish: &Wish) -> bool {
        self.objection(day, wish).is_none()
    }

    /// What speaks against one more message on this day.
    pub(super) fn objection(&self, day: NaiveDate, wish: &Wish) -> Option<Objection> {
        let own = Taken::by(wish, day);
        if let Some(near) = self.taken.iter().find(|taken| self.is_too_soon(taken.number, own.number)) {
            return Some(Objection::Near { other: near.day, gap_days: self.frequency.min_gap_days });
        }
        let later = self.taken.iter().filter(|taken| taken.number >= own.number);
        std::iter::once(&own).chain(later).find_map(|end| self.exceeded(end, own))
    }

    /// The cap that one more message would exceed, of those that hold for the message at the end of a span.
    fn exceeded(&self, end: &Taken, own: Taken) -> Option<Objection> {
        let by_stage = self.caps(end).find(|cap| !self.is_within(*cap, end.number, own.number, None));
        let by_channel = || {
            let cap = *self.frequency.channels.get(&own.channel).filter(|_| own.channel == end.channel)?;
            let is_within = self.is_within(cap, end.number, own.number, Some(own.channel));
            (!is_within).then_some(Objection::OfChannel { channel: own.channel, cap })
        };
        by_stage.map(Objection::Cap).or_else(by_channel)
    }

    /// The caps of stages that hold for a message.
    fn caps(&self, taken: &Taken) -> impl Iterator<Item = Cap> {
        let all = taken.promised.then(|| self.frequency.caps_of_buyers().map(|(_, cap)| cap));
        let own = (!taken.promised).then(|| self.frequency.caps.get(&self.course.on(taken.day)).copied());
        all.into_iter().flatten().chain(own.flatten())
    }

    /// Whether the span that ends with the day `end` stays within a cap with one more message on `day`: of all messages, or
    /// of those that go by one channel.
    fn is_within(&self, cap: Cap, end: i32, day: i32, by: Option<Channel>) -> bool {
        let in_span = |other: i32| other <= end && end.abs_diff(other) < cap.days;
        let counts = |taken: &&Taken| in_span(taken.number) && by.is_none_or(|channel| taken.channel == channel);
        let others = self.taken.iter().filter(counts).count();
        !in_span(day) || u32::try_from(others).is_ok_and(|others| others < cap.max)
    }
}

impl Taken {
    fn new(day: NaiveDate, promised: bool, channel: Channel) -> Self {
        Self { day, number: day.num_days_from_ce(), promised, channel }
    }

    fn by(wish: &Wish, day: NaiveDate) -> Self {
        Self::new(day, wish.priority.is_promise(), wish.channel)
    }
}
