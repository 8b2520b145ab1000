"""Starts an MLflow tracking server, lets MLflowLogger log to it, and reads back with MLflow's own client.

usage: python tools/check/read-mlflow.py      (in an environment with: pip install mlflow==3.17.2)
"""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
import mlflow
from mlflow.tracking import MlflowClient

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
failures = []


def check(what, holds):
    print(("ok    " if holds else "FAIL  ") + what)
    if not holds:
        failures.append(what)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(folder):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
         "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/artifacts"],
        stdout=open(os.path.join(folder, "server.log"), "w"), stderr=subprocess.STDOUT, start_new_session=True)
    for _ in range(600):
        try:
            if urllib.request.urlopen(f"{address}/health", timeout=5).read() == b"OK":
                return server, address
        except OSError:
            pass
        time.sleep(0.5)
    os.killpg(server.pid, 15)
    print(open(os.path.join(folder, "server.log")).read())
    raise SystemExit("the server does not start")


def read(client, run):
    got = client.get_run(run["mlflow"])
    check("run has ended, named after its folder",
          got.info.status == "FINISHED" and got.info.end_time >= got.info.start_time
          and "/".join(run["runDir"].split("/")[-2:]) == got.info.run_name)
    with open(os.path.join(run["runDir"], "hparams.json")) as file:
        hparams = json.load(file)
    params = got.data.params
    check(f"{len(params)} parameters, module.lr = {params.get('module.lr')}",
          float(params["module.lr"]) == run["lr"] and params["module.optimizer"] == "Adam"
          and params["seed"] == str(hparams["seed"]) and json.loads(params["data.mapping"]) == hparams["data"]["mapping"])
    expected = {}
    for row in run["rows"]:
        for key, value in row["metrics"].items():
            expected.setdefault(key, []).append((row["step"], value))
    check(f"metrics {', '.join(sorted(expected))}", set(got.data.metrics) == set(expected))
    for key, points in sorted(expected.items()):
        history = sorted((each.step, each.value) for each in client.get_metric_history(run["mlflow"], key))
        check(f"{len(history)} points of {key}, to the last bit", history == sorted(points))


print(f"MLflow {mlflow.__version__}")
with tempfile.TemporaryDirectory() as folder:
    server, address = start(folder)
    try:
        client = MlflowClient(tracking_uri=address)
        # Its first answer takes long: it makes its tables.
        client.search_experiments()
        script = os.path.join(ROOT, "tools", "check", "log-runs.ts")
        output = subprocess.run(["npx", "tsx", "-C", "@ductus/source", script, folder, address], cwd=ROOT, check=True,
                                stdout=subprocess.PIPE).stdout
        runs = json.loads(output)
        experiment = client.get_experiment_by_name("checked")
        check("experiment named after the run", experiment is not None)
        found = client.search_runs([experiment.experiment_id])
        check("one run each, though each was resumed", {each.info.run_id for each in found} == {each["mlflow"] for each in runs})
        for each in runs:
            read(client, each)
        if "--hold" in sys.argv:
            print(f"{address} is open; end with Ctrl-D", flush=True)
            sys.stdin.read()
    finally:
        os.killpg(server.pid, 15)
        server.wait()
print(f"{len(failures)} failed" if failures else "all as logged")
sys.exit(1 if failures else 0)
