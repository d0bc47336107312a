//! Messages on dates: greetings within their season (R7), the day on which somebody first bought, each year another text.

use crate::planner::check_planned;
use crate::support::{Story, at, clock, day, id, order, paid, programme, shop, step};
use chrono::{Datelike, Duration, NaiveDate};
use wasurena_domain::almanac::Greeting;
use wasurena_domain::birthday::Birthday;
use wasurena_domain::calendar::day_of;
use wasurena_domain::catalogue::{Catalogue, Product};
use wasurena_domain::channel::Channels;
use wasurena_domain::customer::Stage;
use wasurena_domain::follow_up::{Reason, State};
use wasurena_domain::planner::plan;
use wasurena_domain::policy::{Decision, decide};
use wasurena_domain::programme::{Anchor, Class, Date, Dated, Occasions, Programme, SeriesLetter};
use wasurena_domain::purchase::Consent;
use wasurena_domain::shop::Shop;

/// A message on a date, with so many texts: `winter-1`, `winter-2`, …
pub(crate) fn dated(name: &str, on: Date, class: Class, texts: u32) -> Dated {
    Dated {
        id: id(name),
        on,
        occasions: Occasions { from: 1, to: None },
        channels: Channels::default(),
        stages: None,
        target: None,
        window_days: None,
        at: clock("10:00"),
        letters: (1..=texts).map(|n| SeriesLetter { id: id(&format!("{name}-{n}")), class, issued: None }).collect(),
    }
}

pub(crate) fn season(greeting: Greeting) -> Date {
    Date::Season { greeting, after_days: 0 }
}

/// The thank-you, the message that keeps R1, and these dates.
pub(crate) fn with(dated: Vec<Dated>) -> Programme {
    let mut programme = programme();
    programme.series.clear();
    programme.dated = dated;
    programme
}

fn greetings(texts: u32) -> Programme {
    with(vec![
        dated("winter", season(Greeting::MidWinter), Class::Greeting, texts),
        dated("summer", season(Greeting::MidSummer), Class::Greeting, texts),
    ])
}

/// The days on which something of a name was sent, each with its text.
pub(crate) fn sent(story: &Story, prefix: &str) -> Vec<(String, NaiveDate)> {
    let sent = story.sent.iter().filter(|(_, step, _)| step.as_str().starts_with(prefix));
    sent.map(|(_, step, at)| (step.to_string(), day_of(*at, story.shop.zone))).collect()
}

fn is_sent(story: &Story, prefix: &str, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(text, on)| ((*text).to_owned(), day(on))).collect();
    assert_eq!(sent(story, prefix), expected, "{:?}", story.diary());
}

#[test]
fn r7_a_greeting_comes_in_its_season_every_year_with_another_text() {
    let mut story = Story::of(shop(), greetings(3));
    story.buys("a", "2026-12-01 12:00").until("2030-01-01 12:00");
    let winters = [("winter-1", "2027-01-08"), ("winter-2", "2028-01-08"), ("winter-3", "2029-01-08")];
    is_sent(&story, "winter", &winters);
    // 大暑 moves by a day.
    let summers = [("summer-1", "2027-07-23"), ("summer-2", "2028-07-22"), ("summer-3", "2029-07-22")];
    is_sent(&story, "summer", &summers);
}

#[test]
fn the_next_date_stands_in_the_calendar_whatever_comes_later() {
    let mut story = Story::of(shop(), greetings(2));
    story.buys("a", "2027-02-10 12:00").until("2027-03-05 12:00");
    check_planned(&story, &["summer-1 2027-07-23 10:00"]);
    assert_eq!(story.plan.review_at, None);
}

