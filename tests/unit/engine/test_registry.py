"""Names in a registry, of a server on loopback that speaks the distribution API. A real registry is
asked in tests/engine/test_push.py."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from slimmer.engine import Registry
from slimmer.errors import PullError

REPOSITORIES = [f"team/app-{number}" for number in range(5)]
BASIC = "Basic " + base64.b64encode(b"ada:lovelace").decode()


class Distribution(BaseHTTPRequestHandler):
    """Two names a page; who may read tags says a token, which /token gives to a user."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        allowed = self.headers.get("Authorization")
        if address.path == "/v2/_catalog":
            first = int(asked.get("last", 0))
            place = f"http://{self.headers['Host']}" if first else ""
            more = {"Link": f'<{place}/v2/_catalog?n=2&last={first + 2}>; rel="next"'}
            self.give({"repositories": REPOSITORIES[first : first + 2]}, more if first < 4 else {})
        elif address.path == "/token" and allowed == BASIC and asked["scope"] == "a,b":
            self.give({"token": "open"}, {})
        elif address.path == "/v2/team/app/tags/list" and allowed == "Bearer open":
            self.give({"name": "team/app", "tags": ["1", "2"]}, {})
        elif address.path == "/v2/team/empty/tags/list":
            self.give({"name": "team/empty", "tags": None}, {})
        elif address.path == "/v2/team/odd/tags/list":
            self.give(["?"], {})
        else:
            realm = f"http://{self.headers['Host']}/token"
            told = {"WWW-Authenticate": f'Bearer realm="{realm}",service="x",scope="a,b"'}
            self.give({"errors": []}, told, status=401)

    def give(self, value: object, headers: dict[str, str], status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), Distribution) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_list_of_several_pages_is_read_to_its_end(host: str) -> None:
    with Registry(host) as registry:
        assert list(registry.repositories()) == REPOSITORIES
        assert registry.tags("team/empty") == ()


def test_who_is_logged_in_gets_a_token(host: str, tmp_path: Path) -> None:
    with Registry(host) as registry:
        with pytest.raises(PullError, match="list the tags of team/app") as caught:
            registry.tags("team/app")
        assert "docker login" in caught.value.hint
        known = {"auths": {host: {"auth": BASIC.partition(" ")[2]}}}
        (tmp_path / "config.json").write_text(json.dumps(known))
        assert registry.tags("team/app") == ("1", "2")


def test_what_cannot_be_read_is_told(host: str) -> None:
    with Registry(host) as registry, pytest.raises(PullError, match="team/odd"):
        registry.tags("team/odd")


def test_a_registry_that_is_not_there() -> None:
    with Registry("127.0.0.1:1") as registry, pytest.raises(PullError) as caught:
        registry.repositories()
    assert caught.value.message == "no registry answers at 127.0.0.1:1"
    assert "refused" in caught.value.details
