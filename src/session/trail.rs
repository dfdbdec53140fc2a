//! Where training has been: weights at evenly spaced steps, in bounded memory however long the run.

use crate::kernels::Real;

/// Most points kept.
const POINTS: usize = 64;

/// Most numbers kept in all: 8 MB in single precision. Larger networks keep fewer points.
const NUMBERS: usize = 2 << 20;

/// Parameters at every so manieth step, from the first that it was shown on. When full, every second
/// point goes. They lie one behind the other: nothing is freed and taken again while a run goes on.
#[derive(Clone, Debug)]
pub struct Trail<F> {
    values: Vec<F>,
    points: usize,
    most: usize,
    /// Steps between two points.
    stride: u64,
}

impl<F: Real> Trail<F> {
    /// A trail of that many parameters.
    pub fn new(parameters: usize) -> Trail<F> {
        // Fewer than four make no plane once every second is gone.
        let most = (NUMBERS / parameters.max(1)).clamp(4, POINTS);
        Trail { values: Vec::new(), points: 0, most, stride: 1 }
    }

    /// Keeps the parameters of that step, if it is due. Steps come one by one.
    pub fn see(&mut self, step: u64, params: &[F]) {
        if !step.is_multiple_of(self.stride) {
            return;
        }
        let n = params.len();
        if self.points == self.most {
            for (to, from) in (0..self.points).step_by(2).enumerate() {
                self.values.copy_within(from * n..(from + 1) * n, to * n);
            }
            self.points = self.points.div_ceil(2);
            self.values.truncate(self.points * n);
            self.stride *= 2;
        }
        if step.is_multiple_of(self.stride) {
            self.values.extend_from_slice(params);
            self.points += 1;
        }
    }

    /// The points one behind the other, oldest first, `[points × parameters]`.
    pub fn values(&self) -> &[F] {
        &self.values
    }

    /// Steps between two points.
    pub fn stride(&self) -> u64 {
        self.stride
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stay_even_and_few() {
        for parameters in [1, 1 << 16, 1 << 30] {
            let mut trail = Trail::<f64>::new(parameters);
            for step in 0..5000 {
                trail.see(step, &[step as f64]);
                // One number stands for all of a point's.
                let points = trail.values();
                assert!(points.len() <= 64 && points.len() * parameters <= (4 * parameters).max(NUMBERS));
                assert!(step < 4 || points.len() >= 2);
                assert!(points.iter().enumerate().all(|(i, p)| *p == (i as u64 * trail.stride()) as f64));
            }
        }
    }
}
