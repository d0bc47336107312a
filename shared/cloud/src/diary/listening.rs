//! What customers answered, the cases that a person looks after, and what was answered of each product.

use super::item::{Condition, Envelope, from_item, kind, to_attribute, to_item};
use super::keys::Key;
use super::{Diary, DiaryError};
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wasurena_domain::case::Case;
use wasurena_domain::ids::{CustomerId, FollowUpId, PurchaseKey, ShopId};
use wasurena_domain::listening::{Answer, Means};

const ANSWER: &str = "answer";
const CASE: &str = "case";
const PRODUCT_ANSWER: &str = "product_answer";
const PRODUCT_LOOK: &str = "product_look";

/// An answer as its product's list keeps it: nothing of a person but the digest in the message's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ProductAnswer {
    product: String,
    follow_up: FollowUpId,
    means: Means,
    at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ProductLook {
    product: String,
    looked_at: DateTime<Utc>,
}

/// What was answered of a product (R31).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductRecord {
    /// When which answers were given, by what they mean.
    pub answers: BTreeMap<Means, Vec<DateTime<Utc>>>,
    /// When somebody looked at it last.
    pub looked_at: Option<DateTime<Utc>>,
}

impl ProductRecord {
    /// How many answers mean this.
    #[must_use]
    pub fn count(&self, means: Means) -> usize {
        self.answers.get(&means).map_or(0, Vec::len)
    }

    /// How many unhappy answers there were since somebody looked.
    #[must_use]
    pub fn unhappy_since_look(&self) -> usize {
        let unhappy = self.answers.iter().filter(|(means, _)| means.is_unhappy()).flat_map(|(_, times)| times);
        unhappy.filter(|at| self.looked_at.is_none_or(|looked_at| **at > looked_at)).count()
    }
}

fn envelope(key: Key, kind: &'static str) -> Envelope {
    Envelope { key, kind, due: None }
}

