//! Lives the story and tells it, so that a shop owner can follow: who bought, what was planned, what went
//! out when, what did not and why.

use super::story::{Event, Happening, Person, Says};
use crate::words::{class_name, why};
use anyhow::{Context, ensure};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Asia::Tokyo;
use lambda_http::http::{Method, Uri};
use lambda_http::{Body, Request};
use std::collections::BTreeMap;
use std::io::Write;
use wasurena_carts::sign;
use wasurena_cloud::rulings;
use wasurena_domain::ids::ShopId;
use wasurena_local::aws::EventKind;
use wasurena_local::{FollowUpRow, MailRow, World, sample};

const WEEKDAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];

/// Under a line of the story, what it led to.
const INDENT: &str = "               ";

/// Lives and tells a story.
pub(crate) struct Teller<'a, W> {
    world: &'a World,
    out: &'a mut W,
    shop: ShopId,
    /// Everybody who has appeared, by what they are found with: address, or name.
    people: BTreeMap<String, Person>,
    mails_told: usize,
    month: (i32, u32),
}

impl<'a, W: Write> Teller<'a, W> {
    pub(crate) fn new(world: &'a World, out: &'a mut W) -> anyhow::Result<Self> {
        let shop = ShopId::parse(sample::SHOP)?;
        Ok(Self { world, out, shop, people: BTreeMap::new(), mails_told: 0, month: (0, 0) })
    }

    pub(crate) fn people(&self) -> Vec<Person> {
        self.people.values().copied().collect()
    }

    pub(crate) fn opening(&mut self) -> anyhow::Result<()> {
        writeln!(self.out, "わすれな草 ― 小さなお店が、忘れられないために")?;
        writeln!(self.out)?;
        writeln!(self.out, "「うつわ さくら」の一年を、これから早回しでご覧いただきます。")?;
        writeln!(
            self.out,
            "注文はカートから届く本物と同じ形の知らせ、お便りはすべてこの中の郵便受けに届きます。外へは何も送りません。"
        )?;
        writeln!(
            self.out,
            "(はじめの二十通は、本来は店主がひとつずつたしかめてから出ていきます。このお店の見習い期間は、もう済みました。)"
        )?;
        Ok(())
    }

    /// Lets time pass until an event, tells what went out meanwhile, then lives the event.
    pub(crate) async fn live(&mut self, event: &Event) -> anyhow::Result<()> {
        self.pass_until(event.at).await?;
        let key = if event.who.email.is_empty() { event.who.name() } else { event.who.email.to_owned() };
        if !matches!(event.what, Happening::TestOrder { .. }) {
            self.people.insert(key, event.who);
        }
        let before = self.follow_ups(event.who).await?;
        match event.webhook() {
            Some((cart, topic, body)) => self.send_webhook(event, cart, topic, &body.to_string()).await?,
            None => self.act(event).await?,
        }
        self.world.settle().await?;
        self.line(event.at, &what_happened(event))?;
        let after = self.follow_ups(event.who).await?;
        self.tell_plan(&before, &after)?;
        if after == before
            && let Some(why) = why_nothing_was_planned(event)
        {
            writeln!(self.out, "{INDENT}→ {why}")?;
        }
        Ok(())
    }

    pub(crate) async fn rest_of_the_year(&mut self, until: DateTime<Utc>) -> anyhow::Result<()> {
        self.pass_until(until).await
    }

    async fn pass_until(&mut self, until: DateTime<Utc>) -> anyhow::Result<()> {
        self.world.advance_to(until).await?;
        let mails = self.world.mails()?;
        for mail in mails.iter().skip(self.mails_told) {
            self.tell_mail(mail)?;
        }
        self.mails_told = mails.len();
        Ok(())
    }

    fn tell_mail(&mut self, mail: &MailRow) -> anyhow::Result<()> {
        let to = mail.to.first().map_or("", String::as_str);
        let name = self.people.get(to).map_or_else(|| to.to_owned(), |p| p.name());
        self.line(mail.sent_at, &format!("✉ {name}さんへ  {}", mail.subject))
    }

