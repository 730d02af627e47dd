"""The layers. Importing this package registers them."""

from importlib import import_module
from pkgutil import walk_packages

for _module in walk_packages(__path__, f"{__name__}."):  # including subfolders
    import_module(_module.name)
