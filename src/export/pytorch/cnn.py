

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        for i, (inputs, outputs, stride) in enumerate(CONVOLUTIONS, 1):
            conv = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=HIDDEN_BIAS)  #? zero
            conv = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=HIDDEN_BIAS, padding_mode="reflect")  #? reflect
            conv = nn.Conv2d(inputs, outputs, 3, stride, bias=HIDDEN_BIAS)  #? valid
            self.add_module(f"conv{i}", conv)
            self.add_module(f"norm{i}", normalization(outputs))  #? norm !drawn
            self.add_module(f"norm{i}", normalization(outputs, 2 * i - 1))  #? norm drawn
            self.add_module(f"dropout{i}", Dropout(2 * i))  #? dropout
        self.linear1 = nn.Linear(FLAT, HEAD, bias=HEAD_BIAS)  #? head
        self.add_module(f"norm{DEPTH + 1}", normalization(HEAD))  #? norm head !bare !drawn
        self.add_module(f"norm{DEPTH + 1}", normalization(HEAD, 2 * DEPTH + 1))  #? norm head !bare drawn
        self.add_module(f"dropout{DEPTH + 1}", Dropout(2 * DEPTH + 2))  #? head dropout
        for i in SKIPPED:  #? skipinit
            self.add_module(f"skip{i}", Gain())  #? skipinit
        self.head = nn.Linear(HEAD, CLASSES)  #? head
        self.head = nn.Linear(FLAT, CLASSES)  #? !head

    def forward(self, x):
        x = x.reshape(len(x), 1, SIDE, SIDE)
        for i in range(1, DEPTH + 1):
            x = hidden(self, i, f"conv{i}", x)
            if i in POOLED:  #? pool
                x = functional.avg_pool2d(x, 2)  #? pool
        x = x.flatten(1)
        x = hidden(self, DEPTH + 1, "linear1", x)  #? head
        return self.head(x)
