

def normalization(channels, place):
    return BatchNorm(channels, eps=EPS, momentum=STAT_MOMENTUM, affine=AFFINE)
