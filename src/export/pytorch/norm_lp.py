

class LpNorm(Running):
    """Santurkar et al. 2018: BatchNorm with another average of the distances from the mean."""

    def forward(self, x):
        axes = [0] + list(range(2, x.dim()))
        if self.training:
            mean = x.mean(axes)
            distance = (x - per_channel(mean, x)).abs().movedim(1, 0).flatten(1)
            if POWER == "1":
                square = distance.mean(1).square()
            elif POWER == "2":
                square = distance.square().mean(1)
            else:
                # By index: of several that are farthest, one alone has a gradient.
                farthest = distance.argmax(1, keepdim=True)
                square = distance.gather(1, farthest).squeeze(1).square()
            count = distance.shape[1]
            self.follow(mean, square * (count / (count - 1) if POWER == "2" else 1))
        else:
            mean, square = self.running_mean, self.running_var
        return self.affine((x - per_channel(mean, x)) / per_channel((square + EPS).sqrt(), x))


def normalization(channels, place):
    return LpNorm(channels)
