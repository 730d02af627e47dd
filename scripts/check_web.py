"""Check that the committed pages of the lab are what their sources build to.

    python scripts/check_web.py

Builds `web/` into a temporary folder, and prints each file that differs from the one
under `src/assay/lab/static`. Needs Node, and `npm ci` in `web/`.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
STATIC = ROOT / "src/assay/lab/static"


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the content of each file in a folder, by its path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def main() -> int:
    """Build, compare, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--outDir", folder, "--emptyOutDir", "--logLevel", "warn"]
        subprocess.run(["npx", "vite", "build", *options], cwd=WEB, check=True)
        built, committed = files_in(Path(folder)), files_in(STATIC)
    names = sorted({*built, *committed})
    faults = [name for name in names if built.get(name) != committed.get(name)]
    for name in faults:
        print(f"src/assay/lab/static/{name} is not what web/ builds to")
    if faults:
        print("Build the pages again with: make web")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
