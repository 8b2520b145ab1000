"""A peer of the bench: PyTorch, told by JSON lines on stdin what to time, answering with JSON lines.

usage: torch_worker.py THREADS LAYOUT      LAYOUT is nchw or channels_last
{"cmd": "prepare", "row": {...}}  ->  {"ok": true}
{"cmd": "time", "steps": n}       ->  {"ms": [...]}
{"cmd": "about"}                  ->  {"name": ..., "version": ...}
"""
import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

threads, layout = int(sys.argv[1]), sys.argv[2]
torch.set_num_threads(threads)
torch.manual_seed(0)
memory_format = torch.channels_last if layout == 'channels_last' else torch.contiguous_format


class ScaledTanh(nn.Module):
    def forward(self, x):
        return 1.716 * torch.tanh(x * (2 / 3))


class Residual(nn.Module):
    """conv, batch norm, ReLU, conv, batch norm, plus x, ReLU."""

    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1), nn.BatchNorm2d(channels))

    def forward(self, x):
        return F.relu(self.body(x) + x)


def lenet5():
    p = 1e-3
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, 1, 2), nn.BatchNorm2d(6), nn.Sigmoid(), nn.AvgPool2d(2),
        nn.Dropout(p), nn.Conv2d(6, 16, 5), nn.BatchNorm2d(16), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Dropout(p), nn.Linear(400, 120), nn.BatchNorm1d(120), nn.Sigmoid(),
        nn.Dropout(p), nn.Linear(120, 84), nn.BatchNorm1d(84), nn.Sigmoid(), nn.Dropout(p), nn.Linear(84, 10))


def simple_cnn():
    layers, sizes = [], [1, 4, 8, 16, 16, 10]
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Conv2d(a, b, 3, 2, 1))
        if i < len(sizes) - 2:
            layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.Flatten())


NETS = {
    'CNN': lambda: nn.Sequential(
        nn.Conv2d(1, 64, 3, 1, 1), nn.ReLU(), nn.Conv2d(64, 64, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(.25),
        nn.Flatten(), nn.Linear(64 * 14 * 14, 128), nn.ReLU(), nn.Linear(128, 10)),
    'MLP': lambda: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 1024), nn.ReLU(), nn.Dropout(.5), nn.Linear(1024, 128), nn.ReLU(), nn.Dropout(.5),
        nn.Linear(128, 10)),
    'LeNet5': lenet5,
    'SimpleCNN': simple_cnn,
    'LeCun1990': lambda: nn.Sequential(
        nn.Conv2d(1, 12, 5, 2, 2), ScaledTanh(), nn.Conv2d(12, 12, 5, 2, 2), ScaledTanh(), nn.Flatten(),
        nn.Linear(588, 30), ScaledTanh(), nn.Linear(30, 10), ScaledTanh()),
    'ResidualBlock': lambda: Residual(64),
}
SHAPES = {'ResidualBlock': (64, 28, 28)}


def prepare(row):
    kind = row['kind']
    if kind == 'gemm':
        a, b = torch.randn(row['size'], row['size']), torch.randn(row['size'], row['size'])
        out = torch.empty(row['size'], row['size'])
        return lambda: torch.mm(a, b, out=out)
    if kind == 'conv':
        c, s = row['channels'], row['size']
        net = nn.Conv2d(c, c, 3, 1, 1).to(memory_format=memory_format)
        x = torch.randn(row['batch'], c, s, s).to(memory_format=memory_format).requires_grad_()
        dy = torch.randn(row['batch'], c, s, s).to(memory_format=memory_format)

        def conv():
            x.grad = None
            net.zero_grad(set_to_none=True)
            net(x).backward(dy)
        return conv
    net = NETS[row['net']]().to(memory_format=memory_format)
    x = torch.rand(row['batch'], *SHAPES.get(row['net'], (1, 28, 28))).to(memory_format=memory_format)
    y = torch.randint(0, 10, (row['batch'],))
    if kind == 'forward':
        net.eval()

        def forward():
            with torch.no_grad():
                net(x)
        return forward
    parameters = net.parameters()
    optimizer = torch.optim.Adam(parameters, 1e-3) if row['optimizer'] == 'adam' else torch.optim.SGD(parameters, 1e-3)
    loss = {
        'mse': lambda out: F.mse_loss(out, F.one_hot(y, 10) * 2. - 1),
        'sum': lambda out: out.mean(),
    }.get(row.get('loss'), lambda out: F.cross_entropy(out, y))

    def train():
        optimizer.zero_grad()
        value = loss(net(x))
        value.backward()
        optimizer.step()
        value.item()
    return train


work = None
for line in sys.stdin:
    message = json.loads(line)
    answer = {'ok': True}
    if message['cmd'] == 'about':
        answer = {'name': f'PyTorch {layout}', 'version': torch.__version__,
                  'build': [l.strip('- ').strip() for l in torch.__config__.show().splitlines() if 'MKL' in l or 'BLAS' in l or 'DNN' in l][:4]}
    elif message['cmd'] == 'prepare':
        work = prepare(message['row'])
    elif message['cmd'] == 'time':
        ms = []
        for _ in range(message['steps']):
            start = time.perf_counter()
            work()
            ms.append((time.perf_counter() - start) * 1e3)
        answer = {'ms': ms}
    print(json.dumps(answer), flush=True)
