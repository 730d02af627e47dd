"""Who may send requests, and which options a server accepts."""

import socket

import httpx
import pytest

from assay import InputError
from assay.http import listen
from assay.serving._security import Hosts
from assay.serving._server import make_service

TOKEN = "a-long-enough-secret"


def test_this_computer_needs_no_token(iris_client):
    assert iris_client.get("/model").status_code == 200


@pytest.fixture(scope="module")
def guarded(iris_run, serve):
    with serve(iris_run, token=TOKEN, names=["model.example"]) as (client, _):
        yield client


def test_a_token_is_needed_if_there_is_one(guarded):
    for headers in (
        {"Authorization": ""},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": "Bearer \xe4".encode("latin-1")},
    ):
        answer = guarded.get("/model", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "Authorization: Bearer TOKEN" in answer.json()["error"]
    assert guarded.get("/model").status_code == 200
    headers = {"Authorization": "", "X-Assay-Token": TOKEN}
    assert guarded.get("/model", headers=headers).status_code == 200


def test_the_token_may_be_in_the_address_of_the_page_only(guarded):
    headers = {"Authorization": ""}
    for path, status in (("/", 200), ("/docs", 200), ("/model", 401)):
        answer = guarded.get(path, params={"token": TOKEN}, headers=headers)
        assert answer.status_code == status


def test_probes_need_no_token(guarded):
    answer = guarded.get("/health", headers={"Authorization": ""})
    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.x"])
def test_other_hosts_are_refused(iris_client, host):
    assert iris_client.get("/health", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:1", "[::1]:80", "MODEL.example"])
def test_known_hosts_are_accepted_with_any_port(guarded, host):
    assert guarded.get("/model", headers={"Host": host}).status_code == 200


def test_hosts_of_all_addresses():
    hosts = Hosts("0.0.0.0")
    assert hosts("10.1.2.3:8000") and hosts("[fe80::1]:8000") and hosts("localhost")
    assert not hosts("evil.example") and not hosts("")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_pages_of_other_sites_are_refused(iris_client, headers):
    answer = iris_client.post("/predict", json={"rows": []}, headers=headers)
    assert answer.status_code == 403


def test_every_answer_has_a_strict_policy(iris_client):
    for path in ("/", "/docs", "/model", "/openapi.json", "/nothing"):
        headers = iris_client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy and "script-src" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_other_computers_need_a_token(iris_run, serve):
    with serve(iris_run, host="0.0.0.0") as (client, service):
        assert service.token and len(service.token) >= 32
        assert client.get("/model").status_code == 200
        port = service.listener.getsockname()[1]
        assert httpx.get(f"http://127.0.0.1:{port}/model").status_code == 401


def test_short_answers_are_sent_at_once():
    with listen("127.0.0.1", (0,)) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # what asyncio looks at


@pytest.mark.parametrize("token", ["", "short", "a" * 16 + " ", "ä" * 20])
def test_weak_tokens_are_refused(iris_run, token):
    with pytest.raises(InputError, match="The token must have at least 16"):
        make_service(iris_run, port=0, token=token)


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_addresses_of_other_computers_are_refused(iris_run, host):
    with pytest.raises(InputError, match="is not an address of this computer"):
        make_service(iris_run, port=0, host=host, token=TOKEN)
