"""What a run writes and reads back: plain data, versioned, safe against a kill."""

from assay.records._events import (
    EVENTS,
    RECORDS_VERSION,
    EpochEvent,
    Event,
    FindingEvent,
    IterationEvent,
    NoteEvent,
    OpeningEvent,
    StageFinished,
    StageStarted,
    TrialEvent,
    parse_event,
)
from assay.records._finding import SEVERITIES, Finding
from assay.records._folder import FILES, RunFolder, run_folders
from assay.records._json import to_canonical_json, to_plain, without_times
from assay.records._summary import Summary, summary_faults
from assay.records._writing import append_lines, read_lines, write_atomically

__all__ = [
    "EVENTS",
    "FILES",
    "RECORDS_VERSION",
    "SEVERITIES",
    "EpochEvent",
    "Event",
    "Finding",
    "FindingEvent",
    "IterationEvent",
    "NoteEvent",
    "OpeningEvent",
    "RunFolder",
    "StageFinished",
    "StageStarted",
    "Summary",
    "TrialEvent",
    "append_lines",
    "parse_event",
    "read_lines",
    "run_folders",
    "summary_faults",
    "to_canonical_json",
    "to_plain",
    "without_times",
    "write_atomically",
]
