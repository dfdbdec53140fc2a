//! Synthetic grey images of 12 × 12 pixels: a disc, a square, a triangle or a cross.
//!
//! What the class does not decide is drawn from the same distribution for all: the area, the place, the
//! turn, and the style, which is contrast and brightness. Shapes of one size have one area, so that no
//! class is brighter than another on average.

use super::{DataSet, Split};
use crate::kernels::Real;
use crate::rng::Stream;

pub(super) const SIDE: usize = 12;
pub(super) const TRAIN: usize = 1200;
pub(super) const CLASSES: usize = 4;
const VALIDATION: usize = 300;
const PIXELS: usize = SIDE * SIDE;

/// Samples on each side of a pixel, whose share inside the shape is the pixel's coverage.
const SAMPLES: usize = 4;

/// Radius of the disc of the same area, in pixels.
const RADIUS: (f64, f64) = (2.0, 3.3);

/// Largest turn to either side, in radians: 15°.
const TURN: f64 = 0.26;

/// What decides an image but for its style.
struct Content {
    class: u32,
    /// Centre, in pixels from the image's corner.
    x: f64,
    y: f64,
    /// Of the disc of the same area.
    radius: f64,
    /// In radians.
    turn: f64,
}

impl Content {
    fn draw(class: u32, stream: &mut Stream) -> Content {
        let radius = stream.between(RADIUS.0, RADIUS.1);
        // The triangle reaches furthest: 1.555 radii from its centre. All have its freedom.
        let free = 0.5 * SIDE as f64 - 1.555 * radius;
        let centre = 0.5 * SIDE as f64;
        let (x, y) = (centre + stream.between(-free, free), centre + stream.between(-free, free));
        Content { class, x, y, radius, turn: stream.between(-TURN, TURN) }
    }

    /// Whether a point is inside, in units of the radius, from the centre of the upright shape; y points
    /// down. All have the area π.
    fn holds(class: u32, x: f64, y: f64) -> bool {
        match class {
            0 => x * x + y * y <= 1.0,
            // Half a side of √π.
            1 => x.abs().max(y.abs()) <= 0.886_226_925_452_758,
            // Equilateral around its centroid: side s with √3/4·s² = π, height √3/2·s.
            2 => {
                const HEIGHT: f64 = 2.332_680_452_334_321_4;
                const SQRT_3: f64 = 1.732_050_807_568_877_2;
                let below_top = y + HEIGHT * 2.0 / 3.0;
                below_top <= HEIGHT && SQRT_3 * x.abs() <= below_top
            }
            // Bars a third as thick as they are long: 20/9·a² = π for half their length a.
            _ => {
                const ARM: f64 = 1.188_998_189_281_803_3;
                let (long, short) = (x.abs().max(y.abs()), x.abs().min(y.abs()));
                long <= ARM && short <= ARM / 3.0
            }
        }
    }

    /// The share of each pixel that the shape covers, 0 to 1.
    fn coverage(&self) -> [f64; PIXELS] {
        let (sin, cos) = libm::sincos(self.turn);
        let place = |pixel: usize, sample: usize| pixel as f64 + (sample as f64 + 0.5) / SAMPLES as f64;
        std::array::from_fn(|i| {
            let inside = (0..SAMPLES * SAMPLES).filter(|s| {
                let x = (place(i % SIDE, s % SAMPLES) - self.x) / self.radius;
                let y = (place(i / SIDE, s / SAMPLES) - self.y) / self.radius;
                Content::holds(self.class, cos * x + sin * y, cos * y - sin * x)
            });
            inside.count() as f64 / (SAMPLES * SAMPLES) as f64
        })
    }
}

/// Contrast and brightness: between 2^(−2·style) and 2^(2·style), uniform in its logarithm, and between
/// −style and style; a shape of contrast 1 is brighter by 1 than what is around it.
fn style(amount: f64, stream: &mut Stream) -> (f64, f64) {
    (libm::exp2(2.0 * amount * stream.between(-1.0, 1.0)), amount * stream.between(-1.0, 1.0))
}

