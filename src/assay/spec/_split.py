"""The settings for the split into train, val and test."""

import json
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from assay.spec._range import Range
from assay.spec._spec import Spec

__all__ = ["Split"]

_Part = Annotated[float, Range(0, 1, open_low=True, open_high=True, example=0.15)]


class Split(Spec):
    """The split of the examples into train, val and sealed test sets."""

    by: Literal["auto", "class", "random", "group", "time", "given"] = Field(
        "auto",
        description='how to split: "class" (stratified), "random", "group", "time" or '
        '"given" (for data that comes with a test set); "auto" uses a given test set '
        'if available, otherwise "class" for classification or "random" for '
        "regression",
    )
    column: str | None = Field(None, description="the column with the groups or times")
    train: _Part = Field(0.70, description="proportion of examples in the training set")
    val: _Part = Field(0.15, description="proportion of examples in the validation set")
    test: _Part = Field(
        0.15,
        description="proportion of examples in the test set; the three proportions "
        "must add up to 1",
    )

    @model_validator(mode="after")
    def _check_fractions(self) -> "Split":
        faults = []
        total = self.train + self.val + self.test
        if abs(total - 1) > 1e-6:
            got = f"({self.train:g}, {self.val:g}, {self.test:g})"
            faults.append(
                f"`train + val + test = 1` must hold, but got {got}, which adds up to "
                f"{total:g}. Write split = {json.dumps(self._adding_up())}."
            )
        if self.by in ("group", "time") and self.column is None:
            faults.append(
                f'split.by="{self.by}" needs a column. Write split = '
                f'{{"by": "{self.by}", "column": "NAME"}}.'
            )
        if faults:
            raise PydanticCustomError("said", "split", {"messages": faults})
        return self

    def _adding_up(self) -> dict[str, float]:
        """Return proportions that add up to 1, keeping the user's values if possible.

        Example:
            >>> Split.model_construct({"train"}, train=0.8)._adding_up()
            {'train': 0.8, 'val': 0.1, 'test': 0.1}
        """
        parts = {name: getattr(self, name) for name in ("train", "val", "test")}
        fixed = {k: v for k, v in parts.items() if k in self.model_fields_set}
        others = sum(parts.values()) - sum(fixed.values())
        rest = 1 - sum(fixed.values())
        if rest <= 0 or others <= 0:
            return {"train": 0.7, "val": 0.15, "test": 0.15}
        return {k: round(fixed.get(k, v * rest / others), 4) for k, v in parts.items()}
