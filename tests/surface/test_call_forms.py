"""Calls in the form of other libraries are refused with the right form."""

import numpy as np
import pandas as pd
import pytest

import assay
from assay import InputError, RunError
from assay._calls import explains_arguments

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.arange(60) % 2
FRAME = pd.DataFrame(X, columns=list("abc"))
ONE_TUPLE = "Inputs and targets must be passed as one tuple. Write {}((X, y))."
FUNCTIONS = {
    "train": assay.train,
    "tune": assay.tune,
    "race": assay.race,
    "load": assay.data.load,
}


def _message(function, *args, **fields):
    with pytest.raises(InputError) as caught:
        function(*args, **fields)
    return str(caught.value)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("args", "fields"),
    [
        ((X, Y), {}),
        ((FRAME, pd.Series(Y)), {"num_epochs": 3}),
        ((), {"X": X, "y": Y}),
        ((X,), {"y": Y}),
        ((FRAME,), {"target": pd.Series(Y)}),
        ((X,), {"labels": list(Y)}),
    ],
)
def test_inputs_and_targets_are_one_tuple(name, args, fields):
    assert _message(FUNCTIONS[name], *args, **fields) == ONE_TUPLE.format(name)


def test_other_calls():
    assert _message(assay.train, FRAME, "kind") == (
        "The target must be passed by name. Write train(data, target='kind')."
    )
    assert _message(assay.train, X, Y, X, Y).endswith(
        "Write train((X_train, y_train), test_data=(X_test, y_test))."
    )
    assert _message(assay.train).startswith("The data are missing. Write train(")
    assert _message(assay.train, X).endswith("Pass them as well: (X, y).")
    message = _message(assay.train, (X, Y), validation_data=(X, Y))
    assert message.endswith("split={'train': 0.65, 'val': 0.2, 'test': 0.15}.")
    assert "class_weights='balanced'" in _message(
        assay.train, (X, Y), sample_weight=X[:, 0]
    )
    assert "Did you mean 'target'?" in _message(assay.train, FRAME, label="kind")


@pytest.mark.parametrize(
    ("args", "fields"), [((X, Y), {}), (((X, Y),), {}), ((), {"data": X, "y": Y})]
)
def test_an_experiment_takes_its_data_by_name(args, fields):
    assert _message(assay.Experiment, *args, **fields) == (
        "Inputs and targets must be passed as one tuple. Write Experiment(data=(X, y))."
    )


@pytest.mark.parametrize("name", ["fit", "predict", "load_data", "Trainer"])
def test_functions_of_other_libraries(name):
    with pytest.raises(AttributeError, match=rf"no attribute '{name}'\. Write .*assay"):
        getattr(assay, name)
    assert not hasattr(assay, name)


FORMS = {
    "assay.evaluate(X, Y)": "or assay.metrics.accuracy(y, run.predict(X)).",
    "assay.data('iris')": "assay.data is a package. Write assay.data.load('table",
    "assay.optim(0.1)": "assay.Adam(learning_rate=0.001) in assay.train(...).",
    "assay.Fit(X, Y)": "got ndarray. Write assay.Fit.on((X, y)).",
    "assay.Fit.on()": "`Fit.on` is missing the argument 'data'. Write assay.Fit.on(",
    "assay.Model([64])": "Write assay.load('runs/NAME').model.",
    "assay.Run(X, Y)": "but got a ndarray. Write assay.load('runs/NAME').",
    "assay.Raced()": "Write assay.race((X, y)).",
    "assay.Tuning('iris')": "Write assay.tune((X, y)).",
    "assay.load(X)": "but got a ndarray. Write assay.load('runs/NAME').",
    "assay.load('r', map_location=1)": "`load` has no argument 'map_location'.",
    "assay.export('a.onnx')": "is missing the argument 'to'. Write assay.export(run, ",
    "assay.export('a', 'b')": "`export` got 2 arguments by position, but takes at",
    "assay.log(10)": "`Log` is missing the argument 'high'. Write assay.log(0.0001, 0.",
    "assay.uniform(0, 1, 2)": "`Uniform` got 3 arguments by position, but takes",
    "assay.choice(values=[1])": "Write assay.choice(32, 64).",
    "assay.NeuralClassifier(lr=1)": "no argument 'lr'. Did you mean 'learning_rate'?",
    "assay.NeuralClassifier().fit(X)": "is missing the argument 'y'. Write classifier",
    "assay.NeuralRegressor().fit(X, Y, epochs=3)": "has no argument 'epochs'.",
    "assay.Experiment(data='iris').run(X, Y)": "Write experiment.run(), and all settin",
    "assay.data.split(X, Y)": "Write assay.data.split(assay.data.load('table.csv', ",
    "assay.data.split(X)": "`split` requires dataset to have type Dataset, but g",
    "assay.data.folds(X, 5)": "`folds` requires split to have type Split, but got",
    "assay.data.look('iris')": "requires dataset to have type Dataset, but got str.",
    "assay.data.Preparation.fit(X, Y)": "requires dataset to have type Dataset, ",
    "assay.data.Dataset(X, Y)": "Write assay.data.load((X, y)).",
    "assay.data.read(X, Y)": "must be passed as one tuple. Write read((X, y)).",
    "assay.data.read('a.csv', sep=';')": "`read` has no argument 'sep'.",
    "assay.evaluate.evaluate(X, Y)": "is missing the argument 'predictions'.",
    "assay.evaluate.bca(np.mean)": "`bca` is missing the argument 'seed'. Write",
    "assay.optim.adam(0.001)": "Write assay.Adam(...) in assay.train(...).",
    "assay.costs.cost('mse', Y, Y)": "requires loss to have type Loss, but got str.",
    "assay.nn.Dense(64)": "Write assay.train((X, y), model=[assay.Dense(64)",
    "assay.nn.LSTM(10, 20)": "requires layer_spec to have type Layer, but got int.",
}
NAMES = {
    "assay.Sequential": "Write model=[assay.Dense(64), assay.ReLU()] in assay.train(",
    "assay.Conv2d": "Did you mean 'Conv2D'?",
    "assay.nn.Conv2d": "Did you mean 'assay.Conv2D'?",
    "assay.nn.Module": "Write model=[assay.Dense(64), assay.ReLU()] in assay.train(...",
    "assay.optim.Adam": "Write assay.Adam.",
    "assay.costs.mse": "Did you mean 'squared_error'?",
    "assay.metrics.f1_score": "Write assay.metrics.f1.",
    "assay.evaluate.confusion_matrix": "Write assay.metrics.confusion_matrix.",
    "assay.data.train_test_split": "Write assay.data.split(dataset, seed=0).",
    "assay.Experiment(data='iris').fit": "Write experiment.run().",
    "assay.data.load('iris').X": "Write dataset.frame.",
    "FIT.backward": "Write fit.step().",
    "FIT.model.predict_proba": "Write model.predict(X).",
    "FIT.model.preditc": "Did you mean 'predict'?",
}


