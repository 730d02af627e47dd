"""Committed files contain neither registry addresses nor machine paths."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]

# All forms in which the address of a package registry gets into a file.
ADDRESS = re.compile(
    r"""https?://\S*/simple\b
    |--(?:extra-)?index-url\b
    |--find-links\b
    |"resolved":\s*"https?://
    |https?://(?:[\w-]+\.)*(?:pypi|npmjs|pythonhosted)\.\w+""".replace("\n", ""),
    re.VERBOSE,
)
PINNED = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[0-9][\w.!+]*)")
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}")
LOCKS = ("lock", "dev", "docs", "examples", "notebooks", "installer")


def tracked() -> list[Path]:
    """List the existing files that git tracks."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def locked(name: str) -> dict[str, str]:
    """Read names, versions and hashes from a lock file; every package needs hashes."""
    pins: dict[str, str] = {}
    expect_hash = False
    for line in (ROOT / "requirements" / f"{name}.txt").read_text().splitlines():
        text, backslash = line.removesuffix(" \\"), line.endswith(" \\")
        if expect_hash:
            assert HASH.fullmatch(text), f"{name}.txt: not a hash: {line}"
        else:
            pin = PINNED.fullmatch(text)
            assert pin, f"{name}.txt: not a pinned name: {line}"
            assert backslash, f"{name}.txt: no hash: {line}"
            pins[pin["name"]] = pin["version"]
        expect_hash = backslash
    assert pins
    return pins


def wanted(*groups: str) -> list[Requirement]:
    """Read the direct dependencies and some dependency groups from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = [] if groups == ("installer",) else [*project["project"]["dependencies"]]
    for group in groups:
        lines += project["dependency-groups"][group]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(
    "line",
    [
        "--index-url" + " somewhere",
        "--extra-index-url" + "=somewhere",
        "https:" + "//mirror.example/root/simple/",
        '"resolved": "https:' + '//registry.example/a.tgz"',
    ],
)
def test_address_is_seen(line: str) -> None:
    assert ADDRESS.search(line)


def test_no_file_names_a_registry() -> None:
    faults = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if path != Path(__file__) and (found := ADDRESS.search(text)):
            faults.append(f"{path.relative_to(ROOT)}: {found[0]}")
    assert not faults


def test_no_file_names_this_checkout() -> None:
    here = str(ROOT)
    if len(ROOT.parts) < 3:
        pytest.skip("too short a path to look for")
    named = [p for p in tracked() if here.encode() in p.read_bytes()]
    assert not named


def test_no_lock_of_a_tool_is_tracked() -> None:
    names = {path.name for path in tracked()}
    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock"}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_names_versions_and_hashes(name: str) -> None:
    locked(name)


def test_locks_agree() -> None:
    run = locked("lock").items()
    assert run <= locked("dev").items()
    assert run <= locked("examples").items()
    assert run <= locked("notebooks").items()
    assert locked("installer").items() <= locked("dev").items()


@pytest.mark.parametrize(
    ("name", "groups"),
    [("lock", ()), *((group, (group,)) for group in LOCKS[1:])],
)
def test_lock_fits_the_project(name: str, groups: tuple[str, ...]) -> None:
    pins = locked(name)
    stale = [
        str(requirement)
        for requirement in wanted(*groups)
        if not requirement.specifier.contains(
            pins.get(requirement.name, ""), prereleases=True
        )
    ]
    assert not stale, f"run `make lock`: {stale}"
