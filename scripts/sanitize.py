"""Run the tests of the C++ kernels with sanitizers, for `make sanitize`.

    python scripts/sanitize.py [PYTEST ARGUMENT...]

First, the kernels' Python tests are run with AddressSanitizer and
UndefinedBehaviorSanitizer. Then, `native/tests/threads.cc` is run with ThreadSanitizer.
Both builds enable assertions. If the compiler does not include the sanitizers, the
script prints a message and succeeds.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402

# The excluded checks apply to each use of a pointer and would double the build time.
# AddressSanitizer detects the same faults.
MEMORY = [
    *("-O1", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    "-fno-sanitize=null,alignment,vptr,object-size",
]
THREADS = ["-O1", "-g1", "-fsanitize=thread", "-pthread"]
TESTS = [
    "tests/extension",
    "tests/nn/ops/test_extension.py",
    "tests/nn/ops/test_dense.py",
]


def main(words: list[str]) -> int:
    """Return 0 if the sanitizers find no faults."""
    if (reason := hatch_build.why_not()) is not None:
        print(f"Skipped: {reason}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        for options in (MEMORY, THREADS):
            if not has_sanitizers(Path(folder), options):
                print(f"Skipped: the compiler cannot link {options[2]}")
                return 0
        return check_memory(Path(folder), words) or check_threads(Path(folder))


def has_sanitizers(folder: Path, options: list[str]) -> bool:
    """Return whether the compiler includes the runtime libraries of the sanitizers."""
    source = folder / "empty.cc"
    source.write_text("int main() {}\n")
    command = [hatch_build.find_compiler(), *options, source, "-o", folder / "empty"]
    return subprocess.run(command, capture_output=True).returncode == 0


def check_memory(folder: Path, words: list[str]) -> int:
    """Run the kernels' Python tests and return pytest's exit code."""
    library = folder / "libassay.so"
    sources = sorted((ROOT / hatch_build.SOURCES).glob("*.cc"))
    hatch_build.link(library, ROOT, sources, [*MEMORY, "-shared"])
    environment = {
        **os.environ,
        "ASSAY_LIBRARY": str(library),
        # The sanitizer runtime must be loaded first, because Python is built without
        # it. At startup, it looks up the exception functions of the C++ library, which
        # must therefore be loaded second.
        "LD_PRELOAD": " ".join(map(runtime, ("libasan.so", "libstdc++.so"))),
        # Python does not free all of its memory when it exits. This would be reported
        # as leaks.
        "ASAN_OPTIONS": "detect_leaks=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    tests = words or [*TESTS, "-m", "not slow", "-k", "not second_derivatives"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *tests]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def check_threads(folder: Path) -> int:
    """Run the C++ program and return its exit code."""
    program = folder / "threads"
    native = ROOT / hatch_build.SOURCES
    kernels = [s for s in native.glob("*.cc") if not s.name.startswith("extension")]
    sources = [*sorted(kernels), native / "tests" / "threads.cc"]
    hatch_build.link(program, ROOT, sources, THREADS)
    # One test requests too much memory, and expects the allocation to fail.
    environment = {**os.environ, "TSAN_OPTIONS": "allocator_may_return_null=1"}
    return subprocess.run([program], env=environment).returncode


def runtime(name: str) -> str:
    """Return the path of one of the compiler's runtime libraries."""
    command = [str(hatch_build.find_compiler()), f"-print-file-name={name}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