#[test]
fn what_is_written_for_a_far_day_does_not_hide_what_comes_before_it() {
    // A series for the dormant stands a year ahead, and is put off with each purchase: the summer before it is not missed.
    let mut programme = greetings(3);
    programme.series = crate::support::programme().series;
    programme.series.truncate(1);
    programme.series[0].stages = Some([Stage::Dormant].into());
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-12-01 12:00").until("2027-12-20 12:00");
    story.buys_another("b", "plate", "2027-12-20 12:00").until("2028-12-01 12:00");
    is_sent(&story, "summer", &[("summer-1", "2027-07-23"), ("summer-2", "2028-07-22")]);
    is_sent(&story, "winter", &[("winter-1", "2027-01-08"), ("winter-2", "2028-01-08")]);
}

#[test]
fn the_first_three_weeks_belong_to_the_purchase() {
    let mut story = Story::of(shop(), greetings(2));
    story.buys("a", "2027-01-07 12:00").until("2027-02-03 12:00");
    is_sent(&story, "winter", &[("winter-1", "2027-01-29")]);
    // Where the season is over by then, it is next year's that comes first.
    let mut story = Story::of(shop(), greetings(2));
    story.buys("a", "2027-01-20 12:00").until("2028-02-01 12:00");
    is_sent(&story, "winter", &[("winter-1", "2028-01-08")]);
    // Whoever comes back is known already.
    let mut story = Story::of(shop(), greetings(2));
    story.buys("a", "2026-10-01 12:00").buys_another("b", "plate", "2027-01-07 12:00").until("2027-02-01 12:00");
    is_sent(&story, "winter", &[("winter-1", "2027-01-09")]);
}

#[test]
fn a_programme_says_where_in_its_season_a_greeting_comes() {
    let mut programme = greetings(2);
    programme.dated[1].on = Date::Season { greeting: Greeting::LateSummer, after_days: 10 };
    programme.dated[1].window_days = Some(3);
    let mut story = Story::of(shop(), programme);
    story.shop.holidays = (18..=31).map(|n| day(&format!("2027-08-{n}"))).collect();
    story.buys("a", "2026-12-01 12:00").until("2027-08-10 12:00");
    // 立秋 is on the 8th; all four days are holidays, and the first is as good as any.
    check_planned(&story, &["summer-1 2027-08-18 10:00"]);
    let summer = story.follow_ups.iter().find(|f| f.step == id("summer-1")).unwrap();
    assert_eq!(day_of(summer.deadline, story.shop.zone), day("2027-08-21"));
}

#[test]
fn r7_a_season_that_is_over_waits_for_the_next_year() {
    let mut story = Story::of(shop(), greetings(3));
    story.buys("a", "2026-12-01 12:00").until("2027-07-20 12:00");
    // Nobody is at home from before 大暑 until after 立秋: the sender finds the greeting past its days.
    story.sleeps_until("2027-08-09 12:00").run_to(at("2027-08-09 12:00"));
    let late = "summer-1 2027-07-23 10:00 expired window_over";
    assert!(story.diary().contains(&late.to_owned()), "{:?}", story.diary());
    story.until("2028-08-01 12:00");
    is_sent(&story, "summer", &[("summer-2", "2028-07-22")]);
}

#[test]
fn a_date_without_a_fresh_text_waits_and_the_owner_is_told() {
    let mut story = Story::of(shop(), with(vec![dated("winter", season(Greeting::MidWinter), Class::Greeting, 1)]));
    story.buys("a", "2026-12-01 12:00").until("2027-12-20 12:00");
    is_sent(&story, "winter", &[("winter-1", "2027-01-08")]);
    assert_eq!(story.tasks, Vec::<String>::new());
    story.until("2027-12-25 12:00");
    let task = &story.plan.tasks[0];
    assert_eq!((task.kind.name(), task.about.as_str(), task.due), ("write_letter", "winter", day("2028-01-08")));
    // The text is written, and goes out in time.
    let class = Class::Greeting;
    story.programme.dated[0].letters.push(SeriesLetter { id: id("winter-2"), class, issued: None });
    story.plan_now();
    check_planned(&story, &["winter-2 2028-01-08 10:00"]);
}

