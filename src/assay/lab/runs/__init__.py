"""The records of runs as JSON, live and finished, and the processes that train."""

from assay.lab.runs._folder import find, open_run, root, set_root
from assay.lab.runs._processes import start_first
from assay.lab.runs._routes import run_routes

__all__ = ["find", "open_run", "root", "run_routes", "set_root", "start_first"]
