//! Named alternatives: how an enum becomes a configuration value, a form control and a line of help.

use serde::Serialize;

/// How one alternative is written, shown and explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The value in URLs, JSON and `--set`.
    pub name: &'static str,
    /// The words on the page.
    pub label: &'static str,
    /// One sentence of explanation.
    pub help: &'static str,
}

/// An enum whose alternatives all have names.
pub trait Choices: Copy + PartialEq + 'static {
    /// Every alternative, in the order in which they are shown.
    const ALL: &'static [Self];

    /// The name, label and help of each, in the same order.
    const TABLE: &'static [Choice];

    /// This alternative's name, label and help.
    fn choice(self) -> Choice;

    /// The alternative of that name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.get(place(Self::TABLE, name)?).copied()
    }
}

/// Where in a table that name stands.
fn place(table: &[Choice], name: &str) -> Option<usize> {
    table.iter().position(|choice| choice.name == name)
}

/// Declares an enum and its [`Choices`] in one table: `Variant: "name", "label", "help";`.
macro_rules! choices {
    ($(#[$doc:meta])* pub enum $name:ident { $($variant:ident: $key:literal, $label:literal, $help:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $help] $variant,)+
        }

        impl $crate::choice::Choices for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const TABLE: &'static [$crate::choice::Choice] =
                &[$($crate::choice::Choice { name: $key, label: $label, help: $help }),+];

            fn choice(self) -> $crate::choice::Choice {
                Self::TABLE[self as usize]
            }
        }
    };
}
pub(crate) use choices;

/// For `#[serde(with = "by_name")]`: an alternative crosses as its name.
pub mod by_name {
    use crate::choice::Choices;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    /// Writes the name.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<T: Choices, S: Serializer>(choice: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(choice.choice().name)
    }

    /// Reads the name.
    ///
    /// # Errors
    /// If there is no alternative of that name, and the deserializer's.
    pub fn deserialize<'de, T: Choices, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let name = String::deserialize(deserializer)?;
        T::named(&name).ok_or_else(|| D::Error::custom("no such alternative"))
    }
}

choices! {
    /// A setting that is there or not.
    pub enum Switch {
        On: "on", "On", "It is there.";
        Off: "off", "Off", "It is not there.";
    }
}

impl Switch {
    /// Whether it is there.
    pub fn is_on(self) -> bool {
        self == Switch::On
    }
}