#[test]
fn one_date_has_one_message_whatever_the_customer_becomes() {
    let winter = || dated("winter", season(Greeting::MidWinter), Class::Greeting, 3);
    let mut again = dated("winter-again", season(Greeting::MidWinter), Class::Greeting, 3);
    again.occasions = Occasions { from: 2, to: None };
    let once = Dated { occasions: Occasions { from: 1, to: Some(1) }, ..winter() };
    let mut story = Story::of(shop(), with(vec![once, again]));
    story.buys("a", "2026-12-01 12:00").until("2027-01-09 12:00");
    story.buys_another("b", "plate", "2027-01-10 12:00").until("2028-02-01 12:00");
    is_sent(&story, "winter", &[("winter-1", "2027-01-08"), ("winter-again-1", "2028-01-08")]);
}

#[test]
fn the_day_of_the_first_purchase_comes_again() {
    let first = Date::FirstPurchase { days_before: 1 };
    let mut anniversary = dated("year", first, Class::Greeting, 3);
    anniversary.window_days = Some(6);
    let mut story = Story::of(shop(), with(vec![anniversary]));
    story.buys("a", "2026-12-01 12:00").buys_another("b", "plate", "2027-03-01 12:00").until("2029-01-01 12:00");
    is_sent(&story, "year", &[("year-1", "2027-11-30"), ("year-2", "2028-11-30")]);
    // It speaks of that first purchase, and goes with it.
    let of = story.follow_ups.iter().find(|f| f.step == id("year-1")).and_then(|f| f.purchase.clone());
    assert_eq!(of, Some(crate::support::key("a")));
    story.until("2029-11-01 12:00");
    check_planned(&story, &["year-3 2029-11-30 10:00"]);
    story.cancels("a", "2029-11-02 12:00");
    // Now the first is that of March; its text was not used up.
    check_planned(&story, &["year-3 2030-02-28 10:00"]);
}

#[test]
fn a_first_purchase_on_29_february_comes_again_on_the_28th() {
    let mut anniversary = dated("year", Date::FirstPurchase { days_before: 0 }, Class::Greeting, 5);
    anniversary.window_days = Some(3);
    let mut story = Story::of(shop(), with(vec![anniversary]));
    story.buys("a", "2028-02-29 12:00").until("2032-03-05 12:00");
    let days = ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"].map(day);
    assert_eq!(sent(&story, "year").into_iter().map(|(_, on)| on).collect::<Vec<_>>(), days);
}

#[test]
fn the_day_of_the_first_purchase_is_known_when_the_purchase_is_forgotten() {
    let mut anniversary = dated("year", Date::FirstPurchase { days_before: 0 }, Class::Greeting, 5);
    anniversary.window_days = Some(6);
    let mut story = Story::of(shop(), with(vec![anniversary]));
    for n in 0..14 {
        let wall = at("2026-12-03 12:00") + Duration::days(20 * n);
        let wall = wall.with_timezone(&story.shop.zone).format("%Y-%m-%d %H:%M").to_string();
        story.buys(&format!("order-{n:02}"), &wall);
    }
    assert_eq!((story.customer.earlier_occasions, story.customer.purchases.len()), (2, 12));
    assert_eq!(story.customer.first_bought_on(&story.shop), Some(day("2026-12-03")));
    story.until("2027-12-05 12:00");
    is_sent(&story, "year", &[("year-1", "2027-12-03")]);
}

