"""Run the tests of the C++ kernels with sanitizers; `make sanitize` calls it.

    python scripts/sanitize.py [PYTEST ARGUMENT...]

First the library with AddressSanitizer and UndefinedBehaviorSanitizer, under the
kernels' tests in Python; then `native/tests/threads.cc` with ThreadSanitizer. Both
enable assertions. Without a compiler that has the sanitizers it says so and succeeds.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import hatch_build  # noqa: E402

# The checks left out stand at every use of a pointer: they double the time to build,
# and AddressSanitizer finds what they would.
MEMORY = [
    *("-O1", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    "-fno-sanitize=null,alignment,vptr,object-size",
]
THREADS = ["-O1", "-g1", "-fsanitize=thread", "-pthread"]
TESTS = [
    "tests/extension",
    "tests/nn/ops/test_extension.py",
    "tests/nn/ops/test_dense.py",
    "tests/optim/test_fused.py",
    "tests/costs/test_fused.py",
]


def main(words: list[str]) -> int:
    """Return 0 where both sanitizers find nothing."""
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
    """Return whether the compiler has the sanitizers' runtime libraries."""
    source = folder / "empty.cc"
    source.write_text("int main() {}\n")
    command = [hatch_build.find_compiler(), *options, source, "-o", folder / "empty"]
    return subprocess.run(command, capture_output=True).returncode == 0


def check_memory(folder: Path, words: list[str]) -> int:
    """Run the kernels' tests in Python; return pytest's exit code."""
    library = folder / "libassay.so"
    sources = sorted((ROOT / hatch_build.SOURCES).glob("*.cc"))
    hatch_build.link(library, ROOT, sources, [*MEMORY, "-shared"])
    environment = {
        **os.environ,
        "ASSAY_LIBRARY": str(library),
        # The runtime must come first, as Python itself is built without it; it looks
        # for C++ exceptions when it starts, so their library comes next.
        "LD_PRELOAD": " ".join(map(runtime, ("libasan.so", "libstdc++.so"))),
        # Python keeps its memory to the end, which is not a leak of the kernels.
        "ASAN_OPTIONS": "detect_leaks=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    tests = words or [*TESTS, "-m", "not slow", "-k", "not second_derivatives"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *tests]
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


def check_threads(folder: Path) -> int:
    """Run the C++ program; return its exit code."""
    program = folder / "threads"
    native = ROOT / hatch_build.SOURCES
    kernels = [s for s in native.glob("*.cc") if not s.name.startswith("extension")]
    sources = [*sorted(kernels), native / "tests" / "threads.cc"]
    hatch_build.link(program, ROOT, sources, THREADS)
    # One test asks for more memory than there is, and expects to be refused.
    environment = {**os.environ, "TSAN_OPTIONS": "allocator_may_return_null=1"}
    return subprocess.run([program], env=environment).returncode


def runtime(name: str) -> str:
    """Return the path of one of the compiler's runtime libraries."""
    command = [str(hatch_build.find_compiler()), f"-print-file-name={name}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
