//! Dual numbers: a value and its derivative along one direction, computed side by side.
//!
//! A network computed in them at θ + εv gives L, ∇L and, as the slopes of ∇L, the product ∇²L·v in one pass:
//! forward over reverse (Pearlmutter 1994; Griewank & Walther 2008, §3.2, 5.1), exact up to rounding. Values
//! are, bit for bit, what f64 gives; what is decided by comparing is decided by them alone.

use super::Real;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Zip};
use std::cmp::Ordering;
use std::fmt::{Display, Formatter};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// value + slope·ε with ε² = 0 (Clifford 1873).
#[derive(Clone, Copy, Debug, Default)]
pub struct Dual {
    /// f.
    pub value: f64,
    /// ḟ, the derivative of f along the direction.
    pub slope: f64,
}

impl Dual {
    /// A function's value, and its derivative times this number's slope. Where that is 0 the result is too,
    /// even if the derivative is infinite: what does not move has no slope.
    #[inline(always)]
    fn chain(self, value: f64, derivative: f64) -> Dual {
        Dual { value, slope: if self.slope == 0.0 { 0.0 } else { derivative * self.slope } }
    }
}

/// By value.
impl PartialEq for Dual {
    #[inline(always)]
    fn eq(&self, other: &Dual) -> bool {
        self.value == other.value
    }
}

/// By value.
impl PartialOrd for Dual {
    #[inline(always)]
    fn partial_cmp(&self, other: &Dual) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl Display for Dual {
    fn fmt(&self, f: &mut Formatter) -> std::fmt::Result {
        write!(f, "{} + {}ε", self.value, self.slope)
    }
}

impl Add for Dual {
    type Output = Dual;
    #[inline(always)]
    fn add(self, other: Dual) -> Dual {
        Dual { value: self.value + other.value, slope: self.slope + other.slope }
    }
}

impl Sub for Dual {
    type Output = Dual;
    #[inline(always)]
    fn sub(self, other: Dual) -> Dual {
        Dual { value: self.value - other.value, slope: self.slope - other.slope }
    }
}

impl Mul for Dual {
    type Output = Dual;
    #[inline(always)]
    fn mul(self, other: Dual) -> Dual {
        Dual { value: self.value * other.value, slope: self.slope * other.value + self.value * other.slope }
    }
}

impl Div for Dual {
    type Output = Dual;
    #[inline(always)]
    fn div(self, other: Dual) -> Dual {
        let value = self.value / other.value;
        Dual { value, slope: (self.slope - value * other.slope) / other.value }
    }
}

impl Neg for Dual {
    type Output = Dual;
    #[inline(always)]
    fn neg(self) -> Dual {
        Dual { value: -self.value, slope: -self.slope }
    }
}

impl AddAssign for Dual {
    #[inline(always)]
    fn add_assign(&mut self, other: Dual) {
        *self = *self + other;
    }
}

impl SubAssign for Dual {
    #[inline(always)]
    fn sub_assign(&mut self, other: Dual) {
        *self = *self - other;
    }
}

impl MulAssign for Dual {
    #[inline(always)]
    fn mul_assign(&mut self, other: Dual) {
        *self = *self * other;
    }
}

/// Starts from −0, as f64's: adding to it changes no bit.
impl Sum for Dual {
    fn sum<I: Iterator<Item = Dual>>(numbers: I) -> Dual {
        numbers.fold(Dual { value: -0.0, slope: -0.0 }, Dual::add)
    }
}

/// At kinks, the derivatives that PyTorch takes there: 0 for |x| and the positive part. Functions that call one are
/// calls themselves: their loops are no faster inlined, and the page loads this code.
impl Real for Dual {
    const ZERO: Dual = Dual { value: 0.0, slope: 0.0 };
    const ONE: Dual = Dual { value: 1.0, slope: 0.0 };
    const PAIR: bool = true;

