"""The lowest and the newest versions are read from what uv resolves."""

import re

from scripts.check_versions import RESOLUTIONS, ROOT, TESTS, read_pins


def test_pins_are_read_with_and_without_extras_and_hashes(tmp_path):
    path = tmp_path / "pins.txt"
    path.write_text(
        "jax==0.10.2\npsycopg[binary]==3.3.0\nray==2.60.0 \\\n    --hash=sha256:00\n"
    )
    assert read_pins(path) == {"jax": "0.10.2", "psycopg": "3.3.0", "ray": "2.60.0"}
    assert len(read_pins(ROOT / "requirements" / "dev.txt")) > 50


def test_every_resolution_has_a_target_and_the_tests_exist():
    targets = re.findall(r"^test-(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {*RESOLUTIONS} <= {*targets}
    assert all((ROOT / name).exists() for name in TESTS)
