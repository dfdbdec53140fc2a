//! Which rows of a batch of sequences that end early are of the sequences, and not of the padding behind.

use super::layer::Shape;

/// Calls `f` with the start and end of each run of valid values among `samples` samples, in order.
///
/// `lengths`: valid positions of each sample, as in [`super::layer::Pass::lengths`]. `step`: the step in
/// time, counted from 0, that the values belong to, if they are of a single one: of a sample that has
/// ended before it, none is valid.
pub fn runs(
    shape: Shape,
    step: Option<usize>,
    samples: usize,
    lengths: Option<&[u32]>,
    mut f: impl FnMut(usize, usize),
) {
    for sample in 0..samples {
        let start = sample * shape.len();
        let length = lengths.map_or(usize::MAX, |lengths| lengths[sample] as usize);
        let rows = match step {
            Some(step) => usize::from(step < length),
            None => length.min(shape.positions),
        };
        f(start, start + rows * shape.channels);
    }
}