    /// A line of the story, with the month before it where it is a new one.
    fn line(&mut self, at: DateTime<Utc>, text: &str) -> anyhow::Result<()> {
        let local = at.with_timezone(&Tokyo);
        if self.month != (local.year(), local.month()) {
            self.month = (local.year(), local.month());
            writeln!(self.out)?;
            writeln!(self.out, "── {}年{}月 ──", local.year(), local.month())?;
        }
        let weekday = WEEKDAYS[local.weekday().num_days_from_monday() as usize];
        writeln!(self.out, "{:>2}日({weekday}) {}  {text}", local.day(), local.format("%H:%M"))?;
        Ok(())
    }

    fn tell_plan(&mut self, before: &[FollowUpRow], after: &[FollowUpRow]) -> anyhow::Result<()> {
        let known = |row: &&FollowUpRow| {
            before.iter().any(|b| b.id == row.id && b.due_at == row.due_at && b.state == row.state)
        };
        let news: Vec<&FollowUpRow> = after.iter().filter(|row| !known(row)).collect();
        let planned: Vec<String> = news
            .iter()
            .filter(|row| row.state == "planned" && row.step != "review")
            .map(|row| format!("{} {}", day(row.due_at), class_name(&row.class)))
            .collect();
        if !planned.is_empty() {
            writeln!(self.out, "{INDENT}→ 予定: {}", planned.join(" / "))?;
        }
        let mut dropped: BTreeMap<&str, usize> = BTreeMap::new();
        for row in news.iter().filter(|row| row.state != "planned") {
            *dropped.entry(row.reason.as_deref().unwrap_or_default()).or_default() += 1;
        }
        for (reason, count) in dropped {
            writeln!(self.out, "{INDENT}→ 取りやめ {count} 件: {}", why(reason))?;
        }
        Ok(())
    }

