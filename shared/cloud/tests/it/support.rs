//! A cloud with an empty diary, and the people and follow-ups that tests put into it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use wasurena_cloud::alarms::{AlarmTarget, Alarms};
use wasurena_cloud::diary::{Claim, CustomerRecord};
use wasurena_cloud::{Clients, Clock, Diary};
use wasurena_domain::calendar::Slot;
use wasurena_domain::channel::Channel;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::{FollowUp, State};
use wasurena_domain::ids::{CustomerId, FollowUpId, ShopId, StepId};
use wasurena_domain::programme::Class;
use wasurena_local::aws::{Aws, VirtualClock, VirtualTime};

pub(crate) const TABLE: &str = "wasurena";
pub(crate) const SLOT: &str = "2026-12-02T01:00Z";

/// A clock in the hands of a test.
#[derive(Debug)]
pub(crate) struct Hand(pub(crate) Arc<VirtualClock>);

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.advance(duration);
    }
}

/// A cloud with an empty diary, on the evening before [`SLOT`].
pub(crate) struct Cloud {
    pub(crate) aws: Aws,
    pub(crate) time: Arc<VirtualClock>,
    pub(crate) clients: Clients,
    pub(crate) diary: Diary,
    _folder: TempDir,
}

impl Cloud {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let time = Arc::new(VirtualClock::frozen(at("2026-12-01T12:00:00Z")));
        let aws = Aws::open(folder.path(), Arc::clone(&time) as Arc<dyn VirtualTime>).unwrap();
        let clients = Clients::new(&aws.sdk_config(), None);
        let diary = Diary::new(clients.dynamodb(), TABLE);
        diary.create_table().await.unwrap();
        clients.scheduler().create_schedule_group().name("wasurena").send().await.unwrap();
        Self { aws, time, clients, diary, _folder: folder }
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(Hand(Arc::clone(&self.time)))
    }

    pub(crate) fn alarms(&self) -> Alarms {
        let target = AlarmTarget {
            group: "wasurena".to_owned(),
            function_arn: "arn:aws:lambda:ap-northeast-1:000000000000:function:send-follow-ups".to_owned(),
            role_arn: "arn:aws:iam::000000000000:role/alarms".to_owned(),
            dead_letter_arn: "arn:aws:sqs:ap-northeast-1:000000000000:alarms-undelivered".to_owned(),
        };
        Alarms::new(self.clients.scheduler(), self.diary.clone(), target)
    }

    /// What goes wrong from now on: a fault as `POST /_local/faults` takes it.
    pub(crate) fn fault(&self, fault: Value) {
        self.aws.faults().add(serde_json::from_value(fault).unwrap()).unwrap();
    }

    pub(crate) fn calls(&self, name: &str) -> u64 {
        self.aws.usage().calls.get(name).copied().unwrap_or_default()
    }
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn slot(text: &str) -> Slot {
    Slot::parse(text).unwrap()
}

pub(crate) fn sakura() -> ShopId {
    ShopId::parse("sakura").unwrap()
}

pub(crate) fn customer_id(shop: &ShopId, who: &str) -> CustomerId {
    CustomerId::derive(b"a key", shop, who)
}

pub(crate) fn record(who: &str) -> CustomerRecord {
    CustomerRecord { customer: Customer::new(customer_id(&sakura(), who)), attention: None, shard: 0 }
}

/// A follow-up for somebody of the shop `sakura`, planned for a slot.
pub(crate) fn planned(who: &str, step: &str, in_slot: &str) -> FollowUp {
    let customer = customer_id(&sakura(), who);
    let step = StepId::parse(step).unwrap();
    FollowUp {
        id: FollowUpId::derive(&customer, &step, "once"),
        customer,
        step,
        text: None,
        series: None,
        class: Class::Thanks,
        purchase: None,
        channel: Channel::Mail,
        tried: BTreeSet::new(),
        shard: 0,
        slot: slot(in_slot),
        deadline: at("2026-12-04T14:59:59Z"),
        state: State::Planned,
        reason: None,
        generation: 0,
        attempts: 0,
        attempt: None,
        until: None,
        message: None,
        sent_at: None,
        soft_bounces: 0,
        approved_at: None,
        note: None,
        ended: false,
    }
}

pub(crate) fn claim(attempt: &str) -> Claim {
    Claim { attempt: attempt.to_owned(), until: at("2026-12-02T01:02:00Z") }
}
