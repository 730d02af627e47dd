"""Constants shared by Python and the C++ kernels, declared once.

`hatch_build.py` runs this file on its own to write the C++ header `interface.h`, and
the loader compares `checksum()` with the number compiled into the library. Therefore
this file imports only the standard library.
"""

import zlib

__all__ = ["ACTIVATIONS", "MIX_LAST_SHIFT", "MIX_ROUNDS", "checksum", "header"]

# Increment whenever the name, the arguments or the results of a handler change.
VERSION = 5

# Activations that a dense layer can apply; C++ numbers them in this order.
ACTIVATIONS = ("identity", "relu", "tanh", "sigmoid")

# The hash behind dropout masks: x = (x ^ (x >> shift)) * factor in each round, then
# x ^ (x >> last shift). Constants: Wellons, 2018, "Prospecting for hash functions".
MIX_ROUNDS = ((16, 0x21F0AAAD), (15, 0xD35A2D97))
MIX_LAST_SHIFT = 15


def checksum() -> int:
    """Return a number that changes whenever a declaration above changes."""
    declared = (VERSION, ACTIVATIONS, MIX_ROUNDS, MIX_LAST_SHIFT)
    return zlib.crc32(repr(declared).encode())


def header() -> str:
    """Return the text of `interface.h`, which declares the same constants in C++."""
    enumerators = ", ".join(f"k{name.capitalize()}" for name in ACTIVATIONS)
    lines = [
        "// Written by hatch_build.py from src/assay/extension/_interface.py.",
        "#pragma once",
        "#include <cstdint>",
        "namespace assay {",
        f"constexpr uint32_t kInterface = {checksum()}u;",
        f"enum Activation : int64_t {{ {enumerators} }};",
        f"constexpr int64_t kNumActivations = {len(ACTIVATIONS)};",
    ]
    for i, (shift, factor) in enumerate(MIX_ROUNDS, start=1):
        lines.append(f"constexpr int kMixShift{i} = {shift};")
        lines.append(f"constexpr uint32_t kMixFactor{i} = {factor:#x}u;")
    lines.append(f"constexpr int kMixLastShift = {MIX_LAST_SHIFT};")
    lines.append("}  // namespace assay")
    return "\n".join(lines) + "\n"
