"""The descriptions of a server agree with its model, and with each other."""

import re

import pytest

from assay.serving._openapi import example_row
from assay.serving._page import page
from assay.serving._predictor import Predictor
from assay.serving.bodies._schema import schema_of


def test_model(cells_client, cells_run):
    model = cells_client.get("/model").json()
    test = cells_run.test
    assert (model["target"], model["task"]) == ("kind", "binary")
    assert model["classes"] == ["benign", "malign"]
    assert model["test"]["value"] == test.value
    assert tuple(model["test"]["interval"]) == test.interval
    kinds = {column["name"]: column["kind"] for column in model["columns"]}
    assert kinds == {
        "size": "number",
        "color": "category",
        "active": "boolean",
        "day": "date",
    }
    assert model["columns"][1]["categories"] == ["blue", "green", "red"]
    assert model["order"] == ["size", "color", "active", "day"]


def references(value):
    if isinstance(value, dict):
        yield from [value["$ref"]] if "$ref" in value else []
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from references(item)


def test_openapi(cells_client):
    document = cells_client.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {"/predict", "/model", "/health"}
    schemas = document["components"]["schemas"]
    wanted = set(references(document))
    assert wanted == {f"#/components/schemas/{name}" for name in schemas}
    row = schemas["Rows"]["properties"]["rows"]["items"]["anyOf"][0]
    assert row["required"] == ["size", "color", "active", "day"]
    assert row["properties"]["size"]["type"] == ["number", "null"]
    answer = schemas["Predictions"]["properties"]["predictions"]["items"]
    assert answer["properties"]["prediction"] == {"enum": ["benign", "malign"]}
    assert "security" not in document


def test_openapi_names_the_token(serve, images_run):
    with serve(images_run, token="a-long-enough-secret") as (client, _):
        document = client.get("/openapi.json").json()
    assert document["security"] == [{"token": []}]
    cell = document["components"]["schemas"]["Rows"]["properties"]["rows"]["items"]
    image = cell["anyOf"][0]
    assert (image["minItems"], image["maxItems"]) == (5, 5)
    assert (image["items"]["maxItems"], image["items"]["items"]["maxItems"]) == (4, 1)


def test_the_page_needs_nothing_from_outside(iris_client, iris_run):
    page = iris_client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    text = page.text
    assert "<script" not in text and "src=" not in text and "href=" not in text
    assert text.count("http://") == 1  # in the example for curl
    assert str(iris_client.base_url.port) in text
    assert f"{iris_run.test.value:.4g}" in text
    assert re.search(r"petal width \(cm\)", text)
    assert iris_client.get("/docs").text == text


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ([0.0, 0.5], "0.25, 95% interval [0, 0.5]."),
        (None, "0.25."),
        ([None] * 2, "0.25."),
    ],
)
def test_the_page_shows_any_interval(iris_run, interval, words):
    predictor = Predictor(iris_run)
    test = predictor.description["test"] | {"value": 0.25, "interval": interval}
    model = predictor.description | {"test": test}
    text = page(predictor.schema, model, host="localhost", has_token=False)
    assert f"sealed test examples: {words}</p>" in text


def test_the_example_is_accepted(serve, cells_run, images_run, series_run):
    for run in (cells_run, images_run, series_run):
        with serve(run) as (client, _):
            body = {"rows": [example_row(schema_of(run))]}
            assert client.post("/predict", json=body).status_code == 200
