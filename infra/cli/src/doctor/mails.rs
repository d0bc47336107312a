//! How the shop's mails were taken in the last four weeks, and whether its domain is known well enough for those that are
//! due.

use super::finding::{Finding, Level};
use crate::site::Rooms;
use chrono::{Days, Duration, NaiveDate};
use std::collections::BTreeMap;
use wasurena_cloud::diary::{Due, DueItem};
use wasurena_domain::calendar::day_of;
use wasurena_domain::reputation::{Standing, Tally, Trouble, WARM_UP_DAYS, warm_up_limit};
use wasurena_domain::shop::Shop;

/// So many days back the counts stand in the diary.
const COUNTED_DAYS: u64 = 60;
/// So many days ahead it is looked what is due: as far as the diary is planned for everybody.
const AHEAD_DAYS: i64 = 28;
/// Entries of a shard that are looked at.
const DUE_MAX: usize = 50_000;

/// Looks at what was sent and what is due.
pub(crate) async fn look(rooms: &Rooms, shop: &Shop, is_at_risk: bool) -> anyhow::Result<Vec<Finding>> {
    let now = rooms.clock.now();
    let since = now.date_naive().checked_sub_days(Days::new(COUNTED_DAYS)).unwrap_or(NaiveDate::MIN);
    let days = rooms.diary.mails_by_day(&shop.id, since).await?;
    let sent_on = days.iter().filter(|(_, tally)| tally.sent > 0).count();
    let mut due: BTreeMap<NaiveDate, u32> = BTreeMap::new();
    for shard in 0..shop.shards.max(1) {
        for Due { item, at } in rooms.diary.due_by(&shop.id, shard, now + Duration::days(AHEAD_DAYS), DUE_MAX).await? {
            if let DueItem::FollowUp(..) = item {
                *due.entry(day_of(at.start().max(now), shop.zone)).or_default() += 1;
            }
        }
    }
    let tally = rooms.diary.tally(&shop.id, now).await?;
    Ok(vec![taken(tally, is_at_risk), warm_up(u32::try_from(sent_on).unwrap_or(u32::MAX), &due)])
}

/// How the mails of four weeks were taken.
fn taken(tally: Tally, is_at_risk: bool) -> Finding {
    let Tally { sent, bounced, complained } = tally;
    let says = format!(
        "of {sent} mails in four weeks {bounced} bounced ({:.1} %) and {complained} were called spam ({:.2} %)",
        tally.bounce_rate() * 100.0,
        tally.complaint_rate() * 100.0,
    );
    let mend = |trouble| match trouble {
        Trouble::Bounces => "an old list is the usual cause: take out addresses that nobody has written to for a year",
        Trouble::Complaints => "look which step's mails it is, and whether those people expect them",
    };
    match tally.standing() {
        Standing::Good if !is_at_risk => Finding::well("reception", says),
        Standing::Good => {
            Finding::of(Level::Watch, "reception", says, "from the next slot on everything goes out again")
        }
        Standing::Watched(trouble) => Finding::of(Level::Watch, "reception", says, mend(trouble)),
        Standing::AtRisk(trouble) => {
            let says = format!("{says}; only thanks, apologies and what is promised go out");
            Finding::of(Level::Ill, "reception", says, mend(trouble))
        }
    }
}

/// Whether more is due than a domain may send on which providers have no opinion yet.
fn warm_up(sent_on: u32, due: &BTreeMap<NaiveDate, u32>) -> Finding {
    if sent_on >= WARM_UP_DAYS {
        return Finding::well(
            "warm-up",
            format!("done: the domain has sent on {sent_on} of the last {COUNTED_DAYS} days"),
        );
    }
    let first = sent_on + 1;
    let limits = (first..).zip(due).map(|(day, (date, mails))| (date, *mails, warm_up_limit(day)));
    let too_many = limits.clone().find(|(_, mails, limit)| limit.is_some_and(|limit| *mails > limit));
    let may = warm_up_limit(first).unwrap_or(u32::MAX);
    let says = format!("the domain has sent on {sent_on} days; today it may send {may} mails, more every other day");
    match too_many {
        None => Finding::well("warm-up", format!("{says}, and nothing that is due is beyond that")),
        Some((date, mails, limit)) => {
            let says = format!("{says}; {mails} are due on {date}, when it may send {}", limit.unwrap_or(u32::MAX));
            let mend = "begin the newsletter or the campaign of that day later, or for fewer (stages, groups); purchases may go on";
            Finding::of(Level::Watch, "warm-up", says, mend)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, n).unwrap()
    }

    #[test]
    fn a_new_domain_is_told_of_the_first_day_that_is_too_much() {
        let due = BTreeMap::from([(day(1), 40), (day(2), 50), (day(5), 76), (day(6), 500)]);
        let found = warm_up(0, &due);
        assert_eq!(found.level, Level::Watch);
        assert!(found.says.ends_with("76 are due on 2026-12-05, when it may send 75"), "{}", found.says);
        assert_eq!(warm_up(2, &due).level, Level::Watch, "500 are too many still");
        assert_eq!(warm_up(0, &BTreeMap::from([(day(1), 50)])).level, Level::Well);
        assert_eq!(warm_up(WARM_UP_DAYS, &due).level, Level::Well, "a domain that is known may send what it likes");
    }

    #[test]
    fn how_mails_are_taken_is_said_with_what_to_do() {
        let tally = |sent, bounced, complained| Tally { sent, bounced, complained };
        assert_eq!(taken(tally(1_000, 1, 1), false).level, Level::Well);
        assert_eq!(taken(tally(1_000, 1, 1), true).level, Level::Watch);
        assert_eq!(taken(tally(1_000, 0, 2), false).level, Level::Watch);
        let found = taken(tally(500, 0, 2), true);
        assert_eq!((found.level, found.says.contains("(0.40 %)")), (Level::Ill, true), "{}", found.says);
    }
}
