

class LpNorm(Running):
    """Santurkar et al. 2018: BatchNorm with another average of the distances from the mean."""

    def forward(self, x):
        mean, square = self.running_mean, self.running_var
        if self.training:
            mean, square = moments(x)
            self.follow(mean, square)  #? !lp2
            count = x.numel() / x.shape[1]  #? lp2
            self.follow(mean, square * count / (count - 1))  #? lp2
        return self.affine((x - per_channel(mean, x)) / per_channel((square + EPS).sqrt(), x))


def normalization(channels):
    return LpNorm(channels)
