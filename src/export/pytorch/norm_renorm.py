

class BatchRenorm(Running):
    """Ioffe 2017; r and d come from the running averages as they are before the step."""

    def forward(self, x):
        mean, variance = moments(x) if self.training else (self.running_mean, self.running_var)
        scale = (variance + EPS).sqrt()
        x_hat = (x - per_channel(mean, x)) / per_channel(scale, x)
        if self.training:
            share = min(max(STEP[0] - WARMUP, 0), WARMUP) / WARMUP  #? warmup
            r_max, d_max = 1 + (R_MAX - 1) * share, D_MAX * share  #? warmup
            r_max, d_max = R_MAX, D_MAX  #? !warmup
            run = (self.running_var + EPS).sqrt()
            r = (scale.detach() / run).clamp(1 / r_max, r_max)
            d = ((mean.detach() - self.running_mean) / run).clamp(-d_max, d_max)
            x_hat = x_hat * per_channel(r, x) + per_channel(d, x)
            count = x.numel() / x.shape[1]
            self.follow(mean, variance * count / (count - 1))
        return self.affine(x_hat)


def normalization(channels):
    return BatchRenorm(channels)