#[test]
fn dates_need_a_yes_and_obey_whatever_letters_obey() {
    let mut story = Story::of(shop(), greetings(2));
    let mut quiet = order(at("2026-12-01 12:00"));
    quiet.consent = Consent::Unknown;
    story.until("2026-12-01 12:00").hears(paid("a", quiet)).until("2027-02-05 12:00");
    is_sent(&story, "winter", &[]);
    // And again at the last moment.
    let mut story = Story::of(shop(), greetings(2));
    story.buys("a", "2026-12-01 12:00").until("2027-01-08 09:50");
    let winter = story.follow_ups.iter().find(|f| f.step == id("winter-1")).unwrap().clone();
    assert_eq!((winter.state, winter.is_bound_to_purchase()), (State::Planned, false));
    story.now = at("2027-01-08 10:00");
    assert_eq!(decide(&winter, &story.moment()), Decision::Send);
    story.customer.consent = Consent::Denied;
    assert_eq!(decide(&winter, &story.moment()), Decision::Skip(Reason::NoConsent));
    story.customer.consent = Consent::Granted;
    story.programme.dated[0].stages = Some([Stage::Loyal].into());
    assert_eq!(decide(&winter, &story.moment()), Decision::Skip(Reason::NotForStage));
    story.programme.dated.remove(0);
    assert_eq!(decide(&winter, &story.moment()), Decision::Skip(Reason::StepGone));
}

#[test]
fn a_date_makes_way_for_a_purchase_and_letters_for_a_date() {
    // Thanks on the one day that is left to the greeting: it goes the day after.
    let mut story = Story::of(shop(), greetings(2));
    story.buys("a", "2026-10-01 12:00").buys_another("b", "plate", "2027-01-07 09:00").until("2027-01-07 12:00");
    assert_eq!(story.planned()[..2], ["thanks-second 2027-01-08 10:00", "winter-1 2027-01-09 10:00"]);
    // The letter's Tuesday is in the week of the greeting, which has three days: with a gap of a week one of them waits, and
    // it is the letter.
    let mut programme = greetings(2);
    programme.series = crate::support::programme().series;
    programme.frequency.min_gap_days = 7;
    programme.dated[0].window_days = Some(2);
    programme.steps[3] = step("arrival", Class::Survey, Anchor::Purchase, (1, None), (8, 11));
    let mut story = Story::of(shop(), programme);
    story.buys("a", "2026-11-26 12:00").until("2026-12-20 12:00");
    check_planned(&story, &["winter-1 2027-01-08 10:00"]);
    story.until("2027-01-08 12:00");
    check_planned(&story, &["letter-1 2027-02-09 10:00"]);
}

#[test]
fn r5_ten_years_of_a_roofer_who_greets_twice_a_year() {
    let mut programme = greetings(12);
    let mut anniversary = dated("year", Date::FirstPurchase { days_before: 0 }, Class::Usage, 12);
    anniversary.window_days = Some(14);
    programme.dated.push(anniversary);
    let mut story = Story::of(shop(), programme);
    story.shop.stages.dormant_after_days = 3650;
    story.buys("roof", "2026-05-20 12:00").until("2036-05-10 12:00");
    let year = |prefix: &str| sent(&story, prefix).iter().map(|(_, on)| on.year()).collect::<Vec<_>>();
    assert_eq!(year("winter"), (2027..=2036).collect::<Vec<_>>());
    assert_eq!(year("summer"), (2026..=2035).collect::<Vec<_>>());
    assert_eq!(year("year"), (2027..=2035).collect::<Vec<_>>());
    assert_eq!(plan(&story.situation()).changes, []);
    assert!(story.planned().len() == 1, "the next stands in the calendar: {:?}", story.planned());
}

#[test]
fn a_date_for_a_stage_that_time_leads_to_is_found_years_ahead() {
    let mut winter = dated("winter", season(Greeting::MidWinter), Class::Greeting, 9);
    winter.stages = Some([Stage::Dormant].into());
    let mut summer = dated("summer", season(Greeting::MidSummer), Class::Greeting, 9);
    summer.stages = Some(Stage::BUYING.into());
    let mut story = Story::of(shop(), with(vec![winter, summer]));
    story.shop.stages.dormant_after_days = 1000;
    story.buys("a", "2026-05-20 12:00").until("2031-01-01 12:00");
    let years = |prefix: &str| sent(&story, prefix).iter().map(|(_, on)| on.year()).collect::<Vec<_>>();
    assert_eq!(years("summer"), [2026, 2027, 2028]);
    assert_eq!(years("winter"), [2030]);
    assert_eq!(sent(&story, "winter")[0].1, day("2030-01-08"));
}

