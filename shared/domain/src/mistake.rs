//! Mistakes that this system must not make, each switched on by name: so that the simulator can show that it would
//! find them. They exist only with the feature `mistakes`, which no Lambda function is built with.

/// A mistake that could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// A claim whose lease has ended is sent again.
    LeaseEndResends,
    /// The SDK tries to send again where no answer came.
    SdkRetriesSending,
    /// A claim is written whatever stands there.
    ClaimWithoutCondition,
    /// A follow-up is recorded as sent before it is handed to the post.
    RecordBeforeSending,
    /// What has no alarm is nobody's: nothing looks for what is overdue.
    AlarmAsTruth,
    /// WooCommerce's deliveries are told apart by the id of the delivery, not of the order.
    DedupeByDelivery,
    /// A page that is looked at does what its button would do.
    GetUnsubscribes,
    /// Whether somebody said stop is decided only when it is planned.
    StopDecidedEarly,
    /// Whether a case is open is decided only when it is planned.
    CaseDecidedEarly,
    /// Whether somebody has bought twice is decided only when a promotion is planned.
    PromotionDecidedEarly,
    /// A record that cannot be dealt with takes the rest of its batch with it.
    BatchDropped,
    /// A webhook is accepted though it could not be stored.
    AcceptUnstored,
    /// A webhook is taken whoever signed it.
    SignatureIgnored,
    /// A mail address stands in a log line.
    AddressInLog,
    /// The planner clears a customer's mark though their facts have changed meanwhile.
    MarkClearedBlindly,
    /// The stop switch is looked at when a slot begins, and not for each follow-up.
    SwitchIgnored,
}

/// Whether a mistake is made: never.
#[cfg(not(feature = "mistakes"))]
#[must_use]
pub const fn made(_: Mistake) -> bool {
    false
}

#[cfg(feature = "mistakes")]
pub use switched::{ALL, made, make};

#[cfg(feature = "mistakes")]
mod switched {
    use super::Mistake;
    use std::cell::Cell;

    /// All mistakes, by their names.
    pub const ALL: [(&str, Mistake); 16] = [
        ("lease-end-resends", Mistake::LeaseEndResends),
        ("sdk-retries-sending", Mistake::SdkRetriesSending),
        ("claim-without-condition", Mistake::ClaimWithoutCondition),
        ("record-before-sending", Mistake::RecordBeforeSending),
        ("alarm-as-truth", Mistake::AlarmAsTruth),
        ("dedupe-by-delivery", Mistake::DedupeByDelivery),
        ("get-unsubscribes", Mistake::GetUnsubscribes),
        ("stop-decided-early", Mistake::StopDecidedEarly),
        ("case-decided-early", Mistake::CaseDecidedEarly),
        ("promotion-decided-early", Mistake::PromotionDecidedEarly),
        ("batch-dropped", Mistake::BatchDropped),
        ("accept-unstored", Mistake::AcceptUnstored),
        ("signature-ignored", Mistake::SignatureIgnored),
        ("address-in-log", Mistake::AddressInLog),
        ("mark-cleared-blindly", Mistake::MarkClearedBlindly),
        ("switch-ignored", Mistake::SwitchIgnored),
    ];

    thread_local! {
        static MADE: Cell<Option<Mistake>> = const { Cell::new(None) };
    }

    /// Makes a mistake on this thread from now on; `None` for none.
    pub fn make(mistake: Option<Mistake>) {
        MADE.set(mistake);
    }

    /// Whether a mistake is made on this thread.
    #[must_use]
    pub fn made(mistake: Mistake) -> bool {
        MADE.get() == Some(mistake)
    }
}
