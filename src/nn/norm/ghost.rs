//! Ghost batch normalization (Hoffer, Hubara & Soudry 2017, arXiv:1705.08741).
//!
//! BatchNorm over small parts of a large batch: the noise of small batches at the speed of large ones.
//! The running averages follow the mean of the parts' statistics.

use super::per_batch::{self, Follow, PerBatch, Spec};
use super::{Card, Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "ghost",
        label: "Ghost BatchNorm",
        help: "BatchNorm over small parts of the batch, as if the batch were small.",
    },
    running: true,
    shifts: true,
};

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    let cut = |ghost: usize| per_batch::check(site, site.batch / ghost, "ghost", CARD.choice.label);
    cut(site.batch)?;
    let whole = |ghost: &usize| site.batch.is_multiple_of(*ghost);
    if whole(&site.ghost) && cut(site.ghost).is_ok() {
        return Ok(());
    }
    let possible: Vec<usize> = (1..=site.batch).filter(|d| whole(d) && cut(*d).is_ok()).collect();
    let nearest = possible.iter().min_by_key(|d| d.abs_diff(site.ghost)).copied().unwrap_or(site.batch);
    Err(Refusal {
        field: "ghost",
        allowed: possible.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
        reason: if whole(&site.ghost) {
            "a ghost batch of 1 has a single value per channel, which is its own mean: every output would be β".into()
        } else {
            format!("a batch of {} cannot be cut into ghost batches of {}", site.batch, site.ghost)
        },
        fix: nearest.to_string(),
    })
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec = Spec { parts: site.batch / site.ghost, follow: Follow::Mean, ..Spec::whole() };
    Some(PerBatch::boxed(site, spec, name, layout))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layer::Shape;

    #[test]
    fn the_way_out_of_a_refusal_is_one() {
        for (batch, ghost, field, allowed, fix) in [
            (32, 1, "ghost", "2, 4, 8, 16, 32", "2"),
            (32, 12, "ghost", "2, 4, 8, 16, 32", "8"),
            (8, 16, "ghost", "2, 4, 8", "8"),
            (7, 3, "ghost", "7", "7"),
            (1, 16, "batch", "2 or more", "2"),
        ] {
            let refused = Site { ghost, ..Site::new(Shape::vector(4), batch) };
            let refusal = check(&refused).unwrap_err();
            assert_eq!((refusal.field, &*refusal.allowed, &*refusal.fix), (field, allowed, fix), "{batch} by {ghost}");
            for ghost in allowed.split(", ").filter_map(|d| d.parse().ok()) {
                assert_eq!(check(&Site { ghost, ..refused }), Ok(()));
            }
        }
        let images = Site { ghost: 1, ..Site::new(Shape { positions: 2, channels: 4 }, 8) };
        assert_eq!(check(&images), Ok(()), "two positions are two values");
    }
}
