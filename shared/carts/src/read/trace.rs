//! Which fields a parser asks for, for the test that holds parser and published schema together.

use std::cell::RefCell;
use std::collections::BTreeSet;

thread_local! { static ASKED: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) } }

pub(super) fn note(path: &str) {
    let pattern: String = path.chars().filter(|c| !c.is_ascii_digit()).collect();
    ASKED.with_borrow_mut(|asked| asked.insert(pattern));
}

/// The paths asked for on this thread since the last call, list positions left out: `order.lines[].name`.
pub(crate) fn take() -> BTreeSet<String> {
    ASKED.take()
}
