"""Test Assay on a GPU and compare its speed with PyTorch's, in less than 8 minutes.

    python scripts/gpu_check.py [--wheels DIR] [--dry-run] [--tiny]

Runs the tests marked `gpu` and four races, and writes a table to `benchmarks/gpu/`. The
script requires only Python 3.11 or newer and a CUDA driver. With --wheels, it installs
all packages from the wheels in that folder, without a registry, and removes them at the
end. Without a GPU, it performs a dry run on the CPU, which only checks that the script
works. Without PyTorch, only Assay's times are listed.
"""

import argparse
import datetime
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLES = ROOT / "benchmarks" / "gpu"
LIMIT_SECONDS = 460.0  # slightly less than 8 minutes
# Leaves time for the races, which take about 3 minutes.
TEST_SECONDS = 260.0
TEST_TOOLS = ("pytest", "hypothesis", "beartype")
ASK = "import jax; print(jax.default_backend())"


def main(words: Sequence[str]) -> int:
    """Return 0 if the tests and races succeeded, and 1 otherwise."""
    arguments = parser().parse_args(words)
    end = time.monotonic() + LIMIT_SECONDS
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        if arguments.wheels is not None:
            environment["PYTHONPATH"] += f":{folder}"
            if install(arguments.wheels, Path(folder)) != 0:
                return 1
        is_dry = arguments.dry_run or not finds_gpu(environment)
        if is_dry:
            print("This is a dry run on the CPU. Nothing is measured on a GPU.")
        environment |= for_device(is_dry=is_dry)
        seconds = min(TEST_SECONDS, end - time.monotonic())
        tests = "not run" if arguments.no_tests else test(environment, seconds)
        print(f"Tests: {tests}", flush=True)
        command = race_command(arguments, tests, is_dry=is_dry)
        code, _ = call(command, environment, end - time.monotonic())
    return int(code != 0 or "failed" in tests or "error" in tests)


def install(wheels: Path, folder: Path) -> int:
    """Install the dependencies from wheels in a folder and return pip's exit code."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    code = subprocess.run([*pip, *requirements(wheels)], env=environment).returncode
    if code != 0:
        print(f"pip could not install all wheels from {wheels}.", file=sys.stderr)
    return code


def requirements(wheels: Path) -> list[str]:
    """Return the packages to install, with JAX for CUDA and PyTorch if available."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [*project["dependencies"], *TEST_TOOLS]
    if any(wheels.glob("jax_cuda*")):
        names += project["optional-dependencies"]["gpu"]
    return names + (["torch"] if any(wheels.glob("torch-*")) else [])


def finds_gpu(environment: dict[str, str]) -> bool:
    """Return whether JAX finds a GPU; if not, print the reason."""
    unset = {name: v for name, v in environment.items() if name != "JAX_PLATFORMS"}
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=unset, capture_output=True, text=True
    )
    if asked.stdout.strip() == "gpu":
        return True
    lines = asked.stderr.strip().splitlines()
    reason = f": {lines[-1]}" if asked.returncode != 0 and lines else "."
    print(f"JAX finds no GPU{reason}", flush=True)
    return False


def for_device(*, is_dry: bool) -> dict[str, str]:
    """Return the environment variables for the tests."""
    if is_dry:
        return {"JAX_PLATFORMS": "cpu", "ASSAY_GPU_DRY_RUN": "1"}
    # With empty flags, the tests compile programs with the same options as users do.
    return {"JAX_PLATFORMS": "cuda,cpu", "XLA_FLAGS": ""}


def test(environment: dict[str, str], seconds: float) -> str:
    """Run the tests marked gpu and return the last line of their report."""
    command = [sys.executable, "-m", "pytest", "-q", "-m", "gpu", "tests/gpu"]
    _, output = call(command, environment, seconds)
    return last_line(output)


def last_line(output: str) -> str:
    """Return pytest's summary, such as "43 passed in 80.1s"."""
    counted = re.findall(r"^=*\s*(\d+ (?:passed|failed|error).*?)\s*=*$", output, re.M)
    return counted[-1] if counted else "failed: no result in time"


def race_command(
    arguments: argparse.Namespace, tests: str, *, is_dry: bool
) -> list[str]:
    """Return the command that runs the races and writes the table."""
    kind = "dry-run" if is_dry else "gpu"
    stamp = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d-%H%M}"
    out = arguments.out or TABLES / f"{kind}-{stamp}.md"
    device = ["--device", "cpu" if is_dry else "gpu", "--only", *arguments.only]
    size = ["--tiny"] if arguments.tiny else []
    command = [sys.executable, "-m", "benchmarks.gpu", *device, *size]
    return [*command, "--tests", tests, "--out", str(out)]


def call(
    command: Sequence[str], environment: dict[str, str], seconds: float
) -> tuple[int, str]:
    """Run a command and print its output; kill its process group after `seconds`."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=max(seconds, 1.0))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        print(f"Stopped after {seconds:.0f} s: {' '.join(command[1:4])}")
    print(output, flush=True)
    return process.returncode, output


def parser() -> argparse.ArgumentParser:
    """Return the command-line parser."""
    made = argparse.ArgumentParser("scripts/gpu_check.py", description=__doc__)
    add = made.add_argument
    add("--wheels", type=Path, metavar="DIR", help="install the wheels in this folder")
    add("--dry-run", action="store_true", help="use the CPU, even if there is a GPU")
    add("--tiny", action="store_true", help="use small sizes in the races")
    add("--only", nargs="+", default=[""], metavar="WORD", help="run only these races")
    add("--no-tests", action="store_true", help="skip the tests")
    add("--out", type=Path, metavar="FILE", help="write the table to this file")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
