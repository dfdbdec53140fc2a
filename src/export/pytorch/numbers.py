

class numbers:
    """The lab's random numbers of one layer at the present step: SplitMix64 by position."""

    GAMMA, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1

    def __init__(self, place):
        mix = lambda z: int(self.mix(numpy.array([z], numpy.uint64))[0])
        self.key = mix(mix(mix(SEED) ^ STEP[0]) ^ place)

    @staticmethod
    def mix(z):
        with numpy.errstate(over="ignore"):
            z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
            return z ^ (z >> numpy.uint64(31))

    def draw(self, positions):
        with numpy.errstate(over="ignore"):
            z = numpy.uint64(self.key) + numpy.uint64(self.GAMMA) * (positions.astype(numpy.uint64) + numpy.uint64(1))
        return (self.mix(z) >> numpy.uint64(11)).astype(numpy.float64) / 2.0**53

    def normal(self, positions):
        radius = numpy.sqrt(-2 * numpy.log(1 - self.draw(2 * positions)))
        return radius * numpy.cos(2 * numpy.pi * self.draw(2 * positions + 1))

    @staticmethod
    def arranged(values, x):
        """Values in the lab's order (sample, position, channel), as x has them: (sample, channel, position …)."""
        last = values.reshape([x.shape[0], *x.shape[2:], x.shape[1]])
        return torch.as_tensor(last, dtype=x.dtype).movedim(-1, 1)

    def uniform(self, x):
        return self.arranged(self.draw(numpy.arange(x.numel())), x)
