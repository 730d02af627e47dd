"""The page on the subject misses no notion, and everything it names exists."""

import tomllib
from pathlib import Path

import pytest

import assay
from assay import spec
from assay.lab._subject import subject
from assay.lab.units._registry import UNITS

ROOT = Path(__file__).parents[2]
AREAS = subject()
NOTIONS = [notion for area in AREAS for notion in area["notion"]]


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


@pytest.mark.parametrize("notion", NOTIONS, ids=lambda notion: notion["name"])
def test_what_a_notion_names_exists(notion):
    assert notion["unit"] in UNITS
    assert notion["fact"].endswith(".")
    assert notion["option"]
    assert (ROOT / notion["test"]).is_file()
    for name in notion["names"]:
        assert getattr(assay, name).__doc__


def test_options_are_valid_in_an_experiment_file():
    options = [notion["option"] for notion in NOTIONS]
    settings = [o for o in options if " = " in o and "..." not in o]
    assert len(settings) > 30
    for option in settings:
        spec.Experiment(data="digits", **tomllib.loads(option))
    fields = [option.split(" = ")[0] for option in options if option.endswith("...")]
    assert set(fields) <= set(spec.Experiment.model_fields)


def test_every_member_of_every_family_belongs_to_a_notion():
    public = {
        name
        for name in spec.__all__
        if getattr(getattr(spec, name), "kind", None)
        in getattr(getattr(spec, name), "members", ())
    }
    assert public <= {name for notion in NOTIONS for name in notion["names"]}


def test_names_of_notions_differ_and_every_unit_has_one():
    names = [notion["name"] for notion in NOTIONS]
    assert len(set(names)) == len(names)
    assert {notion["unit"] for notion in NOTIONS} == set(UNITS)


def test_the_documentation_of_a_name_is_served(client):
    assert client.get("/api/subject").json() == AREAS
    answer = client.get("/api/subject/Adam").json()
    assert answer["text"].startswith(assay.Adam.__doc__.splitlines()[0])
    refused = client.get("/api/subject/os")
    assert refused.status_code == 404
    assert "does not mention 'os'" in refused.json()["error"]
