

def tokens_of(x):
    """In a padded position, −1 − k looks like token k."""
    return torch.where(x < 0, -1 - x, x).long()


def over_valid(norm, x, valid):
    """A normalization of the batch that sees the valid vectors of x alone; the others become 0."""
    y, vectors = torch.zeros_like(x), x[valid]
    if len(vectors) > 1 or not norm.training and len(vectors):
        y[valid] = norm(vectors)
    elif len(vectors):
        # A single one is its own mean.
        y[valid] = vectors - vectors  #? !affine
        y[valid] = (vectors - vectors) * norm.weight + norm.bias  #? affine
    return y


def over_each(norm, x, lengths):
    """A normalization of each sample (sample, position, channel) over its valid positions alone."""
    y = torch.zeros_like(x)
    for sample, length in enumerate(lengths.tolist()):
        valid = x[sample : sample + 1, :length].transpose(1, 2)
        valid = functional.group_norm(valid, norm.num_groups, norm.weight, norm.bias, norm.eps)
        y[sample, :length] = valid[0].T
    return y
