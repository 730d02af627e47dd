"""Diagnoses problems in training, corrects them, and verifies the improvement."""

from assay.doctor._diagnose import Diagnosis, diagnose
from assay.doctor._evidence import Evidence
from assay.doctor._examine import examine
from assay.doctor._facts import DataFacts, Reference
from assay.doctor._patient import Patient
from assay.doctor._references import References, fit_references
from assay.doctor._remedy import REMEDIES, Remedy
from assay.doctor._symptom import SYMPTOMS, Seen, Symptom
from assay.doctor._treat import Attempt, Treatment, treat
from assay.doctor._watch import Watch, watch

__all__ = [
    "REMEDIES",
    "SYMPTOMS",
    "Attempt",
    "DataFacts",
    "Diagnosis",
    "Evidence",
    "Patient",
    "Reference",
    "References",
    "Remedy",
    "Seen",
    "Symptom",
    "Treatment",
    "Watch",
    "diagnose",
    "examine",
    "fit_references",
    "treat",
    "watch",
]
