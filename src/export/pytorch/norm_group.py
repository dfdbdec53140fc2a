

def normalization(channels):
    return nn.GroupNorm(GROUPS, channels, eps=EPS, affine=AFFINE)
