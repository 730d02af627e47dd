"""The list of packages of a release contains every pin of the lock file."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "write_sbom.py"))


def test_every_pin_is_a_component():
    lock = (ROOT / "requirements" / "lock.txt").read_text()
    document = SCRIPT["sbom"](lock, "1.2.3")
    pins = re.findall(r"^(\S+)==(\S+)", lock, re.MULTILINE)
    components = document["components"]
    assert [(c["name"], c["version"]) for c in components] == pins
    assert sum(len(c["externalReferences"]) for c in components) == lock.count("--hash")
    assert document["metadata"]["component"]["purl"] == "pkg:pypi/assay@1.2.3"
    assert len(document["dependencies"][0]["dependsOn"]) == len(pins)
