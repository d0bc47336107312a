//! The functions: folders, binaries, environment, time.

use crate::template::{Template, functions_folder, text};
use std::collections::BTreeSet;
use wasurena_cloud::settings::{Environment, Missing};
use wasurena_domain::follow_up::lease;
use wasurena_domain::repair::OVERDUE_AFTER_MINUTES;
use wasurena_local::rings;

/// What a function asks its environment for.
fn asked_for(folder: &str) -> BTreeSet<&'static str> {
    let nothing = || Environment::of([]);
    let missing = match folder {
        "receive-purchase" => receive_purchase::config::Config::read(nothing()).map(|_| ()),
        "plan-follow-ups" => plan_follow_ups::config::Config::read(nothing()).map(|_| ()),
        "set-alarms" => set_alarms::config::Config::read(nothing()).map(|_| ()),
        "send-follow-ups" => send_follow_ups::config::Config::read(nothing()).map(|_| ()),
        "record-delivery" => record_delivery::config::Config::read(nothing()).map(|_| ()),
        "customer-pages" => customer_pages::config::Config::read(nothing()).map(|_| ()),
        "keep-promises" => keep_promises::config::Config::read(nothing()).map(|_| ()),
        _ => panic!("this test does not know {folder}: add its Config::read here"),
    };
    let Missing(names) = missing.expect_err("an empty environment lacks something");
    names.into_iter().collect()
}

#[test]
fn each_folder_is_one_function_and_one_binary_of_that_name() {
    let folders: BTreeSet<String> = std::fs::read_dir(functions_folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let functions = Template::main().functions();
    let in_template: BTreeSet<String> = functions.keys().cloned().collect();
    assert_eq!(in_template, folders, "each folder of functions/ needs an AWS::Serverless::Function with it as CodeUri");
    for (folder, function) in functions {
        let manifest = std::fs::read_to_string(functions_folder().join(&folder).join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("name = \"{folder}\"")), "{folder}: the crate must have the folder's name");
        assert_eq!(function.metadata["BuildMethod"], "rust-cargolambda", "{folder}");
        assert_eq!(function.metadata["BuildProperties"]["Binary"], *folder, "{folder}: SAM copies the wrong binary");
        assert_eq!(text(&function.properties["FunctionName"]), format!("${{AWS::StackName}}-{folder}"));
        assert_eq!(function.properties["Handler"], "bootstrap", "{folder}");
        assert_eq!(function.properties["Runtime"], "provided.al2023", "{folder}");
    }
}

#[test]
fn each_function_gets_the_variables_it_asks_for_and_no_others() {
    for (folder, function) in Template::main().functions() {
        let variables = function.properties["Environment"]["Variables"].as_object().expect("variables");
        let given: BTreeSet<&str> = variables.keys().map(String::as_str).collect();
        assert_eq!(given, asked_for(&folder), "{folder}: template.yaml on the left, its config.rs on the right");
    }
}

#[test]
fn variables_are_what_the_names_say() {
    let of = |folder: &str, name: &str| match name {
        "TABLE" => "${Table}",
        "SECRETS_PATH" => "${SecretsPath}",
        "ALARM_GROUP" => "${AlarmGroup}",
        "ALARM_FUNCTION_ARN" => {
            "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-send-follow-ups"
        }
        "ALARM_ROLE_ARN" => "${AlarmRole.Arn}",
        "ALARM_DEAD_LETTER_ARN" => "${AlarmFailures.Arn}",
        "CONFIGURATION_SET" => "${ConfigurationSet}",
        "PUBLIC_URL" if folder == "customer-pages" => "${PublicUrl} own",
        "PUBLIC_URL" => "${PublicUrl} ${CustomerPagesUrl.FunctionUrl}",
        _ => panic!("{name}: say here what the template must give it"),
    };
    for (folder, function) in Template::main().functions() {
        let variables = function.properties["Environment"]["Variables"].as_object().expect("variables");
        for (name, value) in variables {
            assert_eq!(crate::template::texts(value).join(" "), of(&folder, name), "{folder}: {name}");
        }
    }
}

#[test]
fn processors_are_real_ones_and_all_functions_run_on_the_same() {
    let template = Template::main();
    let parameter = &template.part("Parameters")["Architecture"];
    let real = ["arm64", "x86_64"];
    let allowed: Vec<&str> = parameter["AllowedValues"].as_array().unwrap().iter().filter_map(|v| v.as_str()).collect();
    assert_eq!(allowed, real, "Lambda knows these");
    assert!(real.contains(&parameter["Default"].as_str().unwrap()));
    for (folder, function) in template.functions() {
        let architectures = function.properties["Architectures"].as_array().expect("architectures");
        assert_eq!(architectures.iter().map(text).collect::<Vec<_>>(), ["${Architecture}"], "{folder}");
    }
}

#[test]
fn a_sender_has_time_to_finish_what_it_claims_and_nobody_judges_it_before() {
    let functions = Template::main().functions();
    let sender_s = functions["send-follow-ups"].timeout_s();
    assert_eq!(
        sender_s,
        rings::TIMEOUT_MINUTES * 60,
        "the embedded cloud gives a sender another time than the template"
    );
    assert!(
        sender_s > lease().num_seconds() * 2,
        "a sender claims nothing in its last lease: it must have more than that"
    );
    assert!(OVERDUE_AFTER_MINUTES * 60 > sender_s, "keep-promises would call late what a sender is still at");
    for (folder, function) in &functions {
        assert!((3..=900).contains(&function.timeout_s()), "{folder}: Lambda allows 900 seconds at most");
    }
    // The next hour's round must not begin before this one has ended.
    assert!(functions["keep-promises"].timeout_s() < 3600);
}

#[test]
fn logs_are_json_in_a_group_of_the_functions_own_that_forgets() {
    let template = Template::main();
    for (folder, function) in template.functions() {
        let logging = &function.properties["LoggingConfig"];
        assert_eq!(logging["LogFormat"], "JSON", "{folder}: metrics are read from JSON lines only");
        let group = text(&logging["LogGroup"]);
        let group = template.resource(group.trim_start_matches("${").trim_end_matches('}'));
        assert_eq!(text(&group["LogGroupName"]), format!("/aws/lambda/${{AWS::StackName}}-{folder}"));
        assert_eq!(text(&group["RetentionInDays"]), "${LogDays}", "{folder}: its logs are kept for ever");
    }
}

#[test]
fn reservations_are_off_unless_asked_for() {
    let template = Template::main();
    for parameter in ["ReservedSenders", "ReservedUrlConcurrency"] {
        assert_eq!(template.part("Parameters")[parameter]["Default"], 0, "a new account would refuse the deployment");
    }
    for (folder, function) in template.functions() {
        let Some(reserved) = function.properties.get("ReservedConcurrentExecutions") else { continue };
        let branches =
            reserved["Fn::If"].as_array().unwrap_or_else(|| panic!("{folder}: it must depend on a condition"));
        assert_eq!(text(&branches[2]), "${AWS::NoValue}", "{folder}");
    }
}
