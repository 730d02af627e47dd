"""Ctrl-C exits cleanly while a command is still being imported."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
SCRIPT = "import sys; from assay.__main__ import main; sys.exit(main())"
MOMENTS = ("assay._errors", "pydantic_core", "assay.spec._spec", "assay.cli")
MOMENTS += ("_datetime", "jaxlib._hlo")  # during the import of a compiled module


@pytest.mark.usefixtures("ctrl_c_interrupts")
@pytest.mark.parametrize("words", [["-m", "assay"], ["-c", SCRIPT]])
@pytest.mark.parametrize("module", MOMENTS)
def test_ctrl_c_during_the_imports_prints_one_line(tmp_path, words, module):
    # Python reports each imported module, so the signal can be timed exactly.
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", *words, "train", "digits"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stderr:
        if line.rpartition("|")[2].strip() == module:
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    printed = [line for line in err.splitlines() if line[:12] != "import time:"]
    assert (process.returncode, out) == (130, "")
    assert printed[-1:] == ["assay: interrupted"]
    assert "Traceback" not in err


def test_the_list_of_commands_loads_no_specs():
    code = "import sys; from assay.cli import main; main(['--help']); "
    code += "sys.exit('pydantic' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("stream", "code"), [(1, 0), (2, 2)])
def test_a_closed_stream_is_no_bug(tmp_path, stream, code):
    (tmp_path / "t.csv").write_text("p,y\n" + "1,a\n2,b\n3,a\n4,b\n" * 5)
    source = "t.csv" if code == 0 else "none.csv"
    command = f'exec "$0" -m assay data {source} {stream}>&-'
    done = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "")
