"""The units: each answers the questions of one page about live numbers."""

from assay.lab.units._registry import Lesson, answers, lesson
from assay.lab.units._routes import unit_routes

__all__ = ["Lesson", "answers", "lesson", "unit_routes"]
