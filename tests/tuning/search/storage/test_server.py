"""Processes share a study on a PostgreSQL server, and none of its trials is lost."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from optuna.trial import TrialState

from assay import spec
from assay._errors import InputError
from assay.experiment.records._resume_run import check_study
from assay.records import RunFolder
from assay.tuning import Study, masked, open_storage
from assay.tuning.search.storage._server import close_storage

PASSWORD = "hush-5%/x"
QUOTED = "hush-5%25%2Fx"
SPACES = {"optimizer.learning_rate": spec.Log(1e-4, 1e-1)}


class Server(NamedTuple):
    """A running server."""

    port: int

    def address(self, password="", name="postgres"):
        return f"postgresql://ann{password}@127.0.0.1:{self.port}/{name}"


def binary(name):
    """Return the path of a program of the server, or skip the test."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (newest and newest[-1])
    if not found:
        pytest.skip("needs a PostgreSQL server, such as Debian's postgresql")
    return str(found)


@pytest.fixture(scope="module")
def server():
    """Start a server whose user ann has a password."""
    pytest.importorskip("psycopg", exc_type=ImportError)
    initdb, control = binary("initdb"), binary("pg_ctl")
    owner = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        owner = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid}
    folder = Path(tempfile.mkdtemp(prefix="assay-pg-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, password = folder / "data", folder / "password"
    password.write_text(PASSWORD)
    if owner:
        for path in (folder, password):
            shutil.chown(path, owner["user"], owner["group"])

    def call(*command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **owner)

    auth = ["--auth=scram-sha-256", "--username=ann", f"--pwfile={password}"]
    call(initdb, "-D", str(data), "--no-sync", "--encoding=UTF8", *auth)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    log = str(folder / "log")
    call(control, "-D", str(data), "-l", log, "-o", options, "-w", "start")
    yield Server(port)
    call(control, "-D", str(data), "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder)


@pytest.fixture
def storage(server, monkeypatch):
    """Open the studies; libpq finds the password in the environment."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    opened = open_storage(server.address(), heartbeat_seconds=1)
    yield opened
    close_storage(opened)


TUNING = """
import json, sys, time
import assay
from assay.experiment import Observer

class Say(Observer):
    def progress(self, done, total, text=""):
        print("trial", flush=True)
        if sys.argv[2] == "hang":
            time.sleep(600)

tuning = assay.tune(
    "iris", study=sys.argv[1], trials=12, model=[assay.Dense(8), assay.ReLU()],
    optimizer=assay.Adam(assay.log(1e-4, 1e-1)), num_epochs=40,
    tune={"group_size": 3}, observer=Say(),
)
print(json.dumps([trial.number for trial in tuning.trials]))
"""


@pytest.mark.faults
@pytest.mark.slow
def test_a_killed_process_loses_no_trial(server, storage, tmp_path):
    """One process is killed within its group, and the other repeats these trials."""
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"127.0.0.1:*:*:ann:{PASSWORD}\n")
    passwords.chmod(0o600)
    clean = {k: v for k, v in os.environ.items() if k != "PGPASSWORD"}

    def start(how, **login):
        command = [sys.executable, "-c", TUNING, server.address(), how]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, text=True, env=clean | login)

    with start("hang", PGPASSWORD=PASSWORD) as lost:
        assert lost.stdout.readline() == "trial\n"  # the group is not reported yet
        with start("go on", PGPASSFILE=str(passwords)) as other:
            assert other.stdout.readline() == "trial\n"
            lost.send_signal(signal.SIGKILL)
            *_, numbers = other.communicate(timeout=200)[0].splitlines()
    assert other.returncode == 0
    assert json.loads(numbers) == list(range(12))
    (study,) = storage.get_all_studies()
    trials = storage.get_all_trials(study._study_id)
    ended = [t for t in trials if t.state in (TrialState.COMPLETE, TrialState.PRUNED)]
    failed = [trial for trial in trials if trial.state == TrialState.FAIL]
    assert len(ended) == 12
    assert len(failed) == 3
    settings = [trial.params for trial in ended]
    assert all(settings.count(trial.params) == 1 for trial in failed)


ELSEWHERE = """
import contextlib, socket, sys, time
socket.gethostname = lambda: "elsewhere"
from assay import spec
from assay.tuning import Study, open_storage

_, address, goal, *names = sys.argv
spaces = {"optimizer.learning_rate": spec.Log(1e-4, 1e-1)}
storage = open_storage(address, heartbeat_seconds=1)
with contextlib.ExitStack() as stack:
    for name in names:
        study = Study(name, spaces, seed=0, storage=storage)
        print(study.propose(2, int(goal)), flush=True)
        stack.enter_context(study.running())
    time.sleep(600)
"""


@pytest.mark.slow
def test_a_lost_machine_is_noticed_by_its_missing_heartbeat(server, storage, made):
    command = [sys.executable, "-c", ELSEWHERE, server.address(), "4", "far"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as far:
        left = far.stdout.readline()
        study = Study("far", SPACES, seed=0, storage=storage)
        own = study.propose(4, 4)
        assert [number for number, _ in own] == [2, 3]
        study.report([made(n, 0.5, values=v) for n, v in own], maximize=False)
        assert study.others_are_busy()
        assert study.propose(4, 4) == []
        far.kill()
    while not (again := study.propose(4, 4)):
        assert study.others_are_busy()
    assert f"{again}\n" == left
    study.report([made(n, 0.5, values=v) for n, v in again], maximize=False)
    assert [trial.number for trial in study.trials] == [0, 1, 2, 3]
    assert not study.others_are_busy()


def set_clock(storage, study, change):
    """Make a study's heartbeats so far look as if the server's clock had been set."""
    from sqlalchemy import text

    update = text(
        f"UPDATE trial_heartbeats SET heartbeat = heartbeat + interval '{change}' "
        "WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = :study)"
    )
    identity = storage.get_study_id_from_name(study)
    with storage._backend.engine.begin() as connection:
        assert connection.execute(update, {"study": identity}).rowcount == 2


@pytest.mark.slow
def test_lost_trials_are_noticed_whatever_the_clock_says(server, storage, made):
    """The clock goes forward for one study, and back for another."""
    changes = {"later": "1 day", "earlier": "-1 day"}
    command = [sys.executable, "-c", ELSEWHERE, server.address(), "2", *changes]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as far:
        try:
            left = {name: far.stdout.readline() for name in changes}
            here = {n: Study(n, SPACES, seed=0, storage=storage) for n in changes}
            for name, study in here.items():
                set_clock(storage, name, changes[name])
                assert study.others_are_busy()  # they still run
                assert study.propose(2, 2) == []
        finally:
            far.kill()
    again = dict.fromkeys(changes, [])
    for name, change in changes.items():
        set_clock(storage, name, change)
    ends = time.monotonic() + 60
    while not all(again.values()):
        assert time.monotonic() < ends
        for name in [name for name, proposals in again.items() if not proposals]:
            again[name] = here[name].propose(2, 2)
            assert again[name] or here[name].others_are_busy()
    for name, study in here.items():
        assert f"{again[name]}\n" == left[name]
        ended = [made(n, 0.5, values=v) for n, v in again[name]]
        study.report(ended, maximize=False)
        assert not study.others_are_busy()


def test_what_was_lost_is_reported_only_once(storage, made):
    """A suspended process wakes up after another one has repeated its trials."""
    slow, quick = (Study("slow", SPACES, seed=0, storage=storage) for _ in range(2))
    (first,) = slow.propose(1, 1)
    (lost,) = storage.get_all_trials(storage.get_study_id_from_name("slow"))
    storage.set_trial_user_attr(lost._trial_id, "process", [socket.gethostname(), 0])
    assert quick.others_are_busy()  # with the trial that is to be repeated
    assert quick.propose(1, 1) == [first]
    quick.report([made(first[0], 0.1, values=first[1])], maximize=False)
    slow.report([made(first[0], 0.9, values=first[1])], maximize=False)
    assert [trial.val_score for trial in slow.trials] == [0.1]


@pytest.mark.slow
def test_the_password_is_in_no_record(server, tmp_path):
    secret = server.address(f":{QUOTED}")
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "assay", "train", "iris", "--trials", "2"]
    command += ["--model", "linear", "--study", secret, "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (folder / "study.db").exists()
    texts = [done.stdout, done.stderr]
    files = [path for path in folder.rglob("*") if path.is_file()]
    texts += [path.read_bytes().decode("latin-1") for path in files]
    assert len(files) > 5
    assert not [text for text in texts if PASSWORD in text or QUOTED in text]
    with pytest.raises(InputError, match=r"add: --study postgresql://ann:\*\*\*@"):
        check_study(RunFolder.open(folder), None)


@pytest.mark.parametrize("name", ["postgres", "absent"])
def test_a_server_that_refuses_is_told_without_the_password(server, name):
    password = ":wrong-word" if name == "postgres" else f":{QUOTED}"
    with pytest.raises(InputError, match="PostgreSQL reports") as told:
        open_storage(server.address(password, name))
    assert "postgresql://ann:***@127.0.0.1" in str(told.value)
    assert "wrong-word" not in str(told.value)
    assert QUOTED not in str(told.value)


def test_without_the_driver_the_message_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InputError, match=r"pip install 'assay\[postgresql\]'"):
        open_storage("postgresql://ann@127.0.0.1/studies")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ann:a:b@host:5/name", "postgresql://ann:***@host:5/name"),
        ("postgres:///name?host=/run&password=x", None),
        ("postgresql://ann:secret@host:port/x", "postgresql://..."),
        ("runs/study.db", "runs/study.db"),
    ],
)
def test_passwords_are_masked(address, shown):
    assert masked(address) == shown or shown is None
    assert "password=x" not in masked(address)
    with contextlib.suppress(InputError):
        assert "secret" not in masked(address)
