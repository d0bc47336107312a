//! The reckoning: what the folder says when everything is dead. SES's mails are what went out; the diary is asked only
//! what it knows of a mail that did not.

use super::carts::Order;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use wasurena_cloud::{Clients, Diary};
use wasurena_domain::follow_up::{FollowUp, Reason, State};
use wasurena_domain::ids::{CustomerId, ShopId};
use wasurena_domain::task::{Task, TaskKind};
use wasurena_local::aws::{Aws, VirtualClock};
use wasurena_local::sample;
use wasurena_tests::cloud::{TABLE, items};

/// The mails that each order is owed within the fortnight.
const OWED: [&str; 3] = ["thanks-first", "arrival", "usage"];

/// Everything that was kept.
pub(crate) struct Reckoning {
    now: DateTime<Utc>,
    /// How often SES accepted each follow-up.
    mails: BTreeMap<String, usize>,
    /// The purchases in the table.
    purchases: BTreeSet<Order>,
    follow_ups: Vec<FollowUp>,
    /// The follow-ups of which the owner was told that a promise is to be kept some other way.
    promises: BTreeSet<String>,
}

/// What was found, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    mails: usize,
    unknown_accepted: usize,
    unknown_unsent: usize,
    untold_and_stored: usize,
    pub(crate) violations: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mails, unknown_accepted, unknown_unsent, untold_and_stored, violations } = self;
        write!(
            f,
            "{mails} mails; {} more in doubt to the end and on the owner's list, of which SES had accepted \
             {unknown_accepted} and not accepted {unknown_unsent}\n\
             {untold_and_stored} orders were stored though nobody was told so; {} violations",
            unknown_accepted + unknown_unsent,
            violations.len(),
        )
    }
}

impl Reckoning {
    pub(crate) async fn of(folder: &Path, now: DateTime<Utc>) -> Self {
        let aws = Aws::open(folder, Arc::new(VirtualClock::frozen(now))).unwrap();
        let diary = Diary::new(Clients::new(&aws.sdk_config(), None).dynamodb(), TABLE);
        let shop = ShopId::parse(sample::SHOP).unwrap();
        let mut mails = BTreeMap::new();
        for mail in aws.ses().mails().unwrap() {
            *mails.entry(mail.tags["follow_up"].clone()).or_default() += 1;
        }
        let items = items(&aws);
        let keys = |entity: &str, prefix: &str| -> Vec<String> {
            let of = items.iter().filter(|item| item["entity"]["S"] == entity);
            of.map(|item| item["pk"]["S"].as_str().unwrap().strip_prefix(prefix).unwrap().to_owned()).collect()
        };
        let mut follow_ups = Vec::new();
        for customer in keys("customer", &format!("{shop}#C#")) {
            let customer = CustomerId::parse(&customer).unwrap();
            follow_ups.extend(diary.file(&shop, &customer).await.unwrap().unwrap().follow_ups);
        }
        let is_promise = |task: &Task| task.kind == TaskKind::KeepPromise && task.why == Reason::UnknownWhetherSent;
        let tasks = diary.tasks(&shop).await.unwrap();
        let promises = tasks.into_iter().filter(is_promise).map(|task| task.about).collect();
        let purchases = keys("purchase", &format!("{shop}#P#")).into_iter().map(|key| key.replacen('#', "/", 1));
        Self { now, mails, purchases: purchases.collect(), follow_ups, promises }
    }

    /// Judges it, by which orders were told of.
    pub(crate) fn verdict(&self, told: &BTreeSet<Order>) -> Verdict {
        let mut verdict = Verdict {
            mails: self.mails.values().sum(),
            untold_and_stored: self.purchases.difference(told).count(),
            ..Verdict::default()
        };
        let Verdict { violations, .. } = &mut verdict;
        for (follow_up, times) in self.mails.iter().filter(|(_, times)| **times > 1) {
            violations.push(format!("{follow_up} was sent {times} times"));
        }
        violations.extend(told.difference(&self.purchases).map(|order| format!("{order} was answered and is gone")));
        let mut of_orders: BTreeMap<(Order, &str), &FollowUp> = BTreeMap::new();
        for follow_up in &self.follow_ups {
            if let (Some(purchase), Some(step)) = (&follow_up.purchase, owed(follow_up)) {
                of_orders.insert((purchase.to_string(), step), follow_up);
            }
        }
        for order in &self.purchases {
            for step in OWED {
                match of_orders.get(&(order.clone(), step)) {
                    Some(follow_up) => self.judge(order, follow_up, &mut verdict),
                    None => verdict.violations.push(format!("{order}: nobody planned its {step}")),
                }
            }
        }
        let known: BTreeSet<String> = self.follow_ups.iter().map(|follow_up| follow_up.id.to_string()).collect();
        let strangers = self.mails.keys().filter(|id| !known.contains(*id));
        verdict.violations.extend(strangers.map(|id| format!("{id} was sent and nobody planned it")));
        verdict.violations.extend(self.follow_ups.iter().filter_map(|follow_up| self.is_stuck(follow_up)));
        verdict
    }

    /// One mail that an order is owed: SES has it once, or nobody can know and the owner was asked to see to it.
    fn judge(&self, order: &Order, follow_up: &FollowUp, verdict: &mut Verdict) {
        let id = follow_up.id.to_string();
        let mails = self.mails.get(&id).copied().unwrap_or_default();
        let is_unknown = follow_up.state == State::Skipped && follow_up.reason == Some(Reason::UnknownWhetherSent);
        match follow_up.state {
            State::Sent | State::Delivered if mails == 1 => {}
            _ if is_unknown && mails <= 1 && self.promises.contains(&id) => match mails {
                0 => verdict.unknown_unsent += 1,
                _ => verdict.unknown_accepted += 1,
            },
            state => {
                let FollowUp { step, reason, .. } = follow_up;
                let is_on_list = self.promises.contains(&id);
                verdict.violations.push(format!(
                    "{order}: {step} is {state:?} ({reason:?}), SES has it {mails} times, on the owner's list: {is_on_list}"
                ));
            }
        }
    }

    /// Whether nobody will ever see to a follow-up again that should be over.
    fn is_stuck(&self, follow_up: &FollowUp) -> Option<String> {
        let FollowUp { id, state, slot, ended, .. } = follow_up;
        let is_stuck = slot.start() < self.now && (*ended || state.is_open() || *state == State::InDoubt);
        is_stuck.then(|| format!("{id} of {slot} is still {state:?}, dealt with: {}", !ended))
    }
}

fn owed(follow_up: &FollowUp) -> Option<&'static str> {
    OWED.into_iter().find(|step| follow_up.step.to_string() == *step)
}
