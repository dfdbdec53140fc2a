//! Statistics over a batch that leave out the padding behind sequences that end early.
//!
//! The valid rows, packed one behind the other, pass through the normalization as a batch of vectors;
//! what comes out goes back to their places, and padded positions get 0. So the statistics are, to the
//! bit, those of the sequences put end to end, and what stands in a padded position changes nothing. Among
//! PyTorch's modules: `y[valid] = norm(x[valid])`.
//!
//! At one step in time of a recurrent network the valid rows are the samples that have not ended. With
//! a single one left, it is its own mean: β alone comes out, without noise or correction, and running
//! statistics stay.
//!
//! x, y: `[rows × channels]`. Cached: the number of valid rows; then what the normalization caches for
//! them; then their x, y, dy and dx.

use super::{Card, OverTime, Parts, Refusal, Site};
use crate::kernels::Real;
use crate::nn::layer::{Back, Layer, Pass, Shape, Statistics};
use crate::nn::valid;

/// Whether the padding can be left out, beyond what the normalization itself asks for.
pub(super) fn check(card: &Card, site: &Site) -> Result<(), Refusal> {
    let label = card.choice.label;
    let uneven = "without the padding, the parts of a batch would hold different numbers of tokens";
    if card.parts == Parts::Ghosts {
        let reason = || format!("{label} cuts the batch into equal parts, and {uneven}");
        return Err(Refusal::new("masked", &["shortest", "norm"], reason));
    }
    if card.parts == Parts::Devices && site.devices > 1 {
        let reason = || format!("each device standardizes an equal part of the batch, and {uneven}");
        return Err(Refusal::new("masked", &["devices", "shortest", "norm"], reason));
    }
    if site.over_time == OverTime::Step && site.shape.positions > 1 {
        let reason =
            || "statistics of each position by itself would be of another number of samples at each of them".into();
        return Err(Refusal::new("over_time", &["masked", "shortest", "norm"], reason));
    }
    Ok(())
}

/// The layer; `inside` is the normalization, built for single vectors.
pub(super) fn build<F: Real>(site: &Site, inside: Box<dyn Layer<F>>) -> Box<dyn Layer<F>> {
    Box::new(Masked { shape: site.shape, step: site.step, inside })
}

struct Masked<F> {
    shape: Shape,
    /// The step in time, if it stands at a single one.
    step: Option<usize>,
    inside: Box<dyn Layer<F>>,
}

/// What the cache holds.
struct Cache<'a, F> {
    inside: &'a mut [F],
    x: &'a mut [F],
    y: &'a mut [F],
    dy: &'a mut [F],
    dx: &'a mut [F],
}

impl<F: Real> Masked<F> {
    /// Calls `f` with the start and end of each run of valid values, in order.
    fn runs(&self, pass: &Pass<F>, f: impl FnMut(usize, usize)) {
        valid::runs(self.shape, self.step, pass.batch, pass.lengths, f);
    }

    /// Valid rows.
    fn count(&self, pass: &Pass<F>) -> usize {
        let mut values = 0;
        self.runs(pass, |from, to| values += to - from);
        values / self.shape.channels
    }

    fn cut<'a>(&self, rows: usize, cache: &'a mut [F]) -> Cache<'a, F> {
        let n = rows * self.shape.channels;
        let (inside, rest) = cache[1..].split_at_mut(self.inside.cache_len(rows));
        let (x, rest) = rest.split_at_mut(n);
        let (y, rest) = rest.split_at_mut(n);
        let (dy, rest) = rest.split_at_mut(n);
        Cache { inside, x, y, dy, dx: &mut rest[..n] }
    }

    /// `packed` ← the valid values of `all`.
    fn pack(&self, pass: &Pass<F>, all: &[F], packed: &mut [F]) {
        let mut at = 0;
        self.runs(pass, |from, to| {
            packed[at..at + to - from].copy_from_slice(&all[from..to]);
            at += to - from;
        });
    }

    /// The valid values of `all` ← `packed`; the others are 0.
    fn unpack(&self, pass: &Pass<F>, packed: &[F], all: &mut [F]) {
        all.fill(F::ZERO);
        let mut at = 0;
        self.runs(pass, |from, to| {
            all[from..to].copy_from_slice(&packed[at..at + to - from]);
            at += to - from;
        });
    }
}

/// The pass of the valid rows alone.
fn inner<'a, F>(pass: &Pass<'a, F>, rows: usize) -> Pass<'a, F> {
    let single = rows < 2 && pass.statistics == Statistics::Batch;
    Pass { batch: rows, lengths: None, draw: pass.draw.filter(|_| !single), ..*pass }
}

impl<F: Real> Layer<F> for Masked<F> {
    fn cache_len(&self, batch: usize) -> usize {
        let rows = batch * self.shape.positions;
        1 + self.inside.cache_len(rows) + 4 * rows * self.shape.channels
    }

    fn forward(&self, pass: &Pass<F>, x: &[F], y: &mut [F], cache: &mut [F]) {
        let rows = self.count(pass);
        cache[0] = F::of(rows as f64);
        let packed = self.cut(rows, cache);
        self.pack(pass, x, packed.x);
        if rows > 0 {
            self.inside.forward(&inner(pass, rows), packed.x, packed.y, packed.inside);
        }
        self.unpack(pass, packed.y, y);
    }

    fn backward(&self, pass: &Pass<F>, back: Back<F>, cache: &mut [F], dx: Option<&mut [F]>, gradient: &mut [F]) {
        // A norm always stands behind a layer with weights, so its input's gradient is always wanted.
        let Some(dx) = dx else { return };
        let rows = self.count(pass);
        let packed = self.cut(rows, cache);
        self.pack(pass, back.dy, packed.dy);
        if rows > 0 {
            let back = Back { x: packed.x, y: packed.y, dy: packed.dy };
            self.inside.backward(&inner(pass, rows), back, packed.inside, Some(packed.dx), gradient);
        }
        self.unpack(pass, packed.dx, dx);
    }

    fn update_buffers(&self, _batch: usize, cache: &[F], buffers: &mut [F], cumulative: bool) {
        let rows = cache[0].to_f64() as usize;
        if rows > 1 {
            let inside = &cache[1..][..self.inside.cache_len(rows)];
            self.inside.update_buffers(rows, inside, buffers, cumulative);
        }
    }

    fn exchanged(&self) -> usize {
        self.inside.exchanged()
    }
}
