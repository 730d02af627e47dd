"""Build the optional C++ kernels, and continue without them if the build fails.

Hatchling calls the hook for wheels and editable installs. In a checkout,
`python hatch_build.py` builds the kernels in place. Set `ASSAY_DEBUG=1` to enable their
assertions. Without a C++ compiler or jaxlib's headers, the package is pure Python and
computes the same results more slowly.
"""

import os
import platform
import runpy
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SOURCES = "native"
INTERFACE = "src/assay/extension/_interface.py"
LIBRARY = "src/assay/extension/lib/libassay.so"
FLAGS = ["-std=c++20", "-fPIC", "-fvisibility=hidden"]
RELEASE = ["-O3", "-DNDEBUG"]
DEBUG = ["-O1", "-g"]
# Only these files may use instructions that some processors lack. The library checks
# the processor before it calls their functions.
INSTRUCTIONS = {
    "kernels_avx2.cc": ["-mavx2", "-mfma"],
    "kernels_avx512.cc": ["-mavx512f", "-mfma", "-mprefer-vector-width=512"],
}


def find_compiler() -> str | None:
    """Return the C++ compiler to use, or None."""
    names = (os.environ.get("CXX"), "g++", "clang++")
    return next((found for n in names if n and (found := shutil.which(n))), None)


def find_headers() -> str | None:
    """Return the folder with jaxlib's headers, or None.

    Pip builds in an isolated environment, so the search includes the environment in
    which the package is installed, which usually contains jaxlib.
    """
    folders = [*sys.path, sysconfig.get_path("platlib")]
    headers = (Path(folder) / "jaxlib/include" for folder in folders)
    return next((str(h) for h in headers if (h / "xla/ffi/api/ffi.h").exists()), None)


def why_not() -> str | None:
    """Return the reason why the kernels cannot be built, or None."""
    if os.environ.get("ASSAY_EXTENSION") == "0":
        return "ASSAY_EXTENSION=0"
    if sys.platform == "win32":
        return "not supported on Windows"
    if find_compiler() is None:
        return "no C++ compiler"
    if find_headers() is None:
        return "no jaxlib headers"
    return None


def compile_library(root: Path) -> str | None:
    """Build the library in place; return the reason for a failure, or None."""
    target = root / LIBRARY
    target.parent.mkdir(exist_ok=True)
    target.unlink(missing_ok=True)
    if (reason := why_not()) is not None:
        return reason
    options = DEBUG if os.environ.get("ASSAY_DEBUG") == "1" else RELEASE
    try:
        link(target, root, sorted((root / SOURCES).glob("*.cc")), [*options, "-shared"])
    except (OSError, subprocess.CalledProcessError) as error:
        output = getattr(error, "stderr", None) or str(error)
        return f"the compiler failed:\n{output}"
    return None


def link(target: Path, root: Path, sources: Iterable[Path], options: list[str]) -> None:
    """Compile and link the sources; raise CalledProcessError if that fails."""
    compiler, headers = find_compiler(), find_headers()
    x86 = platform.machine() in ("x86_64", "AMD64")
    with tempfile.TemporaryDirectory() as folder:
        interface = runpy.run_path(str(root / INTERFACE))
        Path(folder, "interface.h").write_text(interface["header"](), "utf-8")
        includes = ["-I", folder, "-I", root / SOURCES, "-isystem", headers]
        common = [*FLAGS, *options, *includes]
        # Most sources include this header, which takes longer to compile than they do.
        Path(folder, "ffi.h").write_text('#include "xla/ffi/api/ffi.h"\n', "utf-8")
        run(compiler, *common, "-x", "c++-header", f"{folder}/ffi.h")

        def compile_one(source: Path) -> str:
            made = f"{folder}/{source.name}.o"
            special = INSTRUCTIONS.get(source.name, []) if x86 else []
            precompiled = [] if special else ["-include", f"{folder}/ffi.h"]
            run(compiler, *common, *special, *precompiled, "-c", source, "-o", made)
            return made

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            objects = list(pool.map(compile_one, sources))
        run(compiler, *options, "-o", f"{folder}/linked", *objects)
        shutil.move(f"{folder}/linked", target)


def run(*command: object) -> None:
    """Run a command; raise CalledProcessError with its output if it fails."""
    words = [str(word) for word in command]
    subprocess.run(words, check=True, capture_output=True, text=True)


def wheel_tag() -> str:
    """Return the tag of a wheel for this platform and any version of Python 3.

    The tag does not depend on the version because the library does not link to Python.
    """
    system = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return f"py3-none-{system}"


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    pass  # this file runs as a script in a checkout
else:

    class ExtensionHook(BuildHookInterface):
        """Adds the library to the wheel if it can be built."""

        def dependencies(self) -> list[str]:
            """Require jaxlib if its headers are missing and a compiler is available."""
            needed = find_compiler() is not None and find_headers() is None
            return ["jaxlib>=0.10.2"] if needed else []

        def initialize(self, version: str, build_data: dict) -> None:
            """Build the library before the files of the wheel are collected."""
            reason = compile_library(Path(self.root))
            if reason is not None:
                self.app.display_info(f"Without C++ kernels: {reason}")
                return
            build_data["artifacts"].append(f"/{LIBRARY}")
            build_data["pure_python"] = False
            build_data["tag"] = wheel_tag()


if __name__ == "__main__":
    problem = compile_library(ROOT)
    sys.exit(f"Not built: {problem}" if problem else None)
