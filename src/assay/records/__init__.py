"""The records of a run: plain, versioned files that stay valid if a run is killed."""

from assay._calls import explain_package
from assay.records._atomic_files import (
    DamagedLines,
    append_lines,
    read_lines,
    write_atomically,
)
from assay.records._control import (
    CONTROL,
    CONTROLS,
    ControlFile,
    check_control,
    send_control,
)
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
)
from assay.records._finding import SEVERITIES, Finding
from assay.records._form import form_faults
from assay.records._json import (
    parse_json,
    to_canonical_json,
    to_plain,
    without_times,
)
from assay.records._ledger import Ledger
from assay.records._live import LIVE, LiveLog, new_lines, read_live
from assay.records._seal import Seal
from assay.records._summary import Summary, summary_faults
from assay.records.run_folder._run_files import FILES
from assay.records.run_folder._run_folder import (
    RunFolder,
    named_run,
    run_folders,
    run_of,
)
from assay.records.run_folder._run_lock import LOCK, RunLock

__all__ = [
    "CONTROL",
    "CONTROLS",
    "EVENTS",
    "FILES",
    "LIVE",
    "LOCK",
    "RECORDS_VERSION",
    "SEVERITIES",
    "ControlFile",
    "DamagedLines",
    "EpochEvent",
    "Event",
    "Finding",
    "FindingEvent",
    "IterationEvent",
    "Ledger",
    "LiveLog",
    "NoteEvent",
    "OpeningEvent",
    "RunFolder",
    "RunLock",
    "Seal",
    "StageFinished",
    "StageStarted",
    "Summary",
    "TrialEvent",
    "append_lines",
    "check_control",
    "form_faults",
    "named_run",
    "new_lines",
    "parse_json",
    "read_lines",
    "read_live",
    "run_folders",
    "run_of",
    "send_control",
    "summary_faults",
    "to_canonical_json",
    "to_plain",
    "without_times",
    "write_atomically",
]

explain_package(__name__)
