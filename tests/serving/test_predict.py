"""Answers are what the model predicts, in each format and for each kind of input."""

import gzip
import io
import json

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import assay
from assay.serving import _app
from assay.serving.bodies import _formats
from assay.serving.bodies._arrow_stream import count_rows

ARROW = "application/vnd.apache.arrow.stream"


def as_arrow(frame):
    buffer = io.BytesIO()
    frame.write_ipc_stream(buffer)
    return buffer.getvalue()


def send_arrow(client, body, **headers):
    sent = {"Content-Type": ARROW} | headers
    return client.post("/predict", content=body, headers=sent)


def ask_arrow(client, frame, **headers):
    return send_arrow(client, as_arrow(frame), **headers)


def assert_same(answers, run, source):
    wanted = run.model.predict_frame(source)
    assert [one["prediction"] for one in answers] == wanted["prediction"].to_list()
    for name in wanted.columns[1:]:
        of_class = name.removeprefix("probability_")
        got = [one["probabilities"][of_class] for one in answers]
        np.testing.assert_allclose(got, wanted[name], rtol=1e-5, atol=1e-7)


def test_objects_of_a_table(cells_client, cells_run, cells):
    answer = cells_client.post("/predict", json={"rows": cells.to_dicts()})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["target"], body["notes"], body["unseen"]) == ("kind", [], [])
    assert_same(body["predictions"], cells_run, cells)


def test_lists_of_numbers(iris_client, iris_run):
    frame = assay.data.load("iris").frame
    answer = iris_client.post("/predict", json={"rows": frame.rows()})
    assert_same(answer.json()["predictions"], iris_run, frame)


def test_streams_of_arrow(cells_client, cells_run, cells):
    answer = ask_arrow(cells_client, cells)
    assert answer.headers["content-type"] == ARROW
    table = pl.read_ipc_stream(answer.content)
    wanted = cells_run.model.predict_frame(cells)
    assert table.schema == wanted.schema
    assert table["prediction"].equals(wanted["prediction"])
    got, probabilities = table["probability_benign"], wanted["probability_benign"]
    np.testing.assert_allclose(got, probabilities, rtol=1e-5)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/json", "application/json"),
        (f"{ARROW};q=0.2, application/json;q=0.9", "application/json"),
        ("text/html, */*;q=0.1", ARROW),
        (f"{ARROW}", ARROW),
    ],
)
def test_the_client_chooses_the_format(cells_client, cells, accept, kind):
    answer = ask_arrow(cells_client, cells, Accept=accept)
    assert answer.headers["content-type"] == kind


def test_numbers_in_the_unit_of_the_target(serve, prices_run):
    frame = assay.data.load("diabetes").frame.head(20)
    with serve(prices_run) as (client, _):
        answer = client.post("/predict", json={"rows": frame.to_dicts()})
    got = [one["prediction"] for one in answer.json()["predictions"]]
    np.testing.assert_allclose(got, prices_run.predict(frame), rtol=1e-6)
    assert list(answer.json()["predictions"][0]) == ["prediction"]


def test_images(serve, images_run, images):
    gray = images[:9, :, :, 0].tolist()
    with serve(images_run) as (client, _):
        full = client.post("/predict", json={"rows": images[:9].tolist()}).json()
        flat = client.post("/predict", json={"rows": gray}).json()
        name = client.get("/model").json()["columns"][0]["name"]
        named = [{name: image} for image in gray]
        by_name = client.post("/predict", json={"rows": named}).json()
        frame = pl.DataFrame({name: images[:9]})
        table = pl.read_ipc_stream(ask_arrow(client, frame).content)
        wrong = client.post("/predict", json={"rows": [gray[0], [[1, 2]], "cat.png"]})
    assert full == flat == by_name
    assert_same(full["predictions"], images_run, images[:9])
    wanted = images_run.model.predict_frame(images[:9])
    assert table["prediction"].equals(wanted["prediction"])
    assert wrong.status_code == 422
    first, second = wrong.json()["faults"]
    assert first.startswith(f"Row 1 of {name!r} must be an array of shape (5, 4, 1)")
    assert second.startswith(f"Row 2 of {name!r} must be an array")


