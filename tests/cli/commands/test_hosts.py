"""`assay train` on two hosts writes one run, which continues on one host."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "src"
SECONDS = 200
TOLERANCE = 1e-5  # relative
OPTIONS = ("--trials", "2", "--model", "mlp", "--batch-size", "32", "--seed", "1")


def start(folder, port, index, *words):
    """Start the command on one of two hosts, with 2 virtual devices each."""
    flags = f"{os.environ['XLA_FLAGS']} --xla_force_host_platform_device_count=2"
    hosts = ("--coordinator", f"127.0.0.1:{port}", "--num-hosts", "2")
    return subprocess.Popen(
        [sys.executable, "-m", "assay", "train", *words, *hosts, "--host-index", index],
        cwd=folder,
        env=os.environ | {"XLA_FLAGS": flags, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_both(folder, *words):
    """Start the command on two hosts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return [start(folder, port, index, *words) for index in "01"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return the folder of a run on two hosts, and what each host has printed."""
    folder = tmp_path_factory.mktemp("hosts")
    words = ("iris", *OPTIONS, "--num-epochs", "5", "--out", "run")
    hosts = start_both(folder, *words)
    printed = [host.communicate(timeout=SECONDS) for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], printed
    return folder / "run", printed


def assert_same_result(one, other):
    """Fail unless the summaries of two runs have the same results up to rounding."""
    found, expected = (
        json.loads((folder / "run.json").read_text()) for folder in (one, other)
    )
    assert found["tune"] == expected["tune"]
    assert found["test"]["value"] == expected["test"]["value"]
    cost = expected["train"]["cost"]
    assert found["train"]["cost"] == pytest.approx(cost, rel=TOLERANCE)


@pytest.mark.slow
def test_only_the_first_host_prints_and_writes(finished):
    folder, ((out, _), (other, _)) = finished
    assert "accuracy" in out
    assert other == ""
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == ["run"]


@pytest.mark.slow
def test_the_result_is_that_of_one_host(finished, command, tmp_path):
    words = ("train", "iris", *OPTIONS, "--num-epochs", "5", "--out", "alone")
    assert command(*words).code == 0
    assert_same_result(tmp_path / "alone", finished[0])


@pytest.mark.faults
@pytest.mark.slow
def test_a_stopped_run_continues_on_both_hosts(finished, tmp_path):
    """The trials are done already, but the refit and the test are not."""
    shutil.copytree(finished[0], tmp_path / "run")
    for name in ("run.json", "report.html", "ledger.jsonl"):
        (tmp_path / "run" / name).unlink()
    hosts = start_both(tmp_path, "--resume", "--out", "run")
    printed = [host.communicate(timeout=SECONDS) for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], printed
    assert_same_result(tmp_path / "run", finished[0])
    trials = (tmp_path / "run" / "events.jsonl").read_text().count('"kind":"trial"')
    assert trials == 2


@pytest.mark.slow
def test_hosts_with_different_settings_stop(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts = [
        start(tmp_path, port, index, "iris", *OPTIONS, "--num-epochs", epochs)
        for index, epochs in (("0", "5"), ("1", "6"))
    ]
    errors = [host.communicate(timeout=SECONDS)[1] for host in hosts]
    assert [host.returncode for host in hosts] == [2, 2]
    for error in errors:
        assert "The data or the settings of host 1 differ from those of host 0" in error


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--num-hosts", "2", "--host-index", "0"),
            "--num-hosts and --host-index need the address of the first host. For "
            "example: --coordinator 192.168.0.10:5000",
        ),
        (
            ("--coordinator", "a:1", "--num-hosts", "2", "--host-index", "2"),
            "`--host-index < --num-hosts` must hold, but got --host-index=2. Use "
            "--host-index 0, … --host-index 1, one on each host.",
        ),
        (
            ("--coordinator", "a:1", "--num-hosts", "0", "--host-index", "0"),
            "`--num-hosts >= 1` must hold, but got --num-hosts='0'. Use a whole "
            "number, such as --num-hosts 2.",
        ),
    ],
    ids=["no address", "index", "number"],
)
def test_invalid_options_are_refused(command, monkeypatch, words, message):
    monkeypatch.delenv("JAX_COORDINATOR_ADDRESS", raising=False)
    done = command("train", "iris", *words)
    assert done.code == 2
    assert message in done.faults


def test_more_devices_than_there_are_cannot_be_used(command):
    done = command("train", "iris", "--devices", "64")
    assert done.code == 2
    assert done.faults == [
        "`devices <= 1` must hold, but got devices=64. Use --devices 1 or "
        "--devices all."
    ]
