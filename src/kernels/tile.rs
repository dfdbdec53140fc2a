//! How a matrix is cut into the rectangles that are standardized, and with what.

use super::Real;

/// How a matrix of `channels` columns is cut into tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiles {
    /// Rows of a tile; divides the number of rows.
    pub rows: usize,
    /// Channels of a tile; divides `channels`.
    pub width: usize,
    /// Channels of the matrix.
    pub channels: usize,
}

impl Tiles {
    /// Values in a tile: the m of the formulas.
    pub fn count(&self) -> usize {
        self.rows * self.width
    }

    /// Tiles in a matrix of `len` values.
    pub fn sets(&self, len: usize) -> usize {
        len / self.count()
    }

    /// Channel groups: tiles side by side.
    pub(super) fn groups(&self) -> usize {
        self.channels / self.width
    }

    /// Calls `f(tile, offset)` for each tile, in order; `offset` is where the tile's first row starts.
    pub(super) fn each(&self, len: usize, mut f: impl FnMut(usize, usize)) {
        let groups = self.groups();
        for set in 0..self.sets(len) {
            f(set, (set / groups) * self.rows * self.channels + (set % groups) * self.width);
        }
    }
}

/// What a tile is standardized with: statistics per tile, gain and shift per channel.
#[derive(Clone, Copy)]
pub struct Standard<'a, F> {
    /// Subtracted. Per tile.
    pub mean: &'a [F],
    /// Multiplied with: 1/√(σ² + ε). Per tile.
    pub scale: &'a [F],
    /// γ. Per channel.
    pub gamma: &'a [F],
}

/// How the statistics depend on the input that is being differentiated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// Mean and scale are the tile's own: both terms of the gradient.
    MeanAndScale,
    /// The scale alone is the tile's own (RMSNorm).
    Scale,
    /// Fixed numbers (running statistics): a plain linear map.
    Nothing,
}

/// (Σd² − (Σd)²/m)/m, never below zero; NaN stays NaN.
#[inline(always)]
pub(super) fn corrected<F: Real>(square: F, off: F, m: F) -> F {
    let v = (square - off * off / m) / m;
    if v < F::ZERO { F::ZERO } else { v }
}

/// Said once, that `L` columns from `c` on lie within a row is not asked of each row.
#[inline(always)]
pub(super) fn leaves_room<const L: usize>(c: usize, stride: usize) {
    assert!(stride >= L && c <= stride - L);
}
