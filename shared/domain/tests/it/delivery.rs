//! What the post says, in any order and as often as it likes.

use crate::support::{at, follow_up, shop};
use proptest::prelude::*;
use wasurena_domain::calendar::Slot;
use wasurena_domain::delivery::{Evidence, Word, decide, next_try};
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::Said;

const SENT_AT: &str = "2026-12-08 10:00";
const NOW: &str = "2026-12-08 10:20";

fn evidence(word: Word, attempt: &str) -> Evidence {
    Evidence {
        word,
        attempt: attempt.to_owned(),
        message: "message-1".to_owned(),
        sent_at: at(SENT_AT),
        at: at(NOW),
        event: format!("{}-1", word.name()),
    }
}

/// The teacup's question in a state, as its sender, the keeper or the planner would have left it.
fn in_state(state: State) -> FollowUp {
    let claimed = FollowUp { attempt: Some("one".to_owned()), attempts: 1, state, ..follow_up() };
    match state {
        State::Claimed => FollowUp { until: Some(at("2026-12-08 10:02")), ..claimed },
        State::InDoubt => FollowUp { until: Some(at("2026-12-09 11:00")), ended: true, ..claimed },
        State::Skipped => FollowUp { reason: Some(Reason::UnknownWhetherSent), ended: true, ..claimed },
        state if state.has_left() => {
            FollowUp { message: Some("message-1".to_owned()), sent_at: Some(at(SENT_AT)), ..claimed }
        }
        _ => claimed,
    }
}

fn told(follow_up: &FollowUp, word: Word) -> Option<FollowUp> {
    decide(follow_up, &evidence(word, "one"), next_try(follow_up, &shop(), at(NOW)))
}

#[test]
fn each_word_has_one_meaning_in_each_state() {
    use State::{
        Bounced, Cancelled, Claimed, Complained, Delivered, Expired, InDoubt, Planned, Refused, Sent, Skipped,
    };
    // The columns: not sent, accepted, unavailable, delivered, bounced, complained.
    let ends = [Some(Delivered), Some(Bounced), Some(Complained)];
    let row = |first: [Option<State>; 3], last: [Option<State>; 3]| first.into_iter().chain(last).collect::<Vec<_>>();
    for (state, expected) in [
        (Planned, row([None, None, None], ends)),
        (Claimed, row([Some(Refused), Some(Sent), Some(Planned)], ends)),
        (InDoubt, row([Some(Refused), Some(Sent), Some(Planned)], ends)),
        (Sent, row([Some(Refused), None, Some(Planned)], ends)),
        (Delivered, row([None, None, None], [None, Some(Bounced), Some(Complained)])),
        (Bounced, row([None, None, None], [None, None, Some(Complained)])),
        (Complained, row([None, None, None], [None, None, None])),
        (Skipped, row([None, Some(Sent), Some(Planned)], ends)),
        (Cancelled, row([None, None, None], ends)),
        (Expired, row([None, None, None], ends)),
        (Refused, row([None, None, None], ends)),
    ] {
        for (word, expected) in Word::ALL.into_iter().zip(expected) {
            assert_eq!(told(&in_state(state), word).map(|f| f.state), expected, "{state:?} {word:?}");
        }
    }
}

#[test]
fn bad_news_has_a_reason_and_reaches_the_planner() {
    for (word, reason) in [
        (Word::NotSent, Reason::RefusedByProvider),
        (Word::Bounced, Reason::AddressBounced),
        (Word::Complained, Reason::Complained),
    ] {
        let after = told(&in_state(State::Sent), word).unwrap();
        assert_eq!((after.reason, after.ended), (Some(reason), true), "{word:?}");
    }
    let good = told(&in_state(State::Sent), Word::Delivered).unwrap();
    assert_eq!((good.reason, good.ended, good.due_at()), (None, false, None));
}

#[test]
fn what_proves_a_sending_says_when_and_as_what() {
    for state in [State::Claimed, State::InDoubt, State::Skipped] {
        for word in [Word::Accepted, Word::Delivered, Word::Bounced, Word::Complained] {
            let after = told(&in_state(state), word).unwrap();
            assert_eq!((after.message.as_deref(), after.sent_at), (Some("message-1"), Some(at(SENT_AT))), "{state:?}");
            assert!(after.ended, "{state:?} {word:?}: the planner goes on");
        }
    }
}

#[test]
fn no_word_moves_a_follow_up_in_the_index_but_a_retry() {
    for state in State::ALL {
        let before = in_state(state);
        for word in Word::ALL {
            let Some(after) = told(&before, word) else { continue };
            let moves = after.state == State::Planned || (before.due_at().is_none() && after.state == State::Refused);
            assert!(moves || after.due_at() == before.due_at(), "{state:?} {word:?}: {:?}", after.due_at());
            let dealt_with = FollowUp { ended: false, ..after.clone() };
            assert_eq!(dealt_with.due_at().is_some(), after.state == State::Planned, "{state:?} {word:?}");
        }
    }
}

