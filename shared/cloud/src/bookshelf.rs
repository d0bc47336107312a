//! Programmes, read from the diary and compiled once for each version.

use crate::Diary;
use crate::diary::DiaryError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use wasurena_domain::ids::ShopId;
use wasurena_letters::{Book, Files};

/// A shop's programme could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The diary cannot be read, or has no programme.
    #[error(transparent)]
    Diary(#[from] DiaryError),
    /// What was published does not load: this program is older or newer than the one that published it.
    #[error("version {version} of the programme of {shop} cannot be loaded: {problem}. Check it and publish it again")]
    Broken {
        /// The shop.
        shop: ShopId,
        /// The version.
        version: u32,
        /// The first problem.
        problem: String,
    },
}

/// A shop as it is at this moment.
#[derive(Debug, Clone)]
pub struct OpenBook {
    /// Its settings, programme and letters.
    pub book: Arc<Book>,
    /// Whether the owner has pressed the stop switch.
    pub stopped: bool,
    /// The programme's version.
    pub version: u32,
}

/// The books that are open, with their versions.
type Books = HashMap<ShopId, (u32, Arc<Book>)>;

/// Opens programmes.
#[derive(Debug, Clone)]
pub struct Bookshelf {
    diary: Diary,
    books: Arc<Mutex<Books>>,
}

impl Bookshelf {
    /// Programmes of this diary.
    #[must_use]
    pub fn new(diary: Diary) -> Self {
        Self { diary, books: Arc::default() }
    }

    /// The shop as it is now: its state is read strongly, its programme only where the version is new.
    ///
    /// # Errors
    /// [`BookError`] where the diary cannot be read or the programme does not load.
    pub async fn open(&self, shop: &ShopId) -> Result<OpenBook, BookError> {
        let state = self.diary.shop_state(shop).await?;
        let book = self.book(shop, state.version).await?;
        Ok(OpenBook { book, stopped: state.stopped, version: state.version })
    }

    /// The shop's book as it is now; where that cannot be opened, the one that was open last. For what must go
    /// on when a programme is broken.
    ///
    /// # Errors
    /// As [`Self::open`], where the shop was never opened before.
    pub async fn last_known(&self, shop: &ShopId) -> Result<Arc<Book>, BookError> {
        match (self.open(shop).await, self.kept(shop)) {
            (Ok(open), _) => Ok(open.book),
            (Err(error), Some((version, book))) => {
                tracing::warn!(%shop, version, %error, "programme.stale");
                Ok(book)
            }
            (Err(error), None) => Err(error),
        }
    }

    fn kept(&self, shop: &ShopId) -> Option<(u32, Arc<Book>)> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner).get(shop).cloned()
    }

    async fn book(&self, shop: &ShopId, version: u32) -> Result<Arc<Book>, BookError> {
        if let Some((kept, book)) = self.kept(shop)
            && kept == version
        {
            return Ok(book);
        }
        let broken = |problem: String| BookError::Broken { shop: shop.clone(), version, problem };
        let files = Files::new(self.diary.files(shop, version).await?).map_err(|error| broken(error.to_string()))?;
        let first = |problems: Vec<wasurena_letters::Problem>| {
            broken(problems.first().map_or_else(String::new, ToString::to_string))
        };
        let book = Arc::new(wasurena_letters::load(shop, &files).map_err(first)?);
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.insert(shop.clone(), (version, Arc::clone(&book)));
        Ok(book)
    }
}
