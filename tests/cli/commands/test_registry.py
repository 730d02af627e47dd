"""Every command has help, an example that parses, and documented exit codes."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import assay
from assay.cli import COMMANDS, Answer, Command

SOURCE = Path(__file__).parents[3] / "src"


def example_lines():
    return [
        pytest.param(command, line, id=line)
        for command in COMMANDS.values()
        for line in command.example.splitlines()
    ]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_usage_options_and_example(command, name):
    done = command(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"usage: assay {name} ")
    assert f"\nexample:\n  assay {name} " in done.out
    assert "--json" in done.out
    assert max(map(len, done.out.splitlines())) <= 88
    assert command(name, "-h").out == done.out


@pytest.mark.parametrize(("experiment_fields", "line"), example_lines())
def test_examples_are_understood(experiment_fields, line):
    first, name, *words = shlex.split(line)
    assert (first, name) == ("assay", experiment_fields.name)
    experiment_fields.parser().parse(words)


def test_help_lists_every_command(command):
    done = command("--help")
    assert (done.code, done.err) == (0, "")
    for known in COMMANDS.values():
        assert f"  {known.name} " in done.out
        assert known.summary in done.out
    assert max(map(len, done.out.splitlines())) <= 88
    assert command("-h") == done


def test_no_command_is_a_fault_that_shows_the_help(command):
    done = command()
    assert (done.code, done.out) == (2, "")
    assert done.err == command("--help").out


def test_version(command):
    assert command("--version") == (0, f"assay {assay.__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "faults"),
    [
        (
            ["trian", "digits"],
            [
                "unknown command 'trian'. Did you mean 'train'? Commands: "
                f"{', '.join(COMMANDS)}."
            ],
        ),
        (
            ["--versoin"],
            [
                "unknown option --versoin. Did you mean '--version'? Put command "
                "options after the command."
            ],
        ),
        (
            ["train", "digits", "--trails", "3", "--sed=4", "--outt"],
            [
                "unknown option --trails. Did you mean '--trials'?",
                "unknown option --sed. Did you mean '--seed'?",
                "unknown option --outt. Did you mean '--out'?",
            ],
        ),
        (
            ["show", "a", "b"],
            ["unexpected argument 'b'. `assay show --help` lists all options."],
        ),
        (
            ["data", "iris", "seed=3"],
            ["unexpected argument `seed=3`. Write --seed 3."],
        ),
        (
            ["data", "iris", "--ignore", "a", "b c"],
            ["unexpected argument 'b c'. Repeat the option: --ignore 'b c'."],
        ),
        (
            ["data", "iris", "--ignore", "a", "--seed", "3", "b"],
            ["unexpected argument 'b'. `assay data --help` lists all options."],
        ),
        (
            ["show", "a", "-x"],
            ["unknown option -x. `assay show --help` lists all options."],
        ),
        (["show"], ["RUN is missing. For example: assay show runs/digits-1"]),
        (
            ["train", "digits", "--seed"],
            ["--seed needs a value. For example: assay train digits"],
        ),
        (
            ["train", "digits", "--json=yes"],
            ["--json does not take a value. For example: assay train digits"],
        ),
    ],
)
def test_words_that_are_not_understood(command, words, faults):
    done = command(*words)
    assert (done.code, done.out) == (2, "")
    assert done.faults == faults


def test_abbreviated_options_are_unknown(command):
    assert command("train", "digits", "--tri", "3").code == 2


def fails_with(error: BaseException) -> Command:
    def run(arguments):
        raise error

    return Command("fail", "fail", "assay fail", lambda parser: None, run)


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (assay.AssayError("it broke"), 1, "it broke"),
        (assay.RunError("no such run"), 1, "no such run"),
        (assay.InputError("a is wrong"), 2, "a is wrong"),
        (assay.InputError(["a is wrong", "so is b"]), 2, "so is b"),
        (assay.Interrupted("stopped, go on with: …"), 130, "go on with: …"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (PermissionError(13, "Permission denied", "runs"), 1, "Permission denied"),
        (MemoryError(), 1, "not enough memory"),
        (ZeroDivisionError("division"), 1, "internal error"),
    ],
)
def test_each_failure_has_its_code_and_a_message(
    command, monkeypatch, error, code, told
):
    monkeypatch.delenv("ASSAY_DEBUG", raising=False)
    monkeypatch.setitem(COMMANDS, "fail", fails_with(error))
    done = command("fail")
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert "Traceback" not in done.err
    assert all(line.startswith("assay: ") for line in done.err.splitlines())


def test_traceback_of_an_internal_error_is_shown_on_demand(command, monkeypatch):
    monkeypatch.setenv("ASSAY_DEBUG", "1")
    monkeypatch.setitem(COMMANDS, "fail", fails_with(ZeroDivisionError("division")))
    assert "Traceback" in command("fail").err


def test_every_command_can_print_json(command, monkeypatch):
    answer = Answer({"value": float("nan"), "name": "é"}, "value –")
    tell = Command("tell", "tell", "assay tell", lambda p: None, lambda a: answer)
    monkeypatch.setitem(COMMANDS, "tell", tell)
    assert command("tell").out == "value –\n"
    assert command("tell", "--json").out == '{\n  "value": null,\n  "name": "é"\n}\n'


def test_reader_that_has_seen_enough_is_no_fault():
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    words = [sys.executable, "-m", "assay", "--help"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, env=environment) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.close()
        assert started.stderr.read() == b""
        assert started.wait() == 0


def test_a_terminal_without_our_letters_gets_others():
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "PYTHONIOENCODING": "ascii"}
    code = "import sys; from assay.cli import main; sys.exit(main(['data', 'iris']))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert b"150 examples, 4 features" in done.stdout
