"""Families of specs, such as optimizers, whose members are distinguished by kind."""

from typing import Any, ClassVar

from pydantic import ValidationError, model_serializer
from pydantic_core import PydanticCustomError

from assay.spec._messages import FAMILIES
from assay.spec._spec import Spec, bounds_of, is_traced

__all__ = ["Family"]


class Family(Spec):
    """A member of a family, identified by its kind.

    A direct subclass, such as `Layer` or `Optimizer`, is a family. Its subclasses with
    a `kind` are the members of the family. In plain data, a member is written as a
    table, such as `{kind = "dense", units = 64}`, or just as its kind, such as
    `"relu"`.

    The class of a member is the only place that declares its kind, its fields with
    their bounds and defaults, its formula, advice on its use and its references.
    """

    formula: ClassVar[str] = ""  # in terms of the field names
    listed: ClassVar[bool] = True  # whether the kind is allowed in plain data
    members: ClassVar[dict[str, type["Family"]]]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if Family in cls.__bases__:
            cls.members = FAMILIES[cls.__name__.lower()] = {}
        elif cls.kind and cls.listed:
            cls.members[cls.kind] = cls

    @classmethod
    def defaults(cls) -> dict[str, float]:
        """Return the defaults of the hyperparameters that can be traced."""
        fields = {n: (bounds_of(f), f.default) for n, f in cls.model_fields.items()}
        return {
            n: default for n, (r, default) in fields.items() if is_traced(r, default)
        }

    @model_serializer(mode="wrap")
    def _with_kind(self, handler: Any) -> dict[str, Any]:
        return {"kind": self.kind, **handler(self)}

    @classmethod
    def read(cls, value: Any) -> Any:
        """Return the member that `value` describes. Members are returned unchanged."""
        if isinstance(value, cls):
            return value
        if isinstance(value, str):
            value = {"kind": value}
        if not isinstance(value, dict) or "kind" not in value:
            raise cls._unreadable("family", value)
        kind = value["kind"]
        member = cls.members.get(kind) if isinstance(kind, str) else None
        if member is None:
            raise cls._unreadable("kind", kind)
        try:
            return member.model_validate({k: value[k] for k in value if k != "kind"})
        except ValidationError as error:  # re-raising would lose the field's path
            context = {"lines": error.errors(), "member": member}
            raise PydanticCustomError("nested", "bad member", context) from None

    @classmethod
    def _unreadable(cls, error: str, value: Any) -> PydanticCustomError:
        context = {
            "family": cls.__name__.lower(),
            "kinds": list(cls.members),
            "value": value,
        }
        return PydanticCustomError(error, "not a member", context)  # type: ignore[arg-type]
