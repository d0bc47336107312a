//! The invariants I1 to I10 of ARCHITECTURE.md, held against the independent record.
//!
//! I6 (no phone or visit without permission) has nothing to break yet: the worlds call and visit nobody. Every mail that the
//! post accepts is looked at here, and every letter that a person has.

use super::books::{Books, text};
use super::life::{Cart, DOMAIN, FAMILY_NAME, Hook, Life, Says};
use super::stage::SECOND_SHOP;
use super::witness::{Accepted, Told, Witness};
use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: &'static str,
    /// What happened.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

fn broken<T>(invariant: &'static str, what: String) -> Result<T, Violation> {
    Err(Violation { invariant, what })
}

/// Days within which a new customer hears from the shop after the thank-you (R1).
const FIRST_WORD_DAYS: i64 = 21;
/// A step that promotes products, by how its id begins (the default programme's).
pub(crate) const PROMOTIONS: &str = "news-";

/// At the moment at which the post accepts a mail. `item` is the follow-up's own item, of which only the step counts.
///
/// # Errors
/// The invariant that the mail breaks.
pub(crate) fn of_mail(mail: &Accepted, item: Option<&Value>, life: &Life, witness: &Witness) -> Result<(), Violation> {
    let Accepted { follow_up, person, shop, .. } = mail;
    let accepted = witness.mails.iter().filter(|other| other.follow_up == *follow_up).count();
    let allowed = 1 + witness.not_arrived.get(follow_up).copied().unwrap_or(0);
    if accepted > allowed {
        return broken("I1", format!("{follow_up} was accepted {accepted} times, and came back {} times", allowed - 1));
    }
    let Some(claimed) = witness.claims.get(&mail.attempt).copied() else {
        return broken("I1", format!("{follow_up} went out in an attempt that nobody claimed"));
    };
    if life.people[*person].shop != shop {
        return broken("I9", format!("{follow_up} went to a customer of another shop"));
    }
    if orders_of(*person, life, witness).next().is_none() {
        return broken("I9", format!("{follow_up} went to customer {person}, of whom only forged webhooks speak"));
    }
    let known = &witness.people[*person];
    let after = |step: Option<u64>| step.is_some_and(|step| claimed > step);
    if after(known.stopped) {
        return broken("I4", format!("{follow_up} was claimed after its customer's stop was stored"));
    }
    if after(known.forgotten) && !has_ordered_since(*person, life, witness) {
        return broken("I4", format!("{follow_up} was claimed after its customer was forgotten"));
    }
    if after(witness.switched_off.get(shop).copied()) {
        return broken("I4", format!("{follow_up} was claimed while the stop switch was on"));
    }
    // What comes back of an order whose buyer has been forgotten since is nobody's.
    let has_case = orders_of(*person, life, witness).any(|told| after(case_since(told)));
    if has_case && !known.may_be_forgotten {
        return broken("I7", format!("{follow_up} was claimed while something that came back was being looked after"));
    }
    if item.is_some_and(|item| text(item, "channel") == BY_LETTER) {
        return broken("I1", format!("{follow_up} is a letter, and went out as a mail"));
    }
    let step = item.and_then(|item| item["step"]["S"].as_str()).unwrap_or_default();
    if step.starts_with(PROMOTIONS) && occasions(*person, claimed, life, witness) < 2 {
        return broken("I3", format!("{follow_up} ({step}) promotes before the second purchase"));
    }
    Ok(())
}

/// From which step on a case is known to be open: the order and what came back are both stored. What was refunded of an
/// order that is called off is no case (docs/what-counts.md).
fn case_since(told: &Told) -> Option<u64> {
    let came_back = told.came_back.filter(|_| !told.may_be_called_off)?;
    Some(came_back.max(told.stored?.1))
}

/// Whether somebody has ordered after they first asked to be forgotten; where nobody knows when that was, they may have.
fn has_ordered_since(person: usize, life: &Life, witness: &Witness) -> bool {
    let forgotten = life.hooks.iter().filter(|hook| hook.person == person && hook.says == Says::Forget);
    let asked = forgotten.filter_map(|hook| asked_at(&hook.body)).min();
    orders_of(person, life, witness).any(|told| told.paid_at.zip(asked).is_none_or(|(paid, asked)| paid >= asked))
}

fn asked_at(body: &Value) -> Option<DateTime<Utc>> {
    body["occurred_at"].as_str()?.parse().ok()
}