/// Birthdays, greeted a week before: with an offer for whoever has bought twice.
fn birthdays() -> Programme {
    let on = Date::Birthday { days_before: 7 };
    let once = Dated { occasions: Occasions { from: 1, to: Some(1) }, ..dated("birthday", on, Class::Greeting, 3) };
    let twice = Dated { occasions: Occasions { from: 2, to: None }, ..dated("present", on, Class::Offer, 3) };
    let programme = with(vec![once, twice]);
    assert_eq!(wasurena_domain::programme::check(&programme), []);
    programme
}

/// Somebody with this birthday buys, for the first time or again.
fn buys(story: &mut Story, name: &str, birthday: &str, wall: &str) {
    let mut order = order(at(wall));
    order.buyer.birthday = Birthday::parse(birthday).ok();
    story.until(wall).hears(paid(name, order));
}

#[test]
fn r6_a_birthday_is_greeted_shortly_before_it_every_year() {
    let mut story = Story::of(shop(), birthdays());
    buys(&mut story, "a", "1980-02-29", "2026-12-01 12:00");
    story.until("2029-12-01 12:00");
    let days = [("birthday-1", "2027-02-21"), ("birthday-2", "2028-02-22"), ("birthday-3", "2029-02-21")];
    is_sent(
        &story,
        "",
        &[("thanks-first", "2026-12-02"), ("arrival", "2026-12-08"), ("usage", "2026-12-15")]
            .into_iter()
            .chain(days)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn r6_an_offer_is_for_those_who_have_bought_twice() {
    let mut story = Story::of(shop(), birthdays());
    buys(&mut story, "a", "--01-03", "2026-06-01 12:00");
    story.until("2026-12-14 12:00");
    // A birthday in the first days of January is greeted in December.
    check_planned(&story, &["birthday-1 2026-12-27 10:00"]);
    buys(&mut story, "b", "--01-03", "2026-12-14 13:00");
    assert!(story.planned().contains(&"present-1 2026-12-27 10:00".to_owned()), "{:?}", story.planned());
    assert!(
        story.diary().contains(&"birthday-1 2026-12-27 10:00 cancelled replanned".to_owned()),
        "{:?}",
        story.diary()
    );
    // The second is called off: there is a greeting, and no offer.
    story.cancels("b", "2026-12-26 12:00").until("2027-01-05 12:00");
    let greeted: Vec<_> = sent(&story, "").into_iter().filter(|(_, on)| *on > day("2026-12-26")).collect();
    assert_eq!(greeted, [("birthday-1".to_owned(), day("2026-12-27"))]);
    // Whoever comes back within the same days gets no second one for the same birthday.
    let mut story = Story::of(shop(), birthdays());
    buys(&mut story, "a", "--01-03", "2026-06-01 12:00");
    buys(&mut story, "b", "--01-03", "2026-12-28 12:00");
    story.until("2027-01-20 12:00");
    is_sent(&story, "present", &[]);
    is_sent(&story, "birthday", &[("birthday-1", "2026-12-27")]);
}

#[test]
fn who_has_told_no_birthday_has_none() {
    let mut story = Story::of(shop(), birthdays());
    story.buys("a", "2026-12-01 12:00").until("2028-01-01 12:00");
    is_sent(&story, "birthday", &[]);
    // A later order tells it.
    buys(&mut story, "b", "--03-10", "2028-01-10 12:00");
    story.until("2028-03-20 12:00");
    is_sent(&story, "present", &[("present-1", "2028-03-03")]);
}

/// A reminder three days before they would buy again, and one two weeks before they are dormant.
fn reminders() -> Programme {
    let mut again = dated("again", Date::Reorder { days_before: 3 }, Class::Usage, 9);
    again.window_days = Some(10);
    let back = dated("back", Date::Dormant { days_before: 14 }, Class::Greeting, 2);
    let programme = with(vec![again, back]);
    assert_eq!(wasurena_domain::programme::check(&programme), []);
    programme
}

/// A shop whose cups are bought again after sixty days.
fn of_cups() -> Shop {
    let cup =
        Product { ids: vec!["cup".into()], name: "湯のみ".into(), reorder_days: Some(60), ..Product::default() };
    Shop { products: Catalogue::new(vec![cup]), ..shop() }
}

#[test]
fn who_has_bought_once_is_reminded_by_what_they_bought() {
    let mut story = Story::of(of_cups(), reminders());
    story.buys("a", "2026-12-01 12:00").until("2027-02-15 12:00");
    is_sent(&story, "again", &[("again-1", "2027-01-27")]);
    let of = story.follow_ups.iter().find(|f| f.step == id("again-1")).and_then(|f| f.purchase.clone());
    assert_eq!(of, Some(crate::support::key("a")));
    // Of what nobody has said a figure of, nothing is reminded of.
    let mut story = Story::of(of_cups(), reminders());
    story.buys_another("a", "plate", "2026-12-01 12:00").until("2027-11-01 12:00");
    is_sent(&story, "again", &[]);
}

#[test]
fn who_comes_back_is_reminded_by_their_own_interval() {
    let mut story = Story::of(of_cups(), reminders());
    // Gaps of 30, 40 and 90 days: the median is 40, and no long holiday changes it.
    for (name, wall) in [("a", "2026-01-10"), ("b", "2026-02-09"), ("c", "2026-03-21"), ("d", "2026-06-19")] {
        story.buys(name, &format!("{wall} 12:00"));
    }
    assert_eq!(story.customer.usual_gap_days(&story.shop), Some(40));
    story.until("2026-09-01 12:00");
    let expected = [("again-1", "2026-03-08"), ("again-2", "2026-04-22"), ("again-3", "2026-07-26")];
    is_sent(&story, "again", &expected);
    // An even number of gaps has two in the middle.
    story.buys("e", "2026-09-02 12:00");
    assert_eq!(story.customer.usual_gap_days(&story.shop), Some(57));
}

#[test]
fn who_buys_in_time_is_not_reminded() {
    let mut story = Story::of(of_cups(), reminders());
    story.buys("a", "2026-12-01 12:00").until("2027-01-20 12:00");
    check_planned(&story, &["again-1 2027-01-27 10:00"]);
    story.buys("b", "2027-01-25 12:00").until("2027-01-26 12:00");
    assert!(story.diary().contains(&"again-1 2027-01-27 10:00 cancelled replanned".to_owned()), "{:?}", story.diary());
    // Fifty-five days lay between them. The text was not used up.
    story.until("2027-04-10 12:00");
    is_sent(&story, "again", &[("again-1", "2027-03-18")]);
}

#[test]
fn r34_who_stays_away_hears_from_the_shop_before_they_are_dormant() {
    let mut story = Story::of(shop(), reminders());
    story.buys("a", "2026-12-01 12:00").until("2026-12-20 12:00");
    check_planned(&story, &["back-1 2027-11-17 10:00"]);
    story.buys_another("b", "plate", "2027-06-01 12:00").until("2028-12-01 12:00");
    // Once: whoever is dormant stays so until they buy again.
    is_sent(&story, "back", &[("back-1", "2028-05-17")]);
    story.buys_another("c", "bowl", "2028-12-05 12:00").until("2030-01-01 12:00");
    is_sent(&story, "back", &[("back-1", "2028-05-17"), ("back-2", "2029-11-21")]);
}
