#!/usr/bin/env python3
"""Makes test/fixtures/{training,optimizers,ctc,lines}.json: what PyTorch computes, for our tests to match.

Run it with a Python that has torch (Debian: python3-torch): /usr/bin/python3 tools/make-fixtures.py
Names after it make only those: tools/make-fixtures.py ctc.
Weights, inputs and labels come from the integer hash that src/random has too, so only results are stored.
"""

import json
import math
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

STEPS = 50
BATCHES = 4
OPTIMIZER_STEPS = 12
NUDGE = 1e-7
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "fixtures")


def mix(key, index):
    """src/random/mix.ts"""
    with np.errstate(over="ignore"):
        h = (index.astype(np.uint32) * np.uint32(0x9E3779B1)) ^ np.uint32(key)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        return h ^ (h >> np.uint32(16))


def uniform(key, shape, low, high):
    """src/random/uniform-values.ts"""
    length = int(np.prod(shape))
    h = mix(key, np.arange(length)) >> np.uint32(8)
    values = low + (high - low) / 0x1000000 * h.astype(np.float64)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def weight(key, shape, fan_in, nudge):
    bound = 1 / math.sqrt(fan_in)
    values = uniform(key, shape, -bound, bound)
    signs = (mix(key + 77, np.arange(values.numel())) & np.uint32(1)).astype(np.float64) * 2 - 1
    factor = torch.from_numpy(1 + nudge * signs).reshape(shape)
    return (values.double() * factor).float().requires_grad_()


def vector(value, length, nudge):
    return torch.full((length,), value * (1 + nudge)).requires_grad_()


def conv(x, w, b, stride, padding):
    """x and the result are NHWC, w is [height, width, in, out]: the layout of our ops."""
    y = F.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), b, stride, padding)
    return y.permute(0, 2, 3, 1)


def pool(x, size, kind):
    return kind(x.permute(0, 3, 1, 2), size).permute(0, 2, 3, 1)


def batch_norm(x, gamma, beta):
    axes = tuple(range(x.dim() - 1))
    mean = x.mean(axes)
    variance = x.var(axes, unbiased=False)
    return (x - mean) / torch.sqrt(variance + 1e-5) * gamma + beta


def mlp(nudge):
    w1, b1 = weight(101, (64, 32), 64, nudge), weight(102, (32,), 64, nudge)
    w2, b2 = weight(103, (32, 16), 32, nudge), weight(104, (16,), 32, nudge)
    w3, b3 = weight(105, (16, 10), 16, nudge), weight(106, (10,), 16, nudge)
    parameters = [w1, b1, w2, b2, w3, b3]

    def forward(x):
        h = torch.relu(x.reshape(16, 64) @ w1 + b1)
        h = torch.relu(h @ w2 + b2)
        return h @ w3 + b3

    return parameters, forward, (16, 64), torch.optim.Adam(parameters, lr=1e-2)


def cnn(nudge):
    w1, b1 = weight(201, (3, 3, 1, 4), 9, nudge), weight(202, (4,), 9, nudge)
    w2, b2 = weight(203, (3, 3, 4, 8), 36, nudge), weight(204, (8,), 36, nudge)
    w3, b3 = weight(205, (72, 10), 72, nudge), weight(206, (10,), 72, nudge)
    parameters = [w1, b1, w2, b2, w3, b3]

    def forward(x):
        h = torch.relu(conv(x, w1, b1, 1, 1))
        h = torch.relu(conv(h, w2, b2, 2, 1))
        h = pool(h, 2, F.max_pool2d)
        return h.reshape(8, 72) @ w3 + b3

    optimizer = torch.optim.SGD(parameters, lr=0.05, momentum=0.9)
    return parameters, forward, (8, 12, 12, 1), optimizer


