

# The present step, for what is drawn anew at each.
STEP = [0]


def hidden(x, norm):
    """What follows a hidden layer's product."""
    return norm(activation(x)) if NORM_AFTER else activation(norm(x))


class Gain(nn.Module):
    """A learned number that starts at 0."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, x):
        return self.weight * x


class Dropout(nn.Module):
    def __init__(self, place):
        super().__init__()
        self.place = place

    def forward(self, x):
        if DROPOUT == 0 or not self.training:
            return x
        kept = numbers(self.place).uniform(x) >= DROPOUT
        return x * kept / (1 - DROPOUT)
