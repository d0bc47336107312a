//! Everybody else who writes: keep-promises, the planner and record-delivery. Each reads a follow-up, decides by
//! production's own functions, and writes on condition that it still stands as it was read. In between anything may happen.

use crate::diary::{Network, Write, Written};
use crate::options::{Mistake, Options, Policy};
use crate::post::Fate;
use crate::world::{Note, SHOP, World, first_slot};
use chrono::Duration;
use wasurena_domain::calendar::Slot;
use wasurena_domain::channel::Channel;
use wasurena_domain::delivery::{Evidence, Word, decide, next_try};
use wasurena_domain::follow_up::{Event, Reason, State, doubt_wait};
use wasurena_domain::planner::NOTICE_MINUTES;
use wasurena_domain::repair::{Repair, repair};

/// A write that somebody is about to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Edit {
    pub(crate) follow_up: usize,
    pub(crate) write: Write,
    /// The message and the word of SES that it records.
    pub(crate) word: Option<(usize, Word)>,
    /// By which channel the person reaches for somebody whose write it is.
    pub(crate) chore: Option<Channel>,
}

/// What the planner wants of a follow-up that it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Wish {
    /// Not at all: the purchase is undone.
    Cancel,
    /// After all.
    Revive,
    /// It has dealt with its end.
    Settle,
}

impl Edit {
    /// The edit without its claims' names.
    pub(crate) fn nameless(mut self) -> Self {
        self.write.attempts(&mut |attempt| *attempt = 0);
        self
    }
}

impl World {
    /// Makes a write. `None` where its answer does not come: then it is made again.
    pub(crate) fn write(
        &mut self,
        follow_up: usize,
        write: Write,
        word: Option<(usize, Word)>,
        network: Network,
        options: &Options,
    ) -> Option<Written> {
        if network == Network::IsSlow {
            self.late.push(Edit { follow_up, write, word, chore: None });
            return None;
        }
        let written = self.land(follow_up, write, word, options);
        (network == Network::Works).then_some(written)
    }

    /// A write that was given up arrives.
    pub(crate) fn arrive(&mut self, n: usize, options: &Options) {
        let Edit { follow_up, write, word, .. } = self.late.remove(n);
        self.land(follow_up, write, word, options);
    }

    fn land(&mut self, follow_up: usize, write: Write, word: Option<(usize, Word)>, options: &Options) -> Written {
        let before = self.notes[follow_up];
        let (written, is_new) = write.apply(&mut self.notes[follow_up], options.mistake);
        if let (Write::Claim { attempt, .. }, true) = (write, is_new) {
            self.last_claims[follow_up] = Some(attempt);
        }
        match write {
            Write::Replace { after, .. }
                if is_new && after.state == State::HandedOver && before.state == State::Claimed =>
            {
                self.hand_over(follow_up);
            }
            Write::LastResort { .. } => drop(self.last_resorts.insert(follow_up)),
            Write::TickOff { channel } => self.off_the_list(follow_up, channel),
            _ => {}
        }
        if let (Written::Done(_), Some((sending, word))) = (written, word) {
            self.sendings[sending].tell(word);
        }
        if is_new && before.state == State::InDoubt && self.notes[follow_up].state == State::Planned && word.is_none() {
            for sending in self.sendings.iter_mut().filter(|s| before.attempt == Some(s.attempt)) {
                sending.lost_without_trace |= !sending.is_known();
            }
        }
        written
    }

    /// An edit reaches the diary, or not. One that comes too late is given up: whoever made it will look again.
    pub(crate) fn edit(&mut self, n: usize, network: Network, options: &Options) -> Option<()> {
        let Edit { follow_up, write, word, chore } = *self.edits.get(n)?;
        if let Some(written) = self.write(follow_up, write, word, network, options) {
            self.edits.remove(n);
            if let (Written::Done(_), Some(channel)) = (written, chore) {
                self.after_chore(follow_up, write, channel);
            }
        }
        Some(())
    }

    fn intend(&mut self, follow_up: usize, before: Note, after: Note, word: Option<(usize, Word)>) {
        self.edits.push(Edit { follow_up, write: Write::Replace { before, after }, word, chore: None });
    }

