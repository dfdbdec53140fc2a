

class Network(nn.Module):
    """An unrolled recurrent network: its weights are shared over time."""

    def __init__(self):
        super().__init__()
        inputs = CHANNELS
        if VOCABULARY:
            self.embedding = nn.Embedding(VOCABULARY, WIDTH)
            inputs = WIDTH
        for i in range(1, DEPTH + 1):
            cell = nn.Module()
            cell.input = nn.Linear(inputs, WIDTH, bias=False)
            cell.hidden = nn.Linear(WIDTH, WIDTH, bias=HIDDEN_BIAS)
            self.add_module(f"rnn{i}", cell)
            norm = normalization(WIDTH, None)
            self.add_module(f"norm{i}", apart(norm) if PER_STEP else norm)
            inputs = WIDTH
        self.dropout = Dropout(LENGTH * DEPTH + 1)
        self.head = nn.Linear(inputs, CLASSES)

    def forward(self, x):
        lengths = lengths_of(x)
        x = self.embedding(tokens_of(x)) if VOCABULARY else x.reshape(len(x), LENGTH, CHANNELS)
        state = torch.zeros(DEPTH, len(x), WIDTH, dtype=x.dtype)
        for t in range(LENGTH):
            below, after = x[:, t], []
            for i in range(DEPTH):
                cell, norm = self.get_submodule(f"rnn{i + 1}"), at_step(self.get_submodule(f"norm{i + 1}"), t, i)
                goes_on = t < lengths
                normed = (lambda v: over(norm, v, goes_on)) if MASKED else norm
                below = hidden(cell.input(below) + cell.hidden(state[i]), normed)
                # A sequence that has ended keeps its state.
                below = torch.where(goes_on[:, None], below, state[i])
                after.append(below)
            state = torch.stack(after)
        return self.head(self.dropout(below))


STATISTICS = ["running_mean", "running_var", "num_batches_tracked"]


def apart(norm):
    """Gives each step in time running statistics of its own."""
    for t in range(LENGTH):
        step = nn.Module()
        for name in STATISTICS:
            step.register_buffer(name, norm.get_buffer(name).clone())
        norm.add_module(f"step{t + 1}", step)
    for name in STATISTICS:
        norm.register_buffer(name, norm.get_buffer(name), persistent=False)
    # Or loading a state would add a count that it finds missing, and then not know it.
    norm.track_running_stats = False
    return norm


def at_step(norm, t, layer):
    """The normalization as it stands at step t."""
    for module in norm.modules():
        if hasattr(module, "place"):
            module.place = t * DEPTH + layer + 1
    if PER_STEP:
        norm.track_running_stats = True
        for name in STATISTICS:
            setattr(norm, name, norm.get_submodule(f"step{t + 1}").get_buffer(name))
    return norm
