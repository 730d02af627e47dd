"""Code that several units share to train networks and trace their paths."""

from assay.training import use_compile_cache

use_compile_cache()  # must be called before the units compile any function
