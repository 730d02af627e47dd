"""Each field of the spec has one option, whose help describes it."""

from argparse import Namespace

from assay import spec
from assay.cli.arguments._experiment_fields import experiment_fields
from assay.cli.arguments._options_from_spec import options


def test_every_field_has_one_option():
    paths = [option.path for option in options()]
    flags = [option.flag for option in options()]
    tops = {path.partition(".")[0] for path in paths}
    assert tops == set(spec.Experiment.model_fields) - {"data"}
    assert len(set(paths)) == len(paths)
    assert len(set(flags)) == len(flags)
    for inner, model in (("split", spec.Split), ("tune", spec.Tune)):
        assert {f"{inner}.{name}" for name in model.model_fields} <= set(paths)


def test_every_option_says_what_it_is():
    for option in options():
        assert len(option.help) > 10, option
        told = option.help.partition(";")[0]
        assert told != option.path.rpartition(".")[2].replace("_", " "), option


def test_help_tells_bounds_words_and_kinds():
    helps = {option.path: option.help for option in options()}
    assert "batch_size >= 1; or all, auto; default: auto" in helps["batch_size"]
    assert "adam, adamw" in helps["optimizer"]
    assert "auto, linear, mlp" in helps["model"]
    assert "0 < test < 1; default: 0.15" in helps["split.test"]
    assert helps["open_anyway"] == "open the test set even if training clearly failed"


def test_options_of_some_parts_only():
    flags = [option.flag for option in options(("target", "split"))]
    assert flags == [
        "--target",
        "--split-by",
        "--split-column",
        "--split-train",
        "--split-val",
        "--split-test",
    ]
    assert experiment_fields("iris", Namespace(set=[])) == {"data": "iris"}
