//! The data sets, each drawn or shuffled by the seed.

mod digits;
mod linear;
mod plane;
mod shapes;
mod tokens;

use crate::choice::choices;
use crate::edition::Edition;
use crate::kernels::Real;

choices! {
    /// What the networks learn.
    pub enum Data {
        Digits: "digits", "Digits", "Handwritten digits, 8 × 8 pixels, ten classes: 1437 to train on, 360 held out. By E. Alpaydin and C. Kaynak, UCI, CC BY 4.0.";
        Spirals: "spirals", "Spirals", "Two interleaved spirals in the plane: 400 points to train on, 200 held out.";
        Circles: "circles", "Circles", "A disc inside a ring: 400 points to train on, 200 held out.";
        Xor: "xor", "XOR", "Four quadrants, opposite ones of the same class: 400 points to train on, 200 held out.";
        Gaussians: "gaussians", "Gaussians", "Two round clouds, the easiest set: 400 points to train on, 200 held out.";
        Linear: "linear", "Linear map", "Regression: ten Gaussian numbers, and ten targets that are a fixed linear map of them: 1000 to train on, 250 held out.";
        Shapes: "shapes", "Shapes", "Discs, squares, triangles and crosses, 12 × 12 pixels, in random contrast and brightness: 1200 to train on, 300 held out.";
        Recall: "recall", "Recall", "Sequences of 16 different tokens; the class is the first one: 1024 to train on, 256 held out.";
        Majority: "majority", "Majority", "Sequences of 16 different tokens; the class is the most frequent one: 1024 to train on, 256 held out.";
    }
}

/// What the samples of a data set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Points in the plane.
    Plane,
    /// That many numbers.
    Vector {
        /// Numbers in a sample.
        values: usize,
    },
    /// Grey images of `side × side` pixels.
    Image {
        /// Pixels on a side.
        side: usize,
    },
    /// Sequences of whole numbers below `vocabulary`.
    Tokens {
        /// Different tokens.
        vocabulary: usize,
    },
}

impl Kind {
    /// Values in a sample; `length` is that of a sequence.
    pub fn values(self, length: usize) -> usize {
        match self {
            Kind::Plane => 2,
            Kind::Vector { values } => values,
            Kind::Image { side } => side * side,
            Kind::Tokens { .. } => length,
        }
    }
}

/// What decides how a set is drawn, besides which it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recipe {
    /// Standard deviation of the jitter on points.
    pub noise: f64,
    /// How much contrast and brightness vary between images of shapes, 0 to 1.
    pub style: f64,
    /// Tokens in a sequence.
    pub length: usize,
    /// Tokens in the shortest one; 0: all are as long.
    pub shortest: usize,
    /// Of all draws.
    pub seed: u32,
}

/// Samples and their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Split<F> {
    /// `[samples × values per sample]`, row-major.
    pub x: Vec<F>,
    /// One label per sample: its class, or in a regression its row in [`DataSet::targets`].
    pub y: Vec<u32>,
}

impl<F> Split<F> {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }
}

/// A training set and a validation set.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSet<F> {
    /// Values in one sample.
    pub features: usize,
    /// Number of classes, or of a regression's targets.
    pub classes: usize,
    /// In a regression, what each sample's outputs are to be, `[samples × classes]`; the samples of both
    /// splits.
    pub targets: Option<Vec<F>>,
    /// To train on.
    pub train: Split<F>,
    /// Held out.
    pub validation: Split<F>,
}

impl Data {
    /// Training samples of the largest set: no batch can be larger.
    pub const LARGEST: usize = digits::TRAIN;

    /// Draws the set.
    pub fn load<F: Real>(self, recipe: &Recipe) -> DataSet<F> {
        let full = Edition::Full.is_here();
        match self {
            Data::Digits => digits::load(recipe.seed),
            Data::Linear if full => linear::load(recipe.seed),
            Data::Shapes if full => shapes::load(recipe.style, recipe.seed),
            Data::Recall | Data::Majority if full => tokens::load(self, recipe.length, recipe.shortest, recipe.seed),
            _ => plane::load(self, recipe.noise, recipe.seed),
        }
    }

    /// The edition that can draw it.
    pub fn edition(self) -> Edition {
        match self {
            Data::Digits | Data::Spirals | Data::Circles | Data::Xor | Data::Gaussians => Edition::First,
            Data::Linear | Data::Shapes | Data::Recall | Data::Majority => Edition::Full,
        }
    }

    /// What its samples are.
    pub fn kind(self) -> Kind {
        match self {
            Data::Digits => Kind::Image { side: digits::SIDE },
            Data::Linear => Kind::Vector { values: linear::WIDTH },
            Data::Shapes => Kind::Image { side: shapes::SIDE },
            Data::Recall | Data::Majority => Kind::Tokens { vocabulary: tokens::VOCABULARY },
            _ => Kind::Plane,
        }
    }

    /// Whether it is a set of points in the plane.
    pub fn is_plane(self) -> bool {
        self.kind() == Kind::Plane
    }

    /// Whether its samples are sequences of tokens.
    pub fn is_tokens(self) -> bool {
        matches!(self.kind(), Kind::Tokens { .. })
    }

    /// For a regression, what answering the mean whatever the input costs in squared error.
    pub fn variance(self) -> Option<f64> {
        (self == Data::Linear).then_some(linear::VARIANCE)
    }

    /// Samples to train on.
    pub fn train_len(self) -> usize {
        match self {
            Data::Digits => digits::TRAIN,
            Data::Linear => linear::TRAIN,
            Data::Shapes => shapes::TRAIN,
            Data::Recall | Data::Majority => tokens::TRAIN,
            _ => plane::TRAIN,
        }
    }

    /// Number of classes, or of a regression's targets.
    pub fn classes(self) -> usize {
        match self {
            Data::Digits => 10,
            Data::Linear => linear::WIDTH,
            Data::Shapes => shapes::CLASSES,
            Data::Recall | Data::Majority => tokens::VOCABULARY,
            _ => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;

    fn recipe(seed: u32) -> Recipe {
        Recipe { noise: 0.1, style: 0.3, length: 8, shortest: 0, seed }
    }

    #[test]
    fn sizes_are_as_announced_and_classes_balanced() {
        for &data in Data::ALL {
            let set = data.load::<f32>(&recipe(4));
            assert_eq!(set.train.len(), data.train_len());
            assert_eq!(set.train.x.len(), data.train_len() * set.features);
            assert_eq!(set.validation.x.len(), set.validation.len() * set.features);
            for split in [&set.train, &set.validation] {
                for class in 0..if data.variance().is_some() { 0 } else { data.classes() as u32 } {
                    let share = split.y.iter().filter(|&&y| y == class).count() as f64 / split.len() as f64;
                    let fair = 1.0 / data.classes() as f64;
                    assert!((share / fair - 1.0).abs() < 0.45, "{data:?} class {class}: {share}");
                }
            }
        }
    }

    #[test]
    fn the_seed_decides() {
        for &data in Data::ALL {
            assert_eq!(data.load::<f32>(&recipe(4)), data.load::<f32>(&recipe(4)));
            assert_ne!(data.load::<f32>(&recipe(4)), data.load::<f32>(&recipe(5)));
        }
    }
}
