

# The present step, for what is drawn anew or changes with it.
STEP = [0]


class Draws:
    """The lab's random numbers of one layer at the present step: SplitMix64 by position."""

    GAMMA = numpy.uint64(0x9E3779B97F4A7C15)

    def __init__(self, place):
        mix = lambda z: int(self.mix(numpy.array([z], numpy.uint64))[0])
        self.key = mix(mix(mix(SEED) ^ STEP[0]) ^ place)

    @staticmethod
    def mix(z):
        with numpy.errstate(over="ignore"):
            z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
            return z ^ (z >> numpy.uint64(31))

    def uniform(self, positions):
        with numpy.errstate(over="ignore"):
            z = numpy.uint64(self.key) + self.GAMMA * (positions.astype(numpy.uint64) + numpy.uint64(1))
        return (self.mix(z) >> numpy.uint64(11)).astype(numpy.float64) / 2.0**53

    def normal(self, positions):
        radius = numpy.sqrt(-2 * numpy.log(1 - self.uniform(2 * positions)))
        return radius * numpy.cos(2 * numpy.pi * self.uniform(2 * positions + 1))


def arranged(values, x):
    """Values in the lab's order (sample, position, channel), as x has them: (sample, channel, position …)."""
    last = values.reshape([x.shape[0], *x.shape[2:], x.shape[1]])
    return torch.as_tensor(last, dtype=x.dtype).movedim(-1, 1)


class Drawn(nn.Module):
    """What changes its input at random, in training alone; `place` tells its draws from those of other layers."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def forward(self, x):
        return self.change(x, Draws(self.place)) if self.training else x


class Dropout(Drawn):
    """torch.nn.Dropout with the lab's draws."""

    def change(self, x, draws):
        kept = arranged(draws.uniform(numpy.arange(x.numel())) >= DROPOUT, x)
        return x * kept / (1 - DROPOUT)


class Noise(Drawn):
    """Santurkar et al. 2018, Algorithm 1: in training each value is scaled and shifted at random."""

    def change(self, x, draws):
        channels, a = x.shape[1], NOISE
        units, values = numpy.arange(channels), numpy.arange(x.numel())
        mean = a * (draws.uniform(2 * units) - 0.5)
        deviation = 1 + 0.25 * a * draws.uniform(2 * units + 1)
        unit = values % channels
        scale = deviation[unit] + 0.1 * a * draws.normal(channels + 2 * values)
        shift = mean[unit] + 0.1 * a * (2 * draws.uniform(2 * channels + 4 * values + 2) - 1)
        return arranged(scale, x) * x + arranged(shift, x)
