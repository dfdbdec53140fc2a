

class Network(nn.Module):
    def __init__(self):
        super().__init__()
        places = iter(range(1, 10**6))
        side, channels, outputs = SIDE, 1, WIDTH
        self.plan = []
        for i in range(1, DEPTH + 1):
            after = side - 2 if PADDING == "valid" else side
            strided, pooled = SHRINK == "stride" and (after + 1) // 2 >= 2, SHRINK == "pool" and after // 2 >= 2
            stride = 2 if strided else 1
            conv = nn.Conv2d(channels, outputs, 3, stride, **PADDINGS[PADDING], bias=HIDDEN_BIAS)
            self.add_module(f"conv{i}", conv)
            self.add_module(f"norm{i}", normalization(outputs, next(places)))
            self.add_module(f"dropout{i}", Dropout(next(places)))
            skipped = SKIP != "none" and i > 1 and channels == outputs and not strided and after == side
            if skipped and SKIP == "skipinit":
                self.add_module(f"skip{i}", Gain())
            side, channels = (after + 1) // 2 if strided else after // 2 if pooled else after, outputs
            self.plan.append((i, skipped, pooled))
            outputs = outputs * 2 if strided or pooled else outputs
        inputs = channels * side * side
        if HEAD:
            self.linear1 = nn.Linear(inputs, HEAD, bias=HEAD_BIAS)
            if HEAD_NORM:
                self.add_module(f"norm{DEPTH + 1}", normalization(HEAD, next(places)))
            inputs = HEAD
        self.head = nn.Linear(inputs, CLASSES)

    def forward(self, x):
        x = x.reshape(len(x), 1, SIDE, SIDE)
        for i, skipped, pooled in self.plan:
            start = x
            x = self.get_submodule(f"dropout{i}")(hidden(self.get_submodule(f"conv{i}")(x), self.get_submodule(f"norm{i}")))
            if skipped:
                x = start + (self.get_submodule(f"skip{i}")(x) if SKIP == "skipinit" else x)
            if pooled:
                x = functional.avg_pool2d(x, 2)
        x = x.flatten(1)
        if HEAD:
            x = hidden(self.linear1(x), self.get_submodule(f"norm{DEPTH + 1}") if HEAD_NORM else nn.Identity())
        return self.head(x)


PADDINGS = {
    "zero": {"padding": 1},
    "reflect": {"padding": 1, "padding_mode": "reflect"},
    "valid": {"padding": 0},
}