fn orders_of<'a>(person: usize, life: &'a Life, witness: &'a Witness) -> impl Iterator<Item = &'a Told> {
    let numbers: BTreeSet<u64> =
        life.hooks.iter().filter(|hook| hook.person == person && hook.is_signed).map(|hook| hook.order).collect();
    numbers.into_iter().filter_map(|number| witness.orders.get(&number))
}

/// How many occasions somebody may have had, as far as the carts have begun to tell: those that are known to be called
/// off before `claimed` do not count.
fn occasions(person: usize, claimed: u64, life: &Life, witness: &Witness) -> usize {
    let counts = |told: &&Told| told.called_off.is_none_or(|step| step >= claimed);
    let mut paid: Vec<DateTime<Utc>> =
        orders_of(person, life, witness).filter(counts).filter_map(|told| told.paid_at).collect();
    paid.sort();
    let length = if life.people[person].shop == SECOND_SHOP { Duration::days(3) } else { Duration::days(7) };
    let mut count = 0;
    let mut began: Option<DateTime<Utc>> = None;
    for at in paid {
        if began.is_none_or(|began| at - began > length - Duration::days(1)) {
            began = Some(at);
            count += 1;
        }
    }
    count
}

/// A line of a log.
///
/// # Errors
/// I10, where it holds somebody's data.
pub(crate) fn of_line(line: &str) -> Result<(), Violation> {
    if line.contains(DOMAIN) || line.contains(FAMILY_NAME) {
        return broken("I10", format!("a log line holds personal data: {line}"));
    }
    Ok(())
}

/// Everything that carts were told is stored was told again.
///
/// # Errors
/// I8, where that changed anything.
pub(crate) fn of_replay(before: &Books, after: &Books) -> Result<(), Violation> {
    let key = |item: &Value| (text(item, "pk").to_owned(), text(item, "sk").to_owned());
    let by_key = |books: &Books| -> BTreeMap<_, Value> { books.items.iter().map(|i| (key(i), i.clone())).collect() };
    let (before, after) = (by_key(before), by_key(after));
    let changed = after.iter().find(|(key, item)| before.get(key) != Some(item));
    let gone = before.keys().find(|key| !after.contains_key(*key));
    match changed.map(|(key, _)| key).or(gone) {
        Some(key) => {
            let fields = differing(before.get(key), after.get(key));
            broken("I8", format!("told again what it knew, the diary changed at {} {}: {fields}", key.0, key.1))
        }
        None => Ok(()),
    }
}

/// The fields in which two items differ, with what stands in them.
fn differing(before: Option<&Value>, after: Option<&Value>) -> String {
    let fields = |item: Option<&Value>| item.and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (fields(before), fields(after));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let shown = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    changed
        .map(|name| format!("{name}: {} -> {}", shown(before.get(name)), shown(after.get(name))))
        .collect::<Vec<_>>()
        .join("; ")
}

/// When nothing is under way, in a world in which nothing goes wrong: whoever's record can be read has been planned for.
///
/// # Errors
/// I2, where somebody waits for the keeper though nothing went wrong with them.
pub(crate) fn of_quiet(waiting: &[String], life: &Life, witness: &Witness) -> Result<(), Violation> {
    let is_readable = |address: &&String| {
        let person = life.people.iter().position(|person| person.address == **address);
        person.is_some_and(|person| !witness.people[person].was_spoilt)
    };
    match waiting.iter().find(is_readable) {
        Some(_) => broken("I2", "somebody was not planned for, though only another's record cannot be read".to_owned()),
        None => Ok(()),
    }
}

/// What Shopify's sample orders count from.
const SHOPIFY_FIRST: u64 = 6_600_000_000_000;
/// The channel of what a person writes.
const BY_LETTER: &str = "letter";
/// States in which something has left.
const LEFT: [&str; 4] = ["sent", "delivered", "bounced", "complained"];
/// States in which nothing more happens, and nothing has left.
const OVER: [&str; 4] = ["skipped", "cancelled", "expired", "refused"];

/// At the end, when everything had time to be put right.
///
/// # Errors
/// The first invariant that the books break.
pub(crate) fn of_books(books: &Books, now: DateTime<Utc>, life: &Life, witness: &Witness) -> Result<(), Violation> {
    everything_told_is_stored(books, life, witness)?;
    nobody_else_changed_anything(books, life, witness)?;
    nothing_is_lost(books, now, life, witness)?;
    everybody_is_seen_to(books, now, life, witness)
}

