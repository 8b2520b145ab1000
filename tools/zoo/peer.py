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
import torch.nn.functional as F

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "tools", "torch"))
from networks import build  # noqa: E402

DATASETS = os.environ.get("DUCTUS_DATASETS", os.path.join(ROOT, "..", "shared", "datasets"))


def read(dataset, name):
    with gzip.open(os.path.join(DATASETS, dataset, f"{name}.gz")) as file:
        data = file.read()
    return np.frombuffer(data, np.uint8, offset=8 if "idx1" in name else 16)


def load(dataset, part):
    images = read(dataset, f"{part}-images-idx3-ubyte").reshape(-1, 1, 28, 28)
    return torch.from_numpy(images / 255.0).float(), torch.from_numpy(read(dataset, f"{part}-labels-idx1-ubyte").astype(np.int64))


cross_entropy = F.cross_entropy
signed_mse = lambda outputs, y: F.mse_loss(outputs, 2 * F.one_hot(y, 10).float() - 1)
adam, sgd = torch.optim.Adam, torch.optim.SGD

# name: network, options, data, normalised, training images, batch, optimizer, rate, epochs, loss, measured on
RECIPES = {
    "MLP": ("MLP", {}, "mnist", True, 55000, 128, adam, 1e-3, 2, cross_entropy, "test"),
    "CNN": ("CNN", {}, "mnist", True, 55000, 128, adam, 1e-3, 2, cross_entropy, "test"),
    "ResNet8": ("ResNet", {"depth": 8}, "mnist", True, 55000, 128, adam, 1e-3, 1, cross_entropy, "test"),
    "LeNet5": ("LeNet5", {}, "fashion-mnist", False, 50000, 100, adam, 0.1, 5, cross_entropy, "validation"),
    "SimpleCNN": ("SimpleCNN", {}, "mnist", False, 50000, 256, sgd, 0.4, 5, cross_entropy, "validation"),
    "LeCun1990": ("LeCun1990", {}, "mnist", False, 10000, 1, sgd, 0.1, 3, signed_mse, "test"),
}


def run(name, seed):
    network, options, dataset, normalised, count, batch, optimize, rate, epochs, loss, measured = RECIPES[name]
    torch.manual_seed(seed)
    x, y = load(dataset, "train")
    order = torch.arange(len(y)) if name == "LeCun1990" else torch.randperm(len(y))
    held = load(dataset, "t10k") if measured == "test" else (x[order[count:]], y[order[count:]])
    x, y = x[order[:count]], y[order[:count]]
    if normalised:
        x, held = (x - 0.1307) / 0.3081, ((held[0] - 0.1307) / 0.3081, held[1])
    net = build(network, 10, options)
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
