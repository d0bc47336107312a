//! What a function is invoked with, and what comes of it.

use super::life::{Hook, Life};
use super::programmes::{Edition, edition};
use super::stage::{Instance, PUBLIC_URL, Program, Role};
use super::streams::Reader;
use aws_lambda_events::event::dynamodb::{Event, EventRecord};
use chrono::{DateTime, Duration, Utc};
use lambda_http::{Body, Request, http};
use serde_json::Value;
use std::fmt;
use wasurena_carts::sign;
use wasurena_cloud::alarms::Alarm;
use wasurena_cloud::bookshelf::Bookshelf;
use wasurena_cloud::chores::{self, Came, House};
use wasurena_cloud::{Clock as _, Diary};
use wasurena_domain::ids::ShopId;
use wasurena_domain::task::TaskKind;
use wasurena_local::sample;

/// An invocation to be made.
#[derive(Debug, Clone)]
pub(crate) enum Job {
    /// A cart tells something, by the webhook's place, for the nth time.
    Hook {
        /// The webhook's place.
        place: usize,
        /// How often it was tried before.
        attempt: u32,
    },
    /// Somebody opens the link of their last mail, or presses its button.
    Page {
        /// Who.
        person: usize,
        /// What they press; nothing where they only look.
        press: Option<Press>,
    },
    /// An alarm rings.
    Alarm {
        /// What it says.
        input: String,
        /// How often it was tried before.
        attempt: usize,
    },
    /// The post says what became of a mail.
    Event {
        /// What it says.
        event: Value,
        /// How often it was tried before.
        attempt: usize,
        /// Who complains by it.
        complains: Option<usize>,
    },
    /// A batch of the stream.
    Batch {
        /// Whom it is for.
        reader: Reader,
        /// Its records.
        records: Vec<EventRecord>,
        /// Whether it was done already, and is carried once more.
        is_again: bool,
    },
    /// An hour of keep-promises.
    Keep,
    /// The owner turns the stop switch on for so long.
    SwitchOn(&'static str, Duration),
    /// And off again.
    SwitchOff(&'static str),
    /// The owner publishes another programme.
    Publish(&'static str, u32),
    /// The owner ticks off the first letter on the list: it is posted, or there is no address to post it to.
    TickOff(&'static str, bool),
}

/// A button of the page behind a mail's link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Press {
    /// No more mails.
    Stop,
    /// Mails again.
    Resume,
}

/// What came of an invocation.
#[derive(Debug)]
pub(crate) enum Done {
    /// A request was answered with this status.
    Answered(u16),
    /// A batch came back with these records as failed.
    Batch(Vec<String>),
    /// It ended well, or not.
    Ended(bool),
}

/// How it stands in a trail. A record's number is the embedded table's own, and another in each run.
impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(status) => write!(f, "{status}"),
            Self::Batch(failed) => write!(f, "{} records failed", failed.len()),
            Self::Ended(is_done) => f.write_str(if *is_done { "done" } else { "failed" }),
        }
    }
}

impl Job {
    /// Who does it.
    pub(crate) fn role(&self) -> Role {
        match self {
            Self::Hook { .. } => Role::Receive,
            Self::Page { .. } => Role::Pages,
            Self::Alarm { .. } => Role::Send,
            Self::Event { .. } => Role::Delivery,
            Self::Batch { reader: Reader::Plan, .. } => Role::Plan,
            Self::Batch { reader: Reader::Alarms, .. } => Role::Alarms,
            Self::Keep => Role::Keeper,
            Self::SwitchOn(..) | Self::SwitchOff(..) | Self::Publish(..) | Self::TickOff(..) => Role::Owner,
        }
    }

    /// How long it may take (the template's time-outs).
    pub(crate) fn time_limit(&self) -> Duration {
        match self {
            Self::Hook { .. } | Self::Page { .. } => Duration::seconds(20),
            Self::Alarm { .. } | Self::Keep => Duration::minutes(15),
            Self::Event { .. } | Self::Batch { .. } => Duration::seconds(60),
            Self::SwitchOn(..) | Self::SwitchOff(..) | Self::Publish(..) | Self::TickOff(..) => Duration::minutes(60),
        }
    }

    /// How it stands in a trail.
    pub(crate) fn line(&self, life: &Life) -> String {
        match self {
            Self::Hook { place, attempt } => {
                let Hook { person, order, cart, says, is_signed, .. } = &life.hooks[*place];
                let forged = if *is_signed { "" } else { " (forged)" };
                format!(
                    "{} tells of order {order} of customer {person}: {says:?}{forged}, attempt {attempt}",
                    cart.id()
                )
            }
            Self::Page { person, press } => format!("customer {person} opens their link: {press:?}"),
            Self::Alarm { input, attempt } => format!("alarm {input}, attempt {attempt}"),
            Self::Event { event, attempt, .. } => {
                let detail = &event["detail"];
                let follow_up = &detail["mail"]["tags"]["follow_up"][0];
                format!("the post says {} of {follow_up}, attempt {attempt}", detail["eventType"])
            }
            Self::Batch { records, is_again, .. } => {
                format!("{} records{}", records.len(), if *is_again { ", once more" } else { "" })
            }
            Self::Keep => "hour".to_owned(),
            Self::SwitchOn(shop, _) => format!("the owner of {shop} turns the stop switch on"),
            Self::SwitchOff(shop) => format!("the owner of {shop} turns the stop switch off"),
            Self::Publish(shop, variant) => format!("the owner of {shop} publishes programme {variant}"),
            Self::TickOff(shop, true) => format!("the owner of {shop} has posted a letter"),
            Self::TickOff(shop, false) => format!("the owner of {shop} finds no address for a letter"),
        }
    }

