//! The pages that concern a person: what they prefer, their data, and confirming by mail what is asked for on them.

use crate::data_page::{CONFIRM, DOWNLOAD, ERASE, EXPORT};
use crate::form::Form;
use crate::prefer::Offered;
use crate::prefer_page::{ADDRESS, BIRTHDAY, PREFER};
use crate::reply::Shown;
use crate::visit::Visit;
use crate::{PageError, data_page, mask, notice, prefer, prefer_page};
use chrono::{DateTime, Utc};
use maud::Markup;
use wasurena_cloud::confirming::{self, Change};
use wasurena_cloud::diary::CustomerRecord;
use wasurena_cloud::exporting::everything;
use wasurena_cloud::permissions::{Word, record};
use wasurena_cloud::preferences::prefer;
use wasurena_cloud::wishes::{Saying, is_stopped};
use wasurena_domain::calendar::day_of;
use wasurena_domain::channel::Reach;
use wasurena_domain::contact::EmailAddress;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::{Entry, How};
use wasurena_domain::preference::Preferences;
use wasurena_letters::link::{Confirms, Link, Places};

/// The words that stand in the ledger with what was preferred.
const SAVED: (&str, &str) = ("このとおりにする", "Save");

impl Visit<'_> {
    /// What somebody prefers.
    pub(crate) async fn preferences(&self, id: &CustomerId) -> Result<Markup, PageError> {
        let (diary, shop) = (&self.pages.diary, &self.book.shop);
        let customer = self.customer(id).await?;
        let ledger = diary.ledger(&shop.id, &customer.id).await?;
        let offered = Offered::by(&self.book.programme);
        let form = Form::read(self.body);
        if !self.acts {
            return Ok(self.show(&customer, &ledger, &offered, None));
        }
        let back = self.path(&Link::Wishes(customer.id.clone()));
        if form.is_trapped() {
            return Ok(prefer_page::preferred(self.voice(), &back));
        }
        if form.presses(PREFER) {
            self.put_on_record(&customer, &ledger, &offered, &form).await?;
            return Ok(prefer_page::preferred(self.voice(), &back));
        }
        let today = day_of(self.now, shop.zone);
        let (part, change) = if form.presses(BIRTHDAY) && offered.birthday {
            (BIRTHDAY, prefer::birthday(&form, today).map(Change::Birthday))
        } else if form.presses(ADDRESS) && offered.letters() {
            (ADDRESS, prefer::address(&form).map(Change::Address))
        } else {
            return Ok(self.show(&customer, &ledger, &offered, None));
        };
        match change {
            Some(change) => self.ask_by_mail(&customer, Confirms::Change, Some(&change)).await,
            None => Ok(self.show(&customer, &ledger, &offered, Some((part, &form)))),
        }
    }

    async fn customer(&self, id: &CustomerId) -> Result<Customer, PageError> {
        let record: Option<CustomerRecord> = self.pages.diary.customer(&self.book.shop.id, id).await?;
        Ok(record.ok_or(PageError::Gone)?.customer)
    }

    fn show(
        &self,
        customer: &Customer,
        ledger: &[Entry],
        offered: &Offered,
        wrong: Option<(&'static str, &Form)>,
    ) -> Markup {
        let (shop, today) = (&self.book.shop, day_of(self.now, self.book.shop.zone));
        let reach = Reach { shop, customer, ledger, day: today };
        let shown = prefer_page::Shown {
            masked: customer.email.as_ref().map(mask::address),
            offered,
            preferences: &Preferences::of(ledger),
            open: offered.channels.iter().copied().filter(|channel| is_open(&reach, *channel)).collect(),
            is_stopped: is_stopped(ledger, customer),
            has_birthday: customer.birthday.is_some(),
            today,
            stop: self.path(&Link::Stop(customer.id.clone())),
            data: self.path(&Link::Data(customer.id.clone())),
            wrong,
        };
        prefer_page::show(self.voice(), &shown)
    }

    /// Wishes count at once.
    async fn put_on_record(
        &self,
        customer: &Customer,
        ledger: &[Entry],
        offered: &Offered,
        form: &Form,
    ) -> Result<(), PageError> {
        let (diary, shop) = (&self.pages.diary, &self.book.shop);
        let today = day_of(self.now, shop.zone);
        let wording = Some(self.voice().say(SAVED.0, SAVED.1));
        let saying = Saying { how: How::Link, wording, at: self.now };
        let reach = Reach { shop, customer, ledger, day: today };
        for channel in &offered.channels {
            if let Some(said) = prefer::channel(form, *channel, is_open(&reach, *channel)) {
                let word = Word { channel: *channel, said, until: None };
                record(diary, shop, &customer.id, word, saying).await?;
            }
        }
        let wanted = prefer::preferences(form, offered, &Preferences::of(ledger), today);
        Ok(prefer(diary, shop, &customer.id, &wanted, saying).await?)
    }

    /// What is kept of somebody: asks what they want of it.
    pub(crate) async fn data(&self, id: &CustomerId) -> Result<Markup, PageError> {
        let customer = self.customer(id).await?;
        let masked = customer.email.as_ref().map(mask::address);
        let form = Form::read(self.body);
        let asked = match () {
            () if !self.acts => None,
            () if form.presses(EXPORT) => Some(Confirms::Export),
            () if form.presses(ERASE) => Some(Confirms::Erasing),
            () => None,
        };
        match (asked, masked) {
            (Some(_), Some(masked)) if form.is_trapped() => Ok(data_page::sent(self.voice(), &masked)),
            (Some(asked), Some(_)) => self.ask_by_mail(&customer, asked, None).await,
            (_, masked) => Ok(data_page::ask(self.voice(), masked.as_deref())),
        }
    }

    /// Sends the link by which something is confirmed to the address on record.
    async fn ask_by_mail(
        &self,
        customer: &Customer,
        asked: Confirms,
        change: Option<&Change>,
    ) -> Result<Markup, PageError> {
        let (diary, shop) = (&self.pages.diary, &self.book.shop);
        let Some(to): Option<&EmailAddress> = customer.email.as_ref() else {
            return Ok(data_page::ask(self.voice(), None));
        };
        let base = self.base.as_deref().ok_or(PageError::NoAddress)?;
        let Some(until) = confirming::ask(diary, shop, &customer.id, change, self.now).await? else {
            return Ok(data_page::too_many(self.voice()));
        };
        let link = Link::Confirm { what: asked, customer: customer.id.clone(), until };
        let url = Places::new(base, &shop.id, self.keys).url(&link);
        self.pages.post.send(&notice::mail(self.voice(), to, asked, &url)).await?;
        tracing::info!(shop = %shop.id, customer = %customer.id, what = ?asked, "confirmation.sent");
        Ok(data_page::sent(self.voice(), &mask::address(to)))
    }

    /// What was asked for and came by mail: shows it, and does it.
    pub(crate) async fn confirm(
        &self,
        asked: Confirms,
        id: &CustomerId,
        until: DateTime<Utc>,
    ) -> Result<Shown, PageError> {
        if self.now > until {
            return Err(PageError::Over);
        }
        let (diary, shop, voice) = (&self.pages.diary, &self.book.shop, self.voice());
        let customer = self.customer(id).await?;
        let change = match asked {
            Confirms::Change => {
                Some(confirming::waiting(diary, shop, &customer.id, until).await?.ok_or(PageError::Over)?)
            }
            Confirms::Export | Confirms::Erasing => None,
        };
        let form = Form::read(self.body);
        let is_pressed = self.acts && !form.is_trapped();
        let downloads = is_pressed && asked == Confirms::Export && form.presses(DOWNLOAD);
        let confirms = is_pressed && form.presses(CONFIRM);
        if !(downloads || confirms) {
            return Ok(data_page::confirm(voice, asked, change.as_ref()).into());
        }
        match (asked, change) {
            (Confirms::Change, Some(change)) => {
                confirming::carry_out(diary, shop, &customer.id, (&change, until), self.now).await?;
                Ok(data_page::changed(voice).into())
            }
            (Confirms::Change, None) => Err(PageError::Over),
            (Confirms::Export, _) => {
                let all = everything(diary, &self.pages.erasing, &shop.id, &customer.id).await?;
                let all = all.ok_or(PageError::Gone)?;
                if !downloads {
                    return Ok(data_page::everything(voice, &all).into());
                }
                let text = serde_json::to_string_pretty(&all).unwrap_or_default();
                Ok(Shown::File("application/json; charset=utf-8", format!("{}.json", shop.id), text))
            }
            (Confirms::Erasing, _) => {
                self.pages.erasing.erase_one(&shop.id, &customer.id).await?;
                Ok(data_page::erased(voice).into())
            }
        }
    }
}

/// Whether somebody wants to hear through a channel, so far as that is theirs to say: that there is no number is not.
fn is_open(reach: &Reach<'_>, channel: wasurena_domain::channel::Channel) -> bool {
    !matches!(reach.obstacle(channel), Some(Reason::OptedOut | Reason::Complained | Reason::NoPermission))
}
