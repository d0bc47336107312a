//! Which metrics there are, and which function counts what.

use Metric::{
    AccountStopped, AlarmsFailed, Complaints, Delivered, EventsFailed, FollowUpsInDoubt, FollowUpsRefused,
    FollowUpsSent, HardBounces, LeftUnsent, Overdue, PagesFailed, PlanningFailed, RepairsFailed, ShopsFailed,
    SlotsFailed, SoftBounces, WebhooksAccepted, WebhooksFailed, WebhooksRefused, WebhooksUnreadable, WebhooksUnsigned,
};

/// The namespace of all metrics in CloudWatch.
pub const NAMESPACE: &str = "Wasurena";

/// Each function, and what it counts. The dimension `Function` tells two functions apart that count the same.
pub const METRICS: [(&str, &[Metric]); 7] = [
    ("receive-purchase", &[WebhooksAccepted, WebhooksRefused, WebhooksUnsigned, WebhooksUnreadable, WebhooksFailed]),
    ("plan-follow-ups", &[PlanningFailed]),
    ("set-alarms", &[AlarmsFailed]),
    ("send-follow-ups", &[FollowUpsSent, FollowUpsRefused, FollowUpsInDoubt, AccountStopped, SlotsFailed]),
    ("record-delivery", &[Delivered, HardBounces, SoftBounces, Complaints, EventsFailed]),
    ("customer-pages", &[PagesFailed]),
    ("keep-promises", &[Overdue, FollowUpsInDoubt, LeftUnsent, RepairsFailed, ShopsFailed]),
];

/// Something that is counted, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// A webhook was stored, seen before, or not of interest.
    WebhooksAccepted,
    /// A request that is no webhook: no such shop or cart, not POST, too large.
    WebhooksRefused,
    /// A webhook for a known shop and cart whose signature is not right: its secret has to be looked at.
    WebhooksUnsigned,
    /// A webhook that was signed and is no order.
    WebhooksUnreadable,
    /// A webhook that could not be stored: the cart was asked to come back.
    WebhooksFailed,
    /// A customer could not be planned for.
    PlanningFailed,
    /// A slot has no alarm.
    AlarmsFailed,
    /// SES accepted a follow-up.
    FollowUpsSent,
    /// SES refused a follow-up for good.
    FollowUpsRefused,
    /// Whether SES accepted a follow-up is unknown.
    FollowUpsInDoubt,
    /// SES does not let the account send.
    AccountStopped,
    /// A slot could not be worked through.
    SlotsFailed,
    /// A recipient's server took a mail.
    Delivered,
    /// An address refuses mail for good.
    HardBounces,
    /// A mailbox could not take a mail just now.
    SoftBounces,
    /// A recipient calls a mail spam.
    Complaints,
    /// An event of SES could not be recorded.
    EventsFailed,
    /// A customer was asked to try a page later.
    PagesFailed,
    /// A follow-up was late: nobody had sent it when it was due.
    Overdue,
    /// A follow-up in doubt was given up: no evidence came, and the owner is told.
    LeftUnsent,
    /// A due entry could not be dealt with.
    RepairsFailed,
    /// A shop could not be looked after.
    ShopsFailed,
}

impl Metric {
    /// The metric's name in CloudWatch.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            WebhooksAccepted => "WebhooksAccepted",
            WebhooksRefused => "WebhooksRefused",
            WebhooksUnsigned => "WebhooksUnsigned",
            WebhooksUnreadable => "WebhooksUnreadable",
            WebhooksFailed => "WebhooksFailed",
            PlanningFailed => "PlanningFailed",
            AlarmsFailed => "AlarmsFailed",
            FollowUpsSent => "FollowUpsSent",
            FollowUpsRefused => "FollowUpsRefused",
            FollowUpsInDoubt => "FollowUpsInDoubt",
            AccountStopped => "AccountStopped",
            SlotsFailed => "SlotsFailed",
            Delivered => "Delivered",
            HardBounces => "HardBounces",
            SoftBounces => "SoftBounces",
            Complaints => "Complaints",
            EventsFailed => "EventsFailed",
            PagesFailed => "PagesFailed",
            Overdue => "Overdue",
            LeftUnsent => "LeftUnsent",
            RepairsFailed => "RepairsFailed",
            ShopsFailed => "ShopsFailed",
        }
    }
}
