//! What carts say, made into facts: verify, parse, normalise. One file a cart.
//!
//! A webhook's body passes through two doors. [`Cart::verify`] takes raw bytes and the shop's secret
//! and gives out a [`Verified`] body, which nothing else can make. [`Cart::parse`] takes nothing but a
//! [`Verified`] body and gives out a [`Webhook`]: a report about a purchase, a request about somebody's data, or the
//! reason why there is neither. So no code can read a body that nobody signed.
//!
//! Pure: the time is an argument, and nothing here reads a file, an environment or a network.
//!
//! ```
//! use chrono::Utc;
//! use wasurena_carts::{ParseContext, Secrets, Webhook, find, sign};
//!
//! let body = include_bytes!("../../../docs/hooks/standard.example.json");
//! let now = "2026-04-03T01:30:05Z".parse().unwrap();
//! let secret = "whsec_c2FrdXJhLXNhbXBsZS1zZWNyZXQtZm9yLXRlc3RzISE=";
//! let headers = sign::standard(secret, "msg_1", now, body).unwrap();
//!
//! let cart = find("standard").unwrap();
//! let secrets = Secrets::new(secret.into(), None).unwrap();
//! let verified = cart.verify(&headers, body, &secrets, now).unwrap();
//! let Ok(Webhook::Purchase(report)) = cart.parse(&headers, verified, &ParseContext { now }) else { panic!() };
//! assert_eq!(report.key.to_string(), "standard/2026-0403-017");
//! ```

mod cart;
mod lenient;
mod read;
mod shopify;
pub mod sign;
mod standard;
mod stripe;
mod verified;
mod woocommerce;
mod words;

pub use cart::{Cart, IgnoredReason, ParseContext, Topic, Webhook, all, find};
pub use read::Unreadable;
pub use verified::{Headers, InvalidSecret, Rejected, Secrets, Verified};
