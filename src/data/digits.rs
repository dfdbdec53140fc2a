//! Handwritten digits: 1797 images of 8 × 8 pixels.
//!
//! "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, UCI Machine Learning
//! Repository, doi:10.24432/C50P49, CC BY 4.0. Embedded as `digits.py` beside this file packs them.

use super::{DataSet, Split};
use crate::kernels::Real;
use crate::rng::Stream;

static PACKED: &[u8] = include_bytes!("digits.bin");

pub(super) const SIDE: usize = 8;
const PIXELS: usize = SIDE * SIDE;
const SAMPLES: usize = 1797;
pub(super) const TRAIN: usize = 1437;

/// One image: its class and its pixels, 0 to 16, row by row.
struct Image {
    label: u8,
    pixels: [u8; PIXELS],
}

/// Unpacks all images, in scikit-learn's order.
fn images() -> Vec<Image> {
    let mut coder = Decoder::new(PACKED);
    (0..SAMPLES).map(|_| image(&mut coder)).collect()
}

/// How many kinds of neighbours there are.
const LEVELS: usize = 5;

/// Pixels that are alike for their neighbours.
fn level(pixel: u8) -> usize {
    match pixel {
        0 => 0,
        1..6 => 1,
        6..12 => 2,
        12..16 => 3,
        _ => 4,
    }
}

/// Where the probabilities of each kind of decision begin.
const LABEL: usize = 0;
const ZERO: usize = LABEL + 16;
const FULL: usize = ZERO + PIXELS * LEVELS * LEVELS;
const VALUE: usize = FULL + LEVELS * LEVELS;
const CONTEXTS: usize = VALUE + LEVELS * LEVELS * 16;

fn image(coder: &mut Decoder) -> Image {
    let label = coder.tree(LABEL);
    let mut pixels = [0; PIXELS];
    for i in 0..PIXELS {
        let left = if i % SIDE > 0 { level(pixels[i - 1]) } else { 0 };
        let above = if i >= SIDE { level(pixels[i - SIDE]) } else { 0 };
        let around = left * LEVELS + above;
        if coder.bit(ZERO + i * LEVELS * LEVELS + around) {
            pixels[i] = if coder.bit(FULL + around) { 16 } else { coder.tree(VALUE + around * 16) };
        }
    }
    Image { label, pixels }
}

/// An adaptive binary range decoder; `digits.py` has its twin and says what it reads.
struct Decoder {
    bytes: std::slice::Iter<'static, u8>,
    range: u32,
    code: u32,
    /// Of a 0, in units of 1/4096.
    probabilities: Vec<u16>,
}

impl Decoder {
    fn new(packed: &'static [u8]) -> Decoder {
        let mut coder = Decoder { bytes: packed.iter(), range: u32::MAX, code: 0, probabilities: vec![2048; CONTEXTS] };
        for _ in 0..4 {
            coder.shift();
        }
        coder
    }

    fn shift(&mut self) {
        self.code = self.code << 8 | u32::from(self.bytes.next().copied().unwrap_or(0));
    }

    fn bit(&mut self, context: usize) -> bool {
        let p = &mut self.probabilities[context];
        let bound = (self.range >> 12) * u32::from(*p);
        let bit = self.code >= bound;
        if bit {
            self.code -= bound;
            self.range -= bound;
            *p -= *p >> 4;
        } else {
            self.range = bound;
            *p += (4096 - *p) >> 4;
        }
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.shift();
        }
        bit
    }

    /// Four bits, most significant first.
    fn tree(&mut self, context: usize) -> u8 {
        let mut node = 1;
        while node < 16 {
            node = 2 * node + usize::from(self.bit(context + node));
        }
        (node - 16) as u8
    }
}

/// Shuffled, the last 360 held out; pixels divided by 16, then standardized with one mean and one
/// standard deviation of all pixels of the training images (some single pixels are constant).
pub(super) fn load<F: Real>(seed: u32) -> DataSet<F> {
    let mut images = images();
    Stream::new(seed, "data/digits").shuffle(&mut images);
    let values: Vec<f64> = images.iter().flat_map(|i| i.pixels).map(|p| f64::from(p) / 16.0).collect();
    let train = &values[..TRAIN * PIXELS];
    let mean = train.iter().sum::<f64>() / train.len() as f64;
    let variance = train.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / train.len() as f64;
    let scale = 1.0 / variance.sqrt();
    let split = |from: usize, to: usize| Split {
        x: values[from * PIXELS..to * PIXELS].iter().map(|v| F::of((v - mean) * scale)).collect(),
        y: images[from..to].iter().map(|i| u32::from(i.label)).collect(),
    };
    DataSet { features: PIXELS, classes: 10, targets: None, train: split(0, TRAIN), validation: split(TRAIN, SAMPLES) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_what_scikit_learn_ships() {
        let images = images();
        // The first image is a 0, the sum of all pixels and the class counts are those of load_digits().
        assert_eq!(images[0].label, 0);
        assert_eq!(images[0].pixels[..16], [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]);
        let sum: u32 = images.iter().flat_map(|i| i.pixels).map(u32::from).sum();
        assert_eq!(sum, 561_718);
        let counts: Vec<usize> = (0..10).map(|c| images.iter().filter(|i| i.label == c).count()).collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        // A hash that a single wrong pixel anywhere would change.
        let hash = images.iter().flat_map(|i| i.pixels).fold(7u64, |h, p| h.wrapping_mul(31).wrapping_add(p.into()));
        assert_eq!(hash, HASH);
    }
    const HASH: u64 = 6_374_375_848_778_373_623;

    #[test]
    fn training_pixels_are_standardized() {
        let set = load::<f64>(1);
        let n = set.train.x.len() as f64;
        let mean = set.train.x.iter().sum::<f64>() / n;
        let variance = set.train.x.iter().map(|v| v * v).sum::<f64>() / n;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
    }
}
