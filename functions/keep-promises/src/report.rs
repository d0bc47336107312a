//! The keeper's report: what a round found, how often, and what a person does about it. It is told in three ways: as
//! the log line `keeper.report` wherever something was found, as the answer of the invocation, and, where only the
//! owner can do something, as tasks on the shop's list.
//!
//! What waits in a failure queue shows here by what it has left undone: a stream record as facts not planned for, an
//! alarm as something late. Only what SES said and could not be recorded leaves nothing that is due; its queue has an
//! alarm of its own.

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::ops::AddAssign;
use wasurena_domain::ids::ShopId;

/// Something that was not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Finding {
    /// A follow-up was late, and has another slot: no alarm rang for it, or no sender came.
    Overdue,
    /// A follow-up's window ended before it went out.
    Expired,
    /// A claim ended without an outcome: whether the mail was sent is unknown.
    InDoubt,
    /// No evidence came for one in doubt, and it is left unsent.
    LeftUnsent,
    /// A stream record was lost, or failed for good: what it told of is planned for now.
    Replanned,
    /// Something due cannot be read.
    Unreadable,
    /// Something due could not be dealt with.
    NotRepaired,
    /// A shop could not be looked after.
    ShopFailed,
    /// More was due than a round looks at, or its time ran out.
    CutShort,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Overdue,
        Self::Expired,
        Self::InDoubt,
        Self::LeftUnsent,
        Self::Replanned,
        Self::Unreadable,
        Self::NotRepaired,
        Self::ShopFailed,
        Self::CutShort,
    ];

    /// Its name in the report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Expired => "expired",
            Self::InDoubt => "in_doubt",
            Self::LeftUnsent => "left_unsent",
            Self::Replanned => "replanned",
            Self::Unreadable => "unreadable",
            Self::NotRepaired => "not_repaired",
            Self::ShopFailed => "shop_failed",
            Self::CutShort => "cut_short",
        }
    }

    /// What a person does about it.
    #[must_use]
    pub fn what_to_do(self) -> &'static str {
        match self {
            Self::Overdue => {
                "they have new slots; unless the shop was stopped, read the logs of set-alarms and send-follow-ups and \
                 look into the queue AlarmFailures"
            }
            Self::Expired => "what was promised is on the shop's list (wasurena today): reach the customer another way",
            Self::InDoubt => {
                "wait 25 hours for evidence; look into the log of send-follow-ups for what ended the sender"
            }
            Self::LeftUnsent => {
                "what was promised is on the shop's list (wasurena today): write to the customer yourself, or leave it"
            }
            Self::Replanned => {
                "they are planned for; read the log of plan-follow-ups and look into the queue StreamFailures"
            }
            Self::Unreadable => {
                "the shop's list (wasurena today) names the items: deploy the program that wrote them, or put them right"
            }
            Self::NotRepaired => "the next hour tries again; if it comes again, read the log of keep-promises for why",
            Self::ShopFailed => {
                "nothing was put right for that shop: read the log of keep-promises for why; a programme that cannot \
                 be read is published again by wasurena shop apply"
            }
            Self::CutShort => {
                "the next hour goes on; if it comes hour after hour, something makes more late than can be put right: \
                 read the logs of set-alarms and send-follow-ups"
            }
        }
    }
}

/// What a round found, and did about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Customers who were looked at because it was time to, and nothing was wrong.
    pub reviewed: u32,
    #[serde(serialize_with = "with_what_to_do")]
    found: BTreeMap<Finding, u32>,
}

/// A finding in the answer of an invocation.
#[derive(Serialize)]
struct Told {
    count: u32,
    what_to_do: &'static str,
}

fn with_what_to_do<S: Serializer>(found: &BTreeMap<Finding, u32>, serializer: S) -> Result<S::Ok, S::Error> {
    let told =
        |(finding, count): (&Finding, &u32)| (finding.name(), Told { count: *count, what_to_do: finding.what_to_do() });
    serializer.collect_map(found.iter().map(told))
}

impl Report {
    /// How often something was found.
    #[must_use]
    pub fn count(&self, finding: Finding) -> u32 {
        self.found.get(&finding).copied().unwrap_or_default()
    }

    /// Whether everything was as it should be.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.found.is_empty()
    }

    /// Something was found, once more.
    pub(crate) fn found(&mut self, finding: Finding) {
        *self.found.entry(finding).or_default() += 1;
    }

    /// The line of a shop's round, where something was found.
    pub(crate) fn tell(&self, shop: &ShopId) {
        if self.is_quiet() {
            return;
        }
        let of = |finding| self.found.get(&finding).copied();
        let advice = self.found.keys().map(|finding| format!("{}: {}.", finding.name(), finding.what_to_do()));
        tracing::warn!(
            %shop,
            reviewed = self.reviewed,
            overdue = of(Finding::Overdue),
            expired = of(Finding::Expired),
            in_doubt = of(Finding::InDoubt),
            left_unsent = of(Finding::LeftUnsent),
            replanned = of(Finding::Replanned),
            unreadable = of(Finding::Unreadable),
            not_repaired = of(Finding::NotRepaired),
            shop_failed = of(Finding::ShopFailed),
            cut_short = of(Finding::CutShort),
            what_to_do = advice.collect::<Vec<_>>().join(" "),
            "keeper.report"
        );
    }
}

impl AddAssign for Report {
    fn add_assign(&mut self, other: Self) {
        self.reviewed += other.reviewed;
        for (finding, count) in other.found {
            *self.found.entry(finding).or_default() += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn whatever_is_found_says_what_to_do_in_the_answer() {
        let mut report = Report { reviewed: 3, ..Report::default() };
        for finding in Finding::ALL {
            report.found(finding);
        }
        report += report.clone();
        let answer = serde_json::to_value(&report).unwrap();
        assert_eq!(answer["reviewed"], 6);
        let mut said = BTreeSet::new();
        for finding in Finding::ALL {
            let told = &answer["found"][finding.name()];
            assert_eq!(told["count"], 2, "{answer}");
            assert!(said.insert(told["what_to_do"].as_str().unwrap().to_owned()), "{answer}");
        }
        assert_eq!(answer["found"].as_object().unwrap().len(), Finding::ALL.len());
    }

    #[test]
    fn an_hour_without_findings_has_nothing_to_tell() {
        let quiet = Report { reviewed: 2, ..Report::default() };
        assert!(quiet.is_quiet());
        assert_eq!(serde_json::to_string(&quiet).unwrap(), r#"{"reviewed":2,"found":{}}"#);
    }
}
