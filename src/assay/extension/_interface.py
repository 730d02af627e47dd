"""Constants shared by Python and the C++ kernels.

`hatch_build.py` runs this file to write the C++ header `interface.h` before Assay is
installed, so this file imports only the standard library. When the kernels are loaded,
`checksum()` must equal the number compiled into the library.
"""

import zlib

__all__ = ["ACTIVATIONS", "MIX_LAST_SHIFT", "MIX_ROUNDS", "checksum", "header"]

# Increment this number when the name, arguments or results of a handler change.
VERSION = 7

# Activations supported by the dense kernels. The C++ code numbers them in this order.
ACTIVATIONS = ("identity", "relu", "tanh", "sigmoid")

# The hash for dropout masks: x = (x ^ (x >> shift)) * factor in each round, then
# x ^ (x >> last shift). The constants are from Wellons, 2018, "Prospecting for hash
# functions".
MIX_ROUNDS = ((16, 0x21F0AAAD), (15, 0xD35A2D97))
MIX_LAST_SHIFT = 15


def checksum() -> int:
    """Return a checksum of all declarations above."""
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
