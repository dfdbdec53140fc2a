//! What is known of a normalization before it is built. Whoever wants to know asks here: menus, charts, the
//! exported script and the other layers name no normalization themselves.

use super::Site;
use crate::choice::Choice;
use crate::edition::Edition;
use crate::mark::Mark;

/// One normalization's properties.
pub struct Card {
    /// Its name, label and help.
    pub choice: Choice,
    /// Which values share a statistic.
    pub over: Over,
    /// Whether it keeps running statistics, and so knows the batch in training and not at inference.
    pub running: bool,
    /// Whether its output, or at least the gradient, forgets the scale of the weights in front, but for ε.
    pub scale_free: bool,
    /// Whether a bias in front of it would be taken away again, or doubled by β: it is left out.
    pub replaces_bias: bool,
    /// What it learns per channel, if it may.
    pub learns: Learns,
    /// PyTorch's default of ε; none where nothing is divided by a deviation.
    pub eps: Option<f64>,
    /// How it cuts a training batch.
    pub parts: Parts,
    /// The configuration's fields that matter to it, besides those that follow from the rest of this card.
    pub settings: &'static [&'static str],
    /// How PyTorch computes it.
    pub script: Script,
    /// Its colours, dash and marker, everywhere.
    pub mark: Mark,
}

/// Which values share a statistic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// None: each value goes by itself.
    Nothing,
    /// A channel's, over all samples and positions.
    Batch,
    /// A token's; of an image, all.
    Token,
    /// Those of a group of a sample's channels, over all positions.
    Group,
    /// Those of one channel of a sample, over all positions: there must be several.
    Channel,
}

/// What a normalization learns per channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learns {
    /// Nothing.
    Nothing,
    /// γ.
    Gain,
    /// γ and β.
    GainAndShift,
}

/// How a training batch is cut into parts with statistics of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Not at all.
    Whole,
    /// Not at all, for which devices exchange what they measured.
    Exchanged,
    /// One part for each device; running averages follow the first.
    Devices,
    /// Ghost batches; running averages follow the mean of all.
    Ghosts,
}

impl Parts {
    /// How many there are.
    pub fn count(self, site: &Site) -> usize {
        match self {
            Parts::Whole | Parts::Exchanged => 1,
            Parts::Devices => site.devices,
            Parts::Ghosts => site.batch / site.ghost,
        }
    }
}

/// A piece of an exported script, `src/export/template.rs`: it defines `normalization(channels)`.
pub struct Script {
    /// What lines of other pieces are there for it, besides those that follow from the rest of the card.
    pub traits: &'static [&'static str],
    /// The piece. It may use what `src/export/pytorch/norms.py` defines. Nothing, if there is no layer.
    pub text: &'static str,
}

impl Script {
    /// Only the full edition exports, and only it holds the text.
    pub(super) const fn of(traits: &'static [&'static str], text: &'static str) -> Script {
        if Edition::Full.is_here() { Script { traits, text } } else { Script { traits: &[], text: "" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::Choices;
    use crate::config::fields;
    use crate::nn::layer::Shape;
    use crate::nn::layout::Layout;
    use crate::nn::norm::Norm;

    /// What a card says of tensors is what is built.
    #[test]
    fn cards_say_what_is_built() {
        for &norm in Norm::ALL {
            let card = norm.card();
            let mut layout = Layout::default();
            let layer = norm.build::<f32>(&Site::new(Shape { positions: 2, channels: 4 }, 4), "norm", &mut layout);
            let has = |name: &str| {
                let tables = [&layout.params, &layout.buffers];
                tables.iter().any(|table| table.tensors().iter().any(|t| t.name == format!("norm.{name}")))
            };
            assert_eq!(has("weight"), card.learns != Learns::Nothing, "{norm:?}");
            assert_eq!(has("bias"), card.learns == Learns::GainAndShift, "{norm:?}");
            assert_eq!(has("running_mean"), card.running, "{norm:?}");
            assert_eq!(layer.and_then(|layer| layer.running_statistics()).is_some(), card.running, "{norm:?}");
            assert_eq!(card.eps.is_some(), card.over != Over::Nothing, "{norm:?}");
        }
    }

    #[test]
    fn settings_are_fields() {
        for norm in Norm::ALL {
            for name in norm.card().settings {
                assert!(fields::named(name).is_some(), "{norm:?}: {name}");
            }
        }
    }
}
