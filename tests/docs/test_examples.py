"""The Python examples of the pages run, and their command lines are valid."""

from pathlib import Path

import pytest
from scripts.docs.examples import (
    check_command,
    command_lines,
    python_blocks,
    run_page,
    settings,
)

from assay import InputError, spec

PAGES = {p.name: p.read_text() for p in sorted(Path("docs").rglob("*.md"))}
WITH_CODE = [name for name, text in PAGES.items() if python_blocks(text)]
WITH_COMMANDS = [name for name, text in PAGES.items() if [*command_lines(text)]]
WITH_SETTINGS = [name for name, text in PAGES.items() if [*settings(text)]]


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_CODE)
def test_python_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_page(PAGES[name], f"docs/{name}")


@pytest.mark.parametrize("name", WITH_COMMANDS)
def test_commands_are_valid(name):
    for line in command_lines(PAGES[name]):
        try:
            check_command(line)
        except InputError as error:
            pytest.fail(f"{line}: {error}")


@pytest.mark.parametrize("name", WITH_SETTINGS)
def test_settings_are_valid(name):
    for fields in settings(PAGES[name]):
        spec.Experiment(**fields)


def test_most_pages_have_examples():
    assert len(WITH_CODE) >= 5
    assert len(WITH_COMMANDS) >= 5


def test_a_wrong_option_is_found():
    with pytest.raises(InputError, match="unknown option --trails"):
        check_command("assay train digits --trails 3")
    with pytest.raises(InputError, match="learning_rate > 0"):
        check_command("assay train digits --set optimizer.learning_rate=-1")


def test_blocks_keep_the_lines_of_the_page():
    page = "# Page\n\n<!-- run -->\n```python\nx = 1\n```\n\n```python\nnot run\n```\n"
    assert python_blocks(page) == [(5, "x = 1")]
    assert [*command_lines("```console\nassay train digits  # all\n```\n")] == [
        "assay train digits  # all"
    ]
