"""Trains the zoo's recipes in PyTorch: python3 tools/zoo/peer.py RECIPE SEED... writes a line of JSON for each seed.

Needs numpy and torch (1.13 or later, CPU). The data are read from the folder of DUCTUS_DATASETS, by default
../shared/datasets beside the repository: mnist/ and fashion-mnist/ with the original gzip files.
"""
import gzip
import json
import os
import sys
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
DATASETS = os.environ.get("DUCTUS_DATASETS", os.path.join(ROOT, "..", "shared", "datasets"))


def read(dataset, name):
    with gzip.open(os.path.join(DATASETS, dataset, f"{name}.gz")) as file:
        data = file.read()
    return np.frombuffer(data, np.uint8, offset=8 if "idx1" in name else 16)


def load(dataset, part):
    images = read(dataset, f"{part}-images-idx3-ubyte").reshape(-1, 1, 28, 28)
    return torch.from_numpy(images / 255.0).float(), torch.from_numpy(read(dataset, f"{part}-labels-idx1-ubyte").astype(np.int64))


class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 1024), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1024, 128), nn.ReLU(),
                         nn.Dropout(0.5), nn.Linear(128, 10))


def cnn():
    return nn.Sequential(nn.Conv2d(1, 64, 3, 1, 1), nn.ReLU(), nn.Conv2d(64, 64, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Dropout(0.25), nn.Flatten(), nn.Linear(12544, 128), nn.ReLU(), nn.Linear(128, 10))


def simple_cnn():
    channels = [1, 4, 8, 16, 16, 10]
    layers = []
    for i in range(5):
        layers += [nn.Conv2d(channels[i], channels[i + 1], 3, 2, 1)] + ([nn.ReLU()] if i < 4 else [])
    return nn.Sequential(*layers, nn.Flatten())


def lenet5():
    act, drop = nn.Sigmoid, lambda: nn.Dropout(0.001)
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.BatchNorm2d(6), act(), nn.AvgPool2d(2), drop(), nn.Conv2d(6, 16, 5),
                         nn.BatchNorm2d(16), act(), nn.AvgPool2d(2), nn.Flatten(), drop(), nn.Linear(400, 120),
                         nn.BatchNorm1d(120), act(), drop(), nn.Linear(120, 84), nn.BatchNorm1d(84), act(), drop(), nn.Linear(84, 10))


def lecun():
    act = lambda: Lambda(lambda x: 1.716 * torch.tanh(2 / 3 * x))
    net = nn.Sequential(nn.Conv2d(1, 12, 5, 2, 2), act(), nn.Conv2d(12, 12, 5, 2, 2), act(), nn.Flatten(), nn.Linear(588, 30),
                        act(), nn.Linear(30, 10), act())
    for layer, fan_in in zip([net[0], net[2], net[5], net[7]], [25, 300, 588, 30]):
        nn.init.uniform_(layer.weight, -2.4 / fan_in, 2.4 / fan_in)
        nn.init.uniform_(layer.bias, -2.4 / fan_in, 2.4 / fan_in)
    return net


class Residual(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        conv = lambda a, b, k, s: nn.Sequential(nn.Conv2d(a, b, k, s, k // 2, bias=False), nn.BatchNorm2d(b))
        self.first, self.second = conv(cin, cout, 3, stride), conv(cout, cout, 3, 1)
        self.shortcut = conv(cin, cout, 1, stride) if cin != cout or stride != 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


def resnet8():
    return nn.Sequential(nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), Residual(16, 16, 1),
                         Residual(16, 32, 2), Residual(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


cross_entropy = F.cross_entropy
signed_mse = lambda outputs, y: F.mse_loss(outputs, 2 * F.one_hot(y, 10).float() - 1)
adam, sgd = torch.optim.Adam, torch.optim.SGD

# name: network, data, normalised, training images, batch, optimizer, rate, epochs, loss, measured on
RECIPES = {
    "MLP": (mlp, "mnist", True, 55000, 128, adam, 1e-3, 2, cross_entropy, "test"),
    "CNN": (cnn, "mnist", True, 55000, 128, adam, 1e-3, 2, cross_entropy, "test"),
    "ResNet8": (resnet8, "mnist", True, 55000, 128, adam, 1e-3, 1, cross_entropy, "test"),
    "LeNet5": (lenet5, "fashion-mnist", False, 50000, 100, adam, 0.1, 5, cross_entropy, "validation"),
    "SimpleCNN": (simple_cnn, "mnist", False, 50000, 256, sgd, 0.4, 5, cross_entropy, "validation"),
    "LeCun1990": (lecun, "mnist", False, 10000, 1, sgd, 0.1, 3, signed_mse, "test"),
}


def run(name, seed):
    make, dataset, normalised, count, batch, optimize, rate, epochs, loss, measured = RECIPES[name]
    torch.manual_seed(seed)
    x, y = load(dataset, "train")
    order = torch.arange(len(y)) if name == "LeCun1990" else torch.randperm(len(y))
    held = load(dataset, "t10k") if measured == "test" else (x[order[count:]], y[order[count:]])
    x, y = x[order[:count]], y[order[:count]]
    if normalised:
        x, held = (x - 0.1307) / 0.3081, ((held[0] - 0.1307) / 0.3081, held[1])
    net = make()
    optimizer = optimize(net.parameters(), lr=rate)
    accuracies, seconds, steps = [], 0.0, 0
    for _ in range(epochs):
        net.train()
        start = time.perf_counter()
        for rows in torch.randperm(count).split(batch):
            optimizer.zero_grad()
            loss(net(x[rows]), y[rows]).backward()
            optimizer.step()
            steps += 1
        seconds += time.perf_counter() - start
        net.eval()
        with torch.no_grad():
            right = sum(int((net(a).argmax(1) == b).sum()) for a, b in zip(held[0].split(500), held[1].split(500)))
        accuracies.append(right / len(held[1]))
    return {"recipe": name, "seed": seed, "accuracy": accuracies, "measured": measured, "msPerStep": 1000 * seconds / steps}


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("THREADS", "1")))
    for seed in sys.argv[2:]:
        print(json.dumps(run(sys.argv[1], int(seed))), flush=True)
