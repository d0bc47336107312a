//! What somebody wishes about hearing from the shop: stop, again after all, this address takes mail again. Said by
//! the link in a mail, or to the owner. It binds at once: whoever claims a follow-up afterwards reads it.

use crate::Diary;
use crate::diary::{CustomerRecord, DiaryError, Erased, Place};
use chrono::{DateTime, Duration, Utc};
use wasurena_domain::calendar::Slot;
use wasurena_domain::customer::Customer;
use wasurena_domain::follow_up::Reason;
use wasurena_domain::ids::CustomerId;
use wasurena_domain::ledger::{Channel, Entry, How, Said, obstacle};
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
    fn said(self) -> Said {
        match self {
            Self::Stop => Said::OptedOut,
            Self::Resume => Said::Resumed,
            Self::Reach => Said::Reachable,
        }
    }

    /// Whether it is so already.
    fn is_granted(self, ledger: &[Entry], customer: &Customer) -> bool {
        match self {
            Self::Stop => is_stopped(ledger, customer),
            Self::Resume => !is_stopped(ledger, customer),
            Self::Reach => obstacle(ledger, customer) != Some(Reason::AddressBounced),
        }
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
/// ledger; and a stop stays one until it is taken back in both.
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
    let mut rounds = 0;
    let mut is_said = false;
    loop {
        let before = match diary.place(&shop.id, customer).await? {
            Place::Customer(record) => *record,
            Place::Erased(erased) => return of_nobody(diary, shop, &erased, wish, saying).await,
            Place::Empty => return Err(WishError::Gone),
        };
        let id = &before.customer.id;
        if !is_said {
            let ledger = diary.ledger(&shop.id, id).await?;
            let entry = entry(wish, &before.customer, &ledger, saying);
            let was_cut_short = ledger.iter().any(|e| e.key() == entry.key());
            if wish.is_granted(&ledger, &before.customer) && !was_cut_short {
                return Ok(granted(diary, shop, &before.customer, wish).await?);
            }
            if !was_cut_short {
                diary.add_entry(&shop.id, id, &entry).await?;
            }
            is_said = true;
        }
        let mut changed = before.customer.clone();
        wish.apply(&mut changed, saying.at);
        let after = CustomerRecord::with_facts(changed, shop, Slot::at_or_after(saying.at + Duration::hours(1)));
        rounds += 1;
        match diary.put_customer(&shop.id, &before, &after).await {
            Ok(()) => {
                tracing::info!(shop = %shop.id, customer = %id, ?wish, how = ?saying.how, "customer.wish");
                return Ok(granted(diary, shop, &after.customer, wish).await?);
            }
            Err(DiaryError::Changed) if rounds < ROUNDS_MAX => {}
            Err(error) => return Err(error.into()),
        }
    }
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

/// A wish of somebody whose data was erased, by the link in an old mail: the ledger alone keeps it, for the day on
/// which they buy again.
async fn of_nobody(
    diary: &Diary,
    shop: &Shop,
    erased: &Erased,
    wish: Wish,
    saying: Saying<'_>,
) -> Result<(), WishError> {
    let nobody = Customer::new(erased.id.clone());
    let ledger = diary.ledger(&shop.id, &erased.id).await?;
    if !wish.is_granted(&ledger, &nobody) {
        let event = format!("erased@{}", ledger.len());
        let entry = Entry { event, ..entry(wish, &nobody, &ledger, saying) };
        diary.add_entry(&shop.id, &erased.id, &entry).await?;
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
        event: format!("customer@{}", customer.version),
    }
}
