//! Caps by channel (R8): letters, calls and visits cost more than mails, and are counted by themselves.

use crate::channels::told_by;
use crate::frequency::check_refuses;
use crate::planner::check as check_diary;
use crate::support::{Story, programme, shop};
use wasurena_domain::calendar::day_of;
use wasurena_domain::channel::Channel;
use wasurena_domain::programme::{Cap, Programme};

/// The sample programme with letters after ten and twenty days.
fn with_letters(channel: Channel, max: u32, days: u32) -> Programme {
    let mut programme = programme();
    programme.steps.push(told_by("card", &[Channel::Letter], (10, 12)));
    programme.steps.push(told_by("second-card", &[Channel::Letter], (25, 27)));
    programme.frequency.channels.insert(channel, Cap { max, days });
    programme
}

#[test]
fn a_cap_of_a_channel_holds_for_its_messages_alone() {
    let mut story = Story::of(shop(), with_letters(Channel::Letter, 1, 365));
    story.buys("a", "2026-12-01 12:00");
    let expected = [
        "thanks-first 2026-12-02 10:00 planned",
        "arrival 2026-12-08 10:00 planned",
        "card 2026-12-11 10:00 planned",
        "usage 2026-12-15 10:00 planned",
        "second-card 2026-12-26 10:00 skipped too_often",
    ];
    check_diary(&story, &expected);
    // What a person has counts, and what comes back only after the year is over.
    story.until("2026-12-20 12:00").buys_another("b", "plate", "2027-01-20 12:00").until("2027-03-01 12:00");
    let letters = |story: &Story| {
        let days = story.follow_ups.iter().filter(|f| f.channel == Channel::Letter && f.state.has_left());
        days.map(|f| day_of(f.slot.start(), story.shop.zone).to_string()).collect::<Vec<_>>()
    };
    assert_eq!(letters(&story), ["2026-12-11"], "{:?}", story.diary());
    story.buys_another("c", "bowl", "2027-12-10 12:00").until("2028-02-01 12:00");
    assert_eq!(letters(&story), ["2026-12-11", "2027-12-20"], "{:?}", story.diary());
}

#[test]
fn a_cap_of_mails_does_not_hold_back_a_letter() {
    let mut story = Story::of(shop(), with_letters(Channel::Mail, 2, 30));
    story.buys("a", "2026-12-01 12:00");
    let expected = [
        "thanks-first 2026-12-02 10:00 planned",
        "arrival 2026-12-08 10:00 skipped too_often",
        "card 2026-12-11 10:00 planned",
        "usage 2026-12-15 10:00 planned",
        "second-card 2026-12-26 10:00 planned",
    ];
    check_diary(&story, &expected);
}

#[test]
fn a_cap_of_a_channel_leaves_room_for_what_is_promised() {
    // Both may go by mail, and only one by letter.
    check_refuses(&with_letters(Channel::Mail, 1, 18), &[]);
    check_refuses(&with_letters(Channel::Mail, 2, 366), &[]);
    check_refuses(&with_letters(Channel::Mail, 1, 19), &[("R1 frequency mail", "there is 1 mail in 19 days")]);
    check_refuses(&with_letters(Channel::Letter, 1, 366), &[]);
    check_refuses(&with_letters(Channel::Visit, 0, 30), &[("form frequency visit", "nothing would go by visit")]);
    check_refuses(&with_letters(Channel::Phone, 1, 367), &[("form frequency phone", "1 in 367 days is no cap")]);
}
