//! A task: what only a person can do, on the owner's list.

use crate::calendar::day_of;
use crate::follow_up::{FollowUp, Reason};
use crate::ids::CustomerId;
use crate::shop::Shop;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What kind of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Somebody has no mail address: a postcard (R26).
    WritePostcard,
    /// A letter of the programme: write and post it (R22).
    SendLetter,
    /// A call of the programme: make it (R22, R23).
    MakeCall,
    /// A visit of the programme: pay it (R22, R23).
    PayVisit,
    /// A message that was promised did not go out: reach the customer some other way (R1, R2).
    KeepPromise,
    /// Mails of a step that is an apprentice wait for somebody to approve them; for a customer, a promise breaks if nobody
    /// does.
    ApproveMails,
    /// A series has no fresh letter for somebody: write one.
    WriteLetter,
    /// The account cannot send: nothing goes out until a person has looked.
    SendingStopped,
    /// A wholesale order is held: decide whether to follow it up.
    DecideOrder,
    /// Something came back, was broken or is contested: look after the customer, then settle the case (R28).
    SettleCase,
    /// Mail does not reach somebody any more: ask for another address (R26).
    FindAddress,
    /// Somebody has told their address for letters: take it over into the cart, which is where it is kept (R26).
    TakeAddress,
    /// Somebody has no name to be addressed by: look whether there is one.
    CheckName,
    /// Somebody asks which data the shop has of them: hand it over.
    HandOverData,
    /// A cart asks for everything that came from it to be erased.
    EraseCart,
    /// Somebody asks to be erased, and this may be them: find out.
    ErasePerson,
    /// Something in the diary cannot be read, so nothing is done about it: deploy the program that wrote it, or put the
    /// item right.
    MendRecord,
    /// Customers are not happy with a product: look at it, then say so, so that its messages go on (R31).
    LookAtProduct,
    /// Mails bounce or are called spam: find the cause. While it is bad only what is owed goes out.
    ProtectReputation,
}

impl TaskKind {
    /// The kind by its name in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WritePostcard => "write_postcard",
            Self::SendLetter => "send_letter",
            Self::MakeCall => "make_call",
            Self::PayVisit => "pay_visit",
            Self::KeepPromise => "keep_promise",
            Self::ApproveMails => "approve_mails",
            Self::WriteLetter => "write_letter",
            Self::SendingStopped => "sending_stopped",
            Self::DecideOrder => "decide_order",
            Self::SettleCase => "settle_case",
            Self::FindAddress => "find_address",
            Self::TakeAddress => "take_address",
            Self::CheckName => "check_name",
            Self::HandOverData => "hand_over_data",
            Self::EraseCart => "erase_cart",
            Self::ErasePerson => "erase_person",
            Self::MendRecord => "mend_record",
            Self::LookAtProduct => "look_at_product",
            Self::ProtectReputation => "protect_reputation",
        }
    }
}

/// A task on the owner's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What to do.
    pub kind: TaskKind,
    /// For whom; `None` where it is for the shop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// What it is about: a purchase, a follow-up, a step, a series, a slot, an item's key; an address.
    pub about: String,
    /// The day by which it should be done.
    pub due: NaiveDate,
    /// What led to it.
    pub why: Reason,
}

impl Task {
    /// The task by which a person carries out a message of the programme; `None` where that is none of theirs. Calls and
    /// visits disturb nobody on a Sunday or a holiday: their day is the next after it (R23).
    #[must_use]
    pub fn of_follow_up(follow_up: &FollowUp, shop: &Shop, now: DateTime<Utc>) -> Option<Self> {
        let kind = follow_up.channel.task()?;
        let today = day_of(now, shop.zone);
        let due = if follow_up.channel.is_spoken() { shop.decent_day_from(today) } else { today };
        let (customer, about) = (Some(follow_up.customer.clone()), follow_up.id.to_string());
        Some(Self { kind, customer, about, due, why: Reason::LeftToPerson })
    }

    /// What makes it the same task when it is found again.
    #[must_use]
    pub fn key(&self) -> String {
        Self::key_of(self.kind, self.customer.as_ref(), &self.about)
    }

    /// The key of a task of this kind, for this customer, about this.
    #[must_use]
    pub fn key_of(kind: TaskKind, customer: Option<&CustomerId>, about: &str) -> String {
        let customer = customer.map_or("shop", CustomerId::as_str);
        format!("{}#{customer}#{about}", kind.name())
    }
}
