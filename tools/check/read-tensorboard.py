"""Reads what TensorBoardLogger wrote with TensorBoard's own code: its EventAccumulator, and its web server's interface.

usage: python tools/check/read-tensorboard.py      (in an environment with: pip install tensorboard==2.21.0)
"""
import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import numpy as np
import tensorboard
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
failures = []
# The finite ones of log-runs.ts's oddValues, which JSON can't hold.
ODD = {"constant": [2.5] * 10, "holes": [1, 2, 3, 4, 5], "none": []}


def check(what, holds):
    print(("ok    " if holds else "FAIL  ") + what)
    if not holds:
        failures.append(what)


def scalars_of(rows):
    found = {}
    for row in rows:
        for tag, value in row["metrics"].items():
            found.setdefault(tag, []).append((row["step"], float(np.float32(value))))
    return found


def read_events(run):
    """The reader that TensorBoard has for one run."""
    events = EventAccumulator(os.path.join(run["runDir"], "tensorboard"), size_guidance={
        "scalars": 0, "images": 0, "histograms": 0, "tensors": 0})
    events.Reload()
    for tag, expected in scalars_of(run["rows"]).items():
        got = [(each.step, each.value) for each in events.Scalars(tag)]
        check(f"EventAccumulator: {len(got)} scalars of {tag}", got == expected)
    tag = "weights/" + run["weight"]
    for spread, event in zip(run["spreads"], events.Histograms(tag), strict=True):
        values = np.array(spread["values"], dtype=np.float64)
        counts, edges = np.histogram(values, bins=run["histogramBins"])
        histogram = event.histogram_value
        check(f"EventAccumulator: histogram of step {event.step}",
              event.step == spread["step"] and histogram.num == len(values)
              and np.allclose([histogram.min, histogram.max], [values.min(), values.max()])
              and np.allclose([histogram.sum, histogram.sum_squares], [values.sum(), (values**2).sum()])
              and np.allclose(histogram.bucket_limit, edges[1:])
              and np.abs(np.array(histogram.bucket) - counts).sum() <= 2)
    for name, finite in ODD.items():
        for event in events.Histograms("odd/" + name):
            histogram = event.histogram_value
            low, high = (min(finite), max(finite)) if finite else (0, 0)
            check(f"EventAccumulator: histogram of {name}, step {event.step}",
                  (histogram.num, histogram.min, histogram.max, histogram.sum) == (len(finite), low, high, sum(finite))
                  and histogram.bucket_limit[-1] == high and sum(histogram.bucket) == len(finite))
    images = events.Images("ramp")
    check(f"EventAccumulator: {len(images)} images of 64 x 48",
          len(images) == 6 and all((each.width, each.height) == (64, 48) for each in images))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def get(address, path, body=None, **query):
    data = None if body is None else json.dumps(body).encode()
    url = f"{address}/data/plugin/{path}" + ("?" + urllib.parse.urlencode(query) if query else "")
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        content = answer.read()
        return json.loads(content) if "json" in answer.headers["content-type"] else content


def read_server(folder, runs):
    """What the pages of TensorBoard are made of."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", folder, "--host", "127.0.0.1", "--port", str(port),
         "--samples_per_plugin", "scalars=1000,images=100,histograms=100,text=100"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        names = {}
        for _ in range(120):
            try:
                names = get(address, "scalars/tags")
                if len(names) == len(runs) and all("test/loss" in tags for tags in names.values()):
                    break
            except OSError:
                pass
            time.sleep(0.5)
        for run in runs:
            name = os.path.relpath(os.path.join(run["runDir"], "tensorboard"), folder)
            for tag, expected in scalars_of(run["rows"]).items():
                got = get(address, "scalars/scalars", tag=tag, run=name)
                check(f"server: scalars of {tag}", [(step, value) for _, step, value in got] == expected)
            texts = get(address, "text/text", tag="note", run=name)
            check("server: texts as Markdown",
                  [each["text"] for each in texts] == [f"<p><strong>epoch</strong> {i}</p>" for i in range(6)])
            hparams = get(address, "text/text", tag="hparams", run=name)
            check("server: hyperparameters as text", '"optimizer": "Adam"'.replace('"', "&quot;") in hparams[0]["text"]
                  or '"optimizer": "Adam"' in hparams[0]["text"])
            images = get(address, "images/images", tag="ramp", run=name, sample=0)
            pictures = [get(address, "images/individualImage?" + each["query"]) for each in images]
            check(f"server: {len(pictures)} PNGs", len(pictures) == 6
                  and all(each.startswith(b"\x89PNG") for each in pictures))
            spreads = get(address, "histograms/histograms", tag="weights/" + run["weight"], run=name)
            totals = [sum(bucket[2] for bucket in buckets) for _, _, buckets in spreads]
            check("server: histograms", len(totals) == 6
                  and all(math.isclose(total, len(run["spreads"][0]["values"])) for total in totals))
            for odd, finite in ODD.items():
                for _, _, buckets in get(address, "histograms/histograms", tag="odd/" + odd, run=name):
                    low, high = (min(finite), max(finite)) if finite else (0, 0)
                    check(f"server: histogram of {odd}", sum(bucket[2] for bucket in buckets) == len(finite)
                          and all(low <= left <= right <= high for left, right, count in buckets if count))
        experiment = get(address, "hparams/experiment", {"experimentName": ""})
        infos = {each["name"]: each for each in experiment["hparamInfos"]}
        check("server: HPARAMS lists module.lr, module.optimizer, trainer.maxEpochs",
              {"module.lr", "module.optimizer", "trainer.maxEpochs"} <= set(infos))
        metrics = {each["name"]["tag"] for each in experiment["metricInfos"]}
        check("server: HPARAMS lists validation/acc and test/acc", {"validation/acc", "test/acc"} <= metrics)
        groups = get(address, "hparams/session_groups", {
            "experimentName": "", "allowedStatuses": ["STATUS_SUCCESS"], "startIndex": 0, "sliceSize": 10,
            "colParams": [{"metric": {"tag": "test/acc", "group": "."}}]})["sessionGroups"]
        rates = sorted(each["hparams"]["module.lr"] for each in groups)
        check("server: HPARAMS has both sessions, successful, with their rates", rates == [0.003, 0.01])
        if "--hold" in sys.argv:
            print(f"{address} is open; end with Ctrl-D", flush=True)
            sys.stdin.read()
    finally:
        server.terminate()
        server.wait()


print(f"TensorBoard {tensorboard.__version__}")
with tempfile.TemporaryDirectory() as folder:
    script = os.path.join(ROOT, "tools", "check", "log-runs.ts")
    output = subprocess.run(["npx", "tsx", "-C", "@ductus/source", script, folder], cwd=ROOT, check=True,
                            stdout=subprocess.PIPE).stdout
    runs = json.loads(output)
    for each in runs:
        read_events(each)
    read_server(folder, runs)
print(f"{len(failures)} failed" if failures else "all as logged")
sys.exit(1 if failures else 0)