    /// A constant.
    #[inline(always)]
    fn of(value: f64) -> Dual {
        Dual { value, slope: 0.0 }
    }
    /// The value alone.
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self.value
    }
    /// Both parts.
    #[inline(always)]
    fn is_finite(self) -> bool {
        self.value.is_finite() && self.slope.is_finite()
    }
    #[inline(never)]
    fn sqrt(self) -> Dual {
        let root = Real::sqrt(self.value);
        self.chain(root, 0.5 / root)
    }
    #[inline(never)]
    fn abs(self) -> Dual {
        self.chain(Real::abs(self.value), if self.value == 0.0 { 0.0 } else { 1f64.copysign(self.value) })
    }
    #[inline(never)]
    fn exp(self) -> Dual {
        let power = Real::exp(self.value);
        self.chain(power, power)
    }
    #[inline(never)]
    fn ln(self) -> Dual {
        self.chain(Real::ln(self.value), 1.0 / self.value)
    }
    #[inline(never)]
    fn tanh(self) -> Dual {
        let t = Real::tanh(self.value);
        self.chain(t, 1.0 - t * t)
    }
    #[inline(never)]
    fn erf(self) -> Dual {
        let density = std::f64::consts::FRAC_2_SQRT_PI * Real::exp(-self.value * self.value);
        self.chain(Real::erf(self.value), density)
    }
    #[inline(always)]
    fn positive_part(self) -> Dual {
        Dual { value: self.value.positive_part(), slope: if self.value > 0.0 { self.slope } else { 0.0 } }
    }

    /// Three products of f64 matrices, a·b, ȧ·b and a·ḃ, without those whose slopes are all 0, as the data's.
    fn product(a: &ArrayView2<Dual>, b: &ArrayView2<Dual>, keep: bool, c: &mut ArrayViewMut2<Dual>) {
        let (rate, size) = (if keep { 1.0 } else { 0.0 }, c.raw_dim());
        let (values_a, values_b) = (a.mapv(|v| v.value), b.mapv(|v| v.value));
        let (mut values, mut slopes) = match keep {
            true => (c.mapv(|v| v.value), c.mapv(|v| v.slope)),
            false => (Array2::zeros(size), Array2::zeros(size)),
        };
        general_mat_mul(1.0, &values_a, &values_b, rate, &mut values);
        if let Some(slopes_a) = slopes_of(a) {
            general_mat_mul(1.0, &slopes_a, &values_b, 1.0, &mut slopes);
        }
        if let Some(slopes_b) = slopes_of(b) {
            general_mat_mul(1.0, &values_a, &slopes_b, 1.0, &mut slopes);
        }
        Zip::from(c).and(&values).and(&slopes).for_each(|c, &value, &slope| *c = Dual { value, slope });
    }
}

