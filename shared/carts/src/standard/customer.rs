//! A request about somebody's data, as the generic hook tells it.

use super::Standard;
use crate::cart::purchase_key;
use crate::read::{Field, Object, Unreadable};
use wasurena_domain::contact::{EmailAddress, PhoneNumber};
use wasurena_domain::privacy::Subject;

/// Whom a request is about: by mail address, phone number or orders, one of them at least.
pub(super) fn subject(event: &Object<'_>) -> Result<Subject, Unreadable> {
    let field = event.field("customer");
    let customer = field.object()?;
    let orders = customer.field("orders").optional(Field::list)?.unwrap_or_default();
    let key = |order: &Field<'_>| Ok(purchase_key(&Standard, order.order_id()?));
    let subject = Subject {
        email: customer.field("email").optional(|f| EmailAddress::parse(f.text()?).map_err(|e| f.impossible(&e)))?,
        phone: customer.field("phone").optional(|f| PhoneNumber::parse(f.text()?).map_err(|e| f.impossible(&e)))?,
        purchases: orders.iter().map(key).collect::<Result<_, _>>()?,
    };
    if subject == Subject::default() {
        return Err(field.impossible(&"name the customer by email, phone or orders"));
    }
    Ok(subject)
}
