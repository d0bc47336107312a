//! The model: what may happen next, in any order.

use crate::diary::Network;
use crate::hands::Came;
use crate::options::{Options, Policy};
use crate::properties::properties;
use crate::sender::{Answer, Sender, networks};
use crate::world::{World, first_slot};
use crate::writer::Wish;
use chrono::Duration;
use stateright::{Model, Property};
use wasurena_domain::delivery::Word;
use wasurena_domain::follow_up::doubt_wait;

/// Something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Action {
    /// Until the next moment at which anything becomes possible or due.
    TimePasses,
    /// An alarm rings, and a sender claims.
    Claim { sender: usize, follow_up: usize, network: Network },
    /// A sender that has heard nothing of its claim claims again.
    ClaimAgain { sender: usize, network: Network },
    /// A sender looks again, and asks SES where that says so.
    Decide { sender: usize, answer: Answer },
    /// A sender writes its outcome.
    Record { sender: usize, network: Network },
    /// A sender cannot write that it has handed something over, and gives it back.
    GiveUp { sender: usize },
    /// A sender whose claim was not its own any more reads what stands.
    ReadAgain { sender: usize },
    /// A sender is gone, and with it what it knew.
    Crash { sender: usize },
    /// The keeper reads what is due.
    Keep { follow_up: usize },
    /// The planner reads what stands.
    Plan { follow_up: usize, wish: Wish },
    /// An event of SES arrives.
    Hear { sending: usize, word: Word },
    /// A person says what came of a task.
    TickOff { hand: usize, came: Came },
    /// Keeper, planner, record-delivery or a person write what they decided.
    Edit { edit: usize, network: Network },
    /// One of them crashes instead.
    EditCrashes { edit: usize },
    /// A write arrives that was given up.
    LateWriteArrives { write: usize },
}

impl Model for Options {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.follow_ups, self.channels[0])]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.at_work() <= self.sleepers_max {
            actions.push(Action::TimePasses);
        }
        for (n, sender) in world.senders.iter().enumerate() {
            sender.actions(n, world, self, actions);
        }
        if world.edits.len() < self.edits_max {
            for follow_up in 0..self.follow_ups {
                actions.push(Action::Keep { follow_up });
                let wishes = [Wish::Cancel, Wish::Revive, Wish::Settle];
                actions.extend(wishes.map(|wish| Action::Plan { follow_up, wish }));
            }
            for hand in (0..world.hands.len()).filter(|hand| world.hands[*hand].is_on_list) {
                actions.extend([Came::Done, Came::NoAnswer].map(|came| Action::TickOff { hand, came }));
            }
            for (n, sending) in world.sendings.iter().enumerate() {
                actions.extend(sending.fate.words().iter().map(|word| Action::Hear { sending: n, word: *word }));
            }
        }
        for edit in 0..world.edits.len() {
            actions.extend(networks(world, self).map(|network| Action::Edit { edit, network }));
            actions.push(Action::EditCrashes { edit });
        }
        actions.extend((0..world.late.len()).map(|write| Action::LateWriteArrives { write }));
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        match action {
            Action::TimePasses => next.now = world.next_moment(self.deadline())?,
            Action::Claim { sender, follow_up, network } => {
                next.claim(sender, follow_up);
                next.send_claim(sender, network, self);
            }
            Action::ClaimAgain { sender, network } => next.send_claim(sender, network, self),
            Action::Decide { sender, answer } => next.decide(sender, answer, self)?,
            Action::Record { sender, network } => next.record(sender, network, self),
            Action::GiveUp { sender } => next.give_up(sender)?,
            Action::ReadAgain { sender } => next.read_again(sender),
            Action::Crash { sender } => next.senders[sender] = Sender::Idle,
            Action::Keep { follow_up } => next.keep(follow_up, self)?,
            Action::Plan { follow_up, wish } => next.plan(follow_up, wish, self)?,
            Action::Hear { sending, word } => next.hear(sending, word, self),
            Action::TickOff { hand, came } => next.tick_off(hand, came, self)?,
            Action::Edit { edit, network } => next.edit(edit, network, self)?,
            Action::EditCrashes { edit } => drop(next.edits.remove(edit)),
            Action::LateWriteArrives { write } => next.arrive(write, self),
        }
        Some(next.canonical())
    }

    /// Where a doubt is sent again, the day of waiting for evidence is of interest, and not what else could be done in it.
    fn within_boundary(&self, world: &World) -> bool {
        let past = world.now - first_slot();
        self.policy == Policy::Drop || past <= Duration::minutes(15) || past >= doubt_wait()
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties()
    }
}
