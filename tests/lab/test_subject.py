"""The page of concepts is complete, and everything it refers to exists."""

import re
import tomllib
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

import assay
from assay import spec
from assay.lab._subject import subject
from assay.lab.units._registry import UNITS, lesson_of

ROOT = Path(__file__).parents[2]
AREAS = subject()
CONCEPTS = [concept for area in AREAS for concept in area["concept"]]


def test_the_areas_are_those_of_the_subject():
    assert [area["title"] for area in AREAS] == [
        "Activation functions",
        "Cost functions",
        "Learning rate",
        "Parameters and hyperparameters",
        "Data sets, splits and batches",
        "Optimizers",
        "Regularization",
        "Layers",
        "Practical considerations",
    ]


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept["name"])
def test_what_a_concept_names_exists(concept):
    assert concept["unit"] in UNITS
    assert concept["fact"].endswith(".")
    assert concept["option"]
    assert (ROOT / concept["test"]).is_file()
    for name in concept["names"]:
        assert getattr(assay, name).__doc__


@pytest.mark.parametrize(
    "concept",
    [concept for concept in CONCEPTS if "state" in concept],
    ids=lambda concept: concept["name"],
)
def test_the_state_that_shows_a_concept_fits_its_unit(concept):
    state = dict(parse_qsl(concept["state"], strict_parsing=True))
    assert lesson_of(concept["unit"], state).snippet  # raises if a setting is invalid
    page = (ROOT / "web/src/units" / concept["unit"] / "Unit.svelte").read_text()
    knobs = page[page.index("urlState({") :]
    for name in state:
        assert re.search(rf"\b{name}: ", knobs[: knobs.index("});")])


def test_options_are_valid_in_an_experiment_file():
    options = [concept["option"] for concept in CONCEPTS]
    settings = [o for o in options if " = " in o and "..." not in o]
    assert len(settings) > 30
    for option in settings:
        spec.Experiment(data="digits", **tomllib.loads(option))
    fields = [option.split(" = ")[0] for option in options if option.endswith("...")]
    assert set(fields) <= set(spec.Experiment.model_fields)


def test_every_member_of_every_family_belongs_to_a_concept():
    public = {
        name
        for name in spec.__all__
        if getattr(getattr(spec, name), "kind", None)
        in getattr(getattr(spec, name), "members", ())
    }
    assert public <= {name for concept in CONCEPTS for name in concept["names"]}


def test_names_of_notions_differ_and_every_unit_has_one():
    names = [concept["name"] for concept in CONCEPTS]
    assert len(set(names)) == len(names)
    assert {concept["unit"] for concept in CONCEPTS} == set(UNITS)


def test_the_documentation_of_a_name_is_served(client):
    assert client.get("/api/subject").json() == AREAS
    answer = client.get("/api/subject/Adam").json()
    assert answer["text"].startswith(assay.Adam.__doc__.splitlines()[0])
    refused = client.get("/api/subject/os")
    assert refused.status_code == 404
    assert "No concept refers to 'os'" in refused.json()["error"]
