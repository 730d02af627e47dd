"""The fits, walks and paths that units measure."""

from assay.training import use_compile_cache

use_compile_cache()  # units compile small functions of their own before any program
