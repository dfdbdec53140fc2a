

class BatchRenorm(Running):
    """Ioffe 2017; r and d come from the running averages as they are before the step."""

    def forward(self, x):
        axes = [0] + list(range(2, x.dim()))
        if not self.training:
            mean, variance = self.running_mean, self.running_var
        else:
            mean, variance = x.mean(axes), x.var(axes, correction=0)
        scale = (variance + EPS).sqrt()
        x_hat = (x - per_channel(mean, x)) / per_channel(scale, x)
        share = 1.0 if WARMUP == 0 else min(max(STEP[0] - WARMUP, 0), WARMUP) / WARMUP
        if self.training:
            if share > 0:
                r_max, d_max = 1 + (R_MAX - 1) * share, D_MAX * share
                run = (self.running_var + EPS).sqrt()
                r = (scale.detach() / run).clamp(1 / r_max, r_max)
                d = ((mean.detach() - self.running_mean) / run).clamp(-d_max, d_max)
                x_hat = x_hat * per_channel(r, x) + per_channel(d, x)
            count = x.numel() / x.shape[1]
            self.follow(mean, variance * count / (count - 1))
        return self.affine(x_hat)


def normalization(channels, place):
    return BatchRenorm(channels)