/// I2: each follow-up ends, or has a time ahead of it; what is recorded as sent was accepted. A day after the last trouble
/// it holds already, for then the keeper has had its hours.
pub(crate) fn nothing_is_lost(
    books: &Books,
    now: DateTime<Utc>,
    life: &Life,
    witness: &Witness,
) -> Result<(), Violation> {
    if let Some(((id, _), attempts)) = witness.handed_over.iter().find(|(_, attempts)| attempts.len() > 1) {
        return broken("I1", format!("{id} was handed over {} times by the same channel", attempts.len()));
    }
    let accepted: BTreeSet<&str> = witness.mails.iter().map(|mail| mail.follow_up.as_str()).collect();
    let spoilt: Vec<String> = life
        .people
        .iter()
        .zip(&witness.people)
        .filter(|(_, known)| known.is_spoilt)
        .filter_map(|(person, _)| books.ids.get(&person.address).cloned())
        .collect();
    // Erasing takes all of somebody's tasks off the list, and whoever is erased may buy again under the same id.
    let people = life.people.iter().zip(&witness.people).filter(|(_, known)| known.may_be_forgotten);
    let forgotten: Vec<String> = people.filter_map(|(person, _)| books.ids.get(&person.address).cloned()).collect();
    for item in books.follow_ups() {
        let id = text(item, "sk").trim_start_matches("F#");
        if spoilt.iter().any(|spoilt| id.starts_with(spoilt.as_str())) {
            continue;
        }
        let state = text(item, "state");
        let is_forgotten = forgotten.iter().any(|forgotten| id.starts_with(forgotten.as_str()));
        if state == "handed_over" && !is_forgotten && !is_on_a_list(books, item, id) {
            return broken("I2", format!("{id} is in a person's hands, and on nobody's list"));
        }
        let due = text(item, "due_sk").split('#').next().unwrap_or_default();
        let due_at = DateTime::parse_from_str(&format!("{due}+0000"), "%Y-%m-%dT%H:%MZ%z").ok();
        if due_at.is_some_and(|due| due.with_timezone(&Utc) < now - Duration::hours(3)) {
            return broken("I2", format!("{id} is {state}, was due at {due}, and nobody sees to it"));
        }
        if due.is_empty() && !OVER.contains(&state) && !LEFT.contains(&state) && state != "handed_over" {
            return broken("I2", format!("{id} is {state} and has no time at which anybody looks at it"));
        }
        let is_mail = text(item, "channel") != BY_LETTER;
        if LEFT.contains(&state) && is_mail && !accepted.contains(id) {
            return broken("I2", format!("{id} is recorded as {state}, and the post never had it"));
        }
        if OVER.contains(&state) && text(item, "reason").is_empty() {
            return broken("I2", format!("{id} is {state} without a reason on record"));
        }
    }
    Ok(())
}

/// Whether a person has a task for the customer of a follow-up; whoever was forgotten is nobody's.
fn is_on_a_list(books: &Books, item: &Value, id: &str) -> bool {
    let (shop, _) = text(item, "pk").split_once("#C#").unwrap_or_default();
    let (customer, _) = id.split_once('_').unwrap_or_default();
    books.has_task_for(shop, customer) || !books.ids.values().any(|known| known == customer)
}

