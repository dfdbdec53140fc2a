

def over(norm, x, valid):
    """A normalization of the batch that sees the valid vectors of x alone; the others become 0."""
    y, valid_rows = torch.zeros_like(x), x[valid]
    if len(valid_rows) > 1 or not norm.training and len(valid_rows):
        y[valid] = norm(valid_rows)
    elif norm.bias is not None:
        # A single one is its own mean.
        y[valid] = norm.bias
    return y


def over_each(norm, x, lengths):
    """A normalization of each sample (sample, position, channel) over its valid positions alone."""
    y = torch.zeros_like(x)
    for sample, length in enumerate(lengths.tolist()):
        y[sample, :length] = rows(norm, x[sample : sample + 1, :length])[0]
    return y
