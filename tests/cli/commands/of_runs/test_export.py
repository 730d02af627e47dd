"""`assay export` writes files and reports faults as options."""

import json


def test_a_run_is_exported(command, iris, tmp_path):
    done = command("export", iris, "--to", "card", "--out", tmp_path, "--json")
    assert done.code == 0
    path = str(tmp_path / "iris-1.md")
    assert json.loads(done.out) == {"run": "iris-1", "form": "card", "path": path}
    assert done.err == f"wrote {path}\n"


def test_existing_files_need_force(command, iris, tmp_path):
    words = ("export", iris, "--to", "safetensors", "--out", tmp_path)
    assert command(*words).code == 0
    done = command(*words)
    assert (done.code, len(done.faults)) == (2, 2)
    assert done.faults[0].endswith("Use --force to replace it, or use another name.")
    assert command(*words, "--force").code == 0


def test_faults(command, iris):
    done = command("export", iris)
    assert (done.code, done.out) == (2, "")
    assert done.faults == [
        "--to is missing. For example: assay export runs/cells-1 --to onnx --out "
        "cells.onnx"
    ]
    done = command("export", iris, "--to", "torhc")
    assert done.code == 2
    assert done.faults[0].startswith("unknown format 'torhc'. Did you mean 'torch'?")