/// I2 and I5: everybody who is not closed has something dated ahead; whoever is new heard from the shop in time, or the
/// reason is on record.
fn everybody_is_seen_to(books: &Books, now: DateTime<Utc>, life: &Life, witness: &Witness) -> Result<(), Violation> {
    for (number, person) in life.people.iter().enumerate() {
        let known = &witness.people[number];
        let stored: Vec<_> = orders_of(number, life, witness).filter(|told| told.stored.is_some()).collect();
        let first = stored.iter().filter_map(|told| Some((told.paid_at?, told.stored?.0))).min();
        let Some((first, first_stored)) = first else { continue };
        if known.may_be_forgotten || known.is_spoilt {
            continue;
        }
        let Some((id, items)) = books.of(person) else {
            return broken("I2", format!("customer {number} has bought, and is not in the diary"));
        };
        let items: Vec<_> = items.collect();
        // What is due just now is for whoever is about to see to it.
        let recently = (now - Duration::hours(3)).format("%Y-%m-%dT%H:%MZ").to_string();
        let has_ahead = items.iter().any(|item| text(item, "due_sk") > recently.as_str());
        let is_closed = known.may_be_stopped || orders_of(number, life, witness).any(|told| told.may_be_called_off);
        if !has_ahead && !is_closed {
            return broken("I2", format!("customer {number} ({id}) has nothing dated ahead"));
        }
        let heard = witness.mails.iter().filter(|mail| mail.person == number && mail.at >= first);
        let in_time = heard.filter(|mail| mail.at <= first + Duration::days(FIRST_WORD_DAYS + 1)).count();
        let why = |item: &&&Value| text(item, "sk").starts_with("F#") && OVER.contains(&text(item, "state"));
        let on_record = items.iter().filter(why).count() > 0 || books.has_task_for(person.shop, &id);
        // What is first heard of after three weeks is history: counted, never thanked.
        let is_history = first_stored - first > Duration::days(FIRST_WORD_DAYS - 1);
        if in_time < 2 && !on_record && !is_history && !known.may_be_stopped {
            return broken(
                "I5",
                format!("customer {number} ({id}) heard {in_time} times in 21 days, and nothing says why"),
            );
        }
    }
    Ok(())
}

/// I8: what was answered with 2xx is in the diary.
fn everything_told_is_stored(books: &Books, life: &Life, witness: &Witness) -> Result<(), Violation> {
    for place in &witness.accepted_hooks {
        let hook = &life.hooks[*place];
        if witness.people[hook.person].may_be_forgotten || !hook.is_signed {
            continue;
        }
        let Some(item) = books.items.iter().find(|item| is_purchase(item, hook)) else {
            return broken(
                "I8",
                format!("order {} was accepted from {}, and is not stored", hook.order, hook.cart.id()),
            );
        };
        let is_recorded = books.of(&life.people[hook.person]).is_some_and(|(_, mut items)| {
            let id = text(item, "pk").rsplit('#').next().unwrap_or_default().to_owned();
            items.any(|item| text(item, "sk") == "C" && item["purchases"].to_string().contains(&format!("\"{id}\"")))
        });
        if matches!(hook.says, Says::Paid(_)) && !is_recorded {
            return broken("I8", format!("order {} was accepted, and is not in its customer's record", hook.order));
        }
        let says = |moment: &str| !item["facts"]["M"]["moments"]["M"][moment].is_null();
        if hook.says == Says::CalledOff && !says("cancelled_at") {
            return broken("I8", format!("that order {} was called off was accepted, and is not stored", hook.order));
        }
        let has_refund = !item["facts"]["M"]["refunds"].is_null();
        if hook.says == Says::CameBack && !has_refund && !says("returned_at") {
            return broken(
                "I8",
                format!("that something of order {} came back was accepted, and is not stored", hook.order),
            );
        }
    }
    Ok(())
}

fn is_purchase(item: &Value, hook: &Hook) -> bool {
    let Some((cart, order)) =
        text(item, "pk").strip_prefix(&format!("{}#P#", hook.shop)).and_then(|rest| rest.split_once('#'))
    else {
        return false;
    };
    let number = hook.order;
    let ids = match hook.cart {
        Cart::Shopify => [(SHOPIFY_FIRST + number).to_string(), String::new()],
        Cart::WooCommerce | Cart::Standard => [number.to_string(), String::new()],
        Cart::Stripe => [format!("pi_{number}"), format!("cs_pi_{number}")],
    };
    cart == hook.cart.id() && ids.iter().any(|id| id == order)
}

/// I9: of whom only forged webhooks spoke, the diary knows nothing; who pressed nothing has said nothing.
fn nobody_else_changed_anything(books: &Books, life: &Life, witness: &Witness) -> Result<(), Violation> {
    for (number, person) in life.people.iter().enumerate() {
        let is_stranger = life.hooks.iter().all(|hook| hook.person != number || !hook.is_signed);
        let Some((id, mut items)) = books.of(person) else { continue };
        if is_stranger {
            return broken("I9", format!("customer {number} ({id}) is known by forged webhooks alone"));
        }
        let said = items.any(|item| text(item, "sk").starts_with("L#") && text(item, "said") == "opted_out");
        if said && !witness.people[number].may_be_stopped {
            return broken("I9", format!("customer {number} ({id}) is said to have said stop, and never did"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
