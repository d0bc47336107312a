//! The template as it is read: CloudFormation's short tags in their long form, and values as text to compare.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The repository's folder `functions`.
pub(crate) fn functions_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../functions")
}

/// A template of infra/aws.
#[derive(Debug)]
pub(crate) struct Template(Value);

/// A function of the template.
#[derive(Debug)]
pub(crate) struct Function {
    /// Its logical id.
    pub(crate) id: String,
    /// Its folder, which names the crate and the binary as well.
    pub(crate) folder: String,
    /// Its properties, with those that all functions share.
    pub(crate) properties: Value,
    /// Its metadata: how it is built.
    pub(crate) metadata: Value,
}

impl Function {
    /// How long an invocation may take, in seconds.
    pub(crate) fn timeout_s(&self) -> i64 {
        self.properties["Timeout"].as_i64().expect("a time-out in seconds")
    }

    /// The logical id of its role.
    pub(crate) fn role(&self) -> String {
        let role = text(&self.properties["Role"]);
        role.strip_prefix("${").and_then(|role| role.strip_suffix(".Arn}")).expect("a role of the template").to_owned()
    }
}

impl Template {
    /// The main stack's.
    pub(crate) fn main() -> Self {
        Self::read("template.yaml")
    }

    pub(crate) fn read(file: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../infra/aws").join(file);
        let yaml = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(long(yaml_serde::from_str(&yaml).unwrap_or_else(|error| panic!("{file}: {error}"))))
    }

    /// A part of the template: `["Parameters"]`.
    pub(crate) fn part(&self, name: &str) -> &Map<String, Value> {
        self.0[name].as_object().unwrap_or_else(|| panic!("the template has no {name}"))
    }

    /// The properties of all resources of a type, by logical id.
    pub(crate) fn of_type<'a>(&'a self, kind: &str) -> BTreeMap<&'a str, &'a Value> {
        let resources = self.part("Resources").iter();
        let of_kind = resources.filter(|(_, resource)| resource["Type"] == kind);
        of_kind.map(|(id, resource)| (id.as_str(), &resource["Properties"])).collect()
    }

    /// The properties of a resource.
    pub(crate) fn resource(&self, id: &str) -> &Value {
        let resources = self.part("Resources");
        &resources.get(id).unwrap_or_else(|| panic!("the template has no resource {id}"))["Properties"]
    }

    /// The functions, by folder.
    pub(crate) fn functions(&self) -> BTreeMap<String, Function> {
        let shared = self.0["Globals"]["Function"].as_object().cloned().unwrap_or_default();
        let resources = self.part("Resources").iter();
        let functions = resources.filter(|(_, resource)| resource["Type"] == "AWS::Serverless::Function");
        functions
            .map(|(id, resource)| {
                let mut properties = shared.clone();
                properties.extend(resource["Properties"].as_object().expect("properties").clone());
                let code = properties["CodeUri"].as_str().unwrap_or_default().to_owned();
                let folder = code.strip_prefix("../../functions/").unwrap_or(&code).to_owned();
                let metadata = resource["Metadata"].clone();
                let properties = Value::Object(properties);
                (folder.clone(), Function { id: id.clone(), folder, properties, metadata })
            })
            .collect()
    }

    /// The function that `${Id}`, `${Id.Arn}` or its ARN by name is about.
    pub(crate) fn function_meant(&self, by: &str) -> Function {
        let is_meant = |function: &Function| {
            by == format!("${{{}}}", function.id)
                || by == format!("${{{}.Arn}}", function.id)
                || by.ends_with(&format!(":function:{}", text(&function.properties["FunctionName"])))
        };
        self.functions().into_values().find(is_meant).unwrap_or_else(|| panic!("{by} is no function of the template"))
    }
}

/// A value as `Fn::Sub` would write it: `${Table.Arn}/index/due`.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(call) => match call.iter().next().expect("a function") {
            (name, Value::String(of)) if name == "Ref" => format!("${{{of}}}"),
            (name, Value::String(of)) if name == "Fn::GetAtt" => format!("${{{of}}}"),
            (name, Value::String(of)) if name == "Fn::Sub" => of.clone(),
            _ => panic!("{value} is not written as one text: use !Ref, !GetAtt or !Sub with a text alone"),
        },
        _ => value.to_string(),
    }
}

/// One value or several, each as text; of `Fn::If` both branches, without that which is no value.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Object(call) if call.contains_key("Fn::If") => {
            call["Fn::If"].as_array().expect("a condition and two values")[1..].iter().flat_map(texts).collect()
        }
        _ => Some(text(value)).filter(|text| text != "${AWS::NoValue}").into_iter().collect(),
    }
}

/// The long form of YAML with CloudFormation's tags.
fn long(value: yaml_serde::Value) -> Value {
    match value {
        yaml_serde::Value::Tagged(tagged) => {
            let name = tagged.tag.to_string();
            let name = name.trim_start_matches('!');
            let name = if name == "Ref" { name.to_owned() } else { format!("Fn::{name}") };
            json!({ name: long(tagged.value) })
        }
        yaml_serde::Value::Sequence(values) => values.into_iter().map(long).collect(),
        yaml_serde::Value::Mapping(map) => {
            let key = |key: yaml_serde::Value| key.as_str().expect("a key that is text").to_owned();
            Value::Object(map.into_iter().map(|(name, value)| (key(name), long(value))).collect())
        }
        plain => serde_json::to_value(plain).expect("a plain value"),
    }
}
