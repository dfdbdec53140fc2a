

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
            rho = STAT_MOMENTUM if STAT_MOMENTUM is not None else 1 / float(count)
            running_mean.lerp_(mean, rho)
            running_var.lerp_(variance, rho)
        self.seen.clear()