#[test]
fn a_mailbox_is_tried_again_after_an_hour_a_day_and_three_days_within_the_window() {
    let slot = |wall: &str| Some(Slot::at_or_after(at(wall)));
    let bounced = |times: u8| FollowUp { soft_bounces: times, ..in_state(State::Sent) };
    for (times, now, expected) in [
        (0, "2026-12-08 10:20", slot("2026-12-08 11:30")),
        (1, "2026-12-08 11:31", slot("2026-12-09 11:45")),
        (2, "2026-12-09 11:46", slot("2026-12-12 12:00")),
        (3, "2026-12-12 12:01", None),
        (255, "2026-12-12 12:01", None),
        // The shop sleeps: the next morning.
        (0, "2026-12-08 22:00", slot("2026-12-09 09:00")),
        // The window ends with 15 December.
        (1, "2026-12-14 10:00", slot("2026-12-15 10:00")),
        (1, "2026-12-15 10:00", None),
        (0, "2026-12-15 21:00", None),
    ] {
        assert_eq!(next_try(&bounced(times), &shop(), at(now)), expected, "{times} {now}");
    }
    let again = told(&bounced(1), Word::Unavailable).unwrap();
    assert_eq!((again.state, again.soft_bounces, again.generation), (State::Planned, 2, 1));
    assert_eq!((again.message, again.sent_at, again.until, again.ended), (None, None, None, false));
    assert_eq!(again.attempt.as_deref(), Some("one"), "the same word again finds its own attempt");
    let given_up = told(&bounced(3), Word::Unavailable).unwrap();
    assert_eq!((given_up.state, given_up.reason), (State::Bounced, Some(Reason::MailboxUnavailable)));
    assert!(given_up.ended);
}

#[test]
fn an_older_attempt_says_nothing_of_the_follow_up_and_all_of_the_address() {
    let retried = FollowUp { attempt: Some("two".to_owned()), ..in_state(State::Claimed) };
    let place = follow_up().customer;
    for word in Word::ALL {
        assert_eq!(told(&retried, word), None, "{word:?}");
        let entry = evidence(word, "one").entry(&place);
        assert_eq!(entry.is_some(), matches!(word, Word::Bounced | Word::Complained), "{word:?}");
    }
    let never_claimed = follow_up();
    assert_eq!(told(&never_claimed, Word::Delivered), None);
}

#[test]
fn the_ledger_keeps_dead_addresses_by_address_and_complaints_by_customer() {
    let place = CustomerId::parse("digest").unwrap();
    let entry = |word| evidence(word, "one").entry(&place).unwrap();
    let (bounced, complained) = (entry(Word::Bounced), entry(Word::Complained));
    assert_eq!((bounced.said, bounced.place, bounced.at), (Said::Bounced, Some(place), at(NOW)));
    assert_eq!((complained.said, complained.place), (Said::Complained, None));
}

/// What the post may say of one message that it has accepted, in the order in which it happened or any other.
fn any_words() -> impl Strategy<Value = (Vec<Word>, Vec<Word>)> {
    let words: Vec<Word> = Word::ALL.into_iter().filter(|word| *word != Word::NotSent).collect();
    let said = proptest::sample::subsequence(words.clone(), 1..=words.len());
    said.prop_flat_map(|said| {
        let repeated: Vec<Word> = said.iter().chain(&said).chain(&said).copied().collect();
        (Just(repeated.clone()).prop_shuffle(), Just(repeated).prop_shuffle())
    })
}

/// A follow-up after words, each decided about on its own.
fn after(start: &FollowUp, words: &[Word]) -> FollowUp {
    words.iter().fold(start.clone(), |follow_up, word| told(&follow_up, *word).unwrap_or(follow_up))
}

proptest! {
    #[test]
    fn any_order_and_any_repeats_end_in_the_same_place(
        (one, other) in any_words(),
        state in proptest::sample::select(vec![State::Claimed, State::InDoubt, State::Sent]),
        soft_bounces in 0..4_u8,
    ) {
        let start = FollowUp { soft_bounces, ..in_state(state) };
        let (first, second) = (after(&start, &one), after(&start, &other));
        let what_counts = |f: &FollowUp| (f.state, f.reason, f.message.clone(), f.sent_at);
        prop_assert_eq!(what_counts(&first), what_counts(&second), "{:?} {:?}", one, other);
        // Said once more, it changes nothing.
        prop_assert_eq!(after(&first, &other), first.clone());
        // I1: what has arrived, what is refused for good and what is not wanted is never sent again.
        let ended = one.iter().any(|word| matches!(word, Word::Delivered | Word::Bounced | Word::Complained));
        prop_assert_eq!(first.state == State::Planned, !ended && one.contains(&Word::Unavailable) && soft_bounces < 3);
    }

    #[test]
    fn rejected_is_not_sent_whenever_it_is_said(words in Just(vec![Word::Accepted, Word::NotSent, Word::Accepted, Word::NotSent]).prop_shuffle()) {
        for state in [State::Claimed, State::InDoubt, State::Sent] {
            let end = after(&in_state(state), &words);
            prop_assert_eq!((end.state, end.reason), (State::Refused, Some(Reason::RefusedByProvider)));
        }
    }
}
