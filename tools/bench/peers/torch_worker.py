"""A peer of the bench: PyTorch, told by JSON lines on stdin what to time, answering with JSON lines.

usage: torch_worker.py THREADS LAYOUT      LAYOUT is nchw or channels_last
{"cmd": "prepare", "row": {...}}  ->  {"ok": true}
{"cmd": "time", "steps": n}       ->  {"ms": [...]}
{"cmd": "about"}                  ->  {"name": ..., "version": ...}
"""
import json
import os
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'torch'))
from networks import build, residual_block  # noqa: E402

threads, layout = int(sys.argv[1]), sys.argv[2]
torch.set_num_threads(threads)
torch.manual_seed(0)
memory_format = torch.channels_last if layout == 'channels_last' else torch.contiguous_format


# Rows that are no network of the zoo's.
OTHERS = {'ResidualBlock': (residual_block, (64, 28, 28))}


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
    if row['net'] in OTHERS:
        make, shape = OTHERS[row['net']]
        net = make()
    else:
        height, width = row.get('size', (28, 28))
        net, shape = build(row['net'], 10, row.get('options', {})), (1, height, width)
    net = net.to(memory_format=memory_format)
    x = torch.rand(row['batch'], *shape).to(memory_format=memory_format)
    with torch.no_grad():
        y = torch.randint(0, 10, net(x).shape[:-1])
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
    }.get(row.get('loss'), lambda out: F.cross_entropy(out.flatten(0, -2), y.flatten()))

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
