//! Which samples each step sees.

use crate::rng::Stream;

/// Mini-batches drawn without replacement, epoch by epoch.
///
/// Each epoch is a fresh shuffle; the last, incomplete batch of an epoch is dropped. The shuffles
/// depend on the stream and the size of the set alone, so runs that differ in anything else, even in
/// the batch size, walk through the samples in the same order.
pub struct Batches {
    stream: Stream,
    order: Vec<u32>,
    next: usize,
    size: usize,
    sorting: Option<Sorting>,
}

/// What it takes to put an epoch in order.
struct Sorting {
    labels: Vec<u32>,
    classes: usize,
    shuffled: Vec<u32>,
}

impl Batches {
    /// Batches of `size` from `samples`; `size` must not exceed `samples`.
    pub fn new(stream: Stream, samples: usize, size: usize) -> Batches {
        let order: Vec<u32> = (0..samples as u32).collect();
        Batches { stream, next: order.len(), order, size, sorting: None }
    }

    /// The same samples in each epoch, but class by class: a batch is no sample of the whole. Within a
    /// class the shuffle's order stays. What an epoch drops is what the shuffled one drops, of any class;
    /// cut off the sorted end, it would be a class that is never seen.
    pub fn sorted(mut self, labels: &[u32], classes: usize) -> Batches {
        self.sorting = Some(Sorting { labels: labels.to_vec(), classes, shuffled: self.order.clone() });
        self
    }

    /// The next batch's sample indices.
    pub fn draw(&mut self) -> &[u32] {
        if self.next + self.size > self.order.len() {
            // From the identity each time: an epoch's order must not depend on where the last one stopped.
            for (i, sample) in self.order.iter_mut().enumerate() {
                *sample = i as u32;
            }
            self.stream.shuffle(&mut self.order);
            if let Some(sorting) = &mut self.sorting {
                sorting.shuffled.copy_from_slice(&self.order);
                let kept = self.order.len() / self.size * self.size;
                by_class(&sorting.shuffled[..kept], &sorting.labels, sorting.classes, &mut self.order[..kept]);
            }
            self.next = 0;
        }
        let batch = &self.order[self.next..self.next + self.size];
        self.next += self.size;
        batch
    }
}

/// Copies samples so that those of class 0 come first, then those of class 1, and so on; within a class
/// they keep their order. `labels` are those of the whole set.
pub fn by_class(samples: &[u32], labels: &[u32], classes: usize, to: &mut [u32]) {
    // A pass per class: there are few, and nothing is allocated.
    let mut places = to.iter_mut();
    for class in 0..classes as u32 {
        let members = samples.iter().filter(|&&i| labels[i as usize] == class);
        for (&member, place) in members.zip(places.by_ref()) {
            *place = member;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batches(samples: usize, size: usize) -> Batches {
        Batches::new(Stream::new(1, "batches"), samples, size)
    }

    fn take(batches: &mut Batches, n: usize) -> Vec<u32> {
        (0..n).flat_map(|_| batches.draw().to_vec()).collect()
    }

    #[test]
    fn an_epoch_sees_no_sample_twice_and_drops_the_rest() {
        let mut batches = batches(10, 3);
        let mut first = take(&mut batches, 3);
        let second = take(&mut batches, 3);
        assert_ne!(first, second);
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 9);
    }

    #[test]
    fn the_order_does_not_depend_on_the_batch_size() {
        assert_eq!(take(&mut batches(12, 3), 8), take(&mut batches(12, 4), 6));
    }

    #[test]
    fn sorted_epochs_are_the_shuffled_ones_class_by_class() {
        // Two samples are left over in each epoch.
        let labels: Vec<u32> = (0..32).map(|i| i * 7 % 3).collect();
        let (mut shuffled, mut sorted) = (batches(32, 5), batches(32, 5).sorted(&labels, 3));
        let mut last = Vec::new();
        for _ in 0..4 {
            let mut want = take(&mut shuffled, 6);
            want.sort_by_key(|&i| labels[i as usize]);
            let epoch = take(&mut sorted, 6);
            assert_eq!(epoch, want);
            assert_ne!(epoch, last, "within its class each sample has a new place");
            last = epoch;
        }
    }
}