    async fn follow_ups(&self, who: Person) -> anyhow::Result<Vec<FollowUpRow>> {
        if who.email.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.world.follow_ups(&self.shop, who.email).await?)
    }

    async fn send_webhook(&self, event: &Event, cart: &str, topic: &str, body: &str) -> anyhow::Result<()> {
        let mut request = Request::new(Body::Text(body.to_owned()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = format!("/hooks/{}/{cart}", self.shop).parse::<Uri>()?;
        let (secret, bytes) = (sample::SECRET, body.as_bytes());
        let headers = match cart {
            "shopify" => vec![sign::shopify(secret, bytes), ("x-shopify-topic", topic.to_owned())],
            "woocommerce" => vec![sign::woocommerce(secret, bytes), ("x-wc-webhook-topic", topic.to_owned())],
            "stripe" => vec![sign::stripe(secret, event.at, bytes)],
            _ => sign::standard(secret, &format!("msg_{}", event.at.timestamp()), event.at, bytes)?.to_vec(),
        };
        for (name, value) in headers {
            request.headers_mut().insert(name, value.parse()?);
        }
        let response = self.world.hook(request).await;
        ensure!(response.status().is_success(), "the webhook was answered with {}", response.status());
        Ok(())
    }

    /// What comes by no webhook.
    async fn act(&self, event: &Event) -> anyhow::Result<()> {
        let mails = self.world.mails()?;
        let last = mails.iter().rfind(|m| m.to.iter().any(|to| to == event.who.email));
        match event.what {
            Happening::Settled => self.settle(event).await,
            Happening::Bounced => {
                let mail = &last.context("nobody wrote to them yet")?.id;
                let bounce = self.world.aws().ses().event(mail, EventKind::Bounce, true)?;
                Ok(self.world.carry_event(bounce).await?)
            }
            _ => self.say_stop(last.context("nobody wrote to them yet")?).await,
        }
    }

    /// Says that a case is settled, as the owner's command does.
    async fn settle(&self, event: &Event) -> anyhow::Result<()> {
        let place = self.world.keyring().keys().await?.identify(&self.shop, event.who.email)?;
        let book = self.world.bookshelf().open(&self.shop).await?.book;
        Ok(rulings::settle(self.world.diary(), &book.shop, &place, event.at).await?)
    }

    /// Presses the button behind a mail's link, as its reader would.
    async fn say_stop(&self, last: &MailRow) -> anyhow::Result<()> {
        let header = last.headers.get("List-Unsubscribe").context("a mail without a way to say stop")?;
        let url = header.trim_start_matches('<').split('>').next().unwrap_or_default();
        let mut request = Request::new(Body::Text("wish=stop".to_owned()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.parse::<Uri>()?;
        let response = self.world.page(request).await;
        ensure!(response.status().is_success(), "the page was answered with {}", response.status());
        Ok(())
    }
}

/// Why an event changed no plan, where that could surprise.
fn why_nothing_was_planned(event: &Event) -> Option<&'static str> {
    match &event.what {
        Happening::Order { .. } if event.who.email.is_empty() => Some("店主への宿題: 葉書を書く"),
        Happening::Order { paid: true, .. } => Some("7日以内のご注文なので、同じお買い上げとして数えます"),
        Happening::Order { paid: false, .. } => Some("お支払いを確認してからお便りします"),
        Happening::Stripe { .. } => Some("ふたつのカートから届いた、ひとつのお買い上げとして数えます"),
        Happening::Wholesale { .. } => Some("店主への宿題: お便りするかどうかを決める(それまで何も送りません)"),
        _ => None,
    }
}

fn what_happened(event: &Event) -> String {
    let name = event.who.name();
    match &event.what {
        Happening::Order { product, says, gift, paid, .. } => {
            let mut notes = Vec::new();
            if *gift {
                notes.push("贈りもの");
            }
            if !paid {
                notes.push("お支払い待ち");
            }
            if event.who.email.is_empty() {
                notes.push("メールアドレスなし");
            }
            match says {
                Says::Yes => {}
                Says::No => notes.push("お便りは希望されず"),
                Says::Nothing => notes.push("お便りの希望は未確認"),
            }
            let notes = if notes.is_empty() { String::new() } else { format!("({})", notes.join("、")) };
            format!("● {name}さんが「{product}」をご注文{notes}")
        }
        Happening::Paid { product, .. } => format!("● {name}さんの「{product}」のお支払いを確認"),
        Happening::Cancelled { product, .. } => format!("● {name}さんが「{product}」をキャンセル"),
        Happening::SoldAndArrived { product, arrived: false, .. } => {
            format!("● {name}さんが「{product}」をお買い上げ(店頭)")
        }
        Happening::SoldAndArrived { product, .. } => format!("● {name}さんに「{product}」が到着"),
        Happening::Woocommerce { product, .. } => format!("● {name}さんが「{product}」をご注文(WooCommerce)"),
        Happening::Stripe { .. } => format!("● {name}さんのお支払いの知らせ(Stripe)"),
        Happening::MadeToOrder { product, .. } => format!("● {name}さんが「{product}」をご注文(受注生産)"),
        Happening::Wholesale { product, .. } => format!("● 見本旅館の{name}さんが「{product}」を四十個ご注文"),
        Happening::Arrived { .. } => format!("● {name}さんにお品が到着"),
        Happening::Refunded { yen, .. } => format!("● {name}さんのお品に欠け。{yen}円をご返金"),
        Happening::Settled => format!("● 店主が{name}さんにお詫びし、おさまる"),
        Happening::Bounced => format!("● {name}さん宛てのお便りが戻る(アドレスがもうありません)"),
        Happening::TestOrder { .. } => "● お店のテスト注文(何もしません)".to_owned(),
        Happening::Stop => format!("● {name}さんが「お便りを止める」を押す"),
    }
}

/// 「12/2」 by the clock of Tokyo.
fn day(at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&Tokyo);
    format!("{}/{}", local.month(), local.day())
}
