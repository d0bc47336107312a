//! Which channels a message may take: what a programme may ask of people, and what must also go by mail.

use super::{Finding, Rule, Site, finding};
use crate::channel::{Channel, Channels};
use crate::ids::StepId;
use crate::programme::{Anchor, Class, Programme, Step};

/// What is wrong with the channels.
pub(super) fn check_channels(programme: &Programme) -> Vec<Finding> {
    let steps = programme.steps.iter().enumerate();
    let steps = steps.map(|(index, s)| (Site::Step { index, key: "channels" }, &s.id, &s.channels, vec![s.class]));
    let series = programme.series.iter().enumerate();
    let series = series.map(|(index, s)| {
        let classes = s.letters.iter().map(|letter| letter.class).collect();
        (Site::Series { index, key: "channels" }, &s.id, &s.channels, classes)
    });
    let dated = programme.dated.iter().enumerate();
    let dated = dated.map(|(index, d)| {
        let classes = d.letters.iter().map(|letter| letter.class).collect();
        (Site::Dated { index, key: "channels" }, &d.id, &d.channels, classes)
    });
    let all = steps.chain(series).chain(dated);
    let mut findings: Vec<Finding> =
        all.flat_map(|(site, id, channels, classes)| check_one(&site, id, channels, &classes)).collect();
    for (index, step) in programme.steps.iter().enumerate() {
        findings.extend(check_thanks(step, index));
        findings.extend(check_letter(programme, step, index));
    }
    findings
}

fn check_one(site: &Site, id: &StepId, channels: &Channels, classes: &[Class]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if channels.contains(Channel::Sns) {
        let what = format!("`{id}` asks for sns, and nothing here sends there yet");
        findings.push(finding(site.clone(), Rule::R22, what, "choose among mail, letter, phone and visit"));
    }
    if channels.iter().any(Channel::is_spoken) && classes.iter().any(|class| class.is_selling()) {
        let what = format!("`{id}` sells, and whoever calls or visits says first that this is no selling");
        findings.push(finding(site.clone(), Rule::R23, what, "take phone and visit out, or choose another class"));
    }
    findings
}

/// The thank-you for a first purchase is promised, and only mail reaches everybody who can be reached at all.
fn check_thanks(step: &Step, index: usize) -> Option<Finding> {
    let is_promised = step.class == Class::Thanks && step.occasions.contains(1);
    (is_promised && !step.channels.contains(Channel::Mail)).then(|| {
        let what = format!("`{}` thanks a new customer, and cannot go by mail", step.id);
        finding(Site::Step { index, key: "channels" }, Rule::R2, what, "add \"mail\" at the end of `channels`")
    })
}

/// What follows a letter follows one that can have been written for the same purchase.
fn check_letter(programme: &Programme, step: &Step, index: usize) -> Option<Finding> {
    let Anchor::Letter { step: letter } = &step.anchor else { return None };
    let meets = |other: &&Step| {
        let (a, b) = (other.occasions, step.occasions);
        a.to.is_none_or(|to| b.from <= to) && b.to.is_none_or(|to| a.from <= to)
    };
    let mut named = programme.steps.iter().filter(|other| other.id == *letter && other.id != step.id).filter(meets);
    let what = match named.next() {
        Some(other) if other.channels.contains(Channel::Letter) => return None,
        Some(_) => format!("`{}` follows a letter of `{letter}`, which writes none", step.id),
        None => format!("`{}` follows a letter of `{letter}`, which does not come", step.id),
    };
    let mend = "name a [[step]] of the same occasions with \"letter\" among its `channels`";
    Some(finding(Site::Step { index, key: "letter" }, Rule::R25, what, mend))
}
