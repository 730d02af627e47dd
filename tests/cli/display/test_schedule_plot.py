"""`assay show --schedule` plots every schedule before it is used."""

import json

import numpy as np
import pytest

from assay.cli.display._plot import plot
from assay.optim import schedules


@pytest.mark.parametrize("kind", schedules.REGISTRY)
def test_every_schedule_is_drawn(command, kind):
    done = command("show", "--schedule", kind)
    assert (done.code, done.faults) == (0, [])
    lines = done.out.splitlines()
    assert max(map(len, lines)) <= 88
    assert lines[0].startswith(kind)
    assert any("└" in line for line in lines)
    dots = [letter for letter in done.out if 0x2800 < ord(letter) < 0x2900]
    assert len(dots) >= 78  # one factor per column
    data = json.loads(command("show", "--schedule", kind, "--json").out)
    member = schedules.get(kind)
    if not member.stateful:
        values = member.hyperparameters
        factors = schedules.sample(member, 1000, num=201, **values)
        np.testing.assert_allclose(data["factors"], factors, rtol=1e-6)
    assert data["fractions"][0] == 0 and data["fractions"][-1] == 1


def test_values_of_its_own(command):
    done = command("show", "--schedule", '{kind = "step", decay = 0.5}')
    assert done.out.splitlines()[0] == "step: drop_every 0.3, decay 0.5"
    assert "100%  0.125" in done.out


def test_a_plot_has_its_curve_in_the_right_places():
    """A rise from 0 to 1 is drawn from the lower left to the upper right."""
    lines = plot(np.linspace(0, 1, 100).tolist(), x_range=(0, 100), unit=" %")
    rows = [line[10:].ljust(78) for line in lines[:13]]
    assert rows[0].rstrip()[-1] != " " and len(rows[0].rstrip()) == 78
    assert rows[12][0] != " " and rows[12].rstrip()[-1] != " "
    assert rows[6][38:40].strip()
    assert lines[0].startswith("        1┤") and lines[12].startswith("        0┤")
    assert lines[6].startswith("      0.5┤")
    assert lines[-1].split() == ["0", "%", "25", "%", "50", "%", "75", "%", "100", "%"]


def test_faults_are_told(command):
    done = command("show", "--schedule", "cosin")
    assert done.code == 2
    assert "Did you mean 'cosine'?" in done.faults[0]
    done = command("show", "runs/a", "--schedule", "cosine")
    assert done.faults[0].startswith("--schedule cannot be combined with RUN")
    space = '{kind = "step", decay = "log(0.1, 0.9)"}'
    done = command("show", "--schedule", space)
    assert done.faults == [
        "schedule.decay is a search space, which cannot be plotted. Replace it with a "
        "number."
    ]
