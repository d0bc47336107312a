//! What somebody wishes about hearing from the shop: stop, again after all, this address takes mail again. Said by
//! the link in a mail, or to the owner. It binds at once: whoever claims a follow-up afterwards reads it.

use crate::Diary;
use crate::diary::{CustomerRecord, DiaryError, Place};
use chrono::{DateTime, Duration, Utc};
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::{Channel, Entry, How, Said, last_about_reaching, last_about_stopping, obstacle};
use wasurena_domain::shop::Shop;
use wasurena_domain::task::TaskKind;

/// How often a race with another writer is run again.
const ROUNDS_MAX: usize = 8;

/// What is wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// No more mails (R30).
    Stop,
    /// Mails again, after all.
    Resume,
    /// The address that refused mail takes it again.
    Reach,
}

/// How a wish was said.
#[derive(Debug, Clone, Copy)]
pub struct Saying<'a> {
    /// By which way.
    pub how: How,
    /// In which words, where they are known.
    pub wording: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A wish could not be carried out. Doing it again is safe.
#[derive(Debug, thiserror::Error)]
pub enum WishError {
    /// There is no such customer (any more).
    #[error("there is no such customer: check the address, or the id")]
    Gone,
    /// The diary cannot be read or written.
    #[error(transparent)]
    Diary(#[from] DiaryError),
}

impl Wish {
    /// What the ledger says of it.
    #[must_use]
    pub fn said(self) -> Said {
        match self {
            Self::Stop => Said::OptedOut,
            Self::Resume => Said::Resumed,
            Self::Reach => Said::Reachable,
        }
    }

    /// Whether the ledger's last word says so already.
    fn is_said(self, ledger: &[Entry], customer: &Customer) -> bool {
        let is_stopped = || matches!(last_about_stopping(ledger, customer), Some(Said::OptedOut | Said::Complained));
        match self {
            Self::Stop => is_stopped(),
            Self::Resume => !is_stopped(),
            Self::Reach => last_about_reaching(ledger, customer) != Some(Said::Bounced),
        }
    }

    /// Whether it is so already, in the ledger and on record.
    fn is_granted(self, ledger: &[Entry], customer: &Customer) -> bool {
        let is_on_record = match self {
            Self::Stop => customer.opted_out_at.is_some(),
            Self::Resume => customer.opted_out_at.is_none(),
            Self::Reach => true,
        };
        is_on_record && self.is_said(ledger, customer)
    }

    fn apply(self, customer: &mut Customer, now: DateTime<Utc>) {
        match self {
            Self::Stop => customer.opted_out_at = Some(now),
            Self::Resume => customer.opted_out_at = None,
            Self::Reach => {}
        }
    }
}

/// Whether somebody has said stop, and has not taken it back.
#[must_use]
pub fn is_stopped(ledger: &[Entry], customer: &Customer) -> bool {
    matches!(obstacle(ledger, customer), Some(Reason::OptedOut | Reason::Complained))
}

/// Carries a wish out. The same wish twice changes nothing.
///
/// The ledger is written first, then the record. If the second write never comes, a stop binds all the same, by the
/// ledger; and a stop stays one until it is taken back in both. Of two wishes that race, the ledger's last word is the
/// one that the record gets.
///
/// # Errors
/// [`WishError`]; what was written until then stands.
pub async fn carry_out(
    diary: &Diary,
    shop: &Shop,
    customer: &CustomerId,
    wish: Wish,
    saying: Saying<'_>,
) -> Result<(), WishError> {
    let mut said = None;
    for _ in 0..ROUNDS_MAX {
        let before = match diary.place(&shop.id, customer).await? {
            Place::Customer(record) => *record,
            Place::Erased(erased) => return of_erased(diary, shop, &erased.id, wish, saying, said).await,
            Place::Empty if wish == Wish::Stop => return Ok(of_nobody(diary, shop, customer, wish, saying).await?),
            Place::Empty => return Err(WishError::Gone),
        };
        let id = &before.customer.id;
        let ledger = diary.ledger(&shop.id, id).await?;
        if said.is_none() {
            let mut entry = entry(wish, &before.customer, &ledger, saying);
            let stands = ledger.iter().any(|e| e.key() == entry.key());
            let was_cut_short = stands && wish.is_said(&ledger, &before.customer);
            if stands && !was_cut_short {
                // It was cut short, and then the opposite was said, which was cut short too: it is said anew.
                entry.event = format!("{}+{}", entry.event, ledger.len());
            }
            if wish.is_granted(&ledger, &before.customer) && !was_cut_short {
                return Ok(granted(diary, shop, &before.customer, wish).await?);
            }
            if !was_cut_short {
                diary.add_entry(&shop.id, id, &entry).await?;
            }
            said = Some(entry);
        } else if !wish.is_said(&ledger, &before.customer) {
            tracing::info!(shop = %shop.id, customer = %id, ?wish, "customer.wish_superseded");
            return Ok(());
        }
        let mut changed = before.customer.clone();
        wish.apply(&mut changed, saying.at);
        let after = CustomerRecord::with_facts(changed, shop, Slot::at_or_after(saying.at + Duration::hours(1)));
        match diary.put_customer(&shop.id, &before, &after).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, customer = %id, ?wish, how = ?saying.how, "customer.wish");
                return Ok(granted(diary, shop, &after.customer, wish).await?);
            }
            Err(DiaryError::Changed) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(DiaryError::Changed.into())
}

