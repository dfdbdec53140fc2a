

class Noise(nn.Module):
    """Santurkar et al. 2018, Algorithm 1: in training each value is scaled and shifted at random."""

    def __init__(self, place):
        super().__init__()
        self.place = place

    def forward(self, x):
        if not self.training:
            return x
        draws, channels, a = numbers(self.place), x.shape[1], NOISE
        units, values = numpy.arange(channels), numpy.arange(x.numel())
        mean = a * (draws.draw(2 * units) - 0.5)
        deviation = 1 + 0.25 * a * draws.draw(2 * units + 1)
        unit = values % channels
        scale = deviation[unit] + 0.1 * a * draws.normal(channels + 2 * values)
        shift = mean[unit] + 0.1 * a * (2 * draws.draw(2 * channels + 4 * values + 2) - 1)
        return draws.arranged(scale, x) * x + draws.arranged(shift, x)