def test_sequences_of_different_lengths(serve, series_run, series):
    rows = [one.tolist() for one in series[:9]]
    with serve(series_run) as (client, _):
        answer = client.post("/predict", json={"rows": rows}).json()
        gaps = client.post("/predict", json={"rows": [[[1.0, None], [2.0, 3.0]]]})
        wrong = client.post("/predict", json={"rows": [[[1.0], [2.0]], []]})
    source = (series[:9], ["odd"] * 9)
    assert_same(answer["predictions"], series_run, source)
    assert gaps.status_code == 200
    assert [fault[:5] for fault in wrong.json()["faults"]] == ["Row 0", "Row 1"]


def test_new_categories_are_counted(cells_client, cells_run, cells):
    frame = cells.head(4).with_columns(color=pl.Series(["red", "gold", None, "pink"]))
    notes = list(cells_run.model.check(frame))
    assert notes
    body = cells_client.post("/predict", json={"rows": frame.to_dicts()}).json()
    assert body["notes"] == notes
    assert body["unseen"] == [
        {
            "column": "color",
            "num_unseen": 2,
            "num_values": 3,
            "examples": ["gold", "pink"],
        }
    ]
    answer = ask_arrow(cells_client, frame)
    assert json.loads(answer.headers["assay-notes"]) == notes


def test_one_answer_lists_all_faults(cells_client, cells):
    rows = cells.head(3).to_dicts()
    rows[1]["size"] = "large"
    rows[2]["active"] = [True]
    for row in rows:
        row["Color"] = row.pop("color")
    answer = cells_client.post("/predict", json={"rows": [*rows, 7]})
    assert answer.status_code == 422
    faults = answer.json()["faults"]
    assert len(faults) == 4
    text = answer.json()["error"]
    assert text == "\n".join(faults)
    for part in (
        "Row 3 must be an object or a list, but is 7.",
        "'active' must be a single value, but is a list in row 2.",
        "columns are missing: ['color'",
        "Did you mean 'Color' for 'color'?",
        "'size' must contain numbers, but got 'large'.",
    ):
        assert part in text


def test_a_column_that_some_rows_lack(cells_client, cells):
    rows = cells.head(3).to_dicts()
    rows[1].pop("size")
    answer = cells_client.post("/predict", json={"rows": rows})
    assert answer.json()["faults"] == [
        "'size' is missing in row 1. Write null for unknown values."
    ]


@pytest.mark.parametrize(
    ("content", "status", "part"),
    [
        (b"{", 400, "The body is not JSON"),
        (b'{"rows": [[NaN]]}', 400, "The body is not JSON"),
        (b"[1]", 422, "The body must be an object"),
        (b'{"rows": {}}', 422, "The body must be an object"),
        (b'{"rows": []}', 422, "There are no rows"),
        (b'{"rows": [[1, 2]]}', 422, "must have 4 values, but has 2"),
        (b'{"rows": [' + b"[" * 200 + b"]" * 200 + b"]}", 400, "levels deep"),
        (b'{"rows": [[1e999, 1, 1, 1]]}', 400, "not a finite number"),
        (b'{"rows": [1]}', 422, "must be an object or a list, but is 1."),
        (b'{"rows": [true]}', 422, "must be an object or a list, but is true."),
        (b'{"rows": [null]}', 422, "must be an object or a list, but is null."),
    ],
)
def test_bodies_that_cannot_be_read(iris_client, content, status, part):
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = iris_client.post("/predict", content=content, headers=headers)
    assert answer.status_code == status
    assert part in answer.json()["error"]


