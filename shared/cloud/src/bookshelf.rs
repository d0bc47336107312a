//! Programmes: compiled when they are published, read from the diary once for each version.

use crate::Diary;
use crate::diary::{DiaryError, ShopState};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wasurena_domain::apprenticeship::Approvals;
use wasurena_domain::ids::ShopId;
use wasurena_letters::{Files, Letters, Problem, Published};

/// The page with settings and plan. The number is that of its form: whoever knows another one finds no page.
const BOOK: &str = "book-2";
/// The page with the letters.
const LETTERS: &str = "letters-2";
/// The page with what a publication changed for the shop's customers.
pub const RECORD_PAGE: &str = "record";

/// A shop's programme could not be opened, or not published.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The diary cannot be read or written, or has no programme.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// What was published cannot be read: this program is older or newer than the one that published it.
    #[error("version {version} of the programme of {shop} cannot be loaded: {problem}. Check it and publish it again")]
    Broken {
        /// The shop.
        shop: ShopId,
        /// The version.
        version: u32,
        /// What is wrong with it.
        problem: String,
    },
    /// The programme that was to be published breaks the rules. Nothing was written.
    #[error("the programme of {shop} cannot be published: {problem}")]
    NotPublishable {
        /// The shop.
        shop: ShopId,
        /// The first problem.
        problem: String,
    },
}

/// A shop as it is at this moment.
#[derive(Debug, Clone)]
pub struct OpenBook {
    /// Its settings and its programme.
    pub book: Arc<Published>,
    /// Whether the owner has pressed the stop switch.
    pub stopped: bool,
    /// How many mails of each step were approved.
    pub approvals: Approvals,
    /// The products whose cheerful messages wait until somebody has looked at them (R31).
    pub paused: Vec<String>,
    /// Whether only what is owed goes out: too many mails bounce or are called spam.
    pub is_at_risk: bool,
    /// The programme's version.
    pub version: u32,
}

/// What was read of a version of each shop's programme.
type Kept<T> = Arc<Mutex<HashMap<ShopId, (u32, Arc<T>)>>>;

/// Opens programmes.
#[derive(Debug, Clone)]
pub struct Bookshelf {
    diary: Diary,
    books: Kept<Published>,
    letters: Kept<Letters>,
}

impl Bookshelf {
    /// Programmes of this diary.
    #[must_use]
    pub fn new(diary: Diary) -> Self {
        Self { diary, books: Arc::default(), letters: Arc::default() }
    }

    /// Publishes a programme: checks and compiles it, and makes it the version that sends. Answers which that is.
    ///
    /// # Errors
    /// [`BookError::NotPublishable`] where it breaks the rules; else as [`Diary::publish`].
    pub async fn publish(&self, shop: &ShopId, files: &Files) -> Result<u32, BookError> {
        self.publish_with(shop, files, None).await
    }

    /// The same, with something said of it on record: what it changes for the shop's customers, in JSON.
    ///
    /// # Errors
    /// As [`Self::publish`].
    pub async fn publish_with(&self, shop: &ShopId, files: &Files, record: Option<&str>) -> Result<u32, BookError> {
        let mut pages = compiled(shop, files)?;
        pages.extend(record.map(|record| (RECORD_PAGE, record.to_owned())));
        Ok(self.diary.publish(shop, files, &pages).await?)
    }

    /// Adds to a version what this program reads of it, where another form of this program has published it; answers
    /// whether that was so. The other form's pages stay, so both programs can read it while one takes the other's place.
    ///
    /// # Errors
    /// As [`Self::publish`].
    pub async fn complete(&self, shop: &ShopId, version: u32, files: &Files) -> Result<bool, BookError> {
        let stands = async |page| Ok::<_, DiaryError>(self.diary.page(shop, version, page).await?.is_some());
        if stands(BOOK).await? && stands(LETTERS).await? {
            return Ok(false);
        }
        self.diary.put_pages(shop, version, &compiled(shop, files)?).await?;
        Ok(true)
    }

