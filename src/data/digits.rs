//! Handwritten digits: 1797 images of 8 × 8 pixels.
//!
//! "Optical Recognition of Handwritten Digits", E. Alpaydin and C. Kaynak, UCI Machine Learning
//! Repository, doi:10.24432/C50P49, CC BY 4.0. Embedded as `digits.py` beside this file packs them.

use super::{DataSet, Split};
use crate::kernels::Real;
use crate::rng::Stream;

/// The label, then 64 pixels of 5 bits.
const RECORD: usize = 41;
static IMAGES: &[u8] = include_bytes!("digits.bin");

pub(super) const SIDE: usize = 8;
const PIXELS: usize = SIDE * SIDE;
pub(super) const TRAIN: usize = 1437;

/// The values 0–16 of one image.
fn pixels(record: &[u8]) -> [u8; PIXELS] {
    std::array::from_fn(|i| {
        let bit = i * 5;
        let pair = u16::from(record[1 + bit / 8]) << 8 | u16::from(*record.get(2 + bit / 8).unwrap_or(&0));
        (pair >> (11 - bit % 8)) as u8 & 31
    })
}

/// Shuffled, the last 360 held out; pixels divided by 16, then standardized with one mean and one
/// standard deviation of all pixels of the training images (some single pixels are constant).
pub(super) fn load<F: Real>(seed: u32) -> DataSet<F> {
    let mut records: Vec<&[u8]> = IMAGES.chunks_exact(RECORD).collect();
    Stream::new(seed, "data/digits").shuffle(&mut records);
    let values: Vec<f64> = records.iter().flat_map(|r| pixels(r)).map(|p| f64::from(p) / 16.0).collect();
    let train = &values[..TRAIN * PIXELS];
    let mean = train.iter().sum::<f64>() / train.len() as f64;
    let variance = train.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / train.len() as f64;
    let scale = 1.0 / variance.sqrt();
    let split = |from: usize, to: usize| Split {
        x: values[from * PIXELS..to * PIXELS].iter().map(|v| F::of((v - mean) * scale)).collect(),
        y: records[from..to].iter().map(|r| u32::from(r[0])).collect(),
    };
    DataSet { features: PIXELS, classes: 10, train: split(0, TRAIN), validation: split(TRAIN, records.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_what_scikit_learn_ships() {
        let records: Vec<&[u8]> = IMAGES.chunks_exact(RECORD).collect();
        assert_eq!((records.len(), IMAGES.len() % RECORD), (1797, 0));
        // The first image is a 0, the sum of all pixels and the class counts are those of load_digits().
        assert_eq!(records[0][0], 0);
        assert_eq!(pixels(records[0])[..16], [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]);
        let sum: u32 = records.iter().flat_map(|r| pixels(r)).map(u32::from).sum();
        assert_eq!(sum, 561_718);
        let counts: Vec<usize> = (0..10).map(|c| records.iter().filter(|r| r[0] == c).count()).collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    }

    #[test]
    fn training_pixels_are_standardized() {
        let set = load::<f64>(1);
        let n = set.train.x.len() as f64;
        let mean = set.train.x.iter().sum::<f64>() / n;
        let variance = set.train.x.iter().map(|v| v * v).sum::<f64>() / n;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
    }
}
