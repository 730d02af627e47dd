"""Registries of implementations, one registry per family."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from assay._calls import explains_arguments
from assay._errors import InputError, did_you_mean
from assay.spec._family import Family

__all__ = ["Member", "Registry"]


class Named(Protocol):
    """An object that can be added to a registry."""

    @property
    def name(self) -> str:
        """The key of the object in the registry."""
        ...


Item = TypeVar("Item", bound=Named)
Traits = ParamSpec("Traits")
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class Member:
    """An implementation of one member of a family.

    The name, the formula and the fields with their bounds and defaults are declared
    only in the spec class. This class reads them from there.

    Args:
        declaration: the spec class.
    """

    declaration: type[Family]

    @property
    def name(self) -> str:
        """The kind of the spec class, used as the key in the registry."""
        return self.declaration.kind

    @property
    def formula(self) -> str:
        """The formula in terms of the fields."""
        return self.declaration.formula

    @property
    def hyperparameters(self) -> dict[str, float]:
        """The names and default values of the hyperparameters that can be traced."""
        return self.declaration.defaults()


class Registry(Mapping[str, Item], Generic[Item]):
    """The members of one family, keyed by name in insertion order.

    Args:
        family: what error messages call a member, such as "optimizer".

    Example:
        >>> from assay.optim import REGISTRY
        >>> REGISTRY.find("adam").name, "adam" in REGISTRY
        ('adam', True)
    """

    def __init__(self, family: str) -> None:
        self._family = family
        self._items: dict[str, Item] = {}

    def add(self, item: Item) -> Item:
        """Add a member and return it.

        Raises:
            ValueError: another member has the same name.
        """
        if item.name in self._items:
            raise ValueError(f"A member named {item.name!r} already exists.")
        self._items[item.name] = item
        return item

    def implementer(
        self, make: Callable[Concatenate[Any, Any, Traits], Item]
    ) -> Callable[Concatenate[type[Family], Traits], Callable[[Function], Function]]:
        """Return a decorator that registers a function as a member.

        Args:
            make: a function that creates the member. It is called as
                make(declaration, function, **traits), where `traits` are the arguments
                of the decorator after the spec class.
        """

        def implements(
            declaration: type[Family], *args: Traits.args, **traits: Traits.kwargs
        ) -> Callable[[Function], Function]:
            """Register a function as the implementation of a spec class."""

            def register(function: Function) -> Function:
                form = f"assay.{declaration.__name__}(...) in assay.train(...)"
                explained: Any = explains_arguments(form)(function)
                self.add(make(declaration, explained, *args, **traits))
                return explained

            return register

        return implements

    def find(self, name: str) -> Item:
        """Return the member with this name.

        Raises:
            InputError: no member has this name; the message suggests the closest one.
        """
        if name in self._items:
            return self._items[name]
        message = f"unknown {self._family} {name!r}.{did_you_mean(name, self)}"
        raise InputError(f"{message} Known: {', '.join(self)}.")

    def __getitem__(self, name: str) -> Item:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
