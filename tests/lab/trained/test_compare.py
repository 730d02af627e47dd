"""Runs are compared by the settings in which they differ."""


def test_runs_that_differ_in_the_seed_form_a_group(client, with_runs):
    found = client.get("/api/compare?runs=iris-1,iris-2,diabetes-1").json()
    assert [run["group"] for run in found["runs"]] == [0, 0, 1]
    assert [run["seed"] for run in found["runs"]] == [0, 1, 0]
    differing = {one["name"]: one["values"] for one in found["differing"]}
    assert differing["seed"] == [0, 1, 0]
    assert differing["data"] == ["iris", "iris", "diabetes"]
    assert "model" not in differing
    assert any("same rows" in warning for warning in found["warnings"])


def test_equal_settings_are_only_counted(client, with_runs):
    found = client.get("/api/compare?runs=iris-1,iris-2").json()
    names = {one["name"] for one in found["differing"]}
    assert "seed" in names and "data" not in names
    assert found["num_same"] > 5
    assert len(found["runs"][0]["curve"]["val_cost"]) > 0


def test_one_run_cannot_be_compared(client, with_runs):
    for names in ("", "iris-1", "iris-1,nothing"):
        answer = client.get(f"/api/compare?runs={names}")
        assert answer.status_code == 400
