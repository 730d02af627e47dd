"""Trackers, which send the records of runs to tools for comparing runs."""

from assay._calls import explain_package
from assay.trackers._mlflow import MLflow
from assay.trackers._registry import TRACKERS, open_trackers
from assay.trackers._session import Session
from assay.trackers._tensorboard import TensorBoard
from assay.trackers._tracker import Point, Tracker

__all__ = [
    "TRACKERS",
    "MLflow",
    "Point",
    "Session",
    "TensorBoard",
    "Tracker",
    "open_trackers",
]

explain_package(__name__)