    /// The shop as it is now: its state is read strongly, its programme only where the version is new.
    ///
    /// # Errors
    /// [`BookError`] where the diary cannot be read or the programme does not load.
    pub async fn open(&self, shop: &ShopId) -> Result<OpenBook, BookError> {
        let state = self.diary.shop_state(shop).await?;
        let book = match kept(&self.books, shop).filter(|(version, _)| *version == state.version) {
            Some((_, book)) => book,
            None => keep(&self.books, shop, state.version, self.read(shop, state.version, BOOK).await?),
        };
        let ShopState { stopped, approvals, paused, is_at_risk, version, .. } = state;
        Ok(OpenBook { book, stopped, approvals, paused, is_at_risk, version })
    }

    /// The letters of a version of a shop's programme.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn letters(&self, shop: &ShopId, version: u32) -> Result<Arc<Letters>, BookError> {
        if let Some((_, letters)) = kept(&self.letters, shop).filter(|(kept, _)| *kept == version) {
            return Ok(letters);
        }
        let sheets = self.read(shop, version, LETTERS).await?;
        let broken = |problem: String| BookError::Broken { shop: shop.clone(), version, problem };
        let letters = Letters::open(sheets).map_err(|error| broken(error.to_string()))?;
        Ok(keep(&self.letters, shop, version, letters))
    }

    /// The shop's book as it is now; where that cannot be opened, the one that was open last. For what must go
    /// on when a programme is broken.
    ///
    /// # Errors
    /// As [`Self::open`], where the shop was never opened before.
    pub async fn last_known(&self, shop: &ShopId) -> Result<Arc<Published>, BookError> {
        match (self.open(shop).await, kept(&self.books, shop)) {
            (Ok(open), _) => Ok(open.book),
            (Err(error), Some((version, book))) => {
                tracing::warn!(%shop, version, %error, "programme.stale");
                Ok(book)
            }
            (Err(error), None) => Err(error),
        }
    }

    async fn read<T: DeserializeOwned>(&self, shop: &ShopId, version: u32, page: &str) -> Result<T, BookError> {
        let broken = |problem: &str| BookError::Broken { shop: shop.clone(), version, problem: problem.to_owned() };
        let text = self.diary.page(shop, version, page).await?;
        let text = text.ok_or_else(|| broken("another version of this program has published it"))?;
        // The error could quote the settings.
        serde_json::from_str(&text)
            .map_err(|error| broken(&format!("{page} makes no sense at its byte {}", error.column())))
    }
}

/// The pages of a programme, by their names, for [`Diary::publish`]: whoever publishes the same programme many times compiles
/// it once.
///
/// # Errors
/// [`BookError::NotPublishable`] where it breaks the rules.
pub fn compiled(shop: &ShopId, files: &Files) -> Result<Vec<(&'static str, String)>, BookError> {
    let unfit = |problem: String| BookError::NotPublishable { shop: shop.clone(), problem };
    let first = |problems: Vec<Problem>| {
        unfit(problems.iter().find(|problem| !problem.is_warning()).map_or_else(String::new, ToString::to_string))
    };
    let book = wasurena_letters::load(shop, files).map_err(first)?;
    let pages = [(BOOK, written(&book.published())), (LETTERS, written(&book.letters().sheets()))];
    pages.into_iter().map(|(name, text)| Ok((name, text.map_err(|error| unfit(error.to_string()))?))).collect()
}

fn written<T: Serialize>(page: &T) -> serde_json::Result<String> {
    serde_json::to_string(page)
}

fn kept<T>(shelf: &Kept<T>, shop: &ShopId) -> Option<(u32, Arc<T>)> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner).get(shop).cloned()
}

fn keep<T>(shelf: &Kept<T>, shop: &ShopId, version: u32, read: T) -> Arc<T> {
    let read = Arc::new(read);
    shelf.lock().unwrap_or_else(PoisonError::into_inner).insert(shop.clone(), (version, Arc::clone(&read)));
    read
}
