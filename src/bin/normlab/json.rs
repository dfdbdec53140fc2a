//! A file of settings.

use crate::Failure;
use normlab::config::shown;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes of the longest file that is read: a hundred times what all settings of a pair take.
const LONGEST: u64 = 2 << 20;

/// Reads a file of JSON: whatever it holds, as long as no key is there twice.
pub fn read(path: &Path) -> Result<Value, Failure> {
    let wrong = |what: String| Failure::Input(vec![format!("{}: {what}", path.display())]);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| wrong(e.to_string()))?;
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(|e| wrong(e.to_string()))?;
    if bytes.len() as u64 > LONGEST {
        let allowed = "a JSON object of settings, such as {\"depth\": 5, \"norm\": \"batch\"}";
        return Err(wrong(format!("longer than {LONGEST} bytes; allowed: {allowed}")));
    }
    let text = String::from_utf8_lossy(&bytes);
    let value: Value = serde_json::from_str(&text).map_err(|e| wrong(format!("not JSON: {e}")))?;
    let Twice(twice) =
        if value.is_object() { serde_json::from_str(&text).unwrap_or_default() } else { Twice::default() };
    if twice.is_empty() {
        return Ok(value);
    }
    let named = |key: &String| format!("{}: “{}” is there twice; allowed: each key once", path.display(), shown(key));
    Err(Failure::Input(twice.iter().map(named).collect()))
}

/// The keys of an object that are there more than once: reading it as a map forgets all but the last.
#[derive(Default)]
struct Twice(Vec<String>);

impl<'de> Deserialize<'de> for Twice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Twice, D::Error> {
        deserializer.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Twice;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Twice, A::Error> {
        let (mut seen, mut twice) = (HashSet::new(), Vec::new());
        while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
            if !seen.insert(key.clone()) && !twice.contains(&key) {
                twice.push(key);
            }
            if twice.len() > crate::MOST_MESSAGES {
                break;
            }
        }
        Ok(Twice(twice))
    }
}
