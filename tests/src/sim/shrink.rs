//! From a world in which a promise is broken to the smallest one in which it still is: deeds and troubles are left out for as
//! long as the same invariant breaks.

use super::run::{Outcome, Play, play};
use super::weather::Trouble;

/// Worlds that are tried, at most.
const TRIES_MAX: usize = 200;

/// The smallest way to play a seed that breaks the same invariant, and what comes of it. `None` where it breaks none.
#[must_use]
pub fn shrink(how: &Play) -> Option<(Play, Outcome)> {
    let first = play(how);
    let invariant = first.violation.as_ref()?.invariant;
    let mut smallest = how.clone();
    let mut outcome = first;
    let mut tries = 0;
    let mut try_out = |candidate: Play, smallest: &mut Play, outcome: &mut Outcome| {
        tries += 1;
        if tries > TRIES_MAX {
            return false;
        }
        let tried = play(&candidate);
        let is_broken_alike = tried.violation.as_ref().is_some_and(|violation| violation.invariant == invariant);
        if is_broken_alike {
            *smallest = candidate;
            *outcome = tried;
        }
        is_broken_alike
    };
    for trouble in Trouble::ALL {
        let mut candidate = smallest.clone();
        candidate.without.insert(trouble);
        try_out(candidate, &mut smallest, &mut outcome);
    }
    // Ever smaller stretches of deeds, from the end: what comes late is least likely to matter.
    let mut stretch = outcome.deeds.div_ceil(2).max(1);
    loop {
        let mut end = outcome.deeds;
        while end > 0 {
            let begin = end.saturating_sub(stretch);
            let mut candidate = smallest.clone();
            candidate.leaving_out.extend(begin..end);
            if candidate.leaving_out.len() > smallest.leaving_out.len() {
                try_out(candidate, &mut smallest, &mut outcome);
            }
            end = begin;
        }
        if stretch == 1 {
            break;
        }
        stretch /= 2;
    }
    let outcome = play(&Play { keeps_trail: true, ..smallest.clone() });
    Some((smallest, outcome))
}