/// Takes off the owner's list what a wish has made pointless.
async fn granted(diary: &Diary, shop: &Shop, customer: &Customer, wish: Wish) -> Result<(), DiaryError> {
    match wish {
        Wish::Reach => {
            let about = customer.place().to_string();
            diary.finish_task(&shop.id, TaskKind::FindAddress, &customer.id, &about).await
        }
        Wish::Stop | Wish::Resume => Ok(()),
    }
}

/// A wish of somebody whose data was erased, by the link in an old mail or to the owner. A person's own words are not
/// kept, neither now nor where they were written just before.
async fn of_erased(
    diary: &Diary,
    shop: &Shop,
    id: &CustomerId,
    wish: Wish,
    saying: Saying<'_>,
    said: Option<Entry>,
) -> Result<(), WishError> {
    let wording = saying.wording.filter(|_| saying.how == How::Link);
    match said {
        Some(entry) if wording.is_none() && entry.wording.is_some() => {
            diary.forget_wording(&shop.id, id, &entry).await?;
        }
        _ => {}
    }
    Ok(of_nobody(diary, shop, id, wish, Saying { wording, ..saying }).await?)
}

/// A wish where no customer stands: the ledger alone keeps it, for the day on which they buy.
async fn of_nobody(
    diary: &Diary,
    shop: &Shop,
    id: &CustomerId,
    wish: Wish,
    saying: Saying<'_>,
) -> Result<(), DiaryError> {
    let nobody = Customer::new(id.clone());
    let ledger = diary.ledger(&shop.id, id).await?;
    if !wish.is_said(&ledger, &nobody) {
        let event = format!("erased@{}", ledger.len());
        let entry = Entry { event, ..entry(wish, &nobody, &ledger, saying) };
        diary.add_entry(&shop.id, id, &entry).await?;
    }
    Ok(())
}

/// The wish as the ledger keeps it: later than everything that was said before, whatever the clocks show. The record
/// that it changes identifies it: where its entry stands and the record is still that one, it was cut short.
fn entry(wish: Wish, customer: &Customer, ledger: &[Entry], saying: Saying<'_>) -> Entry {
    let last = ledger.iter().map(|e| e.at + Duration::milliseconds(1)).max();
    Entry {
        at: last.map_or(saying.at, |last| last.max(saying.at)),
        channel: Channel::Mail,
        place: (wish == Wish::Reach).then(|| customer.place().clone()),
        said: wish.said(),
        how: saying.how,
        wording: saying.wording.map(str::to_owned),
        until: None,
        preferences: None,
        event: format!("customer@{}", customer.version),
    }
}
