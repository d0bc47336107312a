//! What a shop writes: its settings, its programme and its letters, read from a folder of text files,
//! checked once, and rendered into mails.
//!
//! **A letter is text, the frame is MJML.** Whoever writes letters writes plain Japanese in
//! `letters/{step id}.txt`: a line `件名: …`, a blank line, paragraphs; or plain English below a line `Subject: …`, in a
//! programme whose language is `en`. The one HTML frame around all of
//! them, `frame.mjml`, is compiled when the programme is loaded; per mail nothing is left but filling it in.
//! A letter is rendered once, as plain text, and only then put into the frame with everything escaped: what
//! a value says can never become markup.
//!
//! A letter sees only what its class may speak of. There is no offer in a letter that does not sell (R14) and
//! no way to the shop's pages in a thank-you (R12), so such a letter cannot render; [`load`] finds it
//! beforehand and says in which line.
//!
//! ```
//! use wasurena_domain::ids::{ShopId, StepId};
//! use wasurena_domain::purchase::Consent;
//! use wasurena_letters::{Count, Facts, Product, Urls, load, utsuwa};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let files = utsuwa("2026-12-01".parse()?);
//! let book = load(&ShopId::parse("sakura")?, &files).map_err(|problems| problems[0].to_string())?;
//! let mail = book.render(
//!     &StepId::parse("thanks-first")?,
//!     &Facts {
//!         addressee: None,
//!         count: Count::Nth(1),
//!         gift: false,
//!         made_to_order: false,
//!         product: Some(Product { name: "粉引の飯碗", ..Product::default() }),
//!         bought_on: None,
//!         consent: Consent::Unknown,
//!         urls: Urls { stop: "https://example.jp/c/sakura/stop/token", ..Urls::default() },
//!         note: None,
//!         asks_address: false,
//!         answer_url: None,
//!     },
//! )?;
//! assert_eq!(mail.subject, "粉引の飯碗をお選びくださり、ありがとうございます");
//! # Ok(())
//! # }
//! ```
//!
//! Pure: files come in as text, mails go out as values. No clock, no disk, no network.

mod about;
mod anchor_file;
mod answers;
mod book;
mod built_in;
mod compile;
mod context;
mod dated_file;
mod deployment;
mod files;
mod frequency_file;
mod key_content;
mod language;
mod letters;
pub mod link;
mod listening_file;
mod mjml;
mod mourning;
mod problem;
mod product_csv;
mod product_file;
mod programme_file;
mod rehearse;
mod renamed;
mod rhythm_file;
mod script;
mod selling;
mod sender_rules;
mod shop_file;
mod target_file;
mod text;
mod toml_reader;
mod values;
mod vocabulary;

pub use book::{Book, Published, load, load_shop};
pub use built_in::{built_in, built_in_names, built_in_purpose, missing_frames, utsuwa};
pub use context::{Count, Facts, Product, Urls};
pub use deployment::{
    CartEntry, Deployment, SecretPlace, SecretSource, product_files_of, read_deployment, settings_only,
};
pub use files::{Files, InvalidFiles, is_programme_file};
pub use language::Language;
pub use letters::{Letters, Mail, RenderError, Sheets};
pub use problem::Problem;
pub use renamed::renamed;
pub use script::Script;
pub use selling::NoteProblem;
pub use shop_file::SHOP_FILE;
