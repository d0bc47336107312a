//! An independent record of a world: what the carts were told, what people pressed, what the post accepted. It is
//! written from outside, by what was answered and by what took effect at the post, never from the system's own books;
//! of these it takes only which attempt a claim names and which step a follow-up carries out.

use super::doors::Effect;
use super::jobs::Press;
use super::life::{Hook, Life, Says};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wasurena_local::aws::EventKind;

/// A place in the order of all that happened.
pub(crate) type Step = u64;

/// A mail that the post has accepted.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    /// The post's id of it.
    pub(crate) message: String,
    /// Whom it went to.
    pub(crate) person: usize,
    /// The shop it is from.
    pub(crate) shop: String,
    /// The follow-up it carries out.
    pub(crate) follow_up: String,
    /// The attempt.
    pub(crate) attempt: String,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// The page that stops mails.
    pub(crate) stop_url: String,
}

/// What is known of an order from outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    /// When it was placed and paid, once a cart has begun to tell so.
    pub(crate) paid_at: Option<DateTime<Utc>>,
    /// When, and at which step, a cart was first answered that it is stored.
    pub(crate) stored: Option<(DateTime<Utc>, Step)>,
    /// From which step on it is known to be called off.
    pub(crate) called_off: Option<Step>,
    /// Whether a cart has begun to tell that it is called off.
    pub(crate) may_be_called_off: bool,
    /// From which step on something of it is known to have come back.
    pub(crate) came_back: Option<Step>,
}

/// What is known of a person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// From which step on they are known to have said stop; nothing while they have not.
    pub(crate) stopped: Option<Step>,
    /// Whether any way of stopping was ever begun for them: their button, a complaint, a dead address.
    pub(crate) may_be_stopped: bool,
    /// From which step on they are known to be forgotten.
    pub(crate) forgotten: Option<Step>,
    /// Whether anybody ever asked to forget them.
    pub(crate) may_be_forgotten: bool,
    /// Whether their record is spoilt.
    pub(crate) is_spoilt: bool,
    /// Whether it ever was.
    pub(crate) was_spoilt: bool,
}

/// The record.
#[derive(Debug)]
pub(crate) struct Witness {
    /// Where we are.
    pub(crate) step: Step,
    /// Orders, by their numbers.
    pub(crate) orders: BTreeMap<u64, Told>,
    /// People, in their order.
    pub(crate) people: Vec<Known>,
    /// What the post accepted.
    pub(crate) mails: Vec<Accepted>,
    /// Which attempts were claimed, and at which step.
    pub(crate) claims: BTreeMap<String, Step>,
    /// In which attempts each follow-up was handed to a person, by its key and channel.
    pub(crate) handed_over: BTreeMap<(String, String), BTreeSet<String>>,
    /// How often the post said of a follow-up that its mail did not arrive and may be tried again.
    pub(crate) not_arrived: BTreeMap<String, usize>,
    /// Shops whose stop switch is known to be on, and from which step.
    pub(crate) switched_off: BTreeMap<String, Step>,
    /// Follow-ups that were planned, by their keys.
    pub(crate) planned: BTreeSet<String>,
    /// Webhooks that were answered with 2xx, by their places.
    pub(crate) accepted_hooks: BTreeSet<usize>,
    /// Shops whose owner is about to stop everything, or has.
    stopping: BTreeSet<String>,
    addresses: BTreeMap<String, usize>,
}

impl Witness {
    /// A record of nothing.
    #[must_use]
    pub(crate) fn new(life: &Life) -> Self {
        Self {
            step: 0,
            orders: BTreeMap::new(),
            people: vec![Known::default(); life.people.len()],
            mails: Vec::new(),
            claims: BTreeMap::new(),
            handed_over: BTreeMap::new(),
            not_arrived: BTreeMap::new(),
            switched_off: BTreeMap::new(),
            planned: BTreeSet::new(),
            accepted_hooks: BTreeSet::new(),
            stopping: BTreeSet::new(),
            addresses: life.people.iter().enumerate().map(|(n, person)| (person.address.clone(), n)).collect(),
        }
    }

    /// A cart begins to tell.
    pub(crate) fn begins_to_tell(&mut self, hook: &Hook) {
        match hook.says {
            Says::Paid(at) if hook.is_signed => self.orders.entry(hook.order).or_default().paid_at = Some(at),
            Says::Forget => self.people[hook.person].may_be_forgotten = true,
            Says::CalledOff => self.orders.entry(hook.order).or_default().may_be_called_off = true,
            _ => {}
        }
    }

    /// A cart was answered that what it told is stored.
    pub(crate) fn was_stored(&mut self, place: usize, hook: &Hook, at: DateTime<Utc>) {
        let step = self.step;
        self.accepted_hooks.insert(place);
        if hook.says == Says::Forget {
            self.people[hook.person].forgotten.get_or_insert(step);
            return;
        }
        let told = self.orders.entry(hook.order).or_default();
        match hook.says {
            Says::Paid(_) => drop(told.stored.get_or_insert((at, step))),
            Says::CalledOff => drop(told.called_off.get_or_insert(step)),
            Says::CameBack => drop(told.came_back.get_or_insert(step)),
            Says::Changed | Says::Forget => {}
        }
    }