/// None if all are 0.
fn slopes_of(matrix: &ArrayView2<Dual>) -> Option<Array2<f64>> {
    matrix.iter().any(|v| v.slope != 0.0).then(|| matrix.mapv(|v| v.slope))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::matmul;

    /// Away from kinks and poles, on both sides of 0, where the square root of the square can be taken.
    const POINTS: [f64; 9] = [-6.1, -2.3, -0.9, -0.04, 0.03, 0.7, 1.9, 4.2, 7.7];

    fn dual(value: f64, slope: f64) -> Dual {
        Dual { value, slope }
    }

    /// f(x) in dual numbers and f64: the same bits, and the slope of f along x's.
    fn check(name: &str, of_dual: impl Fn(Dual) -> Dual, of_f64: impl Fn(f64) -> f64) {
        for x in POINTS {
            let got = of_dual(dual(x, 1.7));
            assert_eq!(got.value.to_bits(), of_f64(x).to_bits(), "{name} at {x}");
            let h = 1e-4;
            let near = (8.0 * (of_f64(x + h) - of_f64(x - h)) - (of_f64(x + 2.0 * h) - of_f64(x - 2.0 * h))) / 12.0;
            let want = 1.7 * near / h;
            assert!((got.slope - want).abs() <= 1e-9 * (1.0 + want.abs()), "{name} at {x}: {} {want}", got.slope);
        }
    }

    /// The same function of both types.
    macro_rules! check {
        ($($name:literal: $f:expr),* $(,)?) => {
            $({
                fn of<F: Real>(x: F) -> F {
                    let f: fn(F) -> F = $f;
                    f(x)
                }
                check($name, of::<Dual>, of::<f64>);
            })*
        };
    }

    #[test]
    fn every_function_has_its_value_and_its_slope() {
        check! {
            "sum": |x| x + F::of(0.3) + x,
            "difference": |x| F::of(0.3) - x,
            "product": |x| x * x * F::of(-1.2),
            "quotient": |x| (x + F::of(9.0)) / (x * x + F::ONE),
            "negative": |x| -x * x,
            "assigned": |x| { let mut y = x; y += x * x; y -= F::ONE; y *= x; y },
            "summed": |x| [x, x * x, F::of(2.0)].into_iter().sum(),
            "square root": |x| (x * x + F::of(0.5)).sqrt(),
            "absolute": |x| x.abs(),
            "exponential": |x| x.exp(),
            "logarithm": |x| (x * x).ln(),
            "hyperbolic tangent": |x| x.tanh(),
            "error function": |x| x.erf(),
            "positive part": |x| x.positive_part(),
            "larger": |x| x.larger(-x),
            "constant": |x| F::of(x.to_f64()) * F::ZERO,
        }
    }

    #[test]
    fn at_kinks_slopes_are_pytorchs_and_what_does_not_move_has_none() {
        for (zero, slope) in [(0.0, 3.0), (-0.0, 3.0), (0.0, -3.0)] {
            assert_eq!(dual(zero, slope).positive_part().slope, 0.0);
            assert_eq!(dual(zero, slope).abs().slope, 0.0);
        }
        assert_eq!((dual(0.0, 0.0).sqrt().slope, dual(0.0, 0.0).ln().slope), (0.0, 0.0));
        assert!(dual(0.0, 1.0).sqrt().slope.is_infinite());
        assert!(dual(f64::NAN, 0.0).positive_part().is_nan() && !dual(1.0, f64::NAN).is_finite());
        // The first of equals wins, in whichever order the slopes are.
        assert_eq!(dual(2.0, 5.0).larger(dual(2.0, 9.0)).slope, 9.0);
    }

    #[test]
    fn an_empty_sum_and_one_of_negative_zeros_have_the_bits_of_f64() {
        let bits = |values: &[f64]| {
            let sum: Dual = values.iter().map(|&v| dual(v, 0.0)).sum();
            (sum.value.to_bits(), values.iter().sum::<f64>().to_bits())
        };
        for values in [&[][..], &[-0.0], &[-0.0, 0.0], &[1.5, -0.0]] {
            let (ours, theirs) = bits(values);
            assert_eq!(ours, theirs, "{values:?}");
        }
    }

    /// All three products, with slopes in both factors, in either and in none.
    #[test]
    fn products_have_the_values_of_f64_and_the_slopes_of_their_terms() {
        let sample = |n: usize, salt: f64, slope: f64| -> Vec<Dual> {
            (0..n).map(|i| dual((i as f64 * 0.7311 + salt).sin(), slope * (i as f64 + salt).cos())).collect()
        };
        let values = |all: &[Dual]| all.iter().map(|v| v.value).collect::<Vec<_>>();
        let close = |got: &[Dual], plain: &[f64], want: &dyn Fn(usize, usize) -> Dual, columns: usize| {
            assert_eq!(values(got), plain);
            for (k, got) in got.iter().enumerate() {
                let want = want(k / columns, k % columns);
                assert!((got.slope - want.slope).abs() < 1e-12, "{got} {want}");
            }
        };
        for (rows, inputs, outputs) in [(1, 1, 1), (3, 5, 2), (17, 33, 9), (31, 2, 65)] {
            for (of_x, of_w) in [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 0.0)] {
                let (x, w) = (sample(rows * inputs, 0.1, of_x), sample(outputs * inputs, 0.2, of_w));
                let dy = sample(rows * outputs, 0.3, of_w);
                let mut y = vec![dual(9.0, f64::NAN); rows * outputs];
                let mut plain = vec![0.0; y.len()];
                matmul::forward(&x, &w, &mut y, inputs, outputs);
                matmul::forward(&values(&x), &values(&w), &mut plain, inputs, outputs);
                close(&y, &plain, &|r, o| (0..inputs).map(|i| x[r * inputs + i] * w[o * inputs + i]).sum(), outputs);

                let mut dx = vec![dual(f64::NAN, 9.0); x.len()];
                let mut plain = vec![0.0; x.len()];
                matmul::input_gradient(&dy, &w, &mut dx, inputs, outputs);
                matmul::input_gradient(&values(&dy), &values(&w), &mut plain, inputs, outputs);
                close(&dx, &plain, &|r, i| (0..outputs).map(|o| dy[r * outputs + o] * w[o * inputs + i]).sum(), inputs);

                let before = sample(w.len(), 0.4, 1.0);
                let (mut dw, mut plain) = (before.clone(), values(&before));
                matmul::weight_gradient(&dy, &x, &mut dw, inputs, outputs);
                matmul::weight_gradient(&values(&dy), &values(&x), &mut plain, inputs, outputs);
                let term = |o: usize, i: usize| move |r: usize| (r * outputs + o, r * inputs + i);
                let sum = |o, i| (0..rows).map(term(o, i)).map(|(a, b)| dy[a] * x[b]).sum::<Dual>();
                close(&dw, &plain, &|o, i| before[o * inputs + i] + sum(o, i), inputs);
            }
        }
    }
}
