"""A spec written as data, TOML or JSON is read back as an equal spec."""

import json
import tomllib
from functools import cache
from typing import get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay import spec
from assay._errors import InputError

_FIXED = ("seed", "members", "devices")  # cannot be searched
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=9)


def numbers(bounds):
    """Draw numbers within bounds."""
    if bounds.whole:
        low = int(bounds.low or 0)
        return st.integers(low, low + 1000)
    return st.floats(
        min_value=bounds.low,
        max_value=1e6 if bounds.high is None else bounds.high,
        exclude_min=bounds.open_low,
        exclude_max=bounds.open_high,
    )


def pairs(bounds):
    """Draw two different numbers within bounds in ascending order."""
    return st.lists(numbers(bounds), min_size=2, max_size=2, unique=True).map(sorted)


def spaces(bounds):
    """Draw spaces within bounds."""
    choices = st.lists(numbers(bounds), min_size=1).map(lambda v: spec.Choice(*v))
    if bounds.whole:
        return choices | pairs(bounds).map(lambda ends: spec.Integer(*ends))
    uniform = pairs(bounds).map(lambda ends: spec.Uniform(*ends))
    positive = pairs(bounds).filter(lambda ends: ends[0] > 0)
    return choices | uniform | positive.map(lambda ends: spec.Log(*ends))


def values(cls, name, bounds):
    """Draw values that a field accepts."""
    kind = cls.model_fields[name].annotation
    if name == "fresh":  # requires a source run
        return st.just(())
    if name == "learning_rate_of":
        return st.dictionaries(TEXT, numbers(bounds) | spaces(bounds), max_size=2)
    if bounds is not None:
        inner = numbers(bounds)
        if cls not in (spec.Split, spec.Tune) and name not in _FIXED:
            inner |= spaces(bounds)
        if type(None) in get_args(kind):
            inner |= st.none()
        return inner | st.sampled_from(bounds.words) if bounds.words else inner
    if kind is bool:
        return st.booleans()
    if name == "initializer":
        return st.sampled_from(["auto", "he", "glorot"])
    if kind == tuple[str, ...]:
        return st.lists(TEXT, max_size=2).map(tuple)
    if kind == dict[str, str]:
        return st.dictionaries(TEXT, TEXT, max_size=2)
    if kind in (str, str | None):
        return TEXT if kind is str else TEXT | st.none()
    if name in DRAWN:
        return DRAWN[name]
    family = family_in(kind)
    if family is None:
        return st.sampled_from(get_args(kind))
    marks = cls.model_fields[name].metadata
    words = [word for mark in marks for word in getattr(mark, "words", ())]
    one = members(family)
    if get_origin(kind) is tuple:
        one = st.lists(one, max_size=3, unique_by=type).map(tuple)
    return one | st.sampled_from(words) if words else one


DRAWN = {
    "layers": st.just((spec.Dense(3), spec.ReLU())),
    "columns": st.just(((0, 3), (2, 7))),
    "numbers": st.just((0, 2, 5)),
    "image_size": st.none() | st.tuples(st.integers(1, 512), st.integers(1, 512)),
    "split": st.sampled_from(
        [
            spec.Split(),
            spec.Split(by="group", column="patient"),
            spec.Split(by="time", column="day", train=0.5, val=0.25, test=0.25),
        ]
    ),
    "stream": st.sampled_from([True, False, "auto"]),
    "tune": st.deferred(lambda: build(spec.Tune)),
}


def family_in(annotation):
    """Return the family whose members a field contains."""
    if isinstance(annotation, type) and issubclass(annotation, spec.Family):
        return annotation
    found = (family_in(part) for part in get_args(annotation))
    return next((family for family in found if family is not None), None)


def bounds_of(cls, name):
    """Return the range of a field, or None."""
    field = cls.model_fields[name]
    inner = [m for a in get_args(field.annotation) for m in get_args(a)]
    found = [m for m in [*field.metadata, *inner] if isinstance(m, spec.Range)]
    return found[0] if found else None


