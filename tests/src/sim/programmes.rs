//! What the shops of simulated worlds publish. There are few programmes and many worlds, so each is compiled once.

use super::stage::{BEGINNING, SECOND_SHOP};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use wasurena_cloud::bookshelf;
use wasurena_domain::ids::ShopId;
use wasurena_letters::Files;

/// How often the second shop writes.
const OFTENER: [(&str, &str); 10] = [
    ("min_gap_days = 2", "min_gap_days = 1"),
    ("\"2 in 30 days\"", "\"20 in 30 days\""),
    ("\"4 in 30 days\"", "\"20 in 30 days\""),
    ("\"5 in 30 days\"", "\"20 in 30 days\""),
    ("\"6 in 30 days\"", "\"20 in 30 days\""),
    ("every_weeks = 4", "every_weeks = 1"),
    ("after_days = 28", "after_days = 7"),
    ("every_weeks = 13", "every_weeks = 1"),
    ("after_days = 30", "after_days = 3"),
    ("window_days = 14", "window_days = 6"),
];
/// What else the second shop has to say of a purchase: step, class, occasions, day, latest day.
const MORE: [(&str, &str, &str, u32, u32); 15] = [
    ("more-story", "story", "every", 2, 6),
    ("news-table", "promotion", "2+", 3, 9),
    ("more-care", "usage", "every", 9, 13),
    ("more-shelf", "story", "every", 11, 16),
    ("more-stains", "usage", "every", 16, 20),
    ("more-rain", "story", "every", 19, 24),
    ("more-voices", "voices", "every", 22, 26),
    ("more-glaze", "story", "every", 24, 28),
    ("more-soup", "voices", "every", 26, 30),
    ("more-tea", "voices", "every", 28, 32),
    ("more-uses", "usage", "every", 30, 34),
    ("more-mending", "usage", "every", 32, 36),
    ("more-ash", "story", "every", 33, 40),
    ("more-wood", "story", "every", 34, 41),
    ("more-clay", "story", "every", 37, 44),
];
/// Which of these are letters, written by hand where they can be posted.
const LETTERS: [&str; 3] = ["more-voices", "more-glaze", "more-tea"];

/// The programme and settings of a shop, of whose variants the owner publishes one after the other: mails go out in the
/// afternoon (1), in fewer hours (2), or both (3).
#[must_use]
pub(crate) fn programme(shop: &str, variant: u32) -> Files {
    let begun = BEGINNING.parse::<DateTime<Utc>>().expect("a moment").with_timezone(&chrono_tz::Asia::Tokyo);
    let files = wasurena_letters::utsuwa(begun.date_naive());
    let usage = files.iter().find(|(path, _)| *path == "letters/usage.txt").map(|(_, text)| text.to_owned());
    let more = MORE.iter().filter(|_| shop == SECOND_SHOP).zip(usage.iter().cycle());
    let more = more.map(|((step, ..), text)| (format!("letters/{step}.txt"), text.clone()));
    let changed = files.iter().map(|(path, text)| {
        let mut text = text.to_owned();
        if path == "shop.toml" && shop == SECOND_SHOP {
            text = text
                .replace("occasion_days = 7", "occasion_days = 3")
                .replace("shards = 1", "shards = 2")
                .replace("from = \"09:00\"", "from = \"10:00\"")
                .replace("うつわ さくら", "うつわ かえで");
        }
        if path == "programme.toml" && shop == SECOND_SHOP {
            text = OFTENER.iter().fold(text, |text, (seldom, often)| text.replace(seldom, often));
            for (step, class, occasions, day, latest_day) in MORE {
                let channels = if LETTERS.contains(&step) { "channels = [\"letter\", \"mail\"]\n" } else { "" };
                text += &format!(
                    "\n[[step]]\nid = \"{step}\"\nclass = \"{class}\"\nanchor = \"purchase\"\noccasions = \"{occasions}\"\n\
                     day = {day}\nlatest_day = {latest_day}\nat = \"10:00\"\n{channels}"
                );
            }
        }
        if path == "shop.toml" && variant & 2 > 0 {
            text = text.replace("to = \"20:00\"", "to = \"17:00\"");
        }
        if path == "programme.toml" && variant & 1 > 0 {
            text = text.replace("at = \"10:00\"", "at = \"15:30\"");
        }
        (path.to_owned(), text)
    });
    Files::new(changed.chain(more)).expect("files within bounds")
}

/// A programme as the owner publishes it.
#[derive(Debug)]
pub(crate) struct Edition {
    /// Its files.
    pub(crate) files: Files,
    /// What they became.
    pub(crate) pages: Vec<(&'static str, String)>,
}

/// A variant of a shop's programme, ready to be published.
pub(crate) fn edition(shop: &'static str, variant: u32) -> Arc<Edition> {
    static EDITIONS: Mutex<BTreeMap<(&str, u32), Arc<Edition>>> = Mutex::new(BTreeMap::new());
    let mut editions = EDITIONS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(editions.entry((shop, variant)).or_insert_with(|| {
        // On a thread that makes no mistake, for other worlds publish it too.
        let compiled = thread::spawn(move || {
            let files = programme(shop, variant);
            let id = ShopId::parse(shop).expect("a shop's id");
            let pages = bookshelf::compiled(&id, &files).expect("a programme without problems");
            Arc::new(Edition { files, pages })
        });
        compiled.join().expect("an edition")
    }))
}
