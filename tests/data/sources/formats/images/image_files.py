"""Image files for tests."""

from pathlib import Path

import numpy as np
from PIL import Image


def write_images(folder: Path, *names: str) -> Path:
    """Write images that are all different, and return their folder."""
    for position, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((4, 4), position, np.uint8)).save(path)
    return folder
