"""What we call on somebody else's word cannot be turned against our own network."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.db import transaction
from lti_peer import Peer, Said

from lti_tools.errors import Refused, ShijieError, Temporary
from lti_tools.launch import wire
from lti_tools.launch.api import register_platform, registered_origins

pytestmark = pytest.mark.django_db


def _resolving(monkeypatch: pytest.MonkeyPatch, **hosts: list[str]) -> list[str]:
    """Names answer with these addresses; returns the list of names that were looked up."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        known = hosts.get(str(host).split(".")[0])
        if known is None:
            return real(host, port, *args, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/jwks",
        "https://10.1.2.3/jwks",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
    ],
)
def test_a_private_address_is_refused_unless_listed(settings: Any, url: str) -> None:
    settings.SHIJIE_TRUSTED_HOSTS = []
    with pytest.raises(ShijieError) as refused:
        wire.send("GET", url)
    assert refused.value.code == "wire.address"
    assert refused.value.permanent


@pytest.mark.parametrize(
    "url",
    [
        "http://lms.example/jwks",
        "ftp://lms.example/jwks",
        "file:///etc/passwd",
        "//lms.example/jwks",
        "https://user:secret@lms.example/",
        "https:///jwks",
        "https://lms.example:99999/",
        "https://[::1/",
        "",
    ],
)
def test_an_address_that_is_not_plain_https_is_refused(url: str) -> None:
    with pytest.raises(ShijieError) as refused:
        wire.send("GET", url)
    assert refused.value.code == "wire.address"


def test_one_private_answer_among_public_ones_refuses_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolving(monkeypatch, lms=["93.184.216.34", "10.0.0.5"])
    with pytest.raises(ShijieError) as refused:
        wire.send("GET", "https://lms.example/")
    assert refused.value.code == "wire.address"


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, settings: Any, peer: Peer
) -> None:
    settings.SHIJIE_TRUSTED_HOSTS = ["lms.bureau"]
    asked = _resolving(monkeypatch, lms=["127.0.0.1"])
    port = peer.server.server_address[1]
    assert wire.send("GET", f"http://lms.bureau:{port}/jwks").ok
    assert asked.count("lms.bureau") == 1, "a second look could bring another answer"
    assert peer.got[0].headers["Host"] == f"lms.bureau:{port}"


def test_the_next_address_is_tried_where_the_first_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, settings: Any, peer: Peer
) -> None:
    settings.SHIJIE_TRUSTED_HOSTS = ["lms.bureau"]
    _resolving(monkeypatch, lms=["127.0.0.2", "127.0.0.1"])
    assert wire.send("GET", f"http://lms.bureau:{peer.server.server_address[1]}/jwks").ok
    assert len(peer.got) == 1


def test_a_host_can_be_trusted_on_one_port_only(settings: Any, peer: Peer) -> None:
    settings.SHIJIE_TRUSTED_HOSTS = [f"127.0.0.1:{peer.server.server_address[1]}"]
    assert wire.send("GET", f"{peer.base}/jwks").ok
    with pytest.raises(ShijieError):
        wire.send("GET", "http://127.0.0.1:1/jwks")


def test_a_redirect_is_not_followed(peer: Peer) -> None:
    peer.script["/jwks"] = [Said(302, headers={"Location": f"{peer.base}/secret"})]
    assert wire.send("GET", f"{peer.base}/jwks").status == 302
    assert not peer.asked("/secret")


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("SOCKET_SECONDS", 0.1, Said(wait=0.5)),
        ("MOST_BYTES", 1000, Said(body=b"x" * 2000)),
        ("TOTAL_SECONDS", -1, Said(body=b"x")),
    ],
    ids=["too slow to begin", "too large", "too slow to end"],
)
def test_an_answer_is_given_up_when_it_is(
    monkeypatch: pytest.MonkeyPatch, peer: Peer, limit: str, value: float, said: Said
) -> None:
    monkeypatch.setattr(wire, limit, value)
    peer.script["/jwks"] = [said]
    with pytest.raises(Temporary):
        wire.send("GET", f"{peer.base}/jwks")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://no-such-host.invalid/"])
def test_nobody_there_is_worth_another_try(url: str) -> None:
    with pytest.raises(Temporary) as unreachable:
        wire.send("GET", url)
    assert unreachable.value.code == "wire.unreachable"


def test_nothing_is_called_while_a_transaction_is_open(peer: Peer) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        wire.send("GET", f"{peer.base}/jwks")
    assert not peer.got


@pytest.mark.parametrize("field", ["auth_login_url", "token_url", "jwks_url"])
def test_a_platform_with_a_plain_http_address_is_not_registered(registration: dict, field: str) -> None:
    with pytest.raises(Refused) as refused:
        register_platform(**registration | {field: "http://lms.example/x"})
    assert refused.value.code == "platform.address"


def test_registering_twice_changes_nothing_and_again_with_other_words_updates(registration: dict) -> None:
    first = register_platform(**registration)
    again = register_platform(**registration | {"name": "New name", "deployment_ids": ["deployment-2"]})
    assert first.id == again.id
    assert again.name == "New name"
    assert sorted(again.deployments.values_list("deployment_id", flat=True)) == [
        "deployment-1",
        "deployment-2",
    ]


def test_only_registered_platforms_may_frame_our_pages(registration: dict, peer: Peer) -> None:
    assert registered_origins() == []
    register_platform(**registration, frame_origins=["https://Learn.example/path", "javascript:alert(1)"])
    assert registered_origins() == [peer.base, "https://learn.example", "https://lms.example"]
