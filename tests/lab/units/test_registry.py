"""The registry of lessons and request handlers."""

import json
import re

import numpy as np
import pytest
from pydantic import Field

from assay.lab.units import _registry
from assay.lab.units._registry import UNITS, Body, handles, lesson_of


class Point(Body):
    """A number to double."""

    x: float = Field(ge=0)


@pytest.fixture(autouse=True)
def double():
    """A request that only these tests send.

    The registry is not replaced, because units that are imported during the test also
    register their handlers in it.
    """

    @handles("costs", "double")
    def double(body: Point) -> dict[str, object]:
        values = np.float32([0.1, np.inf])
        return {"y": 2 * body.x, "values": values, "root": float("nan")}

    yield
    del _registry._handlers["costs", "double"]


def test_a_request_is_answered_with_plain_numbers(client):
    answer = client.post("/api/units/costs/double", json={"x": 1.5})
    assert answer.json() == {
        "y": 3.0,
        "values": [0.1, None],
        "root": None,
        "not_finite": ["values", "root"],
    }


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("costs/double", {"x": -1}, "x: Input should be greater than"),
        ("costs/double", {}, "x: Field required"),
        ("costs/duoble", {"x": 1}, "Did you mean 'double'?"),
        ("cost/double", {"x": 1}, "Did you mean 'costs'?"),
    ],
)
def test_requests_that_do_not_fit_give_a_message(client, path, body, message):
    answer = client.post(f"/api/units/{path}", json=body)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("costs/double", {"x": "Infinity"}, "x: Input should be a finite number"),
        ("costs/constant", {"low": "-inf"}, "low: Input should be a finite number"),
        ("costs/constant", {"targets": ["nan"]}, "targets.0: .*a finite number"),
        ("costs/constant", {"low": -1e308, "high": 1e308}, "/ step"),
        ("activations/curve", {"step": 1e-320}, "/ step"),
        ("layers/output", {"outputs": ["inf", 0, 1]}, "outputs.0: .*a finite number"),
    ],
)
def test_numbers_must_be_finite(client, path, body, message):
    answer = client.post(f"/api/units/{path}", json=body)
    assert answer.status_code == 400
    assert re.search(message, answer.json()["error"])


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_has_a_lesson_and_a_notebook(client, unit):
    told = client.get(f"/api/units/{unit}").json()
    assert told["title"] == lesson_of(unit).title
    words = " ".join(told["paragraphs"]).split()
    assert len(words) <= 120
    answer = client.get(f"/api/units/{unit}/notebook")
    assert f"{unit}.ipynb" in answer.headers["content-disposition"]
    notebook = json.loads(answer.content)
    assert notebook["nbformat"] == 4
    text, code = (cell["source"] for cell in notebook["cells"])
    assert told["title"] in text
    assert code == told["snippet"]
    compile(code, unit, "exec")
