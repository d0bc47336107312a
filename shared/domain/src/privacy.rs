//! Whose data somebody asks about: 個人情報保護法 (APPI) gives everybody the right to see, correct and erase theirs.

use crate::contact::{EmailAddress, PhoneNumber};
use crate::ids::PurchaseKey;

/// A person, as a request about their data names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// Their mail address.
    pub email: Option<EmailAddress>,
    /// Their phone number.
    pub phone: Option<PhoneNumber>,
    /// Their purchases, as far as the request names them.
    pub purchases: Vec<PurchaseKey>,
}