impl Diary {
    /// What was answered to a message, read strongly: the newest answer.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn answer(&self, shop: &ShopId, id: &FollowUpId) -> Result<Option<Answer>, DiaryError> {
        let Ok(customer) = id.customer() else { return Ok(None) };
        self.get(Key::answer(shop, &customer, id)).await?.map(from_item).transpose()
    }

    /// Writes an answer over the one that was read.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where another was given meanwhile: read again.
    pub async fn put_answer(
        &self,
        shop: &ShopId,
        customer: &CustomerId,
        before: Option<&Answer>,
        answer: &Answer,
    ) -> Result<(), DiaryError> {
        let condition = match before {
            None => Condition::is_new(),
            Some(before) => Condition::stands(&[("at", Some(to_attribute("at", before.at)?))]),
        };
        let key = Key::answer(shop, customer, &answer.follow_up);
        self.put(to_item(envelope(key, ANSWER), answer)?, condition).await
    }

    /// Everything that a customer answered.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn answers(&self, shop: &ShopId, customer: &CustomerId) -> Result<Vec<Answer>, DiaryError> {
        let Key { pk, sk } = Key::answers(shop, customer);
        self.beginning_with(&pk, &sk).await?.into_iter().map(from_item).collect()
    }

    /// What is written of a purchase's case, read strongly; `None` where nothing is yet.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn case(
        &self,
        shop: &ShopId,
        customer: &CustomerId,
        purchase: &PurchaseKey,
    ) -> Result<Option<Case>, DiaryError> {
        self.get(Key::case(shop, customer, purchase)).await?.map(from_item).transpose()
    }

    /// Writes a case over the one that was read.
    ///
    /// # Errors
    /// [`DiaryError::Changed`] where somebody else has written meanwhile: read again.
    pub async fn put_case(
        &self,
        shop: &ShopId,
        customer: &CustomerId,
        before: Option<&Case>,
        after: &Case,
    ) -> Result<(), DiaryError> {
        let revision = |case: &Case| AttributeValue::N(case.revision.to_string());
        let condition = match before {
            None => Condition::is_new(),
            Some(before) => Condition::stands(&[("revision", Some(revision(before)))]),
        };
        let next = Case { revision: before.map_or(0, |before| before.revision + 1), ..after.clone() };
        let key = Key::case(shop, customer, &after.purchase);
        self.put(to_item(envelope(key, CASE), &next)?, condition).await
    }

    /// What is written of all cases of a customer.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn cases(&self, shop: &ShopId, customer: &CustomerId) -> Result<Vec<Case>, DiaryError> {
        let Key { pk, sk } = Key::cases(shop, customer);
        self.beginning_with(&pk, &sk).await?.into_iter().map(from_item).collect()
    }

    /// Takes away what a customer answered and what is written of their cases: it is in their own words, and about them.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written; doing it again is safe.
    pub async fn forget_answers(&self, shop: &ShopId, customer: &CustomerId) -> Result<(), DiaryError> {
        for answer in self.answers(shop, customer).await? {
            self.remove(Key::answer(shop, customer, &answer.follow_up)).await?;
        }
        for case in self.cases(shop, customer).await? {
            self.remove(Key::case(shop, customer, &case.purchase)).await?;
        }
        Ok(())
    }

    /// Counts an answer for its product: the newest to a message counts.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written; doing it again is safe.
    pub async fn count_for_product(&self, shop: &ShopId, product: &str, answer: &Answer) -> Result<(), DiaryError> {
        let Answer { follow_up, means, at, .. } = answer.clone();
        let key = Key::product(shop, &format!("A#{product}#{follow_up}"));
        let counted = ProductAnswer { product: product.to_owned(), follow_up, means, at };
        self.put(to_item(envelope(key, PRODUCT_ANSWER), &counted)?, Condition::default()).await
    }

    /// What was answered of a product.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn product(&self, shop: &ShopId, product: &str) -> Result<ProductRecord, DiaryError> {
        let Key { pk, sk } = Key::product(shop, &format!("A#{product}#"));
        let mut record = ProductRecord::default();
        for item in self.beginning_with(&pk, &sk).await? {
            let answer: ProductAnswer = from_item(item)?;
            // A product may be called as another one and what stands behind it.
            if answer.product == product {
                record.answers.entry(answer.means).or_default().push(answer.at);
            }
        }
        let look = self.get(Key::product(shop, &format!("L#{product}"))).await?;
        record.looked_at = look.map(from_item::<ProductLook>).transpose()?.map(|look| look.looked_at);
        Ok(record)
    }

    /// What was answered of all products of a shop.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be read.
    pub async fn products(&self, shop: &ShopId) -> Result<BTreeMap<String, ProductRecord>, DiaryError> {
        let mut products: BTreeMap<String, ProductRecord> = BTreeMap::new();
        for item in self.partition(&Key::product(shop, "").pk).await? {
            if kind(&item) == PRODUCT_LOOK {
                let look: ProductLook = from_item(item)?;
                products.entry(look.product).or_default().looked_at = Some(look.looked_at);
            } else {
                let answer: ProductAnswer = from_item(item)?;
                products.entry(answer.product).or_default().answers.entry(answer.means).or_default().push(answer.at);
            }
        }
        Ok(products)
    }

    /// Records that somebody has looked at a product.
    ///
    /// # Errors
    /// [`DiaryError`] where the diary cannot be written; doing it again is safe.
    pub async fn looked_at_product(
        &self,
        shop: &ShopId,
        product: &str,
        looked_at: DateTime<Utc>,
    ) -> Result<(), DiaryError> {
        let look = ProductLook { product: product.to_owned(), looked_at };
        let key = Key::product(shop, &format!("L#{product}"));
        self.put(to_item(envelope(key, PRODUCT_LOOK), &look)?, Condition::default()).await
    }
}
