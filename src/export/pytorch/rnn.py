

class Network(nn.Module):
    """An unrolled recurrent network: its weights are shared over time."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)  #? tokens
        for i in range(1, DEPTH + 1):
            cell = nn.Module()
            cell.input = nn.Linear(CHANNELS if i == 1 else WIDTH, WIDTH, bias=False)
            cell.hidden = nn.Linear(WIDTH, WIDTH, bias=HIDDEN_BIAS)
            self.add_module(f"rnn{i}", cell)
            self.add_module(f"norm{i}", normalization(WIDTH))  #? norm !drawn !apart
            self.add_module(f"norm{i}", normalization(WIDTH, i))  #? norm drawn !apart
            self.add_module(f"norm{i}", apart(normalization(WIDTH)))  #? norm !drawn apart
            self.add_module(f"norm{i}", apart(normalization(WIDTH, i)))  #? norm drawn apart
        self.dropout = Dropout(LENGTH * DEPTH + 1)  #? dropout
        self.head = nn.Linear(WIDTH, CLASSES)

    def forward(self, x):
        lengths = (x >= 0).sum(1)  #? padded
        x = self.embedding(tokens_of(x))  #? tokens padded
        x = self.embedding(x.long())  #? tokens !padded
        x = x.reshape(len(x), LENGTH, CHANNELS)  #? !tokens
        state = [x.new_zeros(len(x), WIDTH)] * DEPTH
        for t in range(LENGTH):
            y = x[:, t]
            valid = t < lengths  #? padded
            for i in range(1, DEPTH + 1):
                cell = self.get_submodule(f"rnn{i}")
                norm = self.get_submodule(f"norm{i}")  #? norm !apart
                norm = at_step(self.get_submodule(f"norm{i}"), t)  #? norm apart
                norm.place = t * DEPTH + i  #? noise
                norm.noise.place = t * DEPTH + i  #? noisy
                y = cell.input(y) + cell.hidden(state[i - 1])
                y = norm(y)  #? norm !after !masked
                y = over_valid(norm, y, valid)  #? norm !after masked
                y = activation(y)
                y = norm(y)  #? norm after !masked
                y = over_valid(norm, y, valid)  #? norm after masked
                # A sequence that has ended keeps its state.  #? padded
                y = torch.where(valid[:, None], y, state[i - 1])  #? padded
                state[i - 1] = y
        y = self.dropout(y)  #? dropout
        return self.head(y)


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


def at_step(norm, t):
    """The normalization with its statistics of step t."""
    norm.track_running_stats = True
    for name in STATISTICS:
        setattr(norm, name, norm.get_submodule(f"step{t + 1}").get_buffer(name))
    return norm
