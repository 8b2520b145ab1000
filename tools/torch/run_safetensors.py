"""Runs files that Ductus exported, in PyTorch: one JSON object a line in, one out.

usage: run_safetensors.py
{"model": "CNN", "options": {...}, "classes": 10, "file": "cnn.safetensors", "input": "x.bin", "shape": [4, 1, 28, 28]}
    ->  {"logits": [...]}       input: float32 in that order; a missing, foreign or misshapen tensor is an error
"""
import json
import sys

import torch
from networks import build, read_safetensors

for line in sys.stdin:
    task = json.loads(line)
    net = build(task["model"], task["classes"], task["options"])
    state = {name: torch.tensor(0) for name in net.state_dict() if name.endswith("num_batches_tracked")}
    state.update(read_safetensors(task["file"]))
    net.load_state_dict(state, strict=True)
    with open(task["input"], "rb") as file:
        x = torch.frombuffer(bytearray(file.read()), dtype=torch.float32).reshape(task["shape"])
    with torch.no_grad():
        print(json.dumps({"logits": net.eval()(x).flatten().tolist()}), flush=True)
