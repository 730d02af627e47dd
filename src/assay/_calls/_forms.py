"""Assay's equivalents of calls and names in other libraries."""

__all__ = ["CALLS", "NAMES"]

CALLS = {
    "assay.costs": "cost='squared_error' in assay.train(...)",
    "assay.data": "assay.data.load('table.csv', target='kind')",
    "assay.estimators": "assay.NeuralClassifier()",
    "assay.evaluate": "run.test for the result of a run, or "
    "assay.metrics.accuracy(y, run.predict(X))",
    "assay.experiment": "assay.Experiment(data=(X, y)).run()",
    "assay.metrics": "assay.metrics.accuracy(y, run.predict(X))",
    "assay.nn": "model=[assay.Dense(64), assay.ReLU()] in assay.train(...)",
    "assay.optim": "optimizer=assay.Adam(learning_rate=0.001) in assay.train(...)",
    "assay.records": "assay.load('runs/NAME')",
    "assay.regularize": "regularizers=[assay.L2(0.01)] in assay.train(...)",
    "assay.spec": "assay.Experiment(data=(X, y))",
    "assay.trackers": "track='mlflow' in assay.train(...)",
}
"""What to write instead of calling a package, by the name of the package."""

_TRAIN = "assay.train((X, y))"
_SETTINGS = "the settings as arguments, as in assay.train((X, y), optimizer='adam')"
_LAYERS = "model=[assay.Dense(64), assay.ReLU()] in assay.train(...)"
_ARRAYS = "(X, y), as in assay.train((X, y))"
_ON_NEW_ROWS = "assay.metrics.accuracy(y, {}.predict(X))"

_ROWS: dict[str, dict[str, str]] = {
    "assay": {
        "fit": _TRAIN,
        "compile": _SETTINGS,
        "predict": f"run.predict(X) with run = {_TRAIN}",
        "score": f"run.test with run = {_TRAIN}",
        "load_data read read_csv read_table": "assay.data.load('table.csv')",
        "load_model": "assay.load('runs/NAME').model",
        "save save_model": "assay.export(run, to='onnx')",
        "Trainer": "assay.Experiment(data=(X, y)).run()",
        "Sequential Module Net Network": _LAYERS,
        "Dataset DataLoader TensorDataset DMatrix": _ARRAYS,
        "manual_seed set_seed seed": f"seed=0, as in {_TRAIN[:-1]}, seed=0)",
        "train_test_split": "split={'test': 0.2} in assay.train(...)",
        "cross_val_score GridSearchCV RandomizedSearchCV": "assay.tune((X, y))",
    },
    "assay.costs": {"CrossEntropyLoss": "assay.CrossEntropy()"},
    "assay.data": {
        "train_test_split random_split": "assay.data.split(dataset, seed=0)",
        "DataLoader TensorDataset DMatrix": "assay.data.load((X, y))",
        "read_csv read_table read_excel load_csv from_csv from_pandas from_numpy": (
            "assay.data.load('table.csv', target='kind')"
        ),
        "iris load_iris": "assay.data.load('iris')",
        "StandardScaler OneHotEncoder MinMaxScaler": (
            "assay.data.Preparation.fit(dataset, split.train)"
        ),
    },
    "assay.evaluate": {
        "cross_val_score cross_validate": "assay.data.folds(split, seed=0)",
    },
    "assay.metrics": {
        "f1_score": "assay.metrics.f1",
        "roc_auc_score roc_auc auc AUC": "assay.metrics.auroc",
        "r2_score": "assay.metrics.r2",
        "mean_squared_error mse MSE": "assay.metrics.rmse(y, predictions) ** 2",
        "mean_absolute_error": "assay.metrics.mae",
        "classification_report": "assay.metrics.per_class",
    },
    "assay.nn": {
        "Sequential Module ModuleList": _LAYERS,
        "functional": "a layer, such as assay.ReLU()",
        "MSELoss": "assay.SquaredError()",
        "Linear": "assay.Dense(64)",
    },
    "assay.optim": {"lr_scheduler": "schedule='cosine' in assay.train(...)"},
    "assay.trackers": {"wandb WandB Wandb": "assay.trackers.MLflow()"},
    "Run": {
        "fit train": _TRAIN,
        "predict_proba": "run.predict(X)",
        "score evaluate accuracy metrics results test_accuracy": "run.test",
        "history losses loss plot show": "run.report for the path of the HTML report",
        "save": "assay.load(run.path) to load the run again",
        "export to_onnx": "assay.export(run, to='onnx')",
        "best_params best_params_": "run.summary['hyperparameters']",
        "weights get_weights parameters state_dict coefs_": (
            "run.model.members[0].parameters"
        ),
    },
    "Model": {
        "fit train compile": _TRAIN,
        "score evaluate": _ON_NEW_ROWS.format("model"),
        "predict_proba forward": "model.predict(X)",
        "predict_classes": "model.predict_frame(X)",
        "eval to cuda cpu": "model.predict(X), which needs no preparation",
        "weights get_weights parameters state_dict coefs_": (
            "model.members[0].parameters"
        ),
        "layers summary": "model.training.model",
        "export to_onnx": "assay.export(run, to='onnx')",
        "feature_importances_": "assay.experiment.importance(run)",
    },
    "Experiment": {
        "fit train execute": "experiment.run()",
        "compile": _SETTINGS,
        "predict": "experiment.run().predict(X)",
        "score evaluate results": "experiment.run().test",
        "save": "experiment.run(out='runs/NAME')",
        "summary": "experiment.run().summary",
        "race": "assay.race((X, y))",
    },
    "Fit": {
        "fit train": "fit.run()",
        "loss cost losses": "fit.history.iterations['cost']",
        "backward zero_grad": "fit.step()",
        "score evaluate": _ON_NEW_ROWS.format("fit"),
        "state_dict weights": "fit.parameters",
        "load load_state_dict": "fit.restore(path)",
    },
    "Tuning": {
        "best_params best_params_": "tuning.best.values",
        "best_score best_score_ best_value": "tuning.best.val_score",
        "best_estimator_ best_model fit train predict run": "tuning.experiment.run()",
    },
    "Raced": {
        "best winner results": "raced.summary['standings']",
        "plot show": "print(raced)",
    },
    "Dataset": {
        "X x features data inputs shape head to_numpy to_pandas": "dataset.frame",
        "y labels targets": "dataset.target",
        "split train test train_test_split": "assay.data.split(dataset, seed=0)",
    },
}

NAMES = {
    owner: {name: form for names, form in rows.items() for name in names.split()}
    for owner, rows in _ROWS.items()
}
"""What to write instead of a name, by the package or class that lacks it."""
