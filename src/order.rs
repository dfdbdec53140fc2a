//! Sorting. The standard library's stable sort is five kilobytes of WebAssembly for every type that it sorts:
//! here is one for all.

use std::cmp::Ordering;

/// The numbers from 0 to `len` − 1 in ascending order of what `compare` says of them; equals keep their order.
pub fn sorted(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..len).collect();
    order.sort_by(|&i, &j| compare(i, j));
    order
}
