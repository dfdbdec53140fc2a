//! Tasks on sequences of tokens, for models that must carry something from one position to another.
//!
//! Both have as many classes as tokens, each class equally often in each split. The two splits are
//! drawn independently from streams of their own. Sequences may end early, with padding behind.

use super::{Data, DataSet, Split};
use crate::kernels::Real;
use crate::rng::Stream;

pub(super) const VOCABULARY: usize = 16;
pub(super) const TRAIN: usize = 1024;
const VALIDATION: usize = 256;

/// What stands behind a sequence that ends early: negative, and so no token.
const PADDING: f64 = -1.0;

/// `length` tokens a sample, stored as numbers; not standardized, since they are names and not sizes. With
/// `shortest` above 0 and below `length`, a sample's own length is uniform from there to `length`, drawn from
/// a stream of its own.
pub(super) fn load<F: Real>(data: Data, length: usize, shortest: usize, seed: u32) -> DataSet<F> {
    let split = |name: &str, samples: usize| {
        let mut stream = Stream::new(seed, &format!("data/tokens/{name}"));
        let mut lengths = Stream::new(seed, &format!("data/tokens/{name}/lengths"));
        let mut y: Vec<u32> = (0..samples).map(|i| (i % VOCABULARY) as u32).collect();
        stream.shuffle(&mut y);
        let mut x = Vec::with_capacity(samples * length);
        for &class in &y {
            let own = match shortest {
                1.. if shortest < length => shortest + lengths.below((length - shortest) as u32 + 1) as usize,
                _ => length,
            };
            let tokens = match data {
                Data::Majority => majority(class, own, &mut stream),
                _ => recall(class, own, &mut stream),
            };
            x.extend(tokens.into_iter().map(|token| F::of(f64::from(token))));
            x.extend((own..length).map(|_| F::of(PADDING)));
        }
        Split { x, y }
    };
    DataSet {
        features: length,
        classes: VOCABULARY,
        targets: None,
        train: split("train", TRAIN),
        validation: split("validation", VALIDATION),
    }
}

/// The first token is the class, the others are uniformly random.
fn recall(class: u32, length: usize, stream: &mut Stream) -> Vec<u32> {
    let rest = (1..length).map(|_| stream.below(VOCABULARY as u32));
    std::iter::once(class).chain(rest.collect::<Vec<_>>()).collect()
}

/// The class is the most frequent token: a quarter of the sequence, rounded up, but at least two if there are as many. The others
/// are drawn from the other tokens, each of which stays less frequent. All in random order.
fn majority(class: u32, length: usize, stream: &mut Stream) -> Vec<u32> {
    let most = length.div_ceil(4).max(2).min(length);
    let mut counts = [0; VOCABULARY];
    let mut tokens = vec![class; most];
    while tokens.len() < length {
        let token = stream.below(VOCABULARY as u32);
        let count = &mut counts[token as usize];
        if token != class && *count + 1 < most {
            *count += 1;
            tokens.push(token);
        }
    }
    stream.shuffle(&mut tokens);
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Recipe;

    fn each(data: Data, mut f: impl FnMut(usize, &[f64], u32)) {
        for length in 4..=32 {
            let set = data.load::<f64>(&Recipe { noise: 0.0, style: 0.0, length, shortest: 0, seed: 3 });
            assert_eq!((set.features, set.classes, set.validation.len()), (length, 16, 256));
            for split in [&set.train, &set.validation] {
                for (x, &y) in split.x.chunks(length).zip(&split.y) {
                    assert!(x.iter().all(|&v| v == v.trunc() && (0.0..16.0).contains(&v)));
                    f(length, x, y);
                }
            }
        }
    }

    #[test]
    fn sequences_of_every_length_are_padded_behind() {
        for data in [Data::Recall, Data::Majority] {
            let set = data.load::<f64>(&Recipe { noise: 0.0, style: 0.0, length: 9, shortest: 1, seed: 3 });
            let mut counts = [0; 10];
            for (x, &y) in set.train.x.chunks(9).zip(&set.train.y) {
                let length = x.iter().take_while(|&&v| v >= 0.0).count();
                assert!(x[length..].iter().all(|&v| v == PADDING));
                let tokens: Vec<u32> = x[..length].iter().map(|&v| v as u32).collect();
                let count = |token| tokens.iter().filter(|&&t| t == token).count();
                assert!(match data {
                    Data::Recall => tokens[0] == y,
                    _ => (0..16).all(|t| t == y || count(t) < count(y)),
                });
                counts[length] += 1;
            }
            // 1024 samples over nine lengths: 114 each, give or take 10.
            assert!(counts[0] == 0 && counts[1..].iter().all(|c| (70..160).contains(c)), "{counts:?}");
        }
    }

    #[test]
    fn the_first_token_is_to_be_recalled_and_no_other_tells_of_it() {
        let mut same = [0; 32];
        let mut samples = 0;
        each(Data::Recall, |_, x, y| {
            samples += 1;
            for (count, &v) in same.iter_mut().zip(x) {
                *count += usize::from(v as u32 == y);
            }
        });
        assert_eq!(same[0], samples);
        assert!(same[1..4].iter().all(|&c| (c as f64 / samples as f64 * 16.0 - 1.0).abs() < 0.1), "{same:?}");
    }

    #[test]
    fn the_class_is_the_one_most_frequent_token() {
        let mut last = 0;
        let mut samples = 0;
        each(Data::Majority, |length, x, y| {
            let count = |token: u32| x.iter().filter(|&&v| v as u32 == token).count();
            let most = count(y);
            assert_eq!(most, length.div_ceil(4).max(2));
            assert!((0..16).filter(|&t| t != y).all(|t| count(t) < most), "{x:?}");
            last += usize::from(x[length - 1] as u32 == y);
            samples += 1;
        });
        // The last token alone, which a model without memory sees, is right no more often than that.
        assert!((last as f64 / samples as f64) < 0.3);
    }
}
