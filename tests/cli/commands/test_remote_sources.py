"""Commands take addresses as sources, and never print or record their secrets."""

import json

import polars as pl
import pytest
from remote_servers import SECRET, web_server

pytest.importorskip("aiohttp")

QUICK = ("--trials", "1", "--num-epochs", "5", "--model", "linear", "--target", "y")


@pytest.fixture
def web(tmp_path, monkeypatch):
    """A web server for a folder with two tables."""
    folder = tmp_path / "web"
    folder.mkdir()
    rows = {"a": [i % 7 for i in range(60)], "b": [i % 5 for i in range(60)]}
    table = pl.DataFrame({**rows, "y": ["uv"[i % 2] for i in range(60)]})
    table.write_csv(folder / "table.csv")
    table.head(20).write_csv(folder / "more.csv")
    monkeypatch.setenv("ASSAY_DOWNLOADS", str(tmp_path / "downloads"))
    with web_server(folder) as server:
        yield server


def _assert_no_secrets(done, folder):
    assert SECRET not in done.out + done.err
    for path in folder.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


@pytest.mark.slow
def test_a_run_on_an_address_is_recorded_resumed_and_used(command, web, tmp_path):
    source = web.url(f"signed/table.csv?signature={SECRET}")
    test = web.url("private/more.csv", user=f"ann:{SECRET}")
    done = command("train", source, "--test-data", test, *QUICK, "--out", "run")
    assert (done.code, done.faults) == (0, [])
    folder = tmp_path / "run"
    _assert_no_secrets(done, folder)
    recorded = json.loads((folder / "resolved.json").read_text())["experiment"]
    assert recorded["data"] == web.url("signed/table.csv")
    assert recorded["test_data"] == web.url("private/more.csv")

    done = command("predict", "run", web.url(f"signed/more.csv?signature={SECRET}"))
    assert (done.code, len(done.out.splitlines())) == (0, 21)
    assert command("predict", "run", "web/more.csv").out == done.out


@pytest.mark.slow
def test_a_signed_address_is_given_again_to_resume(command, web, tmp_path):
    source = web.url(f"signed/table.csv?signature={SECRET}")
    assert command("train", source, *QUICK, "--out", "run").code == 0
    (tmp_path / "run" / "run.json").unlink()
    done = command("train", "--resume", "--out", "run")
    assert done.code == 2
    assert done.faults[0].startswith(f"Access to '{web.url('signed/table.csv')}' was")
    done = command("train", source, "--resume", "--out", "run")
    assert (done.code, done.faults) == (0, [])
    _assert_no_secrets(done, tmp_path / "run")


@pytest.mark.slow
def test_a_plain_address_is_resumed_and_replayed_by_its_record(command, web, tmp_path):
    source = web.url("table.csv")
    assert command("train", source, *QUICK, "--out", "run").code == 0
    assert command("replay", "run").code == 0
    (tmp_path / "run" / "run.json").unlink()
    assert command("train", "--resume", "--out", "run").code == 0
    assert (
        command("train", "--resume", source).faults[0].startswith("--resume requires")
    )


@pytest.mark.parametrize(
    "path", ["absent.csv", "denied/table.csv", "failing/table.csv", "table.xyz"]
)
def test_a_failure_is_one_line_and_exit_code_2(path, command, web):
    url = web.url(f"{path}?signature={SECRET}", user=f"ann:{SECRET}")
    target = ("--target", "y")
    for words in (("data", url), ("train", url, *target), ("race", url, *target)):
        done = command(*words)
        assert (done.code, done.out, len(done.faults)) == (2, "", 1)
        assert web.url(path) in done.faults[0]
        assert SECRET not in done.err
        assert "Traceback" not in done.err
