"""The zoo once more, in PyTorch: what Ductus is compared with, by fixtures, in the bench and in docs/zoo.md.

`NETWORKS[name](classes, **options)` builds a network whose modules bear the zoo's names, so that its state dict has the
names and shapes of a file that `exportSafetensors` writes. Options are the zoo's, with its defaults.
"""
import json
import re

import torch
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    """Modules by name and a function that runs them."""

    def __init__(self, modules, forward):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)
        self.run = forward

    def forward(self, x):
        return self.run(self, x)


def drop(m, x, rate):
    return F.dropout(x, rate, m.training) if rate > 0 else x


def scaled_tanh(x):
    return 1.716 * torch.tanh(2 / 3 * x)


ACTIVATIONS = {"relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "scaledTanh": scaled_tanh}


def mlp(classes, fc1=1024, fc2=128, fc_dropout=0.5, pixels=784):
    modules = {"fc1": nn.Linear(pixels, fc1), "fc2": nn.Linear(fc1, fc2), "fc3": nn.Linear(fc2, classes)}

    def forward(m, x):
        x = drop(m, F.relu(m.fc1(x.flatten(1))), fc_dropout)
        return m.fc3(drop(m, F.relu(m.fc2(x)), fc_dropout))

    return Net(modules, forward)


def residual_modules(first, second, cin, cout, stride, bias, norm=True):
    modules = {first: nn.Conv2d(cin, cout, 3, stride[0], 1, bias=bias), second: nn.Conv2d(cout, cout, 3, stride[1], 1, bias=bias)}
    if cin != cout or stride != (1, 1):
        modules[f"{second}_shortcut"] = nn.Conv2d(cin, cout, 1, stride[0] * stride[1], bias=bias)
    return with_norms(modules) if norm else modules


def with_norms(modules):
    """A batch norm after each convolution."""
    pairs = [((name, conv), (f"{name}_bn", nn.BatchNorm2d(conv.out_channels))) for name, conv in modules.items()]
    return dict(entry for pair in pairs for entry in pair)


def conv_norm(m, name, x):
    x = getattr(m, name)(x)
    return getattr(m, f"{name}_bn")(x) if hasattr(m, f"{name}_bn") else x


def residual(m, x, first, second, act=F.relu):
    y = conv_norm(m, second, act(conv_norm(m, first, x)))
    side = f"{second}_shortcut"
    return act(y + (conv_norm(m, side, x) if hasattr(m, side) else x))


def cnn(classes, conv_dim=64, fc_dim=128, fc_dropout=0.25, num_blocks=1, residual_blocks=False, batch_norm=False,
        downsample="maxPool", activation="relu", channel_growth=1, size=28):
    act = ACTIVATIONS[activation]
    strides = (1, 2 if downsample == "stride" else 1)
    modules, cin = {}, 1
    for i in range(num_blocks):
        names, cout = (f"conv{2 * i + 1}", f"conv{2 * i + 2}"), round(conv_dim * channel_growth**i)
        if residual_blocks:
            modules.update(residual_modules(*names, cin, cout, strides, True, batch_norm))
        else:
            pair = {names[0]: nn.Conv2d(cin, cout, 3, 1, 1), names[1]: nn.Conv2d(cout, cout, 3, strides[1], 1)}
            modules.update(with_norms(pair) if batch_norm else pair)
        cin, size = cout, (size + 1) // 2 if downsample == "stride" else size // 2
    modules.update({"fc1": nn.Linear(cin * size * size, fc_dim), "fc2": nn.Linear(fc_dim, classes)})

    def forward(m, x):
        for i in range(num_blocks):
            first, second = f"conv{2 * i + 1}", f"conv{2 * i + 2}"
            if residual_blocks:
                x = residual(m, x, first, second, act)
            else:
                x = act(conv_norm(m, second, act(conv_norm(m, first, x))))
            x = F.max_pool2d(x, 2) if downsample == "maxPool" else x
        return m.fc2(act(m.fc1(drop(m, x, fc_dropout).flatten(1))))

    return Net(modules, forward)


def resnet(classes, depth=20, width=16):
    blocks = [f"stage{stage}_block{i}" for stage in (1, 2, 3) for i in range(1, (depth - 2) // 6 + 1)]
    modules, cin = with_norms({"stem": nn.Conv2d(1, width, 3, 1, 1, bias=False)}), width
    for name in blocks:
        cout = width * 2 ** (int(name[5]) - 1)
        stride = 1 if cin == cout else 2
        modules.update(residual_modules(f"{name}_conv1", f"{name}_conv2", cin, cout, (stride, 1), False))
        cin = cout
    modules["fc"] = nn.Linear(4 * width, classes)

    def forward(m, x):
        x = F.relu(conv_norm(m, "stem", x))
        for name in blocks:
            x = residual(m, x, f"{name}_conv1", f"{name}_conv2")
        return m.fc(x.mean((2, 3)))

    return Net(modules, forward)


def lenet5(classes, dropout=0.001, activation="sigmoid"):
    modules = {
        "conv1": nn.Conv2d(1, 6, 5, padding=2), "conv1_bn": nn.BatchNorm2d(6),
        "conv2": nn.Conv2d(6, 16, 5), "conv2_bn": nn.BatchNorm2d(16),
        "fc1": nn.Linear(400, 120), "fc1_bn": nn.BatchNorm1d(120),
        "fc2": nn.Linear(120, 84), "fc2_bn": nn.BatchNorm1d(84), "fc3": nn.Linear(84, classes),
    }
    act = ACTIVATIONS[activation]

    def forward(m, x):
        x = F.avg_pool2d(act(conv_norm(m, "conv1", x)), 2)
        x = F.avg_pool2d(act(conv_norm(m, "conv2", drop(m, x, dropout))), 2)
        x = act(conv_norm(m, "fc1", drop(m, x.flatten(1), dropout)))
        x = act(conv_norm(m, "fc2", drop(m, x, dropout)))
        return m.fc3(drop(m, x, dropout))

    return Net(modules, forward)


class UnitBias(nn.Module):
    """A bias a unit, not a map."""

    def __init__(self, *shape):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(*shape))

    def forward(self, x):
        return x + self.bias


def lecun_init(net, fan_in):
    """Weights and biases in ±2.4/F."""
    for name, inputs in fan_in.items():
        for parameter in getattr(net, name).parameters():
            nn.init.uniform_(parameter, -2.4 / inputs, 2.4 / inputs)
    return net


def lecun1990(classes, paper=False):
    def head(m, x):
        return scaled_tanh(m.fc2(scaled_tanh(m.fc1(scaled_tanh(x).flatten(1)))))

    def plain(m, x):
        return head(m, m.conv2(scaled_tanh(m.conv1(x))))

    def original(m, x):
        x = scaled_tanh(m.conv1_bias(m.conv1(x)))
        maps = [x[:, 0:8], x[:, 4:12], torch.cat([x[:, 0:4], x[:, 8:12]], 1)]
        x = torch.cat([getattr(m, f"conv2_{i + 1}")(part) for i, part in enumerate(maps)], 1)
        return head(m, m.conv2_bias(x))

    if not paper:
        modules = {
            "conv1": nn.Conv2d(1, 12, 5, 2, 2), "conv2": nn.Conv2d(12, 12, 5, 2, 2),
            "fc1": nn.Linear(588, 30), "fc2": nn.Linear(30, classes),
        }
        return lecun_init(Net(modules, plain), {"conv1": 25, "conv2": 300, "fc1": 588, "fc2": 30})
    modules = {"conv1": nn.Conv2d(1, 12, 5, 2, 2, bias=False), "conv1_bias": UnitBias(12, 8, 8)}
    modules.update({f"conv2_{i}": nn.Conv2d(8, 4, 5, 2, 2, bias=False) for i in (1, 2, 3)})
    modules.update({"conv2_bias": UnitBias(12, 4, 4), "fc1": nn.Linear(192, 30), "fc2": nn.Linear(30, classes)})
    fan_in = {"conv1": 25, "conv1_bias": 25, "conv2_1": 200, "conv2_2": 200, "conv2_3": 200, "conv2_bias": 200, "fc1": 192, "fc2": 30}
    return lecun_init(Net(modules, original), fan_in)


def simple_cnn(classes):
    channels = [1, 4, 8, 16, 16, classes]
    modules = {f"conv{i}": nn.Conv2d(channels[i - 1], channels[i], 3, 2, 1) for i in range(1, 6)}

    def forward(m, x):
        for i in range(1, 5):
            x = F.relu(getattr(m, f"conv{i}")(x))
        return m.conv5(x).flatten(1)

    return Net(modules, forward)


def line_cnn_simple(classes, conv_dim=64, fc_dim=128, fc_dropout=0.25, window_width=28, window_stride=28):
    def forward(m, x):
        windows = x.unfold(3, window_width, window_stride)  # [batch, channels, height, windows, width]
        batch, channels, height, count, width = windows.shape
        windows = windows.permute(0, 3, 1, 2, 4).reshape(batch * count, channels, height, width)
        return m.windows(windows).reshape(batch, count, classes)

    return Net({"windows": cnn(classes, conv_dim, fc_dim, fc_dropout, size=window_width)}, forward)


def line_cnn(classes, conv_dim=32, fc_dim=512, fc_dropout=0.2, window_width=16, window_stride=8, height=28):
    d = conv_dim
    sizes = [(1, d, 1), (d, d, 1), (d, d, 2), (d, d, 1), (d, 2 * d, 2), (2 * d, 2 * d, 1), (2 * d, 4 * d, 2), (4 * d, 4 * d, 1)]
    modules = {f"conv{i + 1}": nn.Conv2d(cin, cout, 3, stride, 1) for i, (cin, cout, stride) in enumerate(sizes)}
    window = nn.Conv2d(4 * d, fc_dim, (height // 8, window_width // 8), (height // 8, window_stride // 8))
    modules.update({"conv9": window, "fc1": nn.Linear(fc_dim, fc_dim), "fc2": nn.Linear(fc_dim, classes)})

    def forward(m, x):
        for i in range(1, 10):
            x = F.relu(getattr(m, f"conv{i}")(x))
        return m.fc2(drop(m, F.relu(m.fc1(x.squeeze(2).permute(0, 2, 1))), fc_dropout))

    return Net(modules, forward)


def residual_block():
    """A block of the ResNet's kind on 64 maps, alone."""
    return Net(residual_modules("block_conv1", "block_conv2", 64, 64, (1, 1), True),
               lambda m, x: residual(m, x, "block_conv1", "block_conv2"))


NETWORKS = {
    "MLP": mlp, "CNN": cnn, "ResNet": resnet, "LeNet5": lenet5, "LeCun1990": lecun1990, "SimpleCNN": simple_cnn,
    "LineCNNSimple": line_cnn_simple, "LineCNN": line_cnn,
}


def build(name, classes, options):
    """Builds a network by the zoo's own options, as checkpoints and the bench write them: `{"numBlocks": 2}`."""
    snake = {re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), key): value for key, value in options.items()}
    snake.pop("convolution", None)  # the same numbers by either way
    if "residual" in snake:
        snake["residual_blocks"] = snake.pop("residual")
    return NETWORKS[name](classes, **snake)


def read_safetensors(path):
    """A file's tensors by name, read by the format's description alone: a length, a JSON header, the numbers."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        body = bytearray(file.read())
    types = {"F32": torch.float32, "I32": torch.int32, "I64": torch.int64}
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(body, dtype=types[entry["dtype"]], count=(end - start) // 4 if entry["dtype"] != "I64" else (end - start) // 8,
                                         offset=start).reshape(entry["shape"]).clone()
    return tensors
