//! Which samples each step sees.

use crate::rng::Stream;

/// Mini-batches drawn without replacement, epoch by epoch.
///
/// Each epoch is a fresh shuffle; the last, incomplete batch of an epoch is dropped. The shuffles
/// depend on the seed and the size of the set alone, so runs that differ in anything else, even in
/// the batch size, walk through the samples in the same order.
pub struct Batches {
    stream: Stream,
    order: Vec<u32>,
    next: usize,
    size: usize,
}

impl Batches {
    /// Batches of `size` from `samples`; `size` must not exceed `samples`.
    pub fn new(seed: u32, samples: usize, size: usize) -> Batches {
        let order: Vec<u32> = (0..samples as u32).collect();
        Batches { stream: Stream::new(seed, "batches"), next: order.len(), order, size }
    }

    /// The next batch's sample indices.
    pub fn draw(&mut self) -> &[u32] {
        if self.next + self.size > self.order.len() {
            // From the identity each time: an epoch's order must not depend on where the last one stopped.
            for (i, sample) in self.order.iter_mut().enumerate() {
                *sample = i as u32;
            }
            self.stream.shuffle(&mut self.order);
            self.next = 0;
        }
        let batch = &self.order[self.next..self.next + self.size];
        self.next += self.size;
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(batches: &mut Batches, n: usize) -> Vec<u32> {
        (0..n).flat_map(|_| batches.draw().to_vec()).collect()
    }

    #[test]
    fn an_epoch_sees_no_sample_twice_and_drops_the_rest() {
        let mut batches = Batches::new(1, 10, 3);
        let mut first = take(&mut batches, 3);
        let second = take(&mut batches, 3);
        assert_ne!(first, second);
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 9);
    }

    #[test]
    fn the_order_does_not_depend_on_the_batch_size() {
        assert_eq!(take(&mut Batches::new(1, 12, 3), 8), take(&mut Batches::new(1, 12, 4), 6));
    }
}
