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

/// At kinks, the derivatives that PyTorch takes there: 0 for |x| and the positive part.
impl Real for Dual {
    const ZERO: Dual = Dual { value: 0.0, slope: 0.0 };
    const ONE: Dual = Dual { value: 1.0, slope: 0.0 };

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
    #[inline(always)]
    fn sqrt(self) -> Dual {
        let root = Real::sqrt(self.value);
        self.chain(root, 0.5 / root)
    }
    #[inline(always)]
    fn abs(self) -> Dual {
        self.chain(Real::abs(self.value), if self.value == 0.0 { 0.0 } else { 1f64.copysign(self.value) })
    }
    #[inline(always)]
    fn exp(self) -> Dual {
        let power = Real::exp(self.value);
        self.chain(power, power)
    }
    #[inline(always)]
    fn ln(self) -> Dual {
        self.chain(Real::ln(self.value), 1.0 / self.value)
    }
    #[inline(always)]
    fn tanh(self) -> Dual {
        let t = Real::tanh(self.value);
        self.chain(t, 1.0 - t * t)
    }
    #[inline(always)]
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
