"""Registries: the implementations of a family's members by name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from assay._errors import InputError, did_you_mean, fault
from assay.spec._family import Family

__all__ = ["Member", "Registry"]


class Named(Protocol):
    """Anything that a registry can hold."""

    @property
    def name(self) -> str:
        """The key in the registry."""
        ...


Item = TypeVar("Item", bound=Named)
Traits = ParamSpec("Traits")
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class Member:
    """An implementation of one member of a family.

    The spec class is the only place that declares the member's name, its fields with
    their bounds and defaults, and its formula; they are read from it here.

    Args:
        declaration: the spec class.
    """

    declaration: type[Family]

    @property
    def name(self) -> str:
        """The kind of the spec class, which is the key in the registry."""
        return self.declaration.kind

    @property
    def formula(self) -> str:
        """The formula in the names of the fields."""
        return self.declaration.formula

    @property
    def hyperparameters(self) -> dict[str, float]:
        """Names and default values of the hyperparameters that may be traced."""
        return self.declaration.defaults()


class Registry(Mapping[str, Item], Generic[Item]):
    """The members of one family by name, in the order in which they were added.

    Args:
        family: what a member is, as a user writes it, such as "optimizer".

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
            raise ValueError(f"There are two members called {item.name!r}.")
        self._items[item.name] = item
        return item

    def implementer(
        self, make: Callable[Concatenate[Any, Any, Traits], Item]
    ) -> Callable[Concatenate[type[Family], Traits], Callable[[Function], Function]]:
        """Return the decorator that adds a function as the member of a spec class.

        Args:
            make: called as make(declaration, function, **traits), where the traits
                are the arguments of the decorator after the spec class.
        """

        def implements(
            declaration: type[Family], *args: Traits.args, **traits: Traits.kwargs
        ) -> Callable[[Function], Function]:
            """Add a function to the registry as the implementation of a spec class."""

            def register(function: Function) -> Function:
                self.add(make(declaration, function, *args, **traits))
                return function

            return register

        return implements

    def find(self, name: str) -> Item:
        """Return the member of this name.

        Raises:
            InputError: no member has this name; the message suggests the nearest.
        """
        if name in self._items:
            return self._items[name]
        fix = f"Write one of {', '.join(self)}."
        message = fault(f"{self._family} is known", self._family, name, fix)
        raise InputError(message + did_you_mean(name, self))

    def __getitem__(self, name: str) -> Item:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
