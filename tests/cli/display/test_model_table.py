"""`assay show --model` lists the layers of a model before any training."""

import json

NET = """
model = [
    {kind = "conv2d", filters = 8, size = 3, stride = 2, padding = "valid"},
    "relu",
    {kind = "residual", layers = [{kind = "conv2d", filters = 8, size = 3}]},
    "global_average_pool",
]
"""
WORDS = ("show", "--model", "net.toml", "--input", "28x28x1")


def test_the_table_of_a_model(command, tmp_path):
    (tmp_path / "net.toml").write_text(NET)
    done = command(*WORDS, "--outputs", "3")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].split() == ["layer", "output", "parameters", "multiply-adds"]
    assert "H2 = W2 = (28 - 3 + 2*0)/2 + 1 = 13, rounded down, D2 = K = 8" in done.out
    assert (
        "note: with stride 2, no window reaches the last row along H and W" in done.out
    )
    assert lines[-1].split() == [
        "total",
        "691",
        f"{13**2 * 9 * 8 + 13**2 * 9 * 8 * 8 + 8 * 3:,}",
    ]


def test_the_same_as_json(command, tmp_path):
    (tmp_path / "net.toml").write_text(NET)
    rows = json.loads(command(*WORDS, "--json").out)
    assert [row["name"] for row in rows] == [
        "conv1", "relu1", "residual1", "residual1.conv1", "global_average_pool1",
        "output",
    ]  # fmt: skip
    assert rows[0]["output_shape"] == [13, 13, 8]
    assert rows[-1]["num_parameters"] == 8 * 10 + 10


def test_an_experiment_file_and_the_linear_model(command, tmp_path):
    (tmp_path / "net.toml").write_text('data = "digits"\nmodel = "linear"\n')
    for model in ("net.toml", "linear"):
        done = command("show", "--model", model, "--input", "64")
        assert done.out.splitlines()[-1].split() == ["total", "650", "640"]


def test_all_faults_at_once(command, tmp_path):
    done = command("show", "run", "--model", "mlq", "--input", "3x", "--outputs", "0")
    assert (done.code, done.out) == (2, "")
    starts = [
        "RUN and --model cannot be combined. ",
        "--input must be positive whole numbers separated by x, not '3x'. ",
        "`--outputs >= 1` must hold, but got --outputs='0'. ",
        "--model must be a .toml file, a .json file or 'linear', not 'mlq'. ",
    ]
    assert len(done.faults) == len(starts)
    for told, start in zip(done.faults, starts, strict=True):
        assert told.startswith(start)
    assert command("show", "--model", "linear").faults == [
        "--input is missing. For example: assay show --model net.toml --input "
        "28x28x1 --outputs 10"
    ]
    assert command("show").faults == [
        "RUN is missing. For example: assay show runs/digits-1"
    ]
    (tmp_path / "net.toml").write_text("seed = 3\n")
    (told,) = command(*WORDS).faults
    assert told.startswith("net.toml must have a key 'model'. ")


def test_layers_that_do_not_fit(command, tmp_path):
    (tmp_path / "net.toml").write_text(NET)
    done = command("show", "--model", "net.toml", "--input", "2x2x1")
    assert done.code == 2
    (told,) = done.faults
    assert told.startswith(
        "`size <= input + padding` must hold, but got model[0].size=3"
    )
