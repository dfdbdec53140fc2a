//! What is remembered of a run's training losses.

use crate::nn::network::Score;

/// Steps whose scores say how a run is doing.
pub const RECENT: usize = 50;

/// Steps in a block at first.
const SHORTEST: u64 = 10;

/// Blocks kept: of those that are full, half as many, twice as long.
const BLOCKS: usize = 32;

/// Standard errors by which a loss must have come down to be called falling.
const ERRORS: f64 = 2.0;

/// A sum over some losses.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    n: u64,
    sum: f64,
    squares: f64,
}

impl Block {
    fn of(losses: &[f64]) -> Block {
        losses.iter().fold(Block::default(), |block, &loss| block.with(loss))
    }

    fn with(self, loss: f64) -> Block {
        Block { n: self.n + 1, sum: self.sum + loss, squares: self.squares + loss * loss }
    }

    fn and(self, other: Block) -> Block {
        Block { n: self.n + other.n, sum: self.sum + other.sum, squares: self.squares + other.squares }
    }

    fn mean(self) -> f64 {
        self.sum / self.n as f64
    }

    /// The square of its mean's standard error.
    fn error(self) -> f64 {
        (self.squares / self.n as f64 - self.mean().powi(2)).max(0.0) / self.n as f64
    }
}

/// The scores of the last [`RECENT`] mini-batches, and block by block the losses of all: in bounded memory.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    steps: u64,
    losses: Vec<f64>,
    accuracies: Vec<f64>,
    blocks: Vec<Block>,
    /// Steps in each block.
    length: u64,
}

impl Progress {
    /// Takes in one step's score. That of a step that left the finite range is none.
    pub fn push(&mut self, score: &Score) {
        if !score.loss.is_finite() {
            return;
        }
        let accuracy = score.accuracy().unwrap_or(f64::NAN);
        if self.losses.len() < RECENT {
            self.losses.push(score.loss);
            self.accuracies.push(accuracy);
        } else {
            let next = (self.steps % RECENT as u64) as usize;
            self.losses[next] = score.loss;
            self.accuracies[next] = accuracy;
        }
        self.length = self.length.max(SHORTEST);
        self.steps += 1;
        match self.blocks.last_mut() {
            Some(block) if block.n < self.length => *block = block.with(score.loss),
            _ => self.begin(Block::of(&[score.loss])),
        }
    }

    fn begin(&mut self, block: Block) {
        if self.blocks.len() == BLOCKS {
            for i in 0..BLOCKS / 2 {
                self.blocks[i] = self.blocks[2 * i].and(self.blocks[2 * i + 1]);
            }
            self.blocks.truncate(BLOCKS / 2);
            self.length *= 2;
        }
        self.blocks.push(block);
    }

    /// The mean loss of late; none before there are [`RECENT`] of them.
    pub fn mean(&self) -> Option<f64> {
        mean(&self.losses)
    }

    /// The mean loss of however many there are; none before the first.
    pub fn mean_so_far(&self) -> Option<f64> {
        let n = self.losses.len();
        (n > 0).then(|| self.losses.iter().sum::<f64>() / n as f64)
    }

    /// The mean accuracy of late; none in a regression.
    pub fn accuracy(&self) -> Option<f64> {
        mean(&self.accuracies).filter(|mean| !mean.is_nan())
    }

    /// Whether the mean loss of late is lower than around half of the steps, by more than chance explains:
    /// then training has not come to a stop, however high the loss still is. A short run is compared with
    /// its first steps.
    pub fn is_falling(&self) -> bool {
        let half = if self.steps < 2 * RECENT as u64 { 0 } else { self.steps / 2 };
        let Some(then) = half.checked_div(self.length).and_then(|i| self.blocks.get(i as usize)) else { return false };
        let now = Block::of(&self.losses);
        then.mean() - now.mean() > ERRORS * (then.error() + now.error()).sqrt()
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (values.len() == RECENT).then(|| values.iter().sum::<f64>() / RECENT as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(losses: impl Iterator<Item = f64>) -> Progress {
        let mut progress = Progress::default();
        losses.for_each(|loss| progress.push(&Score { loss, correct: Some(3), samples: 10 }));
        progress
    }

    /// Neither smooth nor even: a saw of ±20 %.
    fn noisy(steps: u64, mean: impl Fn(f64) -> f64) -> Progress {
        after((0..steps).map(move |i| mean(i as f64) * (1.0 + 0.2 * ((i * 7 % 11) as f64 / 5.0 - 1.0))))
    }

    #[test]
    fn the_last_steps_count_and_one_that_left_the_finite_range_does_not() {
        assert_eq!((after(std::iter::empty()).mean(), after(std::iter::empty()).mean_so_far()), (None, None));
        let few = after([1.0, 2.0].into_iter());
        assert_eq!((few.mean(), few.mean_so_far(), few.accuracy()), (None, Some(1.5), None));
        let all = after((0..120).map(f64::from).chain([f64::NAN, f64::INFINITY]));
        assert_eq!((all.mean(), all.mean_so_far()), (Some(94.5), Some(94.5)));
        assert!((all.accuracy().unwrap() - 0.3).abs() < 1e-12);
    }

    #[test]
    fn falling_is_what_is_lower_than_at_half_time_however_long_the_run() {
        for steps in [50, 80, 100, 317, 1000, 20_000, 123_456] {
            let length = steps as f64;
            assert!(noisy(steps, |i| 1e5 * (-3.0 * i / length).exp()).is_falling(), "{steps}");
            assert!(!noisy(steps, |_| 7.0).is_falling(), "level: {steps}");
            assert!(!noisy(steps, |i| 7.0 + i).is_falling(), "rising: {steps}");
            assert!(!after((0..steps).map(|_| 7.0)).is_falling(), "constant: {steps}");
            assert!(noisy(steps, |_| 7.0).blocks.len() <= BLOCKS);
        }
        // What fell long ago falls no more.
        assert!(!noisy(1000, |i| if i < 20.0 { 1e9 } else { 7.0 }).is_falling());
        assert!(!Progress::default().is_falling());
    }
}
