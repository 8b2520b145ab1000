"""Trains a network that reads lines in PyTorch, on the very batches and from the very weights of a fit of ours.

usage: lines_peer.py '{"model": "LineCNN", "modelOptions": {...}, "loss": "ctc", "data": {...}, "epochs": 5, "lr": 0.002,
                       "warmup": 100, "cosine": 1400}'
Prints the loss every 50 steps, then a line of JSON: the character error rate of the test lines (edits over the references'
characters), the share of lines read without error, seconds of training. THREADS says how many threads compute.
"""
import json
import math
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "torch"))
from networks import build, read_safetensors  # noqa: E402

PADDING, SPECIAL = 3, 4


class Lines:
    """Batches as stream-lines.ts writes them."""

    def __init__(self, task):
        script = os.path.join(HERE, "stream-lines.ts")
        command = ["npx", "tsx", "-C", "@ductus/source", script, json.dumps(task)]
        self.pipe = subprocess.Popen(command, stdout=subprocess.PIPE).stdout
        self.sizes = json.loads(self.pipe.readline())

    def batch(self):
        size = int(np.frombuffer(self.pipe.read(4), np.int32)[0])
        height, width, _ = self.sizes["inputDims"]
        length = self.sizes["maxLength"]
        x = np.frombuffer(self.pipe.read(4 * size * height * width), np.float32).reshape(size, 1, height, width)
        y = np.frombuffer(self.pipe.read(4 * size * length), np.int32).reshape(size, length)
        return torch.from_numpy(x.copy()), torch.from_numpy(y.astype(np.int64))


def edits(a, b):
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1]


def loss_of(kind, logits, labels):
    if kind == "cross_entropy":
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=PADDING)
    lengths = (labels >= SPECIAL).sum(1)
    steps = torch.full((len(labels),), logits.shape[1], dtype=torch.long)
    return F.ctc_loss(logits.log_softmax(2).transpose(0, 1), labels, steps, lengths, blank=0)


def read(kind, logits):
    best = logits.argmax(1).tolist()
    if kind == "ctc":
        best = [one for at, one in enumerate(best) if at == 0 or one != best[at - 1]]
    return [one for one in best if one >= SPECIAL]


def main():
    task = json.loads(sys.argv[1])
    torch.manual_seed(42)
    torch.set_num_threads(int(os.environ.get("THREADS", "1")))
    with tempfile.TemporaryDirectory() as folder:
        weights = os.path.join(folder, "initial.safetensors")
        lines = Lines({**{key: task[key] for key in ("model", "modelOptions", "data", "epochs")}, "weights": weights})
        mapping = lines.sizes["mapping"]
        net = build(task["model"], len(mapping), {k: v for k, v in task["modelOptions"].items() if k not in ("init", "limitOutputLength", "windowsAtOnce")})
        net.load_state_dict(read_safetensors(weights))
    optimizer = torch.optim.Adam(net.parameters(), lr=task["lr"])
    warmup, cosine = task["warmup"], task["cosine"]
    share = lambda at: at / warmup if at < warmup else (1 + math.cos(math.pi * min(1, (at - warmup) / cosine))) / 2
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    seconds, step = 0.0, 0
    for _ in range(task["epochs"] * lines.sizes["train"]):
        x, y = lines.batch()
        start = time.process_time()
        optimizer.zero_grad()
        loss = loss_of(task["loss"], net(x), y)
        loss.backward()
        optimizer.step()
        schedule.step()
        seconds += time.process_time() - start
        step += 1
        if step % 50 == 0:
            print(f"step {step} loss {loss.item():.4f}", flush=True)
    net.eval()
    wrong = characters = count = whole = 0
    space = mapping.index(" ")
    with torch.no_grad():
        for _ in range(lines.sizes["test"]):
            x, y = lines.batch()
            for logits, label in zip(net(x), y.tolist()):
                reference, found = [one for one in label if one >= SPECIAL], read(task["loss"], logits)
                while task["loss"] == "cross_entropy" and found and found[-1] == space:
                    found.pop()
                distance = edits(reference, found)
                wrong, characters = wrong + distance, characters + len(reference)
                count, whole = count + 1, whole + (distance == 0)
    print(json.dumps({"model": task["model"], "cer": wrong / characters, "wholeLines": whole / count, "lines": count,
                      "steps": step, "cpuSecondsOfTraining": round(seconds, 1)}), flush=True)


main()
