//! What each function may do: the calls it makes, what Lambda does in its name, and nothing else.

use crate::everything::everything;
use crate::roles::{Statement, pairs, statements};
use crate::template::{Template, text};
use std::collections::BTreeSet;

type Pairs = BTreeSet<(String, String)>;

/// Action and resource, as the template must write them, of what the embedded cloud calls an access.
fn needed(access: &str) -> Vec<(String, String)> {
    let in_account = |service: &str, what: &str| {
        format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{what}")
    };
    let (action, about) = access.split_once(' ').unwrap_or((access, ""));
    let resources = match (action, about) {
        (_, "table") => vec!["${Table.Arn}".to_owned()],
        (_, index) if index.starts_with("index/") => vec![format!("${{Table.Arn}}/{index}")],
        ("ssm:GetParametersByPath", _) => {
            vec![in_account("ssm", "parameter${SecretsPath}"), in_account("ssm", "parameter${SecretsPath}/*")]
        }
        ("scheduler:CreateSchedule", _) => vec![in_account("scheduler", "schedule/${AlarmGroup}/*")],
        ("scheduler:GetScheduleGroup", _) => vec!["${AlarmGroup.Arn}".to_owned()],
        ("iam:PassRole", _) => vec!["${AlarmRole.Arn}".to_owned()],
        ("ses:SendEmail", _) => vec![
            in_account("ses", "identity/${SenderDomain}"),
            in_account("ses", "identity/${SandboxRecipient}"),
            in_account("ses", "configuration-set/${ConfigurationSet}"),
        ],
        ("ses:GetAccount", _) => vec!["*".to_owned()],
        _ => panic!("{access} is new: say here on which resource the template must allow it"),
    };
    resources.into_iter().map(|resource| (action.to_owned(), resource)).collect()
}

/// What Lambda does in a function's name: writes its log, reads the stream for it, and hands on what failed.
fn lambdas_own(template: &Template, function: &str) -> Pairs {
    let mut own = vec![
        ("logs:CreateLogStream", format!("${{{function}Logs.Arn}}")),
        ("logs:PutLogEvents", format!("${{{function}Logs.Arn}}")),
    ];
    let is_about = |properties: &&serde_json::Value| text(&properties["FunctionName"]) == format!("${{{function}}}");
    if template.of_type("AWS::Lambda::EventSourceMapping").into_values().any(|p| is_about(&p)) {
        own.extend([
            ("dynamodb:DescribeStream", "${Table.StreamArn}".to_owned()),
            ("dynamodb:GetRecords", "${Table.StreamArn}".to_owned()),
            ("dynamodb:GetShardIterator", "${Table.StreamArn}".to_owned()),
            ("dynamodb:ListStreams", "${Table.Arn}/stream/*".to_owned()),
            ("sqs:SendMessage", "${StreamFailures.Arn}".to_owned()),
        ]);
    }
    if template.of_type("AWS::Lambda::EventInvokeConfig").into_values().any(|p| is_about(&p)) {
        own.push(("sqs:SendMessage", "${EventFailures.Arn}".to_owned()));
    }
    own.into_iter().map(|(action, resource)| (action.to_owned(), resource)).collect()
}

#[tokio::test]
async fn each_function_may_make_the_calls_it_makes_and_no_others() {
    let template = Template::main();
    let made = everything().await.world().accesses();
    let mut wrong = Vec::new();
    for (folder, function) in template.functions() {
        let made = made.get(folder.as_str()).unwrap_or_else(|| panic!("{folder} makes no call on the whole journey"));
        let mut expected: Pairs = made.iter().flat_map(|access| needed(access)).collect();
        expected.extend(lambdas_own(&template, &function.id));
        let allowed = pairs(&statements(&template, &function.role()));
        for (action, resource) in expected.difference(&allowed) {
            wrong.push(format!("{}: allow {action} on {resource}: {folder} needs it", function.role()));
        }
        for (action, resource) in allowed.difference(&expected) {
            wrong.push(format!("{}: take away {action} on {resource}: {folder} never does that", function.role()));
        }
    }
    assert!(wrong.is_empty(), "infra/aws/template.yaml:\n{}", wrong.join("\n"));
}

#[test]
fn each_function_has_a_role_of_its_own_that_only_lambda_takes_on() {
    let template = Template::main();
    let functions = template.functions();
    let roles: BTreeSet<String> = functions.values().map(crate::template::Function::role).collect();
    assert_eq!(roles.len(), functions.len(), "two functions share a role: each would have the other's permissions");
    for role in roles {
        let trust = &template.resource(&role)["AssumeRolePolicyDocument"]["Statement"];
        assert_eq!(trust.as_array().map(Vec::len), Some(1), "{role}");
        assert_eq!(trust[0]["Principal"]["Service"], "lambda.amazonaws.com", "{role}");
        assert_eq!(template.resource(&role).get("ManagedPolicyArns"), None, "{role}: AWS's own policies allow more");
    }
}

#[test]
fn scheduler_may_ring_the_sender_and_report_what_it_could_not_and_only_for_our_group() {
    let template = Template::main();
    let sender =
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-send-follow-ups";
    let expected = [("lambda:InvokeFunction", sender), ("sqs:SendMessage", "${AlarmFailures.Arn}")];
    let expected: Pairs = expected.map(|(action, resource)| (action.to_owned(), resource.to_owned())).into();
    assert_eq!(pairs(&statements(&template, "AlarmRole")), expected);
    let trust = &template.resource("AlarmRole")["AssumeRolePolicyDocument"]["Statement"][0];
    assert_eq!(trust["Principal"]["Service"], "scheduler.amazonaws.com");
    let condition = &trust["Condition"]["StringEquals"];
    assert_eq!(text(&condition["aws:SourceAccount"]), "${AWS::AccountId}", "else it works for any account's schedules");
    assert_eq!(text(&condition["aws:SourceArn"]), "${AlarmGroup.Arn}", "else it works for any of our schedules");
}

#[test]
fn a_role_is_passed_on_to_scheduler_only() {
    let template = Template::main();
    let all = template.of_type("AWS::IAM::Role").into_keys().flat_map(|role| statements(&template, role));
    let passing: Vec<Statement> = all.filter(|s| s.actions.iter().any(|action| action == "iam:PassRole")).collect();
    assert_eq!(passing.len(), 2, "set-alarms and send-follow-ups set alarms, and nobody else");
    for statement in passing {
        assert_eq!(statement.resources, ["${AlarmRole.Arn}"]);
        let to = &statement.condition["StringEquals"]["iam:PassedToService"];
        assert_eq!(to, "scheduler.amazonaws.com", "without it, the role may be passed to any service");
    }
}
