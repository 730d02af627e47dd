"""Controls reach a run in the order in which they were sent."""

import pytest

from assay import InputError, RunError
from assay.records import CONTROLS, ControlFile, RunFolder, send_control


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a run that has not finished."""
    folder = RunFolder.create(tmp_path / "digits-1")
    folder.write_text("experiment.toml", "")
    return folder


def test_controls_are_read_once_and_in_order(folder):
    controls = ControlFile(folder)
    assert controls.new_actions() == []
    for action in CONTROLS:
        send_control(folder, action)
    assert controls.new_actions() == list(CONTROLS)
    assert controls.new_actions() == []
    send_control(folder.path, "resume")
    assert controls.new_actions() == ["resume"]


def test_unknown_lines_have_no_effect(folder):
    folder.path_of("control.jsonl").write_text('{"action":"explode"}\n{}\nnonsense\n')
    assert ControlFile(folder).new_actions() == []


def test_an_unknown_action_is_an_error(folder):
    message = "Unknown action 'pasue'. Use one of pause, resume, step_iteration, "
    with pytest.raises(InputError, match=message) as caught:
        send_control(folder, "pasue")
    assert "Did you mean 'pause'?" in str(caught.value)
    assert not folder.exists("control.jsonl")


def test_a_finished_run_cannot_be_controlled(folder):
    folder.write_text("run.json", "{}")
    with pytest.raises(RunError, match="has finished"):
        send_control(folder, "pause")


def test_there_must_be_a_run(tmp_path):
    with pytest.raises(RunError):
        send_control(tmp_path / "nothing", "pause")
