//! Group normalization (Wu & He 2018, arXiv:1803.08494), `torch.nn.GroupNorm`.
//!
//! The channels of each sample are cut into groups of neighbours; each group, over all positions, is
//! standardized with its own mean and biased variance. γ (`weight`) and β (`bias`) per channel.
//! One group is LayerNorm over channels and positions; as many groups as channels is InstanceNorm,
//! which needs more than one position.

use super::per_sample::{PerSample, Spec};
use super::{Card, Refusal, Site};
use crate::choice::Choice;
use crate::kernels::Real;
use crate::nn::layer::Layer;
use crate::nn::layout::Layout;

pub(super) const CARD: Card = Card {
    choice: Choice {
        name: "group",
        label: "GroupNorm",
        help: "Standardizes groups of channels within each sample; the batch plays no part.",
    },
    running: false,
    shifts: true,
};

pub(super) fn check(site: &Site) -> Result<(), Refusal> {
    let Site { groups, shape, .. } = *site;
    let whole = |groups: usize| shape.channels.is_multiple_of(groups);
    // A single value minus its own mean is 0, whatever the value.
    let alone = |groups: usize| shape.len() == groups;
    if whole(groups) && !alone(groups) {
        return Ok(());
    }
    let possible: Vec<usize> = (1..=shape.channels).filter(|&d| whole(d) && !alone(d)).collect();
    let nearest = possible.iter().min_by_key(|d| d.abs_diff(groups)).copied().unwrap_or(1);
    Err(Refusal {
        field: "groups",
        allowed: possible.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
        reason: if whole(groups) {
            format!("{groups} groups of {} channels hold one value each, and every output would be β", shape.channels)
        } else {
            format!("{groups} groups cannot share {} channels evenly", shape.channels)
        },
        fix: nearest.to_string(),
    })
}

pub(super) fn build<F: Real>(site: &Site, name: &str, layout: &mut Layout) -> Option<Box<dyn Layer<F>>> {
    let spec = Spec {
        shape: site.shape,
        rows: site.shape.positions,
        width: site.shape.channels / site.groups,
        eps: site.eps.unwrap_or(1e-5),
        centred: true,
        masked: site.masked,
        affine: site.affine,
    };
    Some(PerSample::boxed(spec, name, layout))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layer::Shape;

    fn site(positions: usize, channels: usize, groups: usize) -> Site {
        Site { groups, ..Site::new(Shape { positions, channels }, 4) }
    }

    #[test]
    fn no_group_is_left_with_a_single_value() {
        for (channels, groups, allowed, fix) in [
            (3, 3, "1", "1"),
            (5, 8, "1", "1"),
            (7, 7, "1", "1"),
            (8, 8, "1, 2, 4", "4"),
            (12, 11, "1, 2, 3, 4, 6", "6"),
        ] {
            let refusal = check(&site(1, channels, groups)).unwrap_err();
            assert_eq!((refusal.allowed.as_str(), refusal.fix.as_str()), (allowed, fix), "{channels} in {groups}");
            for groups in allowed.split(", ") {
                assert_eq!(check(&site(1, channels, groups.parse().unwrap())), Ok(()));
            }
        }
        assert!(check(&site(1, 7, 7)).unwrap_err().reason.contains("every output would be β"));
        assert_eq!(check(&site(2, 7, 7)), Ok(()), "two positions are two values");
    }
}