    /// The keeper reads a follow-up that is due, and decides. `None` where there is nothing to do.
    pub(crate) fn keep(&mut self, follow_up: usize, options: &Options) -> Option<()> {
        let before = self.notes[follow_up];
        let after = self.kept(before, options)?;
        self.intend(follow_up, before, after, None);
        Some(())
    }

    /// `rounds::put_right`: what the keeper makes of a follow-up.
    pub(crate) fn kept(&self, before: Note, options: &Options) -> Option<Note> {
        let what = repair(&before.follow_up(options.deadline()), &SHOP, false, 0, self.now);
        let event = match what {
            Repair::Wait | Repair::Plan => return None,
            Repair::Move(_) | Repair::Expire if options.makes(Mistake::TrustsAlarms) => return None,
            Repair::Move(_) | Repair::Place => Event::Move,
            Repair::Expire => Event::Expire,
            Repair::Doubt if options.makes(Mistake::AnEndedLeaseSendsAgain) => Event::Release,
            Repair::Doubt => Event::Doubt,
            Repair::Drop if options.makes(Mistake::ForgetsDoubts) => return None,
            Repair::Drop if options.policy == Policy::Resend && self.now <= options.deadline() => Event::Resend,
            Repair::Drop => Event::Drop,
        };
        let stepped = before.stepped(event)?;
        let after = Note { until: None, ended: stepped.state != State::Planned, ..stepped };
        Some(match (what, event) {
            (Repair::Move(slot), _) => Note { slot, ..after },
            (Repair::Place, _) => after,
            (Repair::Expire, _) => Note { reason: Some(Reason::WindowOver), ..after },
            (Repair::Doubt, Event::Doubt) => Note { until: Some(self.now + doubt_wait()), ..after },
            (Repair::Drop, Event::Drop) => Note { reason: Some(Reason::UnknownWhetherSent), ..after },
            _ => Note { slot: Slot::at_or_after(self.now), ..after },
        })
    }

    /// The planner reads a follow-up and wants something of it. What it may want of which state is
    /// `planner::change`'s rule: cancel what is planned, revive what can be.
    pub(crate) fn plan(&mut self, follow_up: usize, wish: Wish, options: &Options) -> Option<()> {
        let before = self.notes[follow_up];
        let slot = Slot::at_or_after(self.now + Duration::minutes(NOTICE_MINUTES));
        let after = match wish {
            Wish::Cancel if before.state == State::Planned => {
                Note { reason: Some(Reason::PurchaseUndone), ..before.stepped(Event::Cancel)? }
            }
            Wish::Revive if slot.start() <= options.deadline() && before.follow_up(options.deadline()).can_revive() => {
                Note { slot, until: None, reason: None, ended: false, ..before.stepped(Event::Revive)? }
            }
            Wish::Settle if before.ended => Note { ended: false, ..before },
            _ => return None,
        };
        self.intend(follow_up, before, after, None);
        Some(())
    }

    /// record-delivery gets an event and reads what it is about. Where that changes nothing it is done.
    pub(crate) fn hear(&mut self, n: usize, word: Word, options: &Options) {
        let sending = &self.sendings[n];
        let follow_up = sending.follow_up;
        let before = self.notes[follow_up];
        let mut stands = before.follow_up(options.deadline());
        let mut word = word;
        if sending.fate == Fate::IsAnsweredByMachine && options.makes(Mistake::BelievesMachines) {
            if stands.state == State::Delivered {
                stands.state = State::Sent;
            }
            if word == Word::Accepted {
                word = Word::Unavailable;
            }
        }
        let any = stands.attempt.clone().filter(|_| options.makes(Mistake::BelievesAnyAttempt));
        let evidence = Evidence {
            word,
            attempt: any.unwrap_or_else(|| sending.attempt.to_string()),
            message: String::new(),
            sent_at: first_slot(),
            at: self.now,
            event: String::new(),
        };
        let again = (word == Word::Unavailable).then(|| next_try(&stands, &SHOP, self.now)).flatten();
        match decide(&stands, &evidence, again) {
            // Of an attempt that another has followed, the diary keeps nothing: evidence has come too late.
            None if before.attempt != Some(sending.attempt) => {}
            None => self.sendings[n].tell(word),
            Some(after) => self.intend(follow_up, before, Note::of(&after), Some((n, word))),
        }
    }
}
