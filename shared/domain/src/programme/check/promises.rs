//! Whether every new customer is thanked (R2) and hears again (R1), whatever they bought: by one step that is for anything, or
//! by several that are for everything together.

use super::{Finding, Rule, Site, finding};
use crate::programme::target::gap;
use crate::programme::{Programme, Step};

/// What is missing for the promises.
pub(super) fn check_promises(programme: &Programme) -> Vec<Finding> {
    let thanks = programme.thanks();
    let contacts = programme.contacts(false);
    let mut findings = Vec::new();
    if thanks.is_empty() {
        let what = "nothing thanks a new customer within 3 days";
        let mend = "add a step with class = \"thanks\", occasions from 1, latest_day = 3 or less, for all stages";
        findings.push(finding(Site::Programme, Rule::R2, what, mend));
    }
    if contacts.is_empty() {
        let what = "no step after the thank-you reaches every new customer within 21 days";
        let mend = "add a step with anchor = \"purchase\", occasions from 1, latest_day = 21 or less, for all stages";
        findings.push(finding(Site::Programme, Rule::R1, what, mend));
    }
    findings.extend(left_out(programme, &thanks, Rule::R2, "is thanked within 3 days"));
    findings.extend(left_out(programme, &contacts, Rule::R1, "hears again within 21 days"));
    findings
}

/// Who is left out by steps that are each for something.
fn left_out(programme: &Programme, steps: &[&Step], rule: Rule, what_happens: &str) -> Option<Finding> {
    let first = steps.first()?;
    let key = first.target.as_ref()?.key();
    let thing = gap(steps.iter().map(|step| step.target.as_ref()))?;
    let index = programme.steps.iter().position(|step| step.id == first.id)?;
    let names: Vec<String> = steps.iter().map(|step| format!("`{}`", step.id)).collect();
    let what =
        format!("whoever buys {thing} is left out by {}, so not every new customer {what_happens}", names.join(", "));
    let mend = format!(
        "add a step for the rest, with `except_groups` or `except_products` of what these name, or take `{key}` out of one"
    );
    Some(finding(Site::Step { index, key }, rule, what, mend))
}