    /// A request took effect. Answers the mail that it made the post accept.
    pub(crate) fn saw(&mut self, effect: &Effect, at: DateTime<Utc>) -> Option<Accepted> {
        if effect.status != 200 {
            return None;
        }
        match effect.call.as_str() {
            "dynamodb.UpdateItem" => {
                let body: Value = serde_json::from_slice(&effect.body).ok()?;
                let values = &body["ExpressionAttributeValues"];
                if values[":claimed"]["S"] == "claimed" {
                    self.claims.insert(values[":attempt"]["S"].as_str()?.to_owned(), self.step);
                }
                None
            }
            "dynamodb.PutItem" => {
                let body: Value = serde_json::from_slice(&effect.body).ok()?;
                let key = body["Item"]["sk"]["S"].as_str()?;
                if key.starts_with("F#") {
                    self.planned.insert(format!("{}{key}", body["Item"]["pk"]["S"].as_str()?));
                }
                None
            }
            "dynamodb.TransactWriteItems" => {
                let body: Value = serde_json::from_slice(&effect.body).ok()?;
                let items = body["TransactItems"].as_array()?.iter().map(|write| &write["Put"]["Item"]);
                for item in items.filter(|item| item["state"]["S"] == "handed_over") {
                    let text = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
                    let what = (text("sk"), text("channel"));
                    self.handed_over.entry(what).or_default().insert(text("attempt"));
                }
                None
            }
            "ses.SendEmail" => {
                let mail = self.mail(effect, at)?;
                self.mails.push(mail.clone());
                Some(mail)
            }
            _ => None,
        }
    }

    fn mail(&self, effect: &Effect, at: DateTime<Utc>) -> Option<Accepted> {
        let body: Value = serde_json::from_slice(&effect.body).ok()?;
        let answer: Value = serde_json::from_str(&effect.answer).ok()?;
        let tag = |name: &str| {
            let tags = body["EmailTags"].as_array()?;
            tags.iter().find(|tag| tag["Name"] == name)?["Value"].as_str().map(str::to_owned)
        };
        let headers = body["Content"]["Simple"]["Headers"].as_array()?;
        let stop = headers.iter().find(|header| header["Name"] == "List-Unsubscribe")?["Value"].as_str()?;
        let address = body["Destination"]["ToAddresses"][0].as_str()?;
        Some(Accepted {
            message: answer["MessageId"].as_str()?.to_owned(),
            person: *self.addresses.get(address)?,
            shop: tag("shop")?,
            follow_up: tag("follow_up")?,
            attempt: tag("attempt")?,
            at,
            stop_url: stop.trim_start_matches('<').split('>').next()?.to_owned(),
        })
    }

    /// Somebody presses a button.
    pub(crate) fn begins_to_press(&mut self, person: usize, press: Option<Press>) {
        let known = &mut self.people[person];
        match press {
            Some(Press::Stop) => known.may_be_stopped = true,
            Some(Press::Resume) => known.stopped = None,
            None => {}
        }
    }

    /// Somebody's stop is known to be stored.
    pub(crate) fn has_stopped(&mut self, person: usize) {
        let step = self.step;
        self.people[person].stopped.get_or_insert(step);
    }

    /// An owner is about to turn the stop switch on; not where they are at it already.
    #[must_use]
    pub(crate) fn begins_to_stop(&mut self, shop: &str) -> bool {
        self.stopping.insert(shop.to_owned())
    }

    /// The stop switch is known to be on.
    pub(crate) fn has_stopped_all(&mut self, shop: &str) {
        self.switched_off.insert(shop.to_owned(), self.step);
    }

    /// An owner is about to turn it off again.
    pub(crate) fn begins_to_go_on(&mut self, shop: &str) {
        self.switched_off.remove(shop);
    }

    /// It is known to be off.
    pub(crate) fn has_gone_on(&mut self, shop: &str) {
        self.stopping.remove(shop);
    }

    /// The post is going to say this of a mail, and it is so whether or not anybody hears it.
    pub(crate) fn will_hear(&mut self, mail: &Accepted, kind: EventKind, is_permanent: bool) {
        match kind {
            EventKind::Bounce if !is_permanent => *self.not_arrived.entry(mail.follow_up.clone()).or_default() += 1,
            EventKind::Bounce | EventKind::Complaint => self.people[mail.person].may_be_stopped = true,
            EventKind::Send | EventKind::Delivery | EventKind::DeliveryDelay => {}
            EventKind::AutoReply | EventKind::Reject | EventKind::RenderingFailure => {}
        }
    }

    /// The page that stops mails, of the last mail to somebody.
    #[must_use]
    pub(crate) fn stop_url(&self, person: usize) -> Option<&str> {
        self.mails.iter().rfind(|mail| mail.person == person).map(|mail| mail.stop_url.as_str())
    }
}
