

def normalization(channels, place):
    return nn.GroupNorm(GROUPS, channels, eps=EPS, affine=AFFINE)
