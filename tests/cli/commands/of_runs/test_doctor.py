"""`assay doctor --system` describes the installation."""

import json

import jax

import assay
from assay.nn.ops import extension_status


def test_system_as_data(command, monkeypatch, tmp_path):
    done = command("doctor", "--system", "--json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["versions"]["assay"] == assay.__version__
    assert found["versions"]["jax"] == jax.__version__
    assert set(found["versions"]) >= {"jaxlib", "flax", "optax", "numpy", "polars"}
    assert found["backend"] == jax.default_backend()
    assert len(found["devices"]) == len(jax.devices())
    assert found["cores"] >= 1
    assert 0 < found["memory"]["free_bytes"] <= found["memory"]["total_bytes"]
    in_use, reason = extension_status()
    assert found["extension"] == {"in_use": in_use, "reason": reason}
    assert found["cache"]["folder"] == jax.config.jax_compilation_cache_dir


def test_system_for_reading(command):
    done = command("doctor", "--system")
    assert done.code == 0
    told = dict(line.split(None, 1) for line in done.out.splitlines())
    assert told["assay"] == assay.__version__
    assert extension_status()[1] in done.out
    assert "at most" in told["cache"] or told["cache"] == "off"


def test_a_folder_of_programs_is_measured(command, monkeypatch, tmp_path):
    (tmp_path / "program").write_bytes(b"x" * 2_500_000)
    before = jax.config.jax_compilation_cache_dir
    jax.config.update("jax_compilation_cache_dir", str(tmp_path))
    try:
        done = command("doctor", "--system")
    finally:
        jax.config.update("jax_compilation_cache_dir", before)
    assert f"{tmp_path}, 2.5 MB" in done.out


def test_without_a_run_or_the_system_there_is_nothing_to_do(command):
    done = command("doctor")
    assert (done.code, done.out) == (2, "")
    assert done.faults == [
        "RUN is missing. Use: assay doctor runs/digits-1",
        "To examine the installation, use: assay doctor --system",
    ]
