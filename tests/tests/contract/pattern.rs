//! EventBridge's event patterns, as far as the template uses them: exact values, prefixes, whether a leaf exists.
//! Lambda's event filters are the same language.

use serde_json::Value;

/// Whether a pattern matches an event.
///
/// # Panics
/// On a rule that is not known here.
pub(crate) fn matches(pattern: &Value, event: &Value) -> bool {
    let fields = pattern.as_object().expect("a pattern is an object");
    fields.iter().all(|(name, expected)| match expected {
        Value::Object(_) => event.get(name).is_some_and(|inner| inner.is_object() && matches(expected, inner)),
        Value::Array(rules) => rules.iter().any(|rule| is_met(rule, event.get(name))),
        _ => panic!("{name}: a pattern ends in lists"),
    })
}

/// Of a list in the event one value is enough.
fn is_met(rule: &Value, value: Option<&Value>) -> bool {
    let leaves: Vec<&Value> = match value {
        Some(Value::Array(values)) => values.iter().collect(),
        // `exists` and all others look at leaves only: what has fields is none.
        Some(Value::Object(_)) | None => Vec::new(),
        Some(leaf) => vec![leaf],
    };
    let Some(rule) = rule.as_object() else { return leaves.contains(&rule) };
    match rule.iter().next() {
        Some((name, wanted)) if name == "exists" => leaves.is_empty() != wanted.as_bool().expect("true or false"),
        Some((name, Value::String(prefix))) if name == "prefix" => {
            leaves.iter().any(|leaf| leaf.as_str().is_some_and(|leaf| leaf.starts_with(prefix)))
        }
        _ => panic!("{rule:?}: teach tests/tests/contract/pattern.rs what this means"),
    }
}

#[test]
fn patterns_mean_what_eventbridge_says_they_mean() {
    let event = serde_json::json!({ "a": { "b": "text", "n": 1, "l": ["x", "y"], "m": { "k": true } } });
    for (pattern, expected) in [
        (r#"{"a": {"b": ["text"]}}"#, true),
        (r#"{"a": {"b": ["other", "text"]}}"#, true),
        (r#"{"a": {"b": ["tex"]}}"#, false),
        (r#"{"a": {"b": [{"prefix": "te"}], "n": [1]}}"#, true),
        (r#"{"a": {"b": [{"prefix": "ex"}]}}"#, false),
        (r#"{"a": {"l": ["y"]}}"#, true),
        (r#"{"a": {"l": [{"exists": true}], "m": {"k": [true]}}}"#, true),
        (r#"{"a": {"m": [{"exists": true}]}}"#, false),
        (r#"{"a": {"z": [{"exists": true}]}}"#, false),
        (r#"{"a": {"z": [{"exists": false}]}}"#, true),
        (r#"{"z": {"b": ["text"]}}"#, false),
    ] {
        assert_eq!(matches(&serde_json::from_str(pattern).unwrap(), &event), expected, "{pattern}");
    }
}
