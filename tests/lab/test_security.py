"""The lab accepts only the user's own browser, and serves only its own files."""

import pytest

from assay.lab import _app
from assay.lab._security import cookie_name

PORT, TOKEN = 8765, "a-secret"

ADDRESS = f"http://127.0.0.1:{PORT}"


def test_requests_without_the_token_are_refused(stranger):
    for path in ("/api/runs", "/assets/app.js", "/api/runs/x/stream", "/nothing"):
        answer = stranger.get(path)
        assert answer.status_code == 403, path
        assert "token is missing" in answer.json()["error"]


def test_the_page_without_the_token_says_where_to_find_it(stranger):
    answer = stranger.get("/")
    assert answer.status_code == 403
    assert "assay lab" in answer.text


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ä"])
def test_a_wrong_token_is_refused(stranger, token):
    headers = {"X-Assay-Token": token.encode()}
    assert stranger.get("/api/runs", headers=headers).status_code == 403
    assert stranger.get("/", params={"token": token}).status_code == 403


def test_opening_the_address_sets_a_strict_cookie_that_suffices(stranger):
    answer = stranger.get("/", params={"token": TOKEN})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{cookie_name(PORT)}={TOKEN}; ")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert stranger.get("/api/runs").status_code == 200


def test_the_token_counts_only_in_the_address_of_the_page(stranger):
    assert stranger.get("/api/runs", params={"token": TOKEN}).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", ""]
)
def test_other_hosts_are_refused(client, host):
    """A page could make its own host name point to the loopback interface."""
    assert client.get("/api/runs", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_every_name_of_this_computer_is_accepted(client, host):
    headers = {"Host": f"{host}:{PORT}"}
    assert client.get("/api/runs", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{PORT + 1}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_requests_of_other_pages_are_refused(client, headers):
    answer = client.post("/api/runs", json={"data": "iris"}, headers=headers)
    assert answer.status_code == 403


def test_requests_of_its_own_pages_are_accepted(client):
    headers = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
    assert client.get("/api/runs", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/runs", "/api/runs/nothing", "/assets/x"])
def test_every_answer_has_a_strict_policy(client, path):
    headers = client.get(path).headers
    policy = dict(
        rule.strip().partition(" ")[::2]
        for rule in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"]
    assert policy["script-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/..%2f..%2fpyproject.toml",
        "/assets/..%2f..%2f_app.py",
        "/api/runs/..%2f..",
        "/api/runs/%2e%2e",
        "/api/runs/%2fetc",
        "/api/runs/../../etc/report",
    ],
)
def test_no_path_leads_out(client, path):
    answer = client.get(path)
    assert answer.status_code in (307, 400, 404)
    assert "build-system" not in answer.text


def test_a_link_out_of_the_folder_of_runs_is_no_run(client, with_runs, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "report.html").write_text("secret")
    (with_runs / "link-1").symlink_to(outside)
    assert client.get("/api/runs/link-1/report").status_code == 400


def test_large_bodies_are_refused(client, monkeypatch):
    answer = client.post("/api/data", content=b"x" * 4_000_001)
    assert answer.status_code == 400
    assert "too large" in answer.json()["error"]


def test_uploads_are_capped(make_client, monkeypatch):
    monkeypatch.setattr(_app, "MOST_BYTES", 1000)
    client = make_client(**{"X-Assay-Token": TOKEN, "X-File-Name": "a.csv"})
    assert client.post("/api/uploads", content=b"x" * 900).status_code == 200
    assert client.post("/api/uploads", content=b"x" * 1100).status_code == 413


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_expected_methods_change_anything(client, method):
    answer = getattr(client, method)("/api/runs/x/control")
    assert answer.status_code in (404, 405)
