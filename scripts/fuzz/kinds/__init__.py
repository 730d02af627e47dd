"""The kinds of inputs that are fuzzed."""

from scripts.fuzz.kinds._files import FILES
from scripts.fuzz.kinds._kind import Kind
from scripts.fuzz.kinds._runs import RUNS
from scripts.fuzz.kinds._servers import SERVERS
from scripts.fuzz.kinds._specs import SPECS

__all__ = ["KINDS", "Kind"]

KINDS: dict[str, type[Kind]] = {
    kind.name: kind for kind in (*FILES, *SPECS, *RUNS, *SERVERS)
}
"""The kinds by name."""