@pytest.mark.parametrize("call", FORMS)
def test_wrong_calls_say_how_to_write_them(call):
    with pytest.raises(InputError) as caught:
        eval(call)
    assert FORMS[call] in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_unknown_names_say_how_to_write_them(name):
    global FIT
    if name.startswith("FIT"):
        FIT = assay.Fit.on((X, Y), num_epochs=1)
    with pytest.raises(AttributeError) as caught:
        eval(name)
    assert str(caught.value).endswith(NAMES[name]) or NAMES[name] in str(caught.value)


def test_errors_within_a_function_are_not_changed():
    @explains_arguments("double(1)")
    def double(number):
        return number.missing + len(number)

    with pytest.raises(AttributeError, match="'int' object has no attribute"):
        double(1)
    with pytest.raises(TypeError, match="unsupported operand"):
        explains_arguments("add(1)")(lambda number: number + None)(1)


def test_the_second_argument_of_predict_cannot_be_the_targets():
    """They were taken as row numbers."""
    model = assay.Fit.on((X, Y), num_epochs=1).model
    message = _message(model.predict, X, Y)
    assert "`Model.predict` got 2 arguments by position, but" in message
    np.testing.assert_array_equal(
        model.predict(X, rows=np.array([3])), model.predict(X)[3:4]
    )


def test_only_unknown_names_are_explained():
    assert not hasattr(assay.data, "__wrapped__")
    with pytest.raises(AttributeError, match="no attribute '_private'$"):
        assay.data._private  # noqa: B018
    experiment = assay.Experiment(data="iris")
    assert experiment.model_copy(update={"seed": 3}).seed == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("assay.train(F, out=3)", "`isinstance(out, str)` must hold, but got out=3."),
        ("assay.train(F, runs=3)", "Write a path, such as runs='runs/first'."),
        ("assay.train(F, study=3)", "`isinstance(study, str)` must hold"),
        ("assay.tune(F, study=3)", "`isinstance(study, str)` must hold"),
        ("assay.race(F, out=[1])", "`isinstance(out, str)` must hold"),
        ("assay.train(F, track=3)", "3 is not a tracker. Use tensorboard or mlflow."),
        ("assay.train(F, on='gpu')", "Omit it to train on this machine."),
        ("assay.race(F, optimizers=[0.1])", "Use optimizers=['sgd', 'adam']."),
        (
            "assay.race(F, optimizers='adm')",
            "optimizer 'adm'. Did you mean 'ad",
        ),
        (
            "assay.race(F, epochs='3')",
            "`num_epochs >= 1` must hold",
        ),
        ("assay.data.load(F, kinds={'a': 'float'})", "Did you mean 'number'?"),
        ("assay.data.load(F, kinds={'a': 'nominal'})", "Did you mean 'category'?"),
        ("assay.data.load(F, kinds={'a': 'datetime'})", "Did you mean 'date'?"),
    ],
)
def test_arguments_of_another_type(call, message):
    frame = FRAME.assign(target=Y)
    with pytest.raises(InputError) as caught:
        eval(call, {"assay": assay, "F": frame})
    assert message in str(caught.value)


def test_a_single_name_is_a_list_of_one():
    frame = pd.DataFrame(X, columns=[0, 1, 2]).assign(target=Y)
    names = [column.name for column in assay.data.load(frame, ignore=0).columns]
    assert names == ["0", "1", "2"]
    raced = assay.race(frame, optimizers="sgd", seeds=1, epochs=1, model="linear")
    assert [row["racer"] for row in raced.race.standings("epochs")] == ["sgd"]


def test_folders_without_a_model(tmp_path):
    with pytest.raises(RunError, match="is not a folder. Use the folder of a run"):
        assay.Model.load(tmp_path / "none")
    with pytest.raises(RunError, match="contains no run and no model. Use the folder"):
        assay.Model.load(tmp_path)
    model = assay.Fit.on((X, Y), num_epochs=1).model
    model.save(tmp_path / "saved")
    again = assay.Model.load(tmp_path / "saved")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
