//! What a person is to do: a letter, a call or a visit, handed over in one write with its task, as `hand_over.rs` does it,
//! and ticked off as `chores.rs` does it: the follow-up first, the task last.
//!
//! Somebody knows what came of what they did, and says the same however often they have to say it. They may do so at any
//! time, or never.

use crate::diary::Write;
use crate::options::{Mistake, Options};
use crate::world::{Note, SHOP, World};
use crate::writer::Edit;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use wasurena_domain::channel::{Channel, Reach, after_no_answer};
use wasurena_domain::contact::{EmailAddress, PhoneNumber};
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::{Event, Reason, State};
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::{Entry, How, Said};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Came {
    /// It is done.
    Done,
    /// Nobody answered, or there is no address.
    NoAnswer,
}

/// What was handed to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Hand {
    pub(crate) follow_up: usize,
    pub(crate) channel: Channel,
    /// Whether its task is on the list.
    pub(crate) is_on_list: bool,
    /// What came of it, once the person has tried.
    pub(crate) came: Option<Came>,
}

impl World {
    /// The write that hands a follow-up over has arrived, and its task with it: both or neither.
    pub(crate) fn hand_over(&mut self, follow_up: usize) {
        let channel = self.notes[follow_up].channel;
        self.hands.push(Hand { follow_up, channel, is_on_list: true, came: None });
    }

    /// What was handed to people of a follow-up, in order.
    pub(crate) fn hands_of(&self, follow_up: usize) -> impl Iterator<Item = &Hand> {
        self.hands.iter().filter(move |hand| hand.follow_up == follow_up)
    }

    /// A person says what came of a task on the list. `None` where they have said otherwise before.
    pub(crate) fn tick_off(&mut self, n: usize, came: Came, options: &Options) -> Option<()> {
        let hand = &mut self.hands[n];
        if !hand.is_on_list || hand.came.is_some_and(|before| before != came) {
            return None;
        }
        hand.came = Some(came);
        let Hand { follow_up, channel, .. } = *hand;
        let before = self.notes[follow_up];
        let stands = before.state == State::HandedOver && before.channel == channel;
        let write = match came {
            _ if !stands => Write::TickOff { channel },
            Came::Done => Write::Replace { before, after: Note { ended: true, ..before.stepped(Event::Deliver)? } },
            Came::NoAnswer => self.not_reached(before, options),
        };
        let write = match write {
            // By mistake the task goes first.
            Write::Replace { before, after } if options.makes(Mistake::TicksOffFirst) => {
                self.hands[n].is_on_list = false;
                Write::Replace { before, after }
            }
            write => write,
        };
        self.edits.push(Edit { follow_up, write, word: None, chore: Some(channel) });
        Some(())
    }

    /// The next channel of the message; where none is left, another task.
    fn not_reached(&self, before: Note, options: &Options) -> Write {
        let ledger = &*LEDGER;
        let reach = Reach { shop: &SHOP, customer: &CUSTOMER, ledger, day: NaiveDate::MIN };
        let stands = before.follow_up(options.deadline());
        match after_no_answer(&stands, &options.channels(), &reach, self.now) {
            Some(mut again) => {
                if options.makes(Mistake::ForgetsWhatWasTried) {
                    (again.channel, again.tried) = (before.channel, BTreeSet::new());
                }
                Write::Replace { before, after: Note::of(&again) }
            }
            None => {
                Write::LastResort { before, after: Note { reason: Some(Reason::NotReached), ended: true, ..before } }
            }
        }
    }

    /// What a person's write is followed by.
    pub(crate) fn after_chore(&mut self, follow_up: usize, write: Write, channel: Channel) {
        let next = match write {
            Write::LastResort { before, after } => Write::Replace { before, after },
            Write::Replace { .. } => Write::TickOff { channel },
            Write::TickOff { .. } | Write::Claim { .. } => return,
        };
        self.edits.push(Edit { follow_up, write: next, word: None, chore: Some(channel) });
    }

    /// A task goes off the list.
    pub(crate) fn off_the_list(&mut self, follow_up: usize, channel: Channel) {
        let meant = |hand: &&mut Hand| hand.follow_up == follow_up && hand.channel == channel;
        self.hands.iter_mut().filter(meant).for_each(|hand| hand.is_on_list = false);
    }
}

/// Somebody who has told their number.
static CUSTOMER: LazyLock<Customer> = LazyLock::new(|| {
    let mut customer = Customer::new(CustomerId::derive(b"key of the model", &SHOP.id, "hanako@example.jp"));
    customer.email = Some(EmailAddress::parse("hanako@example.jp").unwrap());
    customer.phone = Some(PhoneNumber::parse("090-0000-0000").unwrap());
    customer
});

/// They may be called.
static LEDGER: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    vec![Entry {
        at: crate::world::first_slot(),
        channel: Channel::Phone,
        place: None,
        said: Said::Granted,
        how: How::InPerson,
        wording: None,
        until: None,
        preferences: None,
        event: "in the shop".into(),
    }]
});
