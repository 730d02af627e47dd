"""The pages of the documentation name every member, option and dependency."""

import re
from pathlib import Path

from scripts.docs.api import PACKAGES, api_pages
from scripts.docs.commands import commands_page
from scripts.docs.dependencies import dependencies_page
from scripts.docs.families import families_pages

from assay import metrics, spec
from assay.cli import COMMANDS

FAMILIES = dict(families_pages())
NAV = Path("mkdocs.yml").read_text().partition("\nnav:\n")[2]


def test_every_member_has_a_formula_and_its_options():
    text = "\n".join(FAMILIES.values())
    families = (
        *(spec.Layer, spec.Cost, spec.Optimizer, spec.Schedule),
        *(spec.Regularizer, spec.Augmentation),
    )
    for family in families:
        for kind, member in family.members.items():
            assert f"{{ #{kind} }}" in text
            assert f"    {member.formula}" in text
            section = text.partition(f"{{ #{kind} }}")[2].partition("\n## ")[0]
            for field in member.model_fields:
                assert f"| `{field}` |" in section, (kind, field)
    for metric in metrics.REGISTRY.values():
        assert f"{{ #{metric.name} }}" in FAMILIES["reference/metrics.md"]


def test_options_tell_their_default_and_bounds():
    page = FAMILIES["reference/optimizers.md"]
    assert "| `beta1` | `0.9` | `0 <= beta1 < 1` |" in page
    assert (
        "| `units` | required | `units >= 1`, whole |"
        in FAMILIES["reference/layers.md"]
    )
    assert "Kingma and Ba" in page


def test_sources_of_a_base_class_apply_to_its_members():
    page = FAMILIES["reference/layers.md"]
    section = page.partition("{ #conv2d }")[2].partition("\n## ")[0]
    assert "LeCun et al., 1998" in section
    assert "number of kernels" in section


def test_every_option_of_every_command_is_listed():
    page = commands_page()
    for command in COMMANDS.values():
        assert f"{{ #{command.name} }}" in page
        for flag in command.parser()._option_string_actions:
            assert f"`{flag}" in page or f"{flag} " in page, flag


def test_every_dependency_has_a_reason():
    rows = re.findall(r"^\| ([\w.-]+) \| (.*) \|$", dependencies_page(), re.MULTILINE)
    assert ("jax", "compiles an epoch into one program, differentiates it") in rows
    assert ("ruff", "lints and formats") in rows
    assert not [name for name, reason in rows if not reason]


def test_the_navigation_lists_every_page():
    written = {*FAMILIES, "reference/commands.md", "dependencies.md"}
    kept = {str(p.relative_to("docs")) for p in Path("docs").rglob("*.md")}
    assert set(re.findall(r"[\w/-]+\.md", NAV)) == written | kept


def test_every_package_has_a_page():
    pages = {f"api/{name}.md" for name in PACKAGES}
    assert set(dict(api_pages())) == pages | {"api/index.md"}
