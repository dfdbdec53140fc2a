

def normalization(channels, place):
    return Noise(place)
