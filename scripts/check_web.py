"""Check that the committed pages of the lab and the reports match a build of `web/`.

    python scripts/check_web.py

Builds `web/` in a temporary folder, and prints the name of each file that differs from
the committed one in `src/assay`. Requires Node; run `npm ci` in `web/` first.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
BUILDS = {
    "production": "src/assay/lab/static",
    "report": "src/assay/report/html/built",
}
"""The folder of each build, by Vite mode."""


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the contents of all files in a folder by path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def stale(mode: str, committed: Path) -> list[str]:
    """Return the names of committed files that differ from those in a new build."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--mode", mode, "--outDir", folder, "--emptyOutDir"]
        command = ["npx", "vite", "build", *options, "--logLevel", "warn"]
        subprocess.run(command, cwd=WEB, check=True)
        new, old = files_in(Path(folder)), files_in(committed)
    return [name for name in sorted({*new, *old}) if new.get(name) != old.get(name)]


def main() -> int:
    """Build the pages, compare the files, and return the exit code."""
    faults = [
        f"{folder}/{name}"
        for mode, folder in BUILDS.items()
        for name in stale(mode, ROOT / folder)
    ]
    for name in faults:
        print(f"{name} differs from the build of web/")
    if faults:
        print("Build the pages again with: make web")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
