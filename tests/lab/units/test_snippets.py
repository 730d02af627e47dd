"""The code of the units on training runs as it is."""

import pytest

from assay.lab.units._registry import lesson_of

UNITS = ("activations", "costs", "learning_rate", "parameters", "optimizers")


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_the_code_of_the_lesson_runs(unit, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(lesson_of(unit).snippet, unit, "exec"), {"__name__": "__main__"})
    assert "Traceback" not in capsys.readouterr().out
