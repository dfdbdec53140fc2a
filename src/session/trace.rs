//! A number per step, kept in bounded memory however long the run.

/// Buckets kept: about one for each two pixels of a wide chart.
const CAPACITY: usize = 1024;

/// The values of some neighbouring steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket {
    /// Smallest value.
    pub min: f32,
    /// Largest value.
    pub max: f32,
    sum: f64,
    count: u32,
}

impl Bucket {
    fn of(value: f32) -> Bucket {
        Bucket { min: value, max: value, sum: f64::from(value), count: 1 }
    }

    fn merge(self, other: Bucket) -> Bucket {
        Bucket {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            sum: self.sum + other.sum,
            count: self.count + other.count,
        }
    }

    /// Mean value.
    pub fn mean(&self) -> f32 {
        (self.sum / f64::from(self.count)) as f32
    }
}

/// A series of one value per step from step 1 on. When full, neighbouring buckets merge, and each
/// bucket stands for twice as many steps; the extremes of every step survive.
#[derive(Clone, Debug)]
pub struct Trace {
    buckets: Vec<Bucket>,
    /// Steps per bucket.
    width: u32,
}

impl Default for Trace {
    fn default() -> Trace {
        Trace { buckets: Vec::with_capacity(CAPACITY), width: 1 }
    }
}

impl Trace {
    /// Appends the next step's value.
    pub fn push(&mut self, value: f32) {
        match self.buckets.last_mut() {
            Some(last) if last.count < self.width => *last = last.merge(Bucket::of(value)),
            _ => {
                if self.buckets.len() == CAPACITY {
                    for i in 0..CAPACITY / 2 {
                        self.buckets[i] = self.buckets[2 * i].merge(self.buckets[2 * i + 1]);
                    }
                    self.buckets.truncate(CAPACITY / 2);
                    self.width *= 2;
                }
                self.buckets.push(Bucket::of(value));
            }
        }
    }

    /// Steps per bucket; the last bucket may have fewer.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The buckets, from step 1 on.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_bounded_and_keeps_extremes_and_means() {
        let mut trace = Trace::default();
        let n = 100_000u32;
        for i in 0..n {
            trace.push(if i == 70_001 { 50.0 } else { (i % 7) as f32 });
        }
        assert!(trace.buckets().len() <= CAPACITY);
        assert_eq!(trace.buckets().iter().map(|b| b.count).sum::<u32>(), n);
        assert_eq!(trace.buckets().iter().filter(|b| b.max == 50.0).count(), 1);
        let sum: f64 = trace.buckets().iter().map(|b| b.sum).sum();
        assert!((sum / f64::from(n) - 3.0).abs() < 1e-2);
        let full = &trace.buckets()[..trace.buckets().len() - 1];
        assert!(full.iter().all(|b| b.count == trace.width()));
    }
}
