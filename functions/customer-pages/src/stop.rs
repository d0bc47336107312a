//! Stopping the mails, and taking it back. It binds at once: whoever claims a follow-up afterwards reads it.

use crate::PageError;
use chrono::{DateTime, Duration, Utc};
use wasurena_cloud::Diary;
use wasurena_cloud::diary::{CustomerRecord, DiaryError};
use wasurena_domain::calendar::Slot;
use wasurena_domain::ids::CustomerId;
use wasurena_domain::shop::Shop;

/// How often a race with another writer is run again.
const ROUNDS_MAX: usize = 8;

/// What a customer asks for with a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// No more mails.
    Stop,
    /// Mails again, after all.
    Resume,
}

impl Wish {
    /// Reads a form. Everything but the page's own 「元に戻す」 means stop: RFC 8058's
    /// `List-Unsubscribe=One-Click`, an empty body, whatever a mail program sends.
    pub(crate) fn read(form: &[u8]) -> Self {
        if form.split(|byte| *byte == b'&').any(|field| field == b"wish=resume") { Self::Resume } else { Self::Stop }
    }
}

/// Carries a wish out. The same wish twice changes nothing.
pub(crate) async fn carry_out(
    diary: &Diary,
    shop: &Shop,
    customer: &CustomerId,
    wish: Wish,
    now: DateTime<Utc>,
) -> Result<(), PageError> {
    let mut rounds = 0;
    loop {
        let before = diary.customer(&shop.id, customer).await?.ok_or(PageError::Gone)?;
        let is_stopped = before.customer.opted_out_at.is_some();
        if is_stopped == (wish == Wish::Stop) {
            return Ok(());
        }
        let mut changed = before.customer.clone();
        changed.opted_out_at = (wish == Wish::Stop).then_some(now);
        let after = CustomerRecord::with_facts(changed, shop, Slot::at_or_after(now + Duration::hours(1)));
        rounds += 1;
        match diary.put_customer(&shop.id, &before, &after).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, customer = %before.customer.id, ?wish, "customer.wish");
                return Ok(());
            }
            Err(DiaryError::Changed) if rounds < ROUNDS_MAX => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pages_own_button_takes_it_back() {
        for form in ["", "List-Unsubscribe=One-Click", "wish=stop", "wish=resumes", "x=wish=resume", "\u{0}"] {
            assert_eq!(Wish::read(form.as_bytes()), Wish::Stop, "{form:?}");
        }
        assert_eq!(Wish::read(b"wish=resume"), Wish::Resume);
    }
}
