"""Write the packages in a lock file to standard output as a CycloneDX document.

    python scripts/write_sbom.py [LOCK]

The default lock file is requirements/lock.txt. The document depends only on the version
of Assay and on the lock file.
"""

import json
import re
import runpy
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements" / "lock.txt"
_PIN = re.compile(r"(?P<name>[a-z0-9._-]+)==(?P<version>\S+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def sbom(lock: str, version: str) -> dict[str, Any]:
    """Return the document for the contents of a lock file and the version of Assay."""
    product = _component("assay", version) | {
        "type": "application",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    parts = re.split(r"\n(?=\S)", lock.strip())
    components = [one for part in parts if (one := _locked(part))]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product},
        "components": components,
        "dependencies": [
            {"ref": product["bom-ref"], "dependsOn": [c["bom-ref"] for c in components]}
        ],
    }


def _locked(part: str) -> dict[str, Any] | None:
    """Return the component for a pinned package, with a hash for each of its files."""
    pin = _PIN.match(part)
    if pin is None:
        return None
    component = _component(pin["name"], pin["version"])
    # CycloneDX allows only one hash per algorithm in a component, so the hashes of
    # files are stored in references.
    files = [
        {
            "type": "distribution",
            "url": component["purl"],
            "hashes": [{"alg": "SHA-256", "content": content}],
        }
        for content in _HASH.findall(part)
    ]
    return component | {"externalReferences": files}


def _component(name: str, version: str) -> dict[str, Any]:
    url = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": url,
        "name": name,
        "version": version,
        "purl": url,
    }


if __name__ == "__main__":
    wanted = Path(sys.argv[1]) if sys.argv[1:] else LOCK
    version = runpy.run_path(str(ROOT / "src/assay/_version.py"))["__version__"]
    print(json.dumps(sbom(wanted.read_text(), version), indent=2))
