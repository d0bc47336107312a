//! Changes to JSON that leave it JSON: so that they reach what a parser does with values, beyond its reader of text.

use crate::mutate::near;
use fastrand::Rng;
use serde_json::{Value, json};

/// Puts another value somewhere into the JSON that the input ends in: after headers, or from the beginning. `false`
/// where it ends in none: then nothing changes.
pub(crate) fn mutate(bytes: &mut Vec<u8>, random: &mut Rng) -> bool {
    let Some(start) = bytes.iter().position(|byte| *byte == b'{') else { return false };
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes[start..]) else { return false };
    for _ in 0..random.usize(1..4) {
        let mut found = Vec::new();
        places(&value, String::new(), &mut found);
        let Some(place) = random.choice(&found) else { break };
        let at = |place: &String| value.pointer(place).cloned().unwrap_or_default();
        let other =
            if random.bool() { alike(&at(place), random) } else { nasty(random.choice(&found).map(at), random) };
        put(&mut value, place, &other, random.u8(..8) == 0);
    }
    bytes.truncate(start);
    bytes.extend(value.to_string().bytes());
    true
}

/// Every place in a value, as JSON pointers.
pub(crate) fn places(value: &Value, path: String, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(name, v)| (name.replace('~', "~0").replace('/', "~1"), v)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(place, v)| (place.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        places(child, format!("{path}/{name}"), found);
    }
    if !path.is_empty() {
        found.push(path);
    }
}

fn put(value: &mut Value, place: &str, other: &Value, takes_away: bool) {
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(map)) if takes_away => drop(map.remove(&name.replace("~1", "/").replace("~0", "~"))),
        Some(_) => value.pointer_mut(place).into_iter().for_each(|old| *old = other.clone()),
        None => {}
    }
}

/// A value of the same kind.
fn alike(value: &Value, random: &mut Rng) -> Value {
    match value {
        Value::String(text) => json!(near(text, random)),
        Value::Bool(is) => json!(!is),
        Value::Number(number) => match number.as_i64() {
            Some(n) => {
                json!(n.wrapping_add(random.i64(-2..=2)).wrapping_mul([1, -1, 1000, i64::MAX][random.usize(..4)]))
            }
            None => json!(random.f64()),
        },
        Value::Array(list) => json!(list.iter().rev().chain(list).collect::<Vec<_>>()),
        other => other.clone(),
    }
}

/// A value that may not fit where it is put. `other` is one from elsewhere in the same JSON.
fn nasty(other: Option<Value>, random: &mut Rng) -> Value {
    let other = other.unwrap_or_default();
    match random.u8(..16) {
        0 => Value::Null,
        1 => json!(random.bool()),
        2 => json!(random.i64(..)),
        3 => json!(i64::MIN),
        4 => json!(u64::MAX),
        5 => json!(1e300),
        6 => json!(-0.5),
        7 => json!(""),
        8 => json!("9".repeat(random.usize(1..400))),
        9 => json!("が\u{3099}\u{0}\u{202e}🏺 <b>&\"'"),
        10 => {
            json!(["2026-02-29T25:61:61Z", "9999-12-31T23:59:60+23:59", "-262143-01-01T00:00:00Z"][random.usize(..3)])
        }
        11 => json!({ "value": other }),
        12 => json!([other.clone(), other]),
        13 => json!(vec![other; random.usize(..60)]),
        14 => (0..random.usize(1..140)).fold(other, |inner, _| json!([inner])),
        _ => other,
    }
}
