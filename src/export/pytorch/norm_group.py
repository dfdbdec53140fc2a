

def normalization(channels, place, length=None):
    return nn.GroupNorm(GROUPS, channels, eps=EPS, affine=AFFINE)
