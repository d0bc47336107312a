//! Whether gap and caps leave room for the promises: the thank-you for a first purchase (R2) and the message that keeps
//! the shop in mind (R1).
//!
//! These two choose their days before all others, and whatever else is planned leaves them their days
//! (`planner::placing`). So they stand in each other's way only, and the worst case is a customer whose thank-you goes out
//! on the last day of its window. They may have come to any stage meanwhile, by buying again, so each cap is tried.

use super::{Finding, Rule, Site, finding};
use crate::channel::Channel;
use crate::programme::target::meet;
use crate::programme::{Frequency, Programme, Step};

/// Longest gap, and longest span of a cap, in days.
const SPAN_DAYS_MAX: u32 = 366;

/// What is wrong with gap and caps.
pub(super) fn check_frequency(programme: &Programme) -> Vec<Finding> {
    let forms = check_forms(&programme.frequency);
    if forms.is_empty() { check_room(programme) } else { forms }
}

fn check_forms(frequency: &Frequency) -> Vec<Finding> {
    let is_span = |days: u32| (1..=SPAN_DAYS_MAX).contains(&days);
    let gap = (!is_span(frequency.min_gap_days)).then(|| {
        let what = format!("a gap of {} days is none, or longer than a year", frequency.min_gap_days);
        finding(Site::Frequency { key: "min_gap_days" }, Rule::Form, what, "set min_gap_days from 1 to 366")
    });
    let caps = frequency.caps.iter().filter(|(_, cap)| !is_span(cap.days) || cap.max == 0);
    let caps = caps.map(|(stage, cap)| {
        let what = format!("{} in {} days is no cap: whoever is {} would drop out", cap.max, cap.days, stage.name());
        let mend = "allow 1 message or more in 1 to 366 days; what is not for a stage says so by its own `stages`";
        finding(Site::Frequency { key: stage.name() }, Rule::Form, what, mend)
    });
    let channels = frequency.channels.iter().filter(|(_, cap)| !is_span(cap.days) || cap.max == 0);
    let channels = channels.map(|(channel, cap)| {
        let what = format!("{} in {} days is no cap: nothing would go by {}", cap.max, cap.days, channel.name());
        let mend = "allow 1 or more in 1 to 366 days; what is not to go by a channel does not name it";
        finding(Site::Frequency { key: channel.name() }, Rule::Form, what, mend)
    });
    gap.into_iter().chain(caps).chain(channels).collect()
}

/// What keeps thank-you and contact apart for longer than their windows are.
fn check_room(programme: &Programme) -> Vec<Finding> {
    let mut contacts = programme.contacts(false);
    contacts.extend(
        programme
            .contacts(true)
            .into_iter()
            .filter(|late| !contacts.iter().any(|c| c.id == late.id))
            .collect::<Vec<_>>(),
    );
    let pairs =
        programme.thanks().into_iter().flat_map(|thanks| contacts.iter().map(move |contact| (thanks, *contact)));
    let of_one = pairs.filter(|(thanks, contact)| meet(thanks.target.as_ref(), contact.target.as_ref()));
    of_one.flat_map(|(thanks, contact)| room_for(programme, thanks, contact)).collect()
}

fn room_for(programme: &Programme, thanks: &Step, contact: &Step) -> Vec<Finding> {
    let Frequency { min_gap_days, .. } = programme.frequency;
    let room = contact.latest_day.saturating_sub(thanks.latest_day);
    let caps = programme.frequency.caps_of_buyers().filter(|(_, cap)| cap.max == 1);
    let caps = caps.map(|(stage, cap)| {
        let says = format!("whoever is at the stage {} gets 1 message in {} days", stage.name(), cap.days);
        (stage.name(), cap.days, says)
    });
    // By which channel each goes is seen only when somebody is there: so one that both may take counts.
    let shared = programme.frequency.channels.iter().filter(|(channel, cap)| {
        cap.max == 1 && thanks.channels.contains(**channel) && contact.channels.contains(**channel)
    });
    let channels = shared.map(|(channel, cap)| {
        let says = format!("there is 1 {} in {} days", noun(*channel), cap.days);
        (channel.name(), cap.days, says)
    });
    let gap = ("min_gap_days", min_gap_days, format!("the gap is {min_gap_days} days"));
    let too_long = std::iter::once(gap).chain(caps).chain(channels).filter(|(_, days, _)| *days > room);
    too_long
        .map(|(key, days, says)| {
            let what = format!(
                "{says}, so a new customer whom `{}` thanks on day {} (the days before may be holidays) can hear no more \
                 before day {}, and `{}`, which keeps the shop in mind, must go out on day {} at the latest",
                thanks.id,
                thanks.latest_day,
                thanks.latest_day + days,
                contact.id,
                contact.latest_day
            );
            let mend = match room {
                0 => format!("let the window of `{}` end after that of `{}`", contact.id, thanks.id),
                _ if key == "min_gap_days" => format!("set min_gap_days to {room} at most"),
                _ => format!("allow 2 messages, or 1 in {room} days at most"),
            };
            finding(Site::Frequency { key }, Rule::R1, what, mend)
        })
        .collect()
}

/// A message of a channel, in words.
fn noun(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "mail",
        Channel::Letter => "letter",
        Channel::Phone => "call",
        Channel::Visit => "visit",
        Channel::Sns => "message",
    }
}
