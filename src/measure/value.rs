//! What was measured.

use super::row::Form;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A measured value; what is missing was not a finite number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// One number.
    Number(Option<f64>),
    /// The smallest and the largest.
    Range(Option<[f64; 2]>),
    /// One for each layer, by name, from input to output. None at all where there is nothing to measure.
    Layers(Vec<(String, Option<f64>)>),
    /// Numbers and the shares of all that they stand for. None at all where one was not finite.
    Density(Vec<(f64, f64)>),
}

/// A measurement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// After how many steps.
    pub step: u64,
    /// The measure's name, see [`super::MEASURES`].
    pub name: String,
    /// What was measured.
    pub value: Value,
}

impl Value {
    /// What there is to say where there is nothing to measure.
    pub fn missing(form: Form) -> Value {
        match form {
            Form::Number => Value::Number(None),
            Form::Range => Value::Range(None),
            Form::Layers => Value::Layers(Vec::new()),
            Form::Density => Value::Density(Vec::new()),
        }
    }
}

impl Reading {
    /// As JSON: `step`, `probe`, and `value`, or `low` and `high`, or `layers` as a list of names and
    /// values, or `density` as a list of numbers and shares; null is missing.
    pub fn json(&self) -> serde_json::Value {
        let mut line = json!({ "step": self.step, "probe": self.name });
        let mut put = |key: &str, value: serde_json::Value| line[key] = value;
        match &self.value {
            Value::Number(value) => put("value", json!(value)),
            Value::Range(range) => {
                put("low", json!(range.map(|r| r[0])));
                put("high", json!(range.map(|r| r[1])));
            }
            Value::Layers(layers) => put("layers", json!(layers)),
            Value::Density(nodes) => put("density", json!(nodes)),
        }
        line
    }
}

/// A number for each layer, read off what was found of each.
pub(super) fn layers<T>(found: &[T], read: fn(&T) -> (&String, Option<f64>)) -> Value {
    Value::Layers(found.iter().map(read).map(|(layer, value)| (layer.clone(), value)).collect())
}
