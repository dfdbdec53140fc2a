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

    /// This alternative's name, label and help.
    fn choice(self) -> Choice;

    /// The alternative of that name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.choice().name == name)
    }
}

/// Declares an enum and its [`Choices`] in one table: `Variant: "name", "label", "help";`. A variant behind
/// a `#[cfg]` is always there, but only then an alternative.
macro_rules! choices {
    ($(#[$doc:meta])* pub enum $name:ident {
        $($(#[$gate:meta])? $variant:ident: $key:literal, $label:literal, $help:literal;)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $help] $variant,)+
        }

        impl $crate::choice::Choices for $name {
            const ALL: &'static [Self] = &[$($(#[$gate])? Self::$variant),+];

            fn choice(self) -> $crate::choice::Choice {
                match self {
                    $(Self::$variant => $crate::choice::Choice { name: $key, label: $label, help: $help },)+
                }
            }
        }
    };
}
pub(crate) use choices;

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
