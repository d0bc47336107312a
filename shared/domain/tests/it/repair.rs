//! Repairs: what was due and was not done.

use crate::support::{at, follow_up, shop};
use std::collections::BTreeMap;
use wasurena_domain::calendar::Slot;
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_domain::repair::{LATE_PER_SLOT, Repair, repair};

fn claimed() -> FollowUp {
    FollowUp { state: State::Claimed, until: Some(at("2026-12-08 10:02")), ..follow_up() }
}

fn in_doubt() -> FollowUp {
    FollowUp { state: State::InDoubt, until: Some(at("2026-12-09 11:00")), ..follow_up() }
}

#[track_caller]
fn check(follow_up: &FollowUp, stopped: bool, wall: &str, expected: Repair) {
    assert_eq!(repair(follow_up, &shop(), stopped, 0, at(wall)), expected, "{:?} {wall}", follow_up.state);
}

fn moved(wall: &str) -> Repair {
    Repair::Move(Slot::at_or_after(at(wall)))
}

#[test]
fn a_planned_one_is_overdue_after_twenty_minutes() {
    let planned = follow_up();
    check(&planned, false, "2026-12-08 09:00", Repair::Wait);
    check(&planned, false, "2026-12-08 10:19", Repair::Wait);
    check(&planned, false, "2026-12-08 10:20", moved("2026-12-08 10:45"));
    check(&planned, true, "2026-12-09 10:20", Repair::Wait);
    check(&planned, false, "2026-12-08 19:50", moved("2026-12-09 09:00"));
    check(&planned, false, "2026-12-15 19:50", Repair::Expire);
    check(&planned, false, "2026-12-16 00:00", Repair::Expire);
    check(&planned, true, "2026-12-16 00:00", Repair::Expire);
}

#[test]
fn what_is_tried_again_is_put_where_its_slot_is() {
    let again = FollowUp { until: Some(at("2026-12-08 08:00")), ..follow_up() };
    assert_eq!(again.due_at(), Some(Slot::at_or_after(at("2026-12-08 08:00"))), "where it was due before");
    check(&again, false, "2026-12-08 09:00", Repair::Place);
    check(&again, true, "2026-12-08 09:00", Repair::Place);
    check(&again, false, "2026-12-08 10:20", moved("2026-12-08 10:45"));
    check(&again, false, "2026-12-16 00:00", Repair::Expire);
}

#[test]
fn an_ended_lease_is_a_doubt_and_never_a_second_sending() {
    check(&claimed(), false, "2026-12-08 10:06", Repair::Wait);
    check(&claimed(), false, "2026-12-08 10:07", Repair::Doubt);
    check(&claimed(), true, "2026-12-20 10:07", Repair::Doubt);
    // A claim that lost its lease is judged by its slot, and never forgotten.
    let lost = FollowUp { until: None, ..claimed() };
    check(&lost, false, "2026-12-08 10:06", Repair::Wait);
    check(&lost, false, "2026-12-08 10:07", Repair::Doubt);
}

#[test]
fn a_doubt_ends_after_the_wait() {
    check(&in_doubt(), false, "2026-12-09 10:59", Repair::Wait);
    check(&in_doubt(), false, "2026-12-09 11:00", Repair::Drop);
    let lost = FollowUp { until: None, ..in_doubt() };
    assert_eq!(lost.due_at(), Some(lost.slot), "it stays in the index");
    check(&lost, false, "2026-12-09 11:00", Repair::Drop);
}

#[test]
fn whatever_ended_is_planned_on() {
    let others = State::ALL.into_iter().filter(|s| !s.is_open() && *s != State::InDoubt);
    for state in others {
        let ended = FollowUp { state, ended: true, ..follow_up() };
        check(&ended, false, "2026-12-08 12:00", Repair::Plan);
        check(&FollowUp { ended: false, ..ended.clone() }, false, "2026-12-08 12:00", Repair::Wait);
        // What the post says later of a message that has left costs no place in the index.
        let is_said_by_post = matches!(state, State::Bounced | State::Complained);
        assert_eq!(ended.due_at(), (!is_said_by_post).then_some(ended.slot), "{state:?}");
    }
}

#[test]
fn what_is_over_is_due_no_more() {
    assert_eq!(follow_up().due_at(), Some(follow_up().slot));
    assert_eq!(claimed().due_at(), Some(follow_up().slot), "claiming costs no index write");
    assert_eq!(in_doubt().due_at(), Some(Slot::at_or_after(at("2026-12-09 11:00"))));
    assert_eq!(FollowUp { state: State::Sent, ..follow_up() }.due_at(), None);
}

#[test]
fn after_an_outage_there_is_no_burst() {
    let (shop, late) = (shop(), follow_up());
    let mut slots: BTreeMap<Slot, usize> = BTreeMap::new();
    let mut expired = 0;
    for n in 0..40_000 {
        match repair(&late, &shop, false, n, at("2026-12-08 19:00")) {
            Repair::Move(slot) => *slots.entry(slot).or_default() += 1,
            Repair::Expire => expired += 1,
            other => panic!("{other:?}"),
        }
    }
    // 4 slots are left today (19:15 to 20:00), then 45 on each of the seven days to the 15th.
    assert_eq!(slots.len(), 4 + 7 * 45);
    assert!(slots.values().all(|n| *n == LATE_PER_SLOT), "never more than 100 in a slot");
    assert!(slots.keys().all(|s| shop.hours.contains(s.start().with_timezone(&shop.zone).time())));
    assert_eq!(expired, 40_000 - slots.len() * LATE_PER_SLOT);
    assert_eq!(slots.keys().next().unwrap().start(), at("2026-12-08 19:15"));
}
