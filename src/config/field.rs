//! What a field is: its name, its words, its range, and how its text becomes a value.

use super::problem::{Problem, shown};
use crate::choice::{Choice, Choices};

/// How a slider spreads over a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// Evenly in the logarithm.
    Log,
}

/// What values a field takes.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A whole number, both ends included.
    Whole {
        /// Smallest.
        min: u64,
        /// Largest.
        max: u64,
        /// Of the slider.
        scale: Scale,
    },
    /// A finite number, both ends included.
    Real {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Of the slider.
        scale: Scale,
        /// The word for having no number at all, where that is possible.
        absent: Option<&'static str>,
    },
    /// One of some named alternatives.
    Choice(fn() -> &'static [Choice]),
    /// Any of some names, separated by commas.
    Names(fn() -> Vec<&'static str>),
    /// Text in a grammar of its own, which is said where it is wrong.
    Text(&'static str),
}

/// What two runs that differ in a field do not share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affects {
    /// The initial weights: how many there are, and what is drawn.
    Weights,
    /// Training and validation samples.
    Data,
    /// Which samples are in each mini-batch.
    Batches,
    /// What is learned: the losses of two such runs cannot be compared.
    Task,
}

/// Writes a struct, its default and the table of its fields as one list:
/// `name: type = default => slot { label: …, help: …, group: …, kind: … }`. A row may leave out `relevant`, if it
/// always is, and `affects`, if it changes nothing but the training.
macro_rules! fields {
    (
        $(#[$about:meta])*
        pub struct $struct:ident;
        $(#[$listed:meta])*
        pub static $table:ident;
        $($(#[$doc:meta])* $field:ident: $type:ty = $default:expr => $slot:ident { $($key:ident: $value:expr),* $(,)? },)*
    ) => {
        $(#[$about])*
        pub struct $struct {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Default for $struct {
            fn default() -> $struct {
                $struct { $($field: $default,)* }
            }
        }

        $(#[$listed])*
        #[allow(clippy::needless_update)] // some rows leave nothing out
        pub static $table: &[Field<$struct>] = &[
            $(Field {
                name: stringify!($field),
                slot: |of| Slot::$slot(&mut of.$field),
                $($key: $value,)*
                ..Field::PLAIN
            },)*
        ];
    };
}
pub(crate) use fields;

/// A field of the struct `C`.
pub struct Field<C: 'static> {
    /// Its key in URLs, JSON and `--set`.
    pub name: &'static str,
    /// Its label on the page.
    pub label: &'static str,
    /// One sentence of explanation.
    pub help: &'static str,
    /// The heading that it stands under.
    pub group: &'static str,
    /// Its values.
    pub kind: Kind,
    /// Whether it makes a difference, given the other fields.
    pub relevant: fn(&C) -> bool,
    /// What else than the training itself it changes.
    pub affects: &'static [Affects],
    /// Where it is stored.
    pub slot: fn(&mut C) -> Slot<'_>,
}

/// A place in a struct.
pub enum Slot<'a> {
    /// A whole number.
    Whole(&'a mut usize),
    /// A seed.
    Seed(&'a mut u32),
    /// A number.
    Real(&'a mut f64),
    /// A number that may be absent.
    Maybe(&'a mut Option<f64>),
    /// An enum.
    Choice(&'a mut dyn AnyChoice),
    /// A set of names.
    Names(&'a mut Vec<String>),
    /// What has a grammar of its own.
    Text(&'a mut dyn Text),
}

/// An enum with named alternatives, whichever it is.
pub trait AnyChoice {
    /// The present alternative's name.
    fn name(&self) -> &'static str;
    /// Takes the alternative of that name; false if there is none.
    fn take(&mut self, name: &str) -> bool;
}

/// A value with a grammar of its own.
pub trait Text {
    /// As text, which [`Text::read`] reads back.
    fn text(&self) -> &str;
    /// Reads a value; on a problem, it stays as it was. The problem's field is left to the caller.
    ///
    /// # Errors
    /// What is wrong, in words.
    fn read(&mut self, text: &str) -> Result<(), Problem>;
}

impl<T: Choices> AnyChoice for T {
    fn name(&self) -> &'static str {
        self.choice().name
    }

    fn take(&mut self, name: &str) -> bool {
        T::named(name).map(|c| *self = c).is_some()
    }
}

/// All alternatives of an enum, for [`Kind::Choice`].
pub fn choices<T: Choices>() -> &'static [Choice] {
    T::TABLE
}

/// The shortest text that reads back as the same number; powers of ten for the very small and large.
pub fn number(value: f64) -> String {
    if value != 0.0 && !(1e-3..1e5).contains(&value.abs()) { format!("{value:e}") } else { format!("{value}") }
}

impl<C> Field<C> {
    /// What a row leaves out.
    pub(crate) const PLAIN: Field<C> = Field {
        name: "",
        label: "",
        help: "",
        group: "",
        kind: Kind::Text(""),
        relevant: |_| true,
        affects: &[],
        slot: |_| unreachable!("every row has its slot"),
    };
}

impl<C: Clone> Field<C> {
    /// The value as text, which [`Field::set`] reads back.
    pub fn get(&self, from: &C) -> String {
        self.kind.write((self.slot)(&mut from.clone()))
    }

    /// Reads a value; on a problem, `to` stays as it was.
    pub fn set(&self, to: &mut C, text: &str) -> Result<(), Problem> {
        let text = text.trim();
        match (self.slot)(to) {
            // The one kind whose values are more than a word: what is wrong takes words of its own.
            Slot::Text(value) => value.read(text).map_err(|problem| Problem { field: self.name.into(), ..problem }),
            slot => self.kind.read(slot, text).ok_or_else(|| self.problem(text)),
        }
    }

    /// The problem with `text`, with the nearest possible value where it is a number out of range.
    pub fn problem(&self, text: &str) -> Problem {
        self.kind.problem(self.name, text)
    }

    /// What is allowed, in words.
    pub fn allowed(&self) -> String {
        self.kind.allowed()
    }
}

impl Kind {
    /// A value as text.
    fn write(self, slot: Slot) -> String {
        match slot {
            Slot::Whole(v) => v.to_string(),
            Slot::Seed(v) => v.to_string(),
            Slot::Real(v) => number(*v),
            Slot::Maybe(Some(v)) => number(*v),
            Slot::Maybe(None) => self.absent().unwrap_or_default().into(),
            Slot::Choice(v) => v.name().into(),
            Slot::Names(v) => v.join(","),
            Slot::Text(v) => v.text().into(),
        }
    }

    /// Reads a value; if it is none of these, the slot stays as it was.
    fn read(self, slot: Slot, text: &str) -> Option<()> {
        match (slot, self) {
            (Slot::Whole(v), _) => self.whole(text).map(|n| *v = n as usize),
            (Slot::Seed(v), _) => self.whole(text).map(|n| *v = n as u32),
            (Slot::Real(v), _) => self.real(text).map(|n| *v = n),
            (Slot::Maybe(v), _) if Some(text) == self.absent() => {
                *v = None;
                Some(())
            }
            (Slot::Maybe(v), _) => self.real(text).map(|n| *v = Some(n)),
            (Slot::Choice(v), _) => v.take(text).then_some(()),
            (Slot::Names(v), Kind::Names(known)) => {
                let names: Vec<&str> = text.split(',').map(str::trim).filter(|n| !n.is_empty()).collect();
                names.iter().all(|n| known().contains(n)).then(|| {
                    *v = names.iter().map(|n| (*n).to_owned()).collect();
                })
            }
            (Slot::Names(_) | Slot::Text(_), _) => None,
        }
    }

    fn whole(self, text: &str) -> Option<u64> {
        let Kind::Whole { min, max, .. } = self else {
            return None;
        };
        text.parse().ok().filter(|n| (min..=max).contains(n))
    }

    fn real(self, text: &str) -> Option<f64> {
        let Kind::Real { min, max, .. } = self else {
            return None;
        };
        text.parse().ok().filter(|n| (min..=max).contains(n))
    }

    fn absent(self) -> Option<&'static str> {
        match self {
            Kind::Real { absent, .. } => absent,
            _ => None,
        }
    }

    fn problem(self, name: &str, text: &str) -> Problem {
        Problem {
            field: name.into(),
            value: shown(text),
            allowed: self.allowed(),
            reason: String::new(),
            fix: self.nearest(text),
            or: Vec::new(),
        }
    }

    fn nearest(self, text: &str) -> Option<String> {
        let value: f64 = text.trim().parse().ok().filter(|v: &f64| !v.is_nan())?;
        match self {
            Kind::Whole { min, max, .. } => Some((value.round().clamp(min as f64, max as f64) as u64).to_string()),
            Kind::Real { min, max, .. } => Some(number(value.clamp(min, max))),
            Kind::Choice(_) | Kind::Names(_) | Kind::Text(_) => None,
        }
    }

    fn allowed(self) -> String {
        match self {
            Kind::Whole { min, max, .. } => format!("a whole number from {min} to {max}"),
            Kind::Real { min, max, absent, .. } => {
                let or = absent.map(|word| format!(", or {word}")).unwrap_or_default();
                format!("a number from {} to {}{or}", number(min), number(max))
            }
            Kind::Choice(all) => all().iter().map(|c| c.name).collect::<Vec<_>>().join(", "),
            Kind::Names(all) => format!("any of {}, separated by commas", all().join(", ")),
            Kind::Text(grammar) => grammar.into(),
        }
    }
}
