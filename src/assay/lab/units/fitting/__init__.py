"""Code for fits and their paths, shared by the units."""

from assay.training import use_compile_cache

use_compile_cache()  # must be called before the units compile their first function