def build(cls):
    """Build specs of a class with each field drawn."""
    fields = {n: values(cls, n, bounds_of(cls, n)) for n in cls.model_fields}
    if issubclass(cls, spec.Recurrent):
        return st.builds(cls, **fields | {"reverse": st.just(False)}) | st.builds(
            cls, **fields | {"bidirectional": st.just(False)}
        )
    return st.builds(cls, **fields)


@cache
def members(family):
    """Build specs of every member of a family."""
    # Deferred, because Hypothesis limits the text length of a strategy.
    return st.deferred(lambda: st.one_of([build(m) for m in family.members.values()]))


# An experiment has many fields to draw.
UNHURRIED = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
EXPERIMENTS = st.deferred(lambda: build(spec.Experiment))
FAMILIES = [family_in(f.annotation) for f in spec.Training.model_fields.values()]
FAMILIES = [family for family in FAMILIES if family is not None]


def toml(value):
    """Write plain data as TOML, without keys that are None."""
    if isinstance(value, dict):
        pairs = [f"{toml(k)} = {toml(v)}" for k, v in value.items() if v is not None]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def toml_file(data):
    """Write a table as the lines of a TOML file."""
    return "\n".join(f"{k} = {toml(v)}" for k, v in data.items() if v is not None)


@UNHURRIED
@given(EXPERIMENTS)
def test_an_experiment_reads_back_from_data_json_and_toml(asked):
    data = asked.to_data()
    assert spec.Experiment(**data) == asked
    assert spec.Experiment(**json.loads(json.dumps(data))) == asked
    assert spec.Experiment(**tomllib.loads(toml_file(data))) == asked


@UNHURRIED
@given(EXPERIMENTS)
def test_reading_back_keeps_leaves_and_structure(asked):
    read = spec.Experiment(**asked.to_data())
    assert list(read.leaves()) == list(asked.leaves())
    assert read.structure() == asked.structure()
    assert hash(read.training()) == hash(asked.training())


@given(st.data())
def test_a_member_reads_back_as_a_table_of_its_kind(data):
    assert spec.Layer in FAMILIES
    family = data.draw(st.sampled_from(FAMILIES))
    member = data.draw(members(family))
    table = json.loads(json.dumps(member.to_data()))
    assert table["kind"] == member.kind
    assert family.read(table) == member
    assert type(family.read(table)) is type(member)


def test_a_kind_alone_stands_for_the_member_with_its_defaults():
    asked = spec.Training(model=["relu"], optimizer="adam", cost="huber")
    assert asked.model == (spec.ReLU(),)
    assert asked.optimizer == spec.Adam()
    assert asked.cost == spec.Huber()


def test_leading_fields_are_taken_by_position():
    assert spec.Adam(0.1, 0.5) == spec.Adam(learning_rate=0.1, beta1=0.5)
    with pytest.raises(InputError, match="ReLU got too many positional arguments"):
        spec.ReLU(3)


@pytest.mark.parametrize("ending", [".toml", ".json"])
def test_a_file_reads_to_data(tmp_path, ending):
    asked = spec.Experiment(data="digits", model=[spec.Dense(8)], seed=3)
    path = tmp_path / f"experiment{ending}"
    text = json.dumps(asked.to_data()) if ending == ".json" else toml_file
    path.write_text(text if isinstance(text, str) else text(asked.to_data()))
    assert spec.Experiment(**spec.read_data(path)) == asked


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.toml", b"data = ", "a.toml cannot be read: Invalid value"),
        ("a.json", b"{", "a.json cannot be read: Expecting property name"),
        ("a.json", b"[1]", "Put rows of data in a.jsonl, one JSON object"),
        ("a.json", b"[" * 100_000, "a.json cannot be read: "),
        ("a.toml", b"\xff\xfe\x00", "invalid start byte. Save it as UTF-8."),
        ("a.toml", b'data = "C:\\users"', "backslashes in single quotes"),
        ("a.toml", b"#" * 1_000_001, "may contain at most 1000000 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        spec.read_data(path)
    assert message in str(caught.value)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(InputError, match="No such file: .*absent.toml"):
        spec.read_data(tmp_path / "absent.toml")
    with pytest.raises(InputError, match="No such file"):
        spec.read_data(tmp_path)
