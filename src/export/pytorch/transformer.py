

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)  #? tokens
        self.input = nn.Linear(CHANNELS, WIDTH, bias=HIDDEN_BIAS)  #? !tokens
        self.positions = nn.Module()
        self.positions.weight = nn.Parameter(torch.zeros(LENGTH, WIDTH))
        for i in range(1, DEPTH + 1):
            block = nn.Module()
            block.attention = nn.MultiheadAttention(WIDTH, HEADS, bias=HIDDEN_BIAS, batch_first=True)
            block.up = nn.Linear(WIDTH, 4 * WIDTH, bias=HIDDEN_BIAS)
            block.down = nn.Linear(4 * WIDTH, WIDTH, bias=HIDDEN_BIAS)
            block.norm1 = normalization(WIDTH)  #? norm !drawn
            block.norm2 = normalization(WIDTH)  #? norm !drawn
            block.norm1 = normalization(WIDTH, 4 * i - 3)  #? drawn !post
            block.norm2 = normalization(WIDTH, 4 * i - 1)  #? drawn !post
            block.norm1 = normalization(WIDTH, 4 * i - 2)  #? drawn post
            block.norm2 = normalization(WIDTH, 4 * i)  #? drawn post
            block.dropout1 = Dropout(4 * i - 2)  #? dropout !post
            block.dropout2 = Dropout(4 * i)  #? dropout !post
            block.dropout1 = Dropout(4 * i - 3)  #? dropout post
            block.dropout2 = Dropout(4 * i - 1)  #? dropout post
            self.add_module(f"block{i}", block)
        self.norm_out = normalization(WIDTH)  #? norm !drawn !post
        self.norm_out = normalization(WIDTH, 4 * DEPTH + 1)  #? drawn !post
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        lengths = (x >= 0).sum(1)  #? padded
        x = self.embedding(tokens_of(x))  #? tokens padded
        x = self.embedding(x.long())  #? tokens !padded
        x = self.input(x.reshape(len(x), LENGTH, CHANNELS))  #? !tokens
        x = x + self.positions.weight
        later = torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1)
        for i in range(1, DEPTH + 1):
            block = self.get_submodule(f"block{i}")
            y = x
            y = normed(block.norm1, y)  #? norm !post !masked
            y = normed(block.norm1, y, lengths)  #? norm !post masked
            # With weights: without, PyTorch's fused kernel gives NaN where large scores saturate.
            y = block.attention(y, y, y, attn_mask=later)[0]
            y = channels_first(block.dropout1, y)  #? dropout
            x = x + y
            x = normed(block.norm1, x)  #? norm post !masked
            x = normed(block.norm1, x, lengths)  #? norm post masked
            y = x
            y = normed(block.norm2, y)  #? norm !post !masked
            y = normed(block.norm2, y, lengths)  #? norm !post masked
            y = block.down(activation(block.up(y)))
            y = channels_first(block.dropout2, y)  #? dropout
            x = x + y
            x = normed(block.norm2, x)  #? norm post !masked
            x = normed(block.norm2, x, lengths)  #? norm post masked
        x = normed(self.norm_out, x)  #? norm !post !masked
        x = normed(self.norm_out, x, lengths)  #? norm !post masked
        return self.head(x[:, -1])  #? !padded
        return self.head(x[torch.arange(len(x)), lengths - 1])  #? padded


def normed(norm, x):  #? !masked
    return norm(x)  #? !masked bytoken
    return channels_first(norm, x)  #? !masked !bytoken
def normed(norm, x, lengths):  #? masked
    return over_valid(norm, x, torch.arange(LENGTH) < lengths[:, None])  #? masked running
    return over_each(norm, x, lengths)  #? masked !running


def channels_first(layer, x):
    """Most normalizations expect channels before positions."""
    return layer(x.transpose(1, 2)).transpose(1, 2)
