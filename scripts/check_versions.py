"""Run quick tests with the lowest or newest versions that pyproject.toml allows.

    python scripts/check_versions.py {lowest,newest} [--folder DIR] [TESTS...]

Installs these versions into a separate environment, by default in `build/versions`, and
prints the versions that differ from `requirements/dev.txt`. The environment of the
project is not changed. Requires uv, which is a development dependency.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
TESTS = ("tests/test_tiny.py", "tests/surface", "tests/data/sources", "tests/spec")
_PIN = re.compile(r"^([a-z0-9._-]+)(?:\[.*\])?==(\S+)", re.MULTILINE)


def main() -> int:
    """Run the tests and return their exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("versions", choices=RESOLUTIONS)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "versions")
    parser.add_argument("tests", nargs="*", default=TESTS)
    asked = parser.parse_args()
    python = install(asked.versions, asked.folder.resolve())
    words = [python, "-m", "pytest", "-q", "-m", "not slow and not gpu", *asked.tests]
    return subprocess.run(words, cwd=ROOT).returncode


def install(versions: str, folder: Path) -> Path:
    """Install the dependencies and return the environment's interpreter."""
    folder.mkdir(parents=True, exist_ok=True)
    pins, environment = folder / f"{versions}.txt", folder / versions
    uv("venv", "--allow-existing", "--python", sys.executable, environment)
    uv(
        *("pip", "compile", "--no-annotate", "--no-header", "--upgrade"),
        *("--resolution", RESOLUTIONS[versions], "--group", "dev"),
        *("--output-file", pins, "pyproject.toml"),
    )
    python = environment / "bin" / "python"
    uv("pip", "sync", "--python", python, pins)
    # Runs record the version of the installed package.
    uv("pip", "install", "--python", python, "--no-deps", "--editable", ".")
    locked = read_pins(ROOT / "requirements" / "dev.txt")
    for name, version in read_pins(pins).items():
        if locked.get(name) not in (None, version):
            print(f"{name} {version}, locked {locked[name]}", flush=True)
    return python


def uv(*words: str | Path) -> None:
    """Run uv in the project root."""
    command = [sys.executable, "-m", "uv", "--quiet", *words]
    subprocess.run(command, cwd=ROOT, check=True)


def read_pins(path: Path) -> dict[str, str]:
    """Return the versions in a requirements file by package name."""
    return dict(_PIN.findall(path.read_text("utf-8")))


if __name__ == "__main__":
    sys.exit(main())
