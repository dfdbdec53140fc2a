

def per_channel(values, x):
    """Lines values per channel up with x: (samples, channels) or (samples, channels, …)."""
    return values.reshape([1, -1] + [1] * (x.dim() - 2))


class Affine(nn.Module):
    """γ and β per channel, for normalizations that torch.nn lacks."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))  #? affine
        self.bias = nn.Parameter(torch.zeros(channels))  #? affine shifts

    def affine(self, x):
        return x  #? !affine
        return x * per_channel(self.weight, x)  #? affine !shifts
        return x * per_channel(self.weight, x) + per_channel(self.bias, x)  #? affine shifts


def moments(x):
    """Mean and variance of each channel."""  #? !lp1 !lpmax
    """Mean of each channel, and the squared mean distance from it."""  #? lp1
    """Mean of each channel, and the squared largest distance from it."""  #? lpmax
    axes = [0, *range(2, x.dim())]
    return x.mean(axes), x.var(axes, correction=0)  #? !lp1 !lpmax
    mean = x.mean(axes)  #? lp1
    mean = x.mean(axes)  #? lpmax
    distance = (x - per_channel(mean, x)).abs().movedim(1, 0).flatten(1)  #? lp1
    distance = (x - per_channel(mean, x)).abs().movedim(1, 0).flatten(1)  #? lpmax
    return mean, distance.mean(1).square()  #? lp1
    # By index: of several that are farthest, one alone has a gradient.  #? lpmax
    farthest = distance.argmax(1, keepdim=True)  #? lpmax
    return mean, distance.gather(1, farthest).squeeze(1).square()  #? lpmax


class Running(Affine):
    """What normalizations that torch.nn lacks share with its BatchNorm: running statistics."""

    def __init__(self, channels):
        super().__init__(channels)
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))
        self.register_buffer("num_batches_tracked", torch.tensor(0))
        self.seen = []

    def follow(self, mean, variance):
        running = (self.num_batches_tracked, self.running_mean, self.running_var)
        self.seen.append((*running, mean.detach(), variance.detach()))

    def settle(self):
        """Moves the running statistics, once the whole step is taken."""
        for count, running_mean, running_var, mean, variance in self.seen:
            count += 1
            rho = 1 / float(count)  #? cumulative
            rho = STAT_MOMENTUM  #? !cumulative
            running_mean.lerp_(mean, rho)
            running_var.lerp_(variance, rho)
        self.seen.clear()
