//! Every "no" has a name: why a follow-up did not go out, on record.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a follow-up did not go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The customer has said stop (R30).
    OptedOut,
    /// The purchase was cancelled or refunded.
    PurchaseUndone,
    /// There is no consent, and the step is not bound to the purchase.
    NoConsent,
    /// There is no mail address (R26).
    NoMailAddress,
    /// It would promote before the second purchase (R14).
    BeforeSecondPurchase,
    /// The step is for customers at another stage of the relationship (R34, R36).
    NotForStage,
    /// The message is for other products than what was bought (R36).
    NotForProduct,
    /// It would have been one message too many: on each day that was left there is another, or gap and caps of the
    /// programme forbid it (R8).
    TooOften,
    /// Its step is an apprentice, and nobody approved it in time.
    NotApproved,
    /// The window ended.
    WindowOver,
    /// The purchase became known only after the window had ended.
    KnownTooLate,
    /// The current programme has no such step.
    StepGone,
    /// The facts have changed, and the plan with them.
    Replanned,
    /// The provider refused the message.
    RefusedByProvider,
    /// Whether it was sent is unknown, and the step does not send twice.
    UnknownWhetherSent,
    /// The letter could not be rendered.
    CannotRender,
    /// The series has no letter left that the customer has not had.
    NoFreshLetter,
    /// The provider does not let the account send.
    AccountCannotSend,
    /// The order counts as no purchase: an exchange, a renewal, nothing to pay, or the owner leaves it alone.
    NoPurchase,
    /// It is a wholesale order, and the owner has not decided about it yet.
    HeldWholesale,
    /// It was bought on a marketplace, whose rules forbid to write to the buyer.
    MarketplaceForbids,
    /// Something is wrong with a purchase, and a person looks after it: nothing cheerful goes out (R28).
    CaseOpen,
    /// The address refuses mail for good (R26).
    AddressBounced,
    /// The mailbox did not take it, however often it was tried (R26).
    MailboxUnavailable,
    /// There is no permission to call or to visit, and they are no old acquaintance (R23).
    NoPermission,
    /// Nobody knows where to send a letter, or it came back (R26).
    NoPostalAddress,
    /// There is no telephone number, or it is nobody's (R26).
    NoPhoneNumber,
    /// A person tried, and nobody answered or was there (R26).
    NotReached,
    /// A person has it on their list: a letter, a call, a visit (R22).
    LeftToPerson,
    /// The customer called a message spam, which is a stop (R30).
    Complained,
    /// The customer asked for their data to be erased.
    Erased,
    /// The order has no name to address the customer by.
    NoName,
    /// The customer asks which data the shop has of them.
    DataRequested,
    /// The cart asks for everything that came from it to be erased.
    ShopRedacted,
    /// What stands in the diary cannot be read.
    Unreadable,
    /// Customers are not happy with the product that it speaks of, and nobody of the shop has looked yet (R31).
    ProductPaused,
    /// The customer has asked for no messages of this kind (R9, R30).
    NotWanted,
    /// The customer has asked to hear nothing for a while (R30).
    CustomerPaused,
    /// So many of the shop's mails bounce or are called spam that only what is owed goes out.
    ReputationAtRisk,
}

impl Reason {
    /// The reason by its name in the diary.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::PurchaseUndone => "purchase_undone",
            Self::NoConsent => "no_consent",
            Self::NoMailAddress => "no_mail_address",
            Self::BeforeSecondPurchase => "before_second_purchase",
            Self::NotForStage => "not_for_stage",
            Self::NotForProduct => "not_for_product",
            Self::TooOften => "too_often",
            Self::NotApproved => "not_approved",
            Self::WindowOver => "window_over",
            Self::KnownTooLate => "known_too_late",
            Self::StepGone => "step_gone",
            Self::Replanned => "replanned",
            Self::RefusedByProvider => "refused_by_provider",
            Self::UnknownWhetherSent => "unknown_whether_sent",
            Self::CannotRender => "cannot_render",
            Self::NoFreshLetter => "no_fresh_letter",
            Self::AccountCannotSend => "account_cannot_send",
            Self::NoPurchase => "no_purchase",
            Self::HeldWholesale => "held_wholesale",
            Self::MarketplaceForbids => "marketplace_forbids",
            Self::CaseOpen => "case_open",
            Self::AddressBounced => "address_bounced",
            Self::MailboxUnavailable => "mailbox_unavailable",
            Self::NoPermission => "no_permission",
            Self::NoPostalAddress => "no_postal_address",
            Self::NoPhoneNumber => "no_phone_number",
            Self::NotReached => "not_reached",
            Self::LeftToPerson => "left_to_person",
            Self::Complained => "complained",
            Self::Erased => "erased",
            Self::NoName => "no_name",
            Self::DataRequested => "data_requested",
            Self::ShopRedacted => "shop_redacted",
            Self::Unreadable => "unreadable",
            Self::ProductPaused => "product_paused",
            Self::NotWanted => "not_wanted",
            Self::CustomerPaused => "customer_paused",
            Self::ReputationAtRisk => "reputation_at_risk",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
