//! How much of what a normalization reads is its mean: what LayerNorm subtracts and RMSNorm leaves (Zhang &
//! Sennrich 2019, arXiv:1910.07467).

use crate::kernels::Real;
use crate::measure::value::layers;
use crate::measure::{Contrast, Form, Instrument, Measure, Moment, Row};
use crate::nn::model::Input;
use crate::nn::network::{Network, Part, Source, Workspace};
use crate::nn::norm::Over;
use crate::probe::valid::valid;
use crate::probe::{Batch, finite};
use crate::run::Run;

/// The instrument.
pub struct Offset {
    work: Workspace<f32>,
}

/// What its measures have in common.
const COMMON: Measure = Measure {
    how: "On the next mini-batch, in training mode.",
    form: Form::Layers,
    log: false,
    contrast: Contrast::Odds,
    relevant: |c| c.norm.card().over == Over::Token,
    ..Measure::PLAIN
};

impl Instrument for Offset {
    const GROUP: &'static str = "Layer by layer";
    type Found = Vec<LayerOffset>;
    const ROWS: &'static [Row<Self::Found>] = &[Row {
        measure: Measure {
            name: "offset",
            label: "|mean| / rms before the norm",
            noun: "the share of the mean in what is normalized",
            help: "How much of its root mean square a token's mean is: at 0 RMSNorm and LayerNorm are the same.",
            ..COMMON
        },
        read: |f, _| layers(f, |o| (&o.name, o.share)),
    }];

    fn new(run: &Run<f32>) -> Self {
        Offset { work: Workspace::to_train(run.network(), run.config().batch) }
    }

    fn advance(&mut self, now: &Moment) -> Option<Self::Found> {
        Some(offsets(now.network(), now.run().config().input(), &now.batch(), &mut self.work))
    }
}

/// What stands in front of one normalization.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerOffset {
    /// The normalization's name, such as `block1.norm2`.
    pub name: String,
    /// |mean x|/√(mean x²) of the values that are normalized together, averaged over those that are not all 0:
    /// from 0 to 1. There, a token's channels; in an image all pixels' too. Missing if all are 0.
    pub share: Option<f64>,
}

/// Every normalization, from input to output, on one batch, without the padding behind sequences that end
/// early. `work` has room for the batch. Costs a forward pass.
pub fn offsets<F: Real>(
    network: &Network<F>,
    input: Input,
    batch: &Batch<F>,
    work: &mut Workspace<F>,
) -> Vec<LayerOffset> {
    let Batch { pass, x, .. } = *batch;
    network.forward(&pass, x, work);
    let nodes = network.nodes();
    let norms = nodes.iter().filter(|node| node.part == Part::Norm).filter_map(|node| {
        let Source::Node(reads) = node.from else { return None };
        let values = valid(network, work, reads, node.step, pass.batch);
        let shape = node.shape;
        let together = if matches!(input, Input::Image { .. }) { shape.len() } else { shape.channels };
        let shares: Vec<f64> = values.chunks_exact(together).filter_map(share).collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        Some(LayerOffset { name: node.name.clone(), share: finite(mean) })
    });
    norms.collect()
}

/// |mean|/rms; none of zeros.
fn share<F: Real>(values: &[F]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().map(|v| v.to_f64()).sum::<f64>() / n;
    let square = values.iter().map(|v| v.to_f64().powi(2)).sum::<f64>() / n;
    (square != 0.0).then(|| mean.abs() / square.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::init::{Init, State};
    use crate::nn::layer::{Pass, Statistics};
    use crate::nn::model::{Architecture, Family};
    use crate::nn::norm::Norm;

    #[test]
    fn a_share_is_one_of_constants_and_nothing_of_what_is_centred() {
        assert_eq!(share(&[-3.0, -3.0]), Some(1.0));
        assert_eq!(share(&[1.0, -1.0, 2.0, -2.0]), Some(0.0));
        assert_eq!(share(&[0.0, 0.0]), None);
        assert!((share(&[1.0, 0.0]).unwrap() - 0.5f64.sqrt()).abs() < 1e-15);
    }

    /// By the shape of what the layer reads: the rows that it standardizes together.
    #[test]
    fn rows_are_what_the_normalization_takes_together() {
        let images = Input::Image { side: 8, channels: 1 };
        let tokens = Input::Tokens { length: 6, vocabulary: 5, padded: true };
        for (input, family) in [(images, Family::Cnn), (tokens, Family::Transformer)] {
            let plan = Architecture { family, norm: Norm::Rms, depth: 1, ..Architecture::new(input, 3, 4) };
            let network = plan.build::<f64>();
            let state = State::initial(network.layout(), Init::He, 0.0, 3);
            let pass = Pass::evaluation(&state.params, &state.buffers, 4, Statistics::Batch);
            let ended = |i: usize| input == tokens && i % 6 > 3;
            let x: Vec<f64> =
                (0..4 * input.shape().len()).map(|i| if ended(i) { -1.0 } else { (i * 7 % 5) as f64 }).collect();
            let mut work = Workspace::to_train(&network, 4);
            let batch = Batch { pass, x: &x, labels: &[0; 4] };
            let found = offsets(&network, input, &batch, &mut work);
            let norms = network.nodes().iter().filter(|n| n.part == Part::Norm).count();
            assert_eq!(found.len(), norms);
            for LayerOffset { name, share } in &found {
                assert!(share.is_some_and(|s| s > 0.0 && s < 1.0), "{name}: {share:?}");
            }
            // By hand, of the first.
            let shape = network.nodes().iter().find(|n| n.part == Part::Norm).unwrap().shape;
            let reads = network.nodes().iter().find(|n| n.part == Part::Norm).unwrap().from;
            let Source::Node(reads) = reads else { panic!() };
            let values = &work.value(reads)[..4 * shape.len()];
            let rows: Vec<&[f64]> = match input {
                Input::Image { .. } => values.chunks_exact(shape.len()).collect(),
                _ => values.chunks_exact(shape.channels).enumerate().filter(|(i, _)| !ended(*i)).map(|r| r.1).collect(),
            };
            let of = |row: &&[f64]| {
                let n = row.len() as f64;
                (row.iter().sum::<f64>() / n).abs() / (row.iter().map(|v| v * v).sum::<f64>() / n).sqrt()
            };
            let want = rows.iter().map(of).sum::<f64>() / rows.len() as f64;
            assert!((found[0].share.unwrap() - want).abs() < 1e-12, "{found:?} {want}");
        }
    }
}
