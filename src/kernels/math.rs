//! exp, tanh and erf in single precision without a branch, so that loops over them become SIMD.
//!
//! The polynomials are minimax fits (Lawson's iteration on Chebyshev nodes) of the functions named
//! beside them; the tests bound their error against libm's double precision.

/// eˣ to within 2 units in the last place; 0 below −87.3, infinite above 88.7, NaN for NaN.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let clamped = if x < -87.3 { -87.3 } else { x };
    let clamped = if clamped > 88.7 { 88.7 } else { clamped };
    let (p, n) = parts(clamped);
    // 2ⁿ in two factors: n reaches 128, which one exponent cannot hold.
    let half = n >> 1;
    let y = p * power(half) * power(n - half);
    let y = if x < -87.3 { 0.0 } else { y };
    if x > 88.7 { f32::INFINITY } else { y }
}

/// [`exp`] of what lies between −87 and 87, to the same bits.
#[inline(always)]
fn exp_inside(x: f32) -> f32 {
    let (p, n) = parts(x);
    p * power(n)
}

/// 2ᵏ for −126 ≤ k ≤ 127.
#[inline(always)]
fn power(k: i32) -> f32 {
    f32::from_bits((k.wrapping_add(127) as u32) << 23)
}

/// P and n with eˣ = 2ⁿ·P.
///
/// x = n·ln 2 + r with |r| ≤ ½ ln 2 (Cody and Waite 1980), then eˣ = 2ⁿ·P(r).
#[inline(always)]
fn parts(x: f32) -> (f32, i32) {
    const ROUND: f32 = 12_582_912.0; // 1.5·2²³: adding it leaves the nearest integer in the low bits
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN2_HIGH - n * LN2_LOW;
    let p = 0.001_383_683_8;
    let p = p * r + 0.008_374_822;
    let p = p * r + 0.041_668_226;
    let p = p * r + 0.166_664_2;
    let p = p * r + 0.499_999_9;
    let p = (p * r) * r + r + 1.0;
    (p, shifted.to_bits().wrapping_sub(ROUND.to_bits()) as i32)
}

/// tanh x to within 3 units in the last place.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let z = x * x;
    // (tanh x/x − 1)/x² on |x| ≤ 0.7, where the quotient of exponentials would cancel.
    let p = -0.005_155_115;
    let p = p * z + 0.020_111_66;
    let p = p * z - 0.053_566_99;
    let p = p * z + 0.133_292_43;
    let p = p * z - 0.333_331_97;
    let near = x + x * z * p;
    let twice = 2.0 * x.abs();
    // From 18 on, tanh is 1 in single precision.
    let clamped = if twice > 80.0 { 80.0 } else { twice };
    let far = (1.0 - 2.0 / (exp_inside(clamped) + 1.0)).copysign(x);
    if x.abs() < 0.7 { near } else { far }
}

/// The error function to within 3 units in the last place.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let z = x * x;
    // erf x/x on |x| ≤ 0.9.
    let p = 8.369_579e-5;
    let p = p * z - 8.142_581e-4;
    let p = p * z + 0.005_201_021_5;
    let p = p * z - 0.026_859_395;
    let p = p * z + 0.112_836_96;
    let p = p * z - 0.376_126_35;
    let p = p * z + std::f32::consts::FRAC_2_SQRT_PI;
    let near = x * p;
    // −ln erfc |x| on 0.9 … 4, beyond which erf is 1 in single precision.
    let a = x.abs();
    let b = if a > 4.0 { 4.0 } else { a };
    let q = -1.971_815_8e-4;
    let q = q * b + 0.003_055_606_2;
    let q = q * b - 0.022_277_083;
    let q = q * b + 0.104_037_35;
    let q = q * b + 0.637_059_75;
    let q = q * b + 1.127_749_6;
    let q = q * b + 1.774_961_2e-4;
    let far = (1.0 - exp_inside(-q)).copysign(x);
    if a < 0.9 { near } else { far }
}

#[cfg(test)]
mod tests {
    /// The largest distance from `exact`, in units of `f32::EPSILON·max(|exact|, floor)`.
    fn worst(f: fn(f32) -> f32, exact: fn(f64) -> f64, from: f32, to: f32, floor: f64) -> f64 {
        let n = 400_000;
        (0..=n)
            .map(|i| from + (to - from) * (i as f32 / n as f32))
            .map(|x| {
                let want = exact(f64::from(x));
                (f64::from(f(x)) - want).abs() / (want.abs().max(floor) * f64::from(f32::EPSILON))
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn close_to_double_precision() {
        assert!(worst(super::exp, libm::exp, -87.0, 88.6, 0.0) < 2.0);
        assert!(worst(super::tanh, libm::tanh, -12.0, 12.0, 1e-12) < 3.0);
        assert!(worst(super::erf, libm::erf, -6.0, 6.0, 1e-12) < 3.0);
        assert!(worst(super::tanh, libm::tanh, -1e-3, 1e-3, 1e-12) < 3.0);
        assert!(worst(super::erf, libm::erf, -1e-3, 1e-3, 1e-12) < 3.0);
    }

    #[test]
    fn an_exponent_that_is_known_to_lie_inside_changes_no_bit() {
        for i in 0..=400_000 {
            let x = (i as f32 / 200_000.0 - 1.0) * 87.0;
            assert_eq!(super::exp_inside(x).to_bits(), super::exp(x).to_bits(), "{x}");
            // As tanh was before it knew.
            let far = (1.0 - 2.0 / (super::exp(2.0 * x.abs()) + 1.0)).copysign(x);
            assert!(x.abs() < 0.7 || super::tanh(x).to_bits() == far.to_bits(), "{x}");
        }
    }

    #[test]
    fn limits() {
        assert_eq!(super::exp(0.0), 1.0);
        assert_eq!(super::exp(-1000.0), 0.0);
        assert_eq!(super::exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(super::exp(1000.0), f32::INFINITY);
        assert_eq!(super::exp(f32::INFINITY), f32::INFINITY);
        assert_eq!(super::tanh(50.0), 1.0);
        assert_eq!(super::tanh(f32::NEG_INFINITY), -1.0);
        assert_eq!(super::erf(f32::INFINITY), 1.0);
        for f in [super::exp, super::tanh, super::erf] {
            assert!(f(f32::NAN).is_nan());
        }
    }
}