    /// Does it, in this instance.
    pub(crate) async fn run(self, instance: Instance, request: Option<Request>) -> Done {
        let stop_at = instance.clock.now() + self.time_limit() - Duration::milliseconds(1500);
        match (self, instance.program) {
            (Self::Hook { .. }, Program::Receive(function)) => answered(request, |r| function.handle(r)).await,
            (Self::Page { .. }, Program::Pages(function)) => answered(request, |r| function.handle(r)).await,
            (Self::Alarm { input, .. }, Program::Send(function)) => match serde_json::from_str::<Alarm>(&input) {
                Ok(alarm) => Done::Ended(function.handle(&alarm, stop_at).await.is_ok()),
                Err(_) => Done::Ended(true),
            },
            (Self::Event { event, .. }, Program::Delivery(function)) => {
                Done::Ended(function.handle(&event).await.is_ok())
            }
            (Self::Batch { records, .. }, Program::Plan(function)) => {
                failures(function.handle(batch(records), stop_at).await)
            }
            (Self::Batch { records, .. }, Program::Alarms(function)) => {
                failures(function.handle(batch(records), stop_at).await)
            }
            (Self::Keep, Program::Keeper(function)) => Done::Ended(function.handle(stop_at).await.is_ok()),
            (Self::SwitchOn(shop, _), Program::Owner(diary)) => {
                Done::Ended(diary.set_stopped(&shop_id(shop), true).await.is_ok())
            }
            (Self::SwitchOff(shop), Program::Owner(diary)) => {
                Done::Ended(diary.set_stopped(&shop_id(shop), false).await.is_ok())
            }
            (Self::Publish(shop, variant), Program::Owner(diary)) => {
                let Edition { files, pages } = &*edition(shop, variant);
                Done::Ended(diary.publish(&shop_id(shop), files, pages).await.is_ok())
            }
            (Self::TickOff(shop, is_posted), Program::Owner(diary)) => {
                Done::Ended(tick_off(&diary, shop, is_posted, instance.clock.now()).await.is_some())
            }
            (job, _) => unreachable!("{:?} was given to somebody else", job.role()),
        }
    }
}

/// Ticks off the first letter on a shop's list, where there is one; nothing where that does not work.
async fn tick_off(diary: &Diary, shop: &str, is_posted: bool, now: DateTime<Utc>) -> Option<()> {
    let shop = shop_id(shop);
    let tasks = diary.tasks(&shop).await.ok()?;
    let Some(letter) = tasks.iter().find(|task| task.kind == TaskKind::SendLetter) else { return Some(()) };
    let book = Bookshelf::new(diary.clone()).open(&shop).await.ok()?.book;
    let house = House { diary, shop: &book.shop, programme: &book.programme, now };
    let came = if is_posted { Came::Done } else { Came::NoAnswer };
    chores::tick_off(house, letter, came).await.ok().map(drop)
}

async fn answered<F: Future<Output = http::Response<Body>>>(
    request: Option<Request>,
    handle: impl FnOnce(Request) -> F,
) -> Done {
    match request {
        Some(request) => Done::Answered(handle(request).await.status().as_u16()),
        None => Done::Ended(false),
    }
}

fn batch(records: Vec<EventRecord>) -> Event {
    let mut event = Event::default();
    event.records = records;
    event
}

fn failures(response: aws_lambda_events::event::streams::DynamoDbEventResponse) -> Done {
    Done::Batch(response.batch_item_failures.into_iter().filter_map(|failure| failure.item_identifier).collect())
}

fn shop_id(shop: &str) -> ShopId {
    ShopId::parse(shop).expect("a shop's id")
}

/// A webhook as a function URL hands it over, signed as its cart signs it: now.
pub(crate) fn webhook(hook: &Hook, delivery: u64, now: DateTime<Utc>) -> Request {
    let body = hook.body.to_string();
    let secret = if hook.is_signed { sample::SECRET } else { "whsec_Zm9yZ2VkLWJ5LXNvbWVib2R5LWVsc2UtZW50aXJlbHk=" };
    let mut request = http::Request::post(format!("/hooks/{}/{}", hook.shop, hook.cart.id()));
    let mut add = |name: &str, value: String| {
        let builder = std::mem::take(&mut request);
        request = builder.header(name, value);
    };
    match hook.cart.id() {
        "shopify" => {
            let (name, value) = sign::shopify(secret, body.as_bytes());
            add(name, value);
            add("x-shopify-topic", hook.topic.to_owned());
        }
        "woocommerce" => {
            let (name, value) = sign::woocommerce(secret, body.as_bytes());
            add(name, value);
            add("x-wc-webhook-topic", hook.topic.to_owned());
            add("x-wc-webhook-delivery-id", format!("delivery-{delivery}"));
        }
        "stripe" => {
            let (name, value) = sign::stripe(secret, now, body.as_bytes());
            add(name, value);
        }
        _ => {
            for (name, value) in sign::standard(secret, "msg_1", now, body.as_bytes()).expect("a key") {
                add(name, value);
            }
        }
    }
    request.body(Body::Text(body)).expect("a request")
}

/// A request for a customer's page.
pub(crate) fn page(url: &str, press: Option<Press>) -> Request {
    let path = url.strip_prefix(PUBLIC_URL).unwrap_or(url);
    let (method, body) = match press {
        None => ("GET", Body::Empty),
        Some(Press::Stop) => ("POST", Body::Text("List-Unsubscribe=One-Click".to_owned())),
        Some(Press::Resume) => ("POST", Body::Text("wish=resume".to_owned())),
    };
    http::Request::builder().method(method).uri(path).body(body).expect("a request")
}
