//! A hash over everything that a run computed: equal on every machine, in the page and in the terminal.

use crate::kernels::Real;

/// FNV-1a over 32-bit words. NaNs count as one value: their bits are not the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Fingerprint {
        Fingerprint(0xcbf2_9ce4_8422_2325)
    }
}

impl Fingerprint {
    /// Takes in one number, as single precision.
    pub fn push(&mut self, value: f32) {
        let bits = if value.is_nan() { f32::NAN.to_bits() } else { value.to_bits() };
        self.0 = (self.0 ^ u64::from(bits)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    /// The fingerprint after taking in all of `values` too.
    pub fn with<F: Real>(mut self, values: &[F]) -> Fingerprint {
        for value in values {
            self.push(value.to_f64() as f32);
        }
        self
    }

    /// All 64 bits, well mixed, as 16 hexadecimal digits; the first few are as good as any.
    pub fn digits(self) -> String {
        let mut h = self.0;
        h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        format!("{:016x}", h ^ (h >> 33))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_counts_but_those_of_nan() {
        let of = |v: f32| Fingerprint::default().with(&[v]).digits();
        assert_ne!(of(1.0), of(1.0 + f32::EPSILON));
        assert_ne!(of(0.0), of(-0.0));
        assert_eq!(of(f32::NAN), of(-f32::NAN));
        assert_eq!(of(1.0).len(), 16);
    }
}