def norm(nudge):
    w1, b1 = weight(301, (5, 5, 1, 6), 25, nudge), weight(302, (6,), 25, nudge)
    g1, o1 = vector(1.0, 6, nudge), vector(0.0, 6, nudge)
    w2, b2 = weight(303, (150, 20), 150, nudge), weight(304, (20,), 150, nudge)
    g2, o2 = vector(1.0, 20, nudge), vector(0.0, 20, nudge)
    w3, b3 = weight(305, (20, 10), 20, nudge), weight(306, (10,), 20, nudge)
    parameters = [w1, b1, g1, o1, w2, b2, g2, o2, w3, b3]

    def forward(x):
        h = torch.sigmoid(batch_norm(conv(x, w1, b1, 1, 1), g1, o1))
        h = pool(h, 2, F.avg_pool2d)
        h = torch.tanh(batch_norm(h.reshape(8, 150) @ w2 + b2, g2, o2))
        return h @ w3 + b3

    return parameters, forward, (8, 12, 12, 1), torch.optim.RMSprop(parameters, lr=1e-3)


def train(model, nudge):
    _, forward, shape, optimizer = model(nudge)
    losses = []
    for step in range(STEPS):
        x = uniform(1000 + step % BATCHES, shape, 0, 1)
        labels = uniform(2000 + step % BATCHES, (shape[0],), 0, 10).floor().long()
        optimizer.zero_grad()
        loss = F.cross_entropy(forward(x), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def training():
    fixtures = {}
    for model in (mlp, cnn, norm):
        losses = train(model, 0)
        nudged = [train(model, sign * NUDGE) for sign in (1, -1)]
        moved = max(abs(a - b) for run in nudged for a, b in zip(losses, run))
        fixtures[model.__name__] = {"losses": losses, "tolerance": 10 * moved}
    return fixtures


OPTIMIZERS = [
    ("sgd", {"lr": 0.1}),
    ("sgd", {"lr": 0.1, "weight_decay": 0.01}),
    ("sgd", {"lr": 0.1, "momentum": 0.9}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("adam", {"lr": 0.01}),
    ("adam", {"lr": 0.01, "weight_decay": 0.1}),
    ("adam", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-3}),
    ("adam", {"lr": 0.01, "amsgrad": True}),
    ("adamw", {"lr": 0.01}),
    ("adamw", {"lr": 0.01, "weight_decay": 0.1, "amsgrad": True}),
    ("rmsprop", {"lr": 0.01}),
    ("rmsprop", {"lr": 0.01, "alpha": 0.9, "centered": True, "weight_decay": 0.01}),
    ("rmsprop", {"lr": 0.01, "centered": True, "momentum": 0.9}),
    ("adagrad", {"lr": 0.1}),
    ("adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.01}),
]

CLASSES = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
}


def optimizers():
    fixtures = []
    for name, options in OPTIMIZERS:
        parameter = uniform(401, (11,), -1, 1).requires_grad_()
        optimizer = CLASSES[name]([parameter], **options)
        values = []
        for step in range(OPTIMIZER_STEPS):
            parameter.grad = uniform(500 + step, (11,), -2, 2)
            optimizer.step()
            values.append(parameter.tolist())
        fixtures.append({"name": name, "options": options, "values": values})
    return fixtures


# Lengths of steps and labels, sequence by sequence; labels are drawn unless they are given.
CTC = [
    {"steps": 5, "classes": 3, "lengths": [5, 5], "labels": [[1], [2, 1]]},
    {"steps": 8, "classes": 4, "lengths": [8, 8, 8], "labels": [[1, 1, 1], [3, 3, 2, 2], [1, 2, 1, 2]]},
    {"steps": 7, "classes": 5, "lengths": [7, 4, 3, 1], "labels": [[4, 2, 2], [1, 3], [2, 2], [3]]},
    {"steps": 6, "classes": 4, "lengths": [6, 2, 1], "labels": [[], [], [1]]},
    {"steps": 6, "classes": 5, "lengths": [6, 6, 5], "labels": [[0, 4, 4], [1, 0], [4]], "blank": 3},
    {"steps": 111, "classes": 83, "lengths": [111, 90], "drawn": [32, 17], "range": 8},
]


def ctc():
    """Losses, and every n-th number of the gradient of their sum weighted 1, 2, …; in double precision."""
    cases = []
    for i, case in enumerate(CTC):
        steps, classes, blank = case["steps"], case["classes"], case.get("blank", 0)
        lengths, bound = case["lengths"], case.get("range", 2)
        labels = case.get("labels") or [
            [1 + int(h) % (classes - 1) for h in mix(900 + n, np.arange(count))] for n, count in enumerate(case["drawn"])
        ]
        batch = len(lengths)
        logits = uniform(700 + i, (batch, steps, classes), -bound, bound).double().requires_grad_()
        losses = F.ctc_loss(
            F.log_softmax(logits, 2).permute(1, 0, 2), torch.tensor(sum(labels, [])), torch.tensor(lengths),
            torch.tensor([len(row) for row in labels]), blank, "none",
        )
        (losses * torch.arange(1, batch + 1)).sum().backward()
        every = max(1, logits.numel() // 400)
        cases.append({
            "key": 700 + i, "range": bound, "shape": [batch, steps, classes], "blank": blank, "inputLengths": lengths,
            "labels": labels, "losses": losses.tolist(), "every": every, "gradient": logits.grad.flatten()[::every].tolist(),
        })
    return cases


LINE_STEPS = 10
LINE_LABELS = [[1, 2, 1], [3, 3], [4, 1, 2, 3], [2]]


def line_images():
    """[4, 8, 64, 1]: a glyph of 10 pixels per 16 for each label, nothing between them and behind the last."""
    x = torch.zeros((4, 8, 64, 1), dtype=torch.float64)
    for n, labels in enumerate(LINE_LABELS):
        for i, label in enumerate(labels):
            x[n, :, 16 * i + 2:16 * i + 12] = uniform(1100 + label, (8, 10, 1), 0, 1).double()
    return x


def he(key, shape, fan_in, nudge):
    bound = math.sqrt(6 / fan_in)
    signs = (mix(key + 77, np.arange(int(np.prod(shape)))) & np.uint32(1)).astype(np.float64) * 2 - 1
    values = uniform(key, shape, -bound, bound).double() * torch.from_numpy(1 + nudge * signs).reshape(shape)
    return values.requires_grad_()


def train_lines(nudge):
    """Losses of ten steps of Adam, and the first step's gradients."""
    shapes = [(3, 3, 1, 16), (3, 3, 16, 16), (3, 3, 16, 16), (8, 8, 16, 24), (24, 5)]
    parameters = []
    for i, shape in enumerate(shapes):
        parameters.append(he(1200 + i, shape, int(np.prod(shape[:-1])), nudge))
        parameters.append(torch.zeros(shape[-1], dtype=torch.float64, requires_grad=True))
    x = line_images()
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    losses, first = [], None
    for _ in range(LINE_STEPS):
        h = x
        for i in range(3):
            h = torch.relu(conv(h, parameters[2 * i], parameters[2 * i + 1], 1, 1))
        h = torch.relu(conv(h, parameters[6], parameters[7], 8, 0))
        logits = h.reshape(4, 8, 24) @ parameters[8] + parameters[9]
        each = F.ctc_loss(
            F.log_softmax(logits, 2).permute(1, 0, 2), torch.tensor(sum(LINE_LABELS, [])), torch.full((4,), 8),
            torch.tensor([len(row) for row in LINE_LABELS]), 0, "none",
        )
        loss = each.mean()
        optimizer.zero_grad()
        loss.backward()
        first = first or [p.grad.clone() for p in parameters]
        losses.append(loss.item())
        optimizer.step()
    return losses, first


def lines():
    """Adam by CTC on lines with blank stretches, biases 0 at first, in double precision. Many windows there see nothing at
    all: the sums of their units are exactly 0, where ReLU has no gradient, however little more would give it one."""
    losses, first = train_lines(0)
    moved = max(abs(a - b) for sign in (1, -1) for a, b in zip(train_lines(sign * NUDGE)[0], losses))
    return {
        "labels": LINE_LABELS, "losses": losses, "tolerance": 10 * moved,
        "biasGradients": [g.tolist() for g in first[1::2]],
    }


def write(name, value):
    with open(os.path.join(OUT, name), "w") as file:
        json.dump({"torch": torch.__version__, **value}, file, separators=(",", ":"))
        file.write("\n")


torch.set_num_threads(1)
os.makedirs(OUT, exist_ok=True)
made = {
    "training": training,
    "optimizers": lambda: {"optimizers": optimizers()},
    "ctc": lambda: {"ctc": ctc()},
    "lines": lines,
}
for name in sys.argv[1:] or made:
    write(f"{name}.json", made[name]())
