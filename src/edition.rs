//! The engine comes in two editions of one source.
//!
//! The page's first visit loads the *first* edition: small, and enough for the default lab. The *full* one
//! holds everything; it is loaded when a configuration asks for it, and is what is built natively. Both
//! know every word (fields, alternatives, help), so that menus and links are the same in both, and both
//! compute the same bits. They differ in what can be reached: wherever networks, normalizations and data
//! are made, what belongs to the full edition is made only `if` [`Edition::is_here`], a constant, so that
//! the linker leaves the rest out.

/// What a part of the engine belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// What a first visit loads.
    First,
    /// Everything.
    Full,
}

impl Edition {
    /// The edition that this is.
    pub const HERE: Edition = if cfg!(feature = "full") { Edition::Full } else { Edition::First };

    /// Whether what belongs to it can be computed here.
    pub const fn is_here(self) -> bool {
        self as u8 <= Edition::HERE as u8
    }
}
