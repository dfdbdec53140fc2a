//! The number types that networks are computed in: f32 to train, f64 to check, [`Dual`](super::Dual) for second
//! derivatives.

use super::math;
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};
use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// A floating-point type that networks can be computed in.
pub trait Real:
    Copy
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + Sum
    + Default
    + Debug
    + Display
    + Send
    + Sync
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Two numbers in one, for which loops over many side by side would be long code and no faster.
    const PAIR: bool = false;

    /// The nearest value of this type.
    fn of(value: f64) -> Self;
    /// The same value in double precision.
    fn to_f64(self) -> f64;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;
    /// √x, correctly rounded.
    fn sqrt(self) -> Self;
    /// |x|.
    fn abs(self) -> Self;
    /// eˣ.
    fn exp(self) -> Self;
    /// ln x.
    fn ln(self) -> Self;
    /// tanh x.
    fn tanh(self) -> Self;
    /// The error function, 2/√π ∫₀ˣ e^(−t²) dt.
    fn erf(self) -> Self;

    /// c ← a·b, or c + a·b to `keep` what is there. Shapes `[m × k]`, `[k × n]`, `[m × n]`.
    ///
    /// # Panics
    /// When shapes disagree.
    fn product(a: &ArrayView2<Self>, b: &ArrayView2<Self>, keep: bool, c: &mut ArrayViewMut2<Self>);

    /// max(0, x); NaN if x is, or −∞.
    #[inline(always)]
    fn positive_part(self) -> Self {
        if self < Self::ZERO { self.unless_finite() } else { self }
    }

    /// The larger of two numbers; NaN if either is NaN, unlike std's, so that no overflow is hidden.
    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if self > other || self.is_nan() { self } else { other }
    }

    /// 0 for a finite number, NaN for any other: taken from a result that would hide what its input was, such as
    /// tanh ∞ = 1, it changes no bit of a finite one (−0 − 0 is −0).
    #[inline(always)]
    #[allow(clippy::eq_op)] // infinity less itself is not 0
    fn unless_finite(self) -> Self {
        self - self
    }

    /// Not a number.
    #[inline(always)]
    #[allow(clippy::eq_op)] // NaN is the one value that differs from itself
    fn is_nan(self) -> bool {
        self != self
    }
}

impl Real for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;

    #[inline(always)]
    fn of(value: f64) -> f32 {
        value as f32
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        f32::is_finite(self)
    }
    #[inline(always)]
    fn sqrt(self) -> f32 {
        f32::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> f32 {
        f32::abs(self)
    }
    #[inline(always)]
    fn exp(self) -> f32 {
        math::exp(self)
    }
    #[inline(always)]
    fn ln(self) -> f32 {
        libm::logf(self)
    }
    #[inline(always)]
    fn tanh(self) -> f32 {
        math::tanh(self)
    }
    #[inline(always)]
    fn erf(self) -> f32 {
        math::erf(self)
    }
    fn product(a: &ArrayView2<f32>, b: &ArrayView2<f32>, keep: bool, c: &mut ArrayViewMut2<f32>) {
        general_mat_mul(1.0, a, b, if keep { 1.0 } else { 0.0 }, c);
    }
}

impl Real for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;

    #[inline(always)]
    fn of(value: f64) -> f64 {
        value
    }
    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
    #[inline(always)]
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }
    #[inline(always)]
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
    #[inline(always)]
    fn abs(self) -> f64 {
        f64::abs(self)
    }
    #[inline(always)]
    fn exp(self) -> f64 {
        libm::exp(self)
    }
    #[inline(always)]
    fn ln(self) -> f64 {
        libm::log(self)
    }
    #[inline(always)]
    fn tanh(self) -> f64 {
        libm::tanh(self)
    }
    #[inline(always)]
    fn erf(self) -> f64 {
        libm::erf(self)
    }
    fn product(a: &ArrayView2<f64>, b: &ArrayView2<f64>, keep: bool, c: &mut ArrayViewMut2<f64>) {
        general_mat_mul(1.0, a, b, if keep { 1.0 } else { 0.0 }, c);
    }
}
