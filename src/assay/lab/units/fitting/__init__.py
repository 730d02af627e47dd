"""Fits, walks and paths, shared by the units."""

from assay.training import use_compile_cache

use_compile_cache()  # before the units compile their first function
