"""A registry that maps layer kinds to items, such as layer classes or x-rays."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from assay import spec

__all__ = ["LayerRegistry"]

Item = TypeVar("Item")


class LayerRegistry(Mapping[str, Item], Generic[Item]):
    """A mapping from layer kinds to items.

    Subclasses of a spec class share its item, unless they have their own. For example,
    a single class implements all activations.

    Example:
        >>> registry = LayerRegistry()
        >>> registry.add(spec.Activation, "elementwise")
        >>> registry.add(spec.Softmax, "by row")
        >>> registry["relu"], registry["softmax"], "dense" in registry
        ('elementwise', 'by row', False)
    """

    def __init__(self) -> None:
        self._items: dict[type[spec.Layer], Item] = {}

    def add(self, declaration: type[spec.Layer], item: Item) -> None:
        """Register an item for a spec class.

        Raises:
            ValueError: the spec class already has a different item.
        """
        known = self._items.setdefault(declaration, item)
        # pytest may load a module twice and register its items again.
        if _origin(known) != _origin(item):
            raise ValueError(f"{declaration.__name__} is already registered.")
        self._items[declaration] = item

    def register(self, *declarations: type[spec.Layer]) -> Callable[[Item], Item]:
        """Return a decorator that adds an item for one or more spec classes."""

        def decorate(item: Item) -> Item:
            for declaration in declarations:
                self.add(declaration, item)
            return item

        return decorate

    def remove(self, declaration: type[spec.Layer]) -> None:
        """Remove the item for a spec class."""
        del self._items[declaration]

    def __getitem__(self, kind: str) -> Item:
        for ancestor in spec.Layer.members[kind].__mro__:
            if ancestor in self._items:
                return self._items[ancestor]
        raise KeyError(kind)

    def __iter__(self) -> Iterator[str]:
        return (kind for kind in spec.Layer.members if kind in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _origin(item: object) -> tuple[str, str]:
    """Return the location where a class or function is defined."""
    return getattr(item, "__module__", ""), getattr(item, "__qualname__", repr(item))
