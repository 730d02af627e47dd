"""The doctor examines a run from its page, without opening the test set."""

import pytest


@pytest.mark.slow
def test_a_run_is_examined_with_its_test_part_closed(client, with_runs):
    ledgers = sorted(with_runs.rglob("ledger.jsonl"))
    before = [path.read_text() for path in ledgers]
    answer = client.post("/api/runs/iris-1/doctor", json={"fix": False})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["run"] == "iris-1"
    assert isinstance(found["findings"], list)
    assert "mended" not in found
    assert [path.read_text() for path in ledgers] == before


def test_a_run_that_does_not_exist_is_named(client, with_runs):
    answer = client.post("/api/runs/iris-9/doctor", json={"fix": False})
    assert answer.status_code == 400
    assert "'iris-9'" in answer.json()["error"]