def test_incomplete_streams_of_arrow_are_refused(cells_client, cells):
    whole = as_arrow(cells)
    for body in (whole[:100], whole[: len(whole) // 2], whole[:-20]):
        answer = send_arrow(cells_client, body)
        assert answer.status_code == 400
        assert "it ends too early" in answer.json()["error"]


def test_files_of_arrow_are_named(cells_client, cells):
    buffer = io.BytesIO()
    cells.write_ipc(buffer)
    answer = send_arrow(cells_client, buffer.getvalue())
    assert answer.status_code == 400
    assert "use write_ipc_stream instead" in answer.json()["error"]


def test_streams_of_types_that_cannot_be_read(cells_client, cells):
    table = cells.to_arrow()
    cells = pa.array([(1, 2, 3)] * len(table), type=pa.month_day_nano_interval())
    buffer, table = io.BytesIO(), table.append_column("span", cells)
    with pa.ipc.new_stream(buffer, table.schema) as stream:
        stream.write_table(table)
    answer = send_arrow(cells_client, buffer.getvalue())
    assert answer.status_code == 400
    assert "The Arrow stream cannot be read." in answer.json()["error"]


def test_compressed_bodies_are_refused(cells_client, cells):
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = gzip.compress(b'{"rows": []}')
    answer = cells_client.post("/predict", content=body, headers=headers)
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "identity"
    assert "Send the body uncompressed." in answer.json()["error"]


def test_damaged_streams_of_arrow(cells_client, cells):
    whole, rng = as_arrow(cells), np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(whole[: rng.integers(1, len(whole))])
        for place in rng.integers(0, len(damaged), 5):
            damaged[place] = rng.integers(0, 256)
        answer = send_arrow(cells_client, bytes(damaged))
        assert answer.status_code in (200, 400, 413, 415, 422), answer.text
    assert cells_client.get("/health").status_code == 200


def test_compressed_and_endless_streams_of_arrow(cells_client, cells):
    buffer = io.BytesIO()
    cells.write_ipc_stream(buffer, compression="zstd")
    answer = send_arrow(cells_client, buffer.getvalue())
    assert answer.status_code == 415
    assert "Send it uncompressed" in answer.json()["error"]
    nothing = pl.DataFrame({"size": pl.Series([None] * 50_000, dtype=pl.Null)})
    assert ask_arrow(cells_client, nothing).status_code == 413


def test_rows_of_a_stream_are_counted_before_it_is_read(cells):
    for frame in (cells, cells.head(0), cells.with_columns(pl.all().cast(pl.String))):
        assert count_rows(as_arrow(frame)) == frame.height
    words = cells.with_columns(pl.col("color").cast(pl.Categorical))
    assert count_rows(as_arrow(words)) == words.height


@pytest.mark.parametrize("kind", ["text/csv", "", "application/x-www-form-urlencoded"])
def test_other_formats_are_refused(iris_client, kind):
    headers = {"Content-Type": kind}
    answer = iris_client.post("/predict", content=b"a", headers=headers)
    assert answer.status_code == 415
    assert "Use application/json or" in answer.json()["error"]


def test_answers_that_no_client_can_read(iris_client):
    headers = {"Accept": "text/html"}
    answer = iris_client.post("/predict", json={"rows": []}, headers=headers)
    assert answer.status_code == 406


def test_large_requests_are_refused(iris_client, monkeypatch):
    monkeypatch.setattr(_formats, "MOST_ROWS", 20)
    monkeypatch.setattr(_app, "MOST_BYTES", 2000)
    row = [5.1, 3.5, 1.4, 0.2]
    assert iris_client.post("/predict", json={"rows": [row] * 20}).status_code == 200
    answer = iris_client.post("/predict", json={"rows": [row] * 21})
    assert answer.status_code == 413
    assert "`num_rows <= 20` must hold, but got num_rows=21." in answer.json()["error"]
    frame = pl.DataFrame({"a": range(21)})
    assert ask_arrow(iris_client, frame).status_code == 413

    def parts():
        yield from [b" " * 900] * 3

    headers = {"Content-Type": "application/json"}
    for content in (b" " * 2001, parts()):
        answer = iris_client.post("/predict", content=content, headers=headers)
        assert answer.status_code == 413
        assert "larger than 2000 bytes" in answer.json()["error"]


def test_text_is_never_the_path_of_a_file(cells_client, cells, tmp_path):
    path = str(tmp_path / "secret.png")
    for name in (path, "/etc/passwd.png"):
        row = cells.head(1).to_dicts()[0] | {"color": name}
        answer = cells_client.post("/predict", json={"rows": [row]})
        assert answer.status_code == 200
        assert answer.json()["unseen"][0]["examples"] == [name]


def test_values_of_several_types_in_a_column(cells_client):
    row = {"size": "9.5", "color": 1, "active": "true", "day": "2024-05-01"}
    rows = [row, row | {"size": 9.5, "color": "red", "active": True}]
    answer = cells_client.post("/predict", json={"rows": rows})
    assert answer.status_code == 200
    assert answer.json()["unseen"][0]["examples"] == ["1"]


def test_unknown_addresses_and_methods(iris_client):
    assert iris_client.get("/predict").status_code == 405
    answer = iris_client.get("/nothing")
    assert answer.status_code == 404
    assert "GET / lists the supported requests" in answer.json()["error"]
