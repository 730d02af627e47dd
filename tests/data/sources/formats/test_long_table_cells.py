"""Times, numbers and targets of long tables may be written in several ways."""

import pytest

from assay._errors import InputError
from assay.data import load

OPTIONS = {"target": "y", "series_column": "unit", "time_column": "t"}


def _load(tmp_path, cells):
    """Load four series of three steps, with the cells (t, v, y) of each step."""
    lines = [
        ",".join([str(unit), *cells(unit, step)])
        for unit in range(4)
        for step in (2, 0, 1)
    ]
    path = tmp_path / "long.csv"
    path.write_text("\n".join(["unit,t,v,y", *lines, ""]))
    return load(path, **OPTIONS)


def _steps(data):
    return [[value for (value,) in series] for series in data.frame["series"].to_list()]


@pytest.mark.parametrize(
    "form", ["{}/01/2024", "{}.1.2024", "{}. Januar 2024", "{}JAN2024"]
)
def test_times_are_dates_of_any_notation(form, tmp_path):
    data = _load(tmp_path, lambda u, t: (form.format(13 + t), f"{u}{t}", "pq"[u % 2]))
    assert _steps(data) == [[10 * u, 10 * u + 1, 10 * u + 2] for u in range(4)]


def test_ambiguous_times_are_named(tmp_path):
    with pytest.raises(InputError) as caught:
        _load(tmp_path, lambda u, t: (f"{1 + t}/2/2024", f"{u}{t}", "pq"[u % 2]))
    assert list(caught.value.faults) == [
        "Every row of 't' must contain a number or a date. Day and month could be "
        "swapped in dates such as '3/2/2024'; write them as 2024-12-31."
    ]


def test_points_may_separate_thousands(tmp_path):
    data = _load(tmp_path, lambda u, t: (str(t), f"{1 + u}.{100 + t}.000", "pq"[u % 2]))
    assert _steps(data)[1] == [2_100_000, 2_101_000, 2_102_000]


def test_the_target_may_stand_in_one_row_of_each_series(tmp_path):
    data = _load(
        tmp_path, lambda u, t: (str(t), f"{u}{t}", "pq"[u % 2] if t == 1 else "")
    )
    assert data.target.tolist() == [0, 1, 0, 1]
    assert data.num_examples == 4


def test_a_target_that_changes_is_refused(tmp_path):
    with pytest.raises(InputError, match="'y' changes in these series"):
        _load(tmp_path, lambda u, t: (str(t), f"{u}{t}", ("p", "", "q")[t]))
