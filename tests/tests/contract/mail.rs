//! What SES says, on its way to record-delivery: nothing that it reads is left out, and nothing else is carried.

use crate::pattern::matches;
use crate::template::{Template, functions_folder, text};
use serde_json::Value;
use std::collections::BTreeSet;
use wasurena_cloud::ses_event::SesEvent;

/// The events that record-delivery's own tests read, each with the file it stands in.
fn events() -> Vec<(String, Value)> {
    let folder = functions_folder().join("record-delivery/tests/fixtures");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|file| (file.display().to_string(), serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap()))
        .collect()
}

/// The rule's pattern, where the stack and so the configuration set is called `wasurena`.
fn pattern(template: &Template) -> Value {
    let mut pattern = template.resource("MailEvents")["EventPattern"].clone();
    let set = &mut pattern["detail"]["mail"]["tags"]["ses:configuration-set"];
    assert_eq!(text(&set[0]), "${ConfigurationSet}");
    *set = serde_json::json!(["wasurena"]);
    pattern
}

#[test]
fn the_rule_passes_every_event_of_a_follow_up_and_no_other_mails() {
    let pattern = pattern(&Template::main());
    let (mut passed, mut dropped) = (0, 0);
    for (file, event) in events() {
        let is_ours = event["detail"]["mail"]["tags"].get("follow_up").is_some();
        assert_eq!(matches(&pattern, &event), is_ours, "{file}: the template's rule on the left");
        let is_read = SesEvent::read(&event).unwrap().is_some();
        assert!(is_ours || !is_read, "{file}: it is read and never comes");
        *(if is_ours { &mut passed } else { &mut dropped }) += 1;
    }
    assert!(passed > 5 && dropped > 0, "{passed} passed, {dropped} dropped");
}

/// The types of events that say something to the code, in the words of the template.
fn types_read() -> BTreeSet<String> {
    let told = events().into_iter().filter(|(_, event)| SesEvent::read(event).unwrap().is_some());
    let name = |event: &Value| {
        let kind = event["detail"]["eventType"].as_str().unwrap().to_owned();
        let spaced = kind.replace("DeliveryDelay", "Delivery Delay");
        spaced.replace(' ', "_").to_uppercase()
    };
    told.map(|(_, event)| name(&event)).collect()
}

fn types_of(template: &Template, destination: &str) -> BTreeSet<String> {
    let destination = &template.resource(destination)["EventDestination"];
    assert_eq!(destination["Enabled"], true);
    destination["MatchingEventTypes"].as_array().unwrap().iter().map(text).collect()
}

#[test]
fn ses_tells_both_witnesses_what_is_read_and_nobody_of_opens_and_clicks() {
    let template = Template::main();
    assert_eq!(types_of(&template, "MailEventsToBus"), types_read());
    let second = types_of(&template, "MailEventsToWitness");
    for needed in ["BOUNCE", "COMPLAINT", "DELIVERY", "REJECT", "RENDERING_FAILURE"] {
        assert!(second.contains(needed), "{needed}: an event that EventBridge loses would be lost");
    }
    assert!(second.is_subset(&types_read()), "the second witness tells what nobody reads: {second:?}");
    for destination in ["MailEventsToBus", "MailEventsToWitness"] {
        assert_eq!(text(&template.resource(destination)["ConfigurationSetName"]), "${ConfigurationSet}");
    }
}

#[test]
fn both_witnesses_reach_record_delivery() {
    let template = Template::main();
    let target = text(&template.resource("MailEvents")["Targets"][0]["Arn"]);
    assert_eq!(template.function_meant(&target).folder, "record-delivery");
    let subscription = template.resource("MailWitnessSubscription");
    assert_eq!(template.function_meant(&text(&subscription["Endpoint"])).folder, "record-delivery");
    assert_eq!(text(&subscription["TopicArn"]), "${MailWitness}");
    let witness = &template.resource("MailEventsToWitness")["EventDestination"]["SnsDestination"]["TopicARN"];
    assert_eq!(text(witness), "${MailWitness}");
    let bus = &template.resource("MailEventsToBus")["EventDestination"]["EventBridgeDestination"]["EventBusArn"];
    assert!(text(bus).ends_with(":event-bus/default"), "SES knows the default bus only");
}

#[test]
fn a_further_domain_gets_what_the_first_one_has() {
    let (main, further) = (Template::main(), Template::read("sender-domain.yaml"));
    assert_eq!(main.resource("SenderIdentity"), further.resource("SenderIdentity"));
    for (output, value) in further.part("Outputs") {
        assert_eq!(Some(value), main.part("Outputs").get(output), "{output}");
    }
    let role = &further.resource("MaySendFromIt")["RoleName"]["Fn::ImportValue"];
    let export = &main.part("Outputs")["SenderRole"]["Export"]["Name"];
    assert_eq!(text(role).replace("${MainStack}", "${AWS::StackName}"), text(export));
    assert_eq!(text(&main.part("Outputs")["SenderRole"]["Value"]), "${SendFollowUpsRole}");
}
