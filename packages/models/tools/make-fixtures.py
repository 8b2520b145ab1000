"""Makes the fixtures that compare the zoo with PyTorch: python3 packages/models/tools/make-fixtures.py

Every network is written here once more, in PyTorch. Weights, inputs and labels come from one integer hash, which the
tests compute too, so that a fixture holds results alone: logits, strided samples of the gradients, the losses of three
steps of an optimizer, and the logits after them. Made with PyTorch 1.13 on a CPU, in one thread.
"""
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FOLDER = os.path.join(os.path.dirname(__file__), "..", "test", "fixtures")


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


class Net(nn.Module):
    """A network whose modules bear the zoo's names and whose forward is a function."""

    def __init__(self, modules, forward):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)
        self.run = forward

    def forward(self, x):
        return self.run(self, x)


def mlp(classes):
    modules = {"fc1": nn.Linear(784, 32), "fc2": nn.Linear(32, 16), "fc3": nn.Linear(16, classes)}
    return Net(modules, lambda m, x: m.fc3(F.relu(m.fc2(F.relu(m.fc1(x.flatten(1)))))))


def cnn_modules(classes, conv_dim, fc_dim, size=28):
    return {
        "conv1": nn.Conv2d(1, conv_dim, 3, 1, 1),
        "conv2": nn.Conv2d(conv_dim, conv_dim, 3, 1, 1),
        "fc1": nn.Linear(conv_dim * (size // 2) ** 2, fc_dim),
        "fc2": nn.Linear(fc_dim, classes),
    }


def cnn_forward(m, x):
    x = F.max_pool2d(F.relu(m.conv2(F.relu(m.conv1(x)))), 2)
    return m.fc2(F.relu(m.fc1(x.flatten(1))))


def cnn(classes):
    return Net(cnn_modules(classes, 6, 16), cnn_forward)


def cnn_norm(classes):
    modules = {
        "conv1": nn.Conv2d(1, 4, 3, 1, 1), "conv1_bn": nn.BatchNorm2d(4),
        "conv2": nn.Conv2d(4, 4, 3, 1, 1), "conv2_bn": nn.BatchNorm2d(4),
        "conv3": nn.Conv2d(4, 16, 3, 1, 1), "conv3_bn": nn.BatchNorm2d(16),
        "conv4": nn.Conv2d(16, 16, 3, 1, 1), "conv4_bn": nn.BatchNorm2d(16),
        "fc1": nn.Linear(16 * 49, 12), "fc2": nn.Linear(12, classes),
    }

    def act(x):
        return 1.716 * torch.tanh(2 / 3 * x)

    def forward(m, x):
        for i in (1, 3):
            for j in (i, i + 1):
                x = act(getattr(m, f"conv{j}_bn")(getattr(m, f"conv{j}")(x)))
            x = F.max_pool2d(x, 2)
        return m.fc2(act(m.fc1(x.flatten(1))))

    return Net(modules, forward)


def residual_modules(first, second, cin, cout, stride, bias):
    modules = {
        first: nn.Conv2d(cin, cout, 3, stride[0], 1, bias=bias), f"{first}_bn": nn.BatchNorm2d(cout),
        second: nn.Conv2d(cout, cout, 3, stride[1], 1, bias=bias), f"{second}_bn": nn.BatchNorm2d(cout),
    }
    if cin != cout or stride != (1, 1):
        modules[f"{second}_shortcut"] = nn.Conv2d(cin, cout, 1, stride[0] * stride[1], bias=bias)
        modules[f"{second}_shortcut_bn"] = nn.BatchNorm2d(cout)
    return modules


def residual(m, x, first, second):
    get = lambda name: getattr(m, name)
    y = F.relu(get(f"{first}_bn")(get(first)(x)))
    y = get(f"{second}_bn")(get(second)(y))
    if hasattr(m, f"{second}_shortcut"):
        x = get(f"{second}_shortcut_bn")(get(f"{second}_shortcut")(x))
    return F.relu(y + x)


def cnn_residual(classes):
    modules = {
        **residual_modules("conv1", "conv2", 1, 4, (1, 2), True),
        **residual_modules("conv3", "conv4", 4, 8, (1, 2), True),
        "fc1": nn.Linear(8 * 49, 12), "fc2": nn.Linear(12, classes),
    }

    def forward(m, x):
        x = residual(m, residual(m, x, "conv1", "conv2"), "conv3", "conv4")
        return m.fc2(F.relu(m.fc1(x.flatten(1))))

    return Net(modules, forward)


def resnet(classes):
    names = [f"stage{i}_block1" for i in (1, 2, 3)]
    modules = {"stem": nn.Conv2d(1, 4, 3, 1, 1, bias=False), "stem_bn": nn.BatchNorm2d(4)}
    for i, name in enumerate(names):
        cin, stride = (4, 1) if i == 0 else (4 * 2 ** (i - 1), 2)
        modules.update(residual_modules(f"{name}_conv1", f"{name}_conv2", cin, 4 * 2**i, (stride, 1), False))
    modules["fc"] = nn.Linear(16, classes)

    def forward(m, x):
        x = F.relu(m.stem_bn(m.stem(x)))
        for name in names:
            x = residual(m, x, f"{name}_conv1", f"{name}_conv2")
        return m.fc(x.mean((2, 3)))

    return Net(modules, forward)


def lenet5(classes):
    modules = {
        "conv1": nn.Conv2d(1, 6, 5, padding=2), "conv1_bn": nn.BatchNorm2d(6),
        "conv2": nn.Conv2d(6, 16, 5), "conv2_bn": nn.BatchNorm2d(16),
        "fc1": nn.Linear(400, 120), "fc1_bn": nn.BatchNorm1d(120),
        "fc2": nn.Linear(120, 84), "fc2_bn": nn.BatchNorm1d(84), "fc3": nn.Linear(84, classes),
    }

    def forward(m, x):
        x = F.avg_pool2d(torch.sigmoid(m.conv1_bn(m.conv1(x))), 2)
        x = F.avg_pool2d(torch.sigmoid(m.conv2_bn(m.conv2(x))), 2)
        x = torch.sigmoid(m.fc1_bn(m.fc1(x.flatten(1))))
        return m.fc3(torch.sigmoid(m.fc2_bn(m.fc2(x))))

    return Net(modules, forward)


class UnitBias(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(*shape))

    def forward(self, x):
        return x + self.bias


def lecun_head(m, x):
    act = lambda x: 1.716 * torch.tanh(2 / 3 * x)
    return act(m.fc2(act(m.fc1(act(x).flatten(1)))))


def lecun(classes):
    modules = {
        "conv1": nn.Conv2d(1, 12, 5, 2, 2), "conv2": nn.Conv2d(12, 12, 5, 2, 2),
        "fc1": nn.Linear(588, 30), "fc2": nn.Linear(30, classes),
    }
    return Net(modules, lambda m, x: lecun_head(m, m.conv2(1.716 * torch.tanh(2 / 3 * m.conv1(x)))))


def lecun_paper(classes):
    modules = {"conv1": nn.Conv2d(1, 12, 5, 2, 2, bias=False), "conv1_bias": UnitBias(12, 8, 8)}
    modules.update({f"conv2_{i}": nn.Conv2d(8, 4, 5, 2, 2, bias=False) for i in (1, 2, 3)})
    modules.update({"conv2_bias": UnitBias(12, 4, 4), "fc1": nn.Linear(192, 30), "fc2": nn.Linear(30, classes)})

    def forward(m, x):
        x = 1.716 * torch.tanh(2 / 3 * m.conv1_bias(m.conv1(x)))
        maps = [x[:, 0:8], x[:, 4:12], torch.cat([x[:, 0:4], x[:, 8:12]], 1)]
        x = torch.cat([getattr(m, f"conv2_{i + 1}")(part) for i, part in enumerate(maps)], 1)
        return lecun_head(m, m.conv2_bias(x))

    return Net(modules, forward)


def simple_cnn(classes):
    channels = [1, 4, 8, 16, 16, classes]
    modules = {f"conv{i}": nn.Conv2d(channels[i - 1], channels[i], 3, 2, 1) for i in range(1, 6)}

    def forward(m, x):
        for i in range(1, 5):
            x = F.relu(getattr(m, f"conv{i}")(x))
        return m.conv5(x).flatten(1)

    return Net(modules, forward)


def line_cnn_simple(classes):
    def forward(m, x):
        return torch.stack([m.windows(x[:, :, :, left : left + 28]) for left in (0, 20, 40)], 1)

    return Net({"windows": Net(cnn_modules(classes, 3, 8), cnn_forward)}, forward)


def line_cnn(classes):
    d = 4
    sizes = [(1, d, 1), (d, d, 1), (d, d, 2), (d, d, 1), (d, 2 * d, 2), (2 * d, 2 * d, 1), (2 * d, 4 * d, 2), (4 * d, 4 * d, 1)]
    modules = {f"conv{i + 1}": nn.Conv2d(cin, cout, 3, stride, 1) for i, (cin, cout, stride) in enumerate(sizes)}
    modules.update({"conv9": nn.Conv2d(4 * d, 16, (3, 2), (3, 1)), "fc1": nn.Linear(16, 16), "fc2": nn.Linear(16, classes)})

    def forward(m, x):
        for i in range(1, 10):
            x = F.relu(getattr(m, f"conv{i}")(x))
        return m.fc2(F.relu(m.fc1(x.squeeze(2).permute(0, 2, 1))))

    return Net(modules, forward)


IMAGE = {"inputDims": [28, 28, 1], "outputDims": [1], "loss": "crossEntropy", "optimizer": "adam", "learningRate": 1e-3}
# Batch norm cancels the bias before it, whose gradient is noise of rounding: Adam would make steps of it.
NORM = {**IMAGE, "optimizer": "sgd", "learningRate": 0.05}
CASES = [
    ("mlp", mlp, {**IMAGE, "model": "MLP", "options": {"fc1": 32, "fc2": 16, "fcDropout": 0}}),
    ("cnn", cnn, {**IMAGE, "model": "CNN", "options": {"convDim": 6, "fcDim": 16, "fcDropout": 0}}),
    ("cnn-norm", cnn_norm, {**NORM, "model": "CNN", "options": {
        "convDim": 4, "fcDim": 12, "fcDropout": 0, "numBlocks": 2, "batchNorm": True, "channelGrowth": 4, "activation": "scaledTanh"}}),
    ("cnn-residual", cnn_residual, {**NORM, "model": "CNN", "options": {
        "convDim": 4, "fcDim": 12, "fcDropout": 0, "numBlocks": 2, "residual": True, "batchNorm": True, "downsample": "stride", "channelGrowth": 2}}),
    ("resnet", resnet, {**IMAGE, "model": "ResNet", "options": {"depth": 8, "width": 4}}),
    ("lenet5", lenet5, {**NORM, "model": "LeNet5", "options": {"dropout": 0}}),
    ("lecun1990", lecun, {**IMAGE, "model": "LeCun1990", "options": {}, "loss": "mse"}),
    ("lecun1990-paper", lecun_paper, {**IMAGE, "inputDims": [16, 16, 1], "model": "LeCun1990", "options": {"paper": True}, "loss": "mse"}),
    ("simple-cnn", simple_cnn, {**IMAGE, "model": "SimpleCNN", "options": {}}),
    ("line-cnn-simple", line_cnn_simple, {**IMAGE, "inputDims": [28, 68, 1], "outputDims": [3], "model": "LineCNNSimple", "options": {
        "convDim": 3, "fcDim": 8, "fcDropout": 0, "windowStride": 20}}),
    ("line-cnn", line_cnn, {**IMAGE, "inputDims": [28, 84, 1], "outputDims": [10], "model": "LineCNN", "options": {
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


def fixture(name, make, case):
    height, width, channels = case["inputDims"]
    model = make(CLASSES)
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
    for name, make, case in CASES:
        with open(os.path.join(FOLDER, f"{name}.json"), "w") as file:
            json.dump(fixture(name, make, case), file)
            file.write("\n")
        print(name)
