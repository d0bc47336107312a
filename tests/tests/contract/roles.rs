//! IAM statements of the templates, and that none of them is wider than it must be.

use crate::template::{Template, texts};
use serde_json::Value;
use std::collections::BTreeSet;

/// A statement that allows something.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) id: String,
    pub(crate) actions: Vec<String>,
    pub(crate) resources: Vec<String>,
    pub(crate) condition: Value,
}

impl Statement {
    fn of(statement: &Value) -> Self {
        assert_eq!(statement["Effect"], "Allow", "{statement}: these tests read statements that allow");
        assert_eq!(statement.get("NotAction").or(statement.get("NotResource")), None, "say what is allowed");
        Self {
            id: statement["Sid"]
                .as_str()
                .unwrap_or_else(|| panic!("a statement without a Sid: {statement}"))
                .to_owned(),
            actions: texts(&statement["Action"]),
            resources: texts(&statement["Resource"]),
            condition: statement["Condition"].clone(),
        }
    }
}

/// The statements of a role.
pub(crate) fn statements(template: &Template, role: &str) -> Vec<Statement> {
    let policies = template.resource(role)["Policies"].as_array().expect("policies").iter();
    policies.flat_map(|policy| in_document(&policy["PolicyDocument"])).collect()
}

fn in_document(document: &Value) -> Vec<Statement> {
    document["Statement"].as_array().expect("statements").iter().map(Statement::of).collect()
}

/// Each action with each resource.
pub(crate) fn pairs(statements: &[Statement]) -> BTreeSet<(String, String)> {
    let of_one = |statement: &Statement| {
        let pairs = statement.actions.iter().flat_map(|a| statement.resources.iter().map(|r| (a.clone(), r.clone())));
        pairs.collect::<Vec<_>>()
    };
    statements.iter().flat_map(of_one).collect()
}

/// IAM knows no resource for these.
const WITHOUT_RESOURCE: [&str; 1] = ["ses:GetAccount"];

#[test]
fn no_statement_is_wider_than_it_must_be() {
    for file in ["template.yaml", "sender-domain.yaml"] {
        let template = Template::read(file);
        let roles = template.of_type("AWS::IAM::Role").into_keys().flat_map(|role| statements(&template, role));
        let alone = ["AWS::IAM::RolePolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"];
        let alone = alone.iter().flat_map(|kind| template.of_type(kind).into_values());
        let alone = alone.flat_map(|properties| in_document(&properties["PolicyDocument"]));
        let mut seen = 0;
        for Statement { id, actions, resources, .. } in roles.chain(alone) {
            seen += 1;
            for action in &actions {
                assert!(!action.contains('*'), "{file}, {id}: {action}: name the actions");
            }
            let excused = actions.iter().all(|action| WITHOUT_RESOURCE.contains(&action.as_str()));
            for resource in &resources {
                let narrow = !resource.trim_end_matches("/*").contains('*');
                assert!(narrow || excused, "{file}, {id}: {resource}: name the resource, down to its last part");
            }
        }
        assert!(seen > 0, "{file}");
    }
}

#[test]
fn services_write_for_our_account_only() {
    let template = Template::main();
    let policies = ["AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"];
    for (id, properties) in policies.iter().flat_map(|kind| template.of_type(kind)) {
        for statement in properties["PolicyDocument"]["Statement"].as_array().expect("statements") {
            assert!(statement["Principal"]["Service"].is_string(), "{id}: only services of AWS write there");
            let account = statement["Condition"]["StringEquals"]["aws:SourceAccount"].clone();
            assert_eq!(crate::template::text(&account), "${AWS::AccountId}", "{id}: services work for everybody");
            let by = |kind: &str| statement["Condition"][kind].get("aws:SourceArn").is_some();
            assert!(by("StringEquals") || by("ArnEquals") || by("ArnLike"), "{id}: name the source");
        }
    }
    for (id, properties) in template.of_type("AWS::Lambda::Permission") {
        assert!(properties.get("SourceArn").is_some(), "{id}: anybody's rule or topic could invoke it");
    }
}
