//! A visit to a page: what it is made from, and the pages that concern a message: its survey, what is wrong, itself.

use crate::form::Form;
use crate::reply::Shown;
use crate::voice::Voice;
use crate::wrong::Told;
use crate::{CustomerPages, PageError, answer, answer_page, stop, stop_page, view, wrong};
use chrono::{DateTime, Utc};
use maud::Markup;
use wasurena_cloud::diary::Place;
use wasurena_cloud::listening::take_in;
use wasurena_cloud::wishes::{Saying, Wish, carry_out, is_stopped};
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::FollowUp;
use wasurena_domain::ids::{AnswerId, CustomerId, FollowUpId};
use wasurena_domain::ledger::How;
use wasurena_domain::listening::{Question, subject};
use wasurena_domain::programme::Class;
use wasurena_letters::Published;
use wasurena_letters::link::{Link, LinkKeys, Places};

/// A visit to a page of a shop.
pub(crate) struct Visit<'a> {
    pub(crate) pages: &'a CustomerPages,
    pub(crate) book: &'a Published,
    pub(crate) keys: &'a LinkKeys,
    /// Where the pages answer, for links in mails; `None` where nobody knows.
    pub(crate) base: Option<String>,
    /// Whether it does something: looking does not.
    pub(crate) acts: bool,
    /// What was sent with it.
    pub(crate) body: &'a [u8],
    pub(crate) now: DateTime<Utc>,
}

/// A message that asks.
struct Asked<'b> {
    follow_up: FollowUp,
    question: &'b Question,
    gift: bool,
}

impl<'a> Visit<'a> {
    pub(crate) fn voice(&self) -> Voice<'a> {
        Voice::of(self.book)
    }

    /// The address of another page, as a page links to it.
    pub(crate) fn path(&self, link: &Link) -> String {
        Places::new("", &self.book.shop.id, self.keys).url(link)
    }

    /// A customer's answer to a survey; or the survey, the tapped answer chosen.
    pub(crate) async fn survey(&self, id: &FollowUpId, tapped: Option<AnswerId>) -> Result<Markup, PageError> {
        let (diary, shop) = (&self.pages.diary, &self.book.shop);
        let Asked { follow_up, question, gift } = self.asked(id).await?;
        if !self.acts {
            let known = diary.answer(&shop.id, id).await?.map(|answer| answer.answer);
            let chosen = tapped.filter(|id| question.choice(id).is_some()).or(known);
            return Ok(answer_page::ask(self.voice(), question, gift, chosen.as_ref()));
        }
        let said = answer::read(self.body);
        // A form that chooses none is shown again.
        let Some(choice) = said.answer.as_ref().and_then(|id| question.choice(id)) else {
            return Ok(answer_page::ask(self.voice(), question, gift, tapped.as_ref()));
        };
        let answer = take_in(diary, shop, &follow_up, choice, said.words.as_deref(), self.now).await?;
        Ok(answer_page::answered(self.voice(), question, answer.means))
    }

    /// What a message asks, whom, and whether it was a gift. A link to it was signed when it went out, so it has.
    async fn asked(&self, id: &FollowUpId) -> Result<Asked<'a>, PageError> {
        let (follow_up, customer) = self.message(id).await?;
        let question = self.book.programme.listening.questions.get(&follow_up.step).ok_or(PageError::Gone)?;
        let gift = subject(&follow_up, &customer).is_some_and(|bought| customer.is_gift(bought));
        Ok(Asked { follow_up, question, gift })
    }

    /// A message, and whose it is.
    async fn message(&self, id: &FollowUpId) -> Result<(FollowUp, Customer), PageError> {
        let (diary, shop) = (&self.pages.diary, &self.book.shop.id);
        let follow_up = diary.follow_up(shop, id).await?.ok_or(PageError::Gone)?;
        let record = diary.customer(shop, &follow_up.customer).await?.ok_or(PageError::Gone)?;
        Ok((follow_up, record.customer))
    }

    /// Something is wrong with what a message is about: asks what, and opens a case.
    pub(crate) async fn wrong(&self, id: &FollowUpId) -> Result<Markup, PageError> {
        let (follow_up, _) = self.message(id).await?;
        if !self.acts {
            return Ok(wrong::ask(self.voice(), false));
        }
        match wrong::read(self.voice(), &Form::read(self.body)) {
            Told::Problem(choice, words) => {
                let (diary, shop) = (&self.pages.diary, &self.book.shop);
                take_in(diary, shop, &follow_up, &choice, words.as_deref(), self.now).await?;
                Ok(wrong::told(self.voice()))
            }
            // A machine learns nothing, and does nothing.
            Told::Machine => Ok(wrong::told(self.voice())),
            Told::Nothing => Ok(wrong::ask(self.voice(), true)),
        }
    }

    /// A mail in the browser.
    pub(crate) async fn view(&self, id: &FollowUpId) -> Result<Shown, PageError> {
        if self.acts {
            return Err(PageError::Method);
        }
        let (follow_up, customer) = self.message(id).await?;
        if !follow_up.state.may_have_left() {
            return Err(PageError::Gone);
        }
        let shelf = &self.pages.bookshelf;
        let open = shelf.open(&self.book.shop.id).await?;
        let letters = shelf.letters(&self.book.shop.id, open.version).await?;
        let places = Places::new("", &self.book.shop.id, self.keys);
        let asks = follow_up.class == Class::Survey;
        let html = view::render(&open.book.shop, &letters, (&follow_up, &customer), &places, asks);
        html.map(Shown::Mail).ok_or(PageError::Gone)
    }

    /// No more mails, or mails again.
    pub(crate) async fn stop(&self, id: &CustomerId) -> Result<Markup, PageError> {
        let (diary, shop, voice) = (&self.pages.diary, &self.book.shop, self.voice());
        let preferences = self.path(&Link::Wishes(id.clone()));
        if !self.acts {
            let customer = match diary.place(&shop.id, id).await? {
                Place::Customer(record) => record.customer,
                Place::Erased(erased) => Customer::new(erased.id),
                Place::Empty => return Err(PageError::Gone),
            };
            let ledger = diary.ledger(&shop.id, &customer.id).await?;
            let is_stopped = is_stopped(&ledger, &customer);
            return Ok(if is_stopped { stop_page::stopped(voice) } else { stop_page::ask(voice, &preferences) });
        }
        let wish = stop::read(self.body);
        let saying = Saying { how: How::Link, wording: Some(stop_page::wording(voice, wish)), at: self.now };
        carry_out(diary, shop, id, wish, saying).await?;
        let is_back = wish == Wish::Resume;
        Ok(if is_back { stop_page::resumed(voice, &preferences) } else { stop_page::stopped(voice) })
    }
}
