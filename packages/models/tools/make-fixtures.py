"""Makes the fixtures that compare the zoo with PyTorch: python3 packages/models/tools/make-fixtures.py

The networks are those of tools/torch/networks.py. Weights, inputs and labels come from one integer hash, which the
tests compute too, so that a fixture holds results alone: logits, strided samples of the gradients, the losses of three
steps of an optimizer, and the logits after them. Made with PyTorch 1.13 on a CPU, in one thread.
"""
import json
import os
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "..", "test", "fixtures")
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "tools", "torch"))
from networks import build  # noqa: E402


def hashed(name, count):
    """uint32 numbers that depend on the name and their index."""
    key = 0x811C9DC5
    for byte in name.encode():
        key = ((key ^ byte) * 0x01000193) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) ^ np.uint32(key)
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        return h ^ (h >> np.uint32(16))


def values(name, shape):
    """Numbers in [-1, 1)."""
    count = int(np.prod(shape))
    return torch.from_numpy(hashed(name, count) / 2.0**31 - 1.0).float().reshape(tuple(shape))


def fill(model):
    """Gives every parameter and statistic its hashed values."""
    norms = {name for name, module in model.named_modules() if isinstance(module, nn.modules.batchnorm._BatchNorm)}
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                continue
            v = values(name, tensor.shape)
            if name.rsplit(".", 1)[0] in norms and name.endswith(("weight", "running_var")):
                v = 1 + 0.5 * v
            elif name.endswith("weight"):
                v = v * (1.5 / np.sqrt(tensor[0].numel()))
            else:
                v = 0.2 * v
            tensor.copy_(v)


IMAGE = {"inputDims": [28, 28, 1], "outputDims": [1], "loss": "crossEntropy", "optimizer": "adam", "learningRate": 1e-3}
# Batch norm cancels the bias before it, whose gradient is noise of rounding: Adam would make steps of it.
NORM = {**IMAGE, "optimizer": "sgd", "learningRate": 0.05}
CASES = [
    ("mlp", {**IMAGE, "model": "MLP", "options": {"fc1": 32, "fc2": 16, "fcDropout": 0}}),
    ("cnn", {**IMAGE, "model": "CNN", "options": {"convDim": 6, "fcDim": 16, "fcDropout": 0}}),
    ("cnn-norm", {**NORM, "model": "CNN", "options": {
        "convDim": 4, "fcDim": 12, "fcDropout": 0, "numBlocks": 2, "batchNorm": True, "channelGrowth": 4, "activation": "scaledTanh"}}),
    ("cnn-residual", {**NORM, "model": "CNN", "options": {
        "convDim": 4, "fcDim": 12, "fcDropout": 0, "numBlocks": 2, "residual": True, "batchNorm": True, "downsample": "stride", "channelGrowth": 2}}),
    ("resnet", {**IMAGE, "model": "ResNet", "options": {"depth": 8, "width": 4}}),
    ("lenet5", {**NORM, "model": "LeNet5", "options": {"dropout": 0}}),
    ("lecun1990", {**IMAGE, "model": "LeCun1990", "options": {}, "loss": "mse"}),
    ("lecun1990-paper", {**IMAGE, "inputDims": [16, 16, 1], "model": "LeCun1990", "options": {"paper": True}, "loss": "mse"}),
    ("simple-cnn", {**IMAGE, "model": "SimpleCNN", "options": {}}),
    ("line-cnn-simple", {**IMAGE, "inputDims": [28, 68, 1], "outputDims": [3], "model": "LineCNNSimple", "options": {
        "convDim": 3, "fcDim": 8, "fcDropout": 0, "windowStride": 20}}),
    ("line-cnn", {**IMAGE, "inputDims": [28, 84, 1], "outputDims": [10], "model": "LineCNN", "options": {
        "convDim": 4, "fcDim": 16, "fcDropout": 0}}),
]
CLASSES, BATCH, STEPS, SAMPLES = 10, 4, 3, 6


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().flatten().tolist()]


def loss_of(kind, outputs, labels):
    rows = outputs.reshape(-1, CLASSES)
    if kind == "crossEntropy":
        return F.cross_entropy(rows, labels)
    return F.mse_loss(rows, 2 * F.one_hot(labels, CLASSES).float() - 1)


def fixture(name, case):
    height, width, channels = case["inputDims"]
    model = build(case["model"], CLASSES, case["options"])
    fill(model)
    x = (values(f"{name}/input", [BATCH, channels, height, width]) + 1) / 2
    count = BATCH * case["outputDims"][0]
    labels = torch.from_numpy((hashed(f"{name}/labels", count) % CLASSES).astype(np.int64))
    logits = model.eval()(x)
    model.train()
    optimize = torch.optim.Adam if case["optimizer"] == "adam" else torch.optim.SGD
    optimizer = optimize(model.parameters(), lr=case["learningRate"])
    losses, gradients = [], {}
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(case["loss"], model(x), labels)
        loss.backward()
        losses.append(float(loss))
        if step == 0:
            for key, parameter in model.named_parameters():
                stride = max(1, parameter.numel() // SAMPLES)
                gradients[key] = {"stride": stride, "values": numbers(parameter.grad.flatten()[::stride][:SAMPLES])}
        optimizer.step()
    after = model.eval()(x)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return {
        "name": name, **case, "classes": CLASSES, "batch": BATCH, "parameters": parameters,
        "shapes": {key: list(tensor.shape) for key, tensor in model.state_dict().items() if tensor.ndim > 0},
        "logits": numbers(logits), "gradients": gradients, "losses": losses, "logitsAfter": numbers(after),
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.makedirs(FOLDER, exist_ok=True)
    for name, case in CASES:
        with open(os.path.join(FOLDER, f"{name}.json"), "w") as file:
            json.dump(fixture(name, case), file)
            file.write("\n")
        print(name)