/// Images of that style, as many of each class, in random order; standardized with one mean and one
/// standard deviation of all pixels of the training images.
///
/// Content and style are drawn from streams of their own: the same shapes whatever the style.
pub(super) fn load<F: Real>(amount: f64, seed: u32) -> DataSet<F> {
    let mut contents = Stream::new(seed, "data/shapes/content");
    let mut styles = Stream::new(seed, "data/shapes/style");
    let mut order = Stream::new(seed, "data/shapes/order");
    let mut draw = |count: usize| {
        let mut labels: Vec<u32> = (0..count).map(|i| (i % CLASSES) as u32).collect();
        order.shuffle(&mut labels);
        let mut values = Vec::with_capacity(count * PIXELS);
        for &class in &labels {
            let (contrast, brightness) = style(amount, &mut styles);
            let coverage = Content::draw(class, &mut contents).coverage();
            values.extend(coverage.map(|share| contrast * share + brightness));
        }
        (values, labels)
    };
    let (train, validation) = (draw(TRAIN), draw(VALIDATION));
    let n = train.0.len() as f64;
    let mean = train.0.iter().sum::<f64>() / n;
    let variance = train.0.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    let scale = 1.0 / variance.sqrt();
    let split = |(values, labels): (Vec<f64>, Vec<u32>)| Split {
        x: values.iter().map(|v| F::of((v - mean) * scale)).collect(),
        y: labels,
    };
    DataSet { features: PIXELS, classes: CLASSES, targets: None, train: split(train), validation: split(validation) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Covered pixels, and whether all of them lie inside the image.
    #[test]
    fn all_shapes_have_the_same_area_and_fit() {
        let mut stream = Stream::new(1, "shapes");
        for class in 0..CLASSES as u32 {
            let mut ratio = 0.0;
            for _ in 0..400 {
                let content = Content::draw(class, &mut stream);
                let area: f64 = content.coverage().iter().sum();
                let want = std::f64::consts::PI * content.radius * content.radius;
                // Cut off at the border, a shape would lose whole pixels.
                assert!((area / want - 1.0).abs() < 0.12, "class {class}: {area} for {want}");
                ratio += area / want / 400.0;
            }
            assert!((ratio - 1.0).abs() < 0.01, "class {class}: {ratio}");
        }
    }

    #[test]
    fn shapes_are_what_they_are_called() {
        let at = |class: u32| Content { class, x: 6.0, y: 6.0, radius: 3.0, turn: 0.0 }.coverage();
        let filled = |image: &[f64], x: usize, y: usize| image[y * SIDE + x] >= 0.5;
        let (disc, square, triangle, cross) = (at(0), at(1), at(2), at(3));
        // The square's corner is outside the disc and inside nothing else.
        assert!(filled(&square, 3, 3) && !filled(&disc, 3, 3) && !filled(&cross, 3, 3));
        // The triangle's top is a point, its base is wide.
        assert!(filled(&triangle, 5, 2) && !filled(&triangle, 3, 2) && filled(&triangle, 2, 7));
        // The cross reaches further than the disc, and only along the axes.
        assert!(filled(&cross, 5, 2) && !filled(&disc, 5, 2) && !filled(&cross, 4, 4) && filled(&disc, 4, 4));
        for image in [disc, square, triangle, cross] {
            let mirrored: Vec<f64> = (0..PIXELS).map(|i| image[i / SIDE * SIDE + SIDE - 1 - i % SIDE]).collect();
            assert_eq!(image.to_vec(), mirrored, "upright, all are symmetric");
        }
    }

    /// Without style, an image's background is one value and its shape's another; style acts on each image
    /// as contrast and brightness, and does not depend on the class.
    #[test]
    fn style_changes_nothing_but_contrast_and_brightness() {
        let (plain, styled) = (load::<f64>(0.0, 3), load::<f64>(0.5, 3));
        assert_eq!((&plain.train.y, &plain.validation.y), (&styled.train.y, &styled.validation.y));
        let background = plain.train.x.iter().copied().fold(f64::INFINITY, f64::min);
        let mut contrasts = [const { Vec::new() }; CLASSES];
        for (i, (a, b)) in plain.train.x.chunks(PIXELS).zip(styled.train.x.chunks(PIXELS)).enumerate() {
            let (dark, bright) = (index(a, |x, y| x < y), index(a, |x, y| x > y));
            assert_eq!(a[dark], background);
            let contrast = (b[bright] - b[dark]) / (a[bright] - a[dark]);
            contrasts[plain.train.y[i] as usize].push(contrast);
            for (a, b2) in a.iter().zip(b) {
                assert!((b[dark] + contrast * (a - background) - b2).abs() < 1e-9, "image {i}");
            }
        }
        let mean = |v: &[f64]| v.iter().map(|c| c.ln()).sum::<f64>() / v.len() as f64;
        let all = contrasts.iter().map(|v| mean(v)).sum::<f64>() / CLASSES as f64;
        for of_class in contrasts {
            assert_eq!(of_class.len(), TRAIN / CLASSES);
            // The logarithm is uniform over 2·ln 2: standard deviation 0.4, of the mean of 300 0.023.
            assert!((mean(&of_class) - all).abs() < 0.08);
            let spread = of_class.iter().map(|c| (c.ln() - all).powi(2)).sum::<f64>() / of_class.len() as f64;
            assert!((spread.sqrt() / 0.4002 - 1.0).abs() < 0.1, "{spread}");
        }
    }

    /// Where the first of the outermost values is.
    fn index(values: &[f64], beats: impl Fn(f64, f64) -> bool) -> usize {
        (0..values.len()).fold(0, |best, i| if beats(values[i], values[best]) { i } else { best })
    }

    #[test]
    fn classes_are_balanced_and_training_pixels_standardized() {
        let set = load::<f64>(0.3, 1);
        for split in [&set.train, &set.validation] {
            for class in 0..CLASSES as u32 {
                assert_eq!(split.y.iter().filter(|&&y| y == class).count(), split.len() / CLASSES);
            }
        }
        let n = set.train.x.len() as f64;
        let mean = set.train.x.iter().sum::<f64>() / n;
        let variance = set.train.x.iter().map(|v| v * v).sum::<f64>() / n;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
    }
}
