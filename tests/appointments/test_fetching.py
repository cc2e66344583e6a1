"""Fetching from an address that a person typed: a real server over TLS, and every way that leads inside."""

from __future__ import annotations

import datetime as dt
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fieldcrm.appointments import fetching
from fieldcrm.appointments.fetching import FetchFailed, fetch, is_public, plain_url

HOST = "calendar.example"


class Server:
    """A web server over TLS on this machine; ``answers`` says what it does at a path."""

    def __init__(self, folder: Path) -> None:
        self.answers: dict[str, Callable[[http.server.BaseHTTPRequestHandler], None]] = {}
        self.hosts: list[str] = []
        certificate, key = _certificate(folder)
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        served.load_cert_chain(certificate, key)
        self.trust = ssl.create_default_context(cafile=str(certificate))
        handler = type("Handler", (_Handler,), {"owner": self})
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.socket = served.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def url(self, path: str) -> str:
        return f"https://{HOST}:{self.port}{path}"

    def fetch(self, path: str, **options: object) -> bytes:
        given = {"resolve": lambda host, port: ["127.0.0.1"], "is_allowed": lambda address: True, **options}
        return fetch(self.url(path), trust=self.trust, **given)  # type: ignore[arg-type]


class _Handler(http.server.BaseHTTPRequestHandler):
    owner: Server

    def do_GET(self) -> None:
        self.owner.hosts.append(self.headers["Host"])
        self.owner.answers[self.path](self)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("tls"))
    yield made
    made.http.shutdown()
    made.http.server_close()


def says(content: bytes, *, status: int = 200, **headers: str):
    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def reason_of(call: Callable[[], object]) -> str:
    with pytest.raises(FetchFailed) as failed:
        call()
    assert failed.value.reason in fetching.REASONS
    return failed.value.reason


def test_what_stands_there_is_fetched_with_its_query_from_the_host_that_was_named(server):
    server.answers["/a.ics?key=1"] = says(b"BEGIN:VCALENDAR")
    assert server.fetch("/a.ics?key=1") == b"BEGIN:VCALENDAR"
    assert server.hosts[-1] == f"{HOST}:{server.port}"


def test_a_redirection_is_followed_a_few_times_and_judged_each_time(server):
    server.answers["/old"] = says(b"", status=302, Location="/new")
    server.answers["/new"] = says(b"here")
    assert server.fetch("/old") == b"here"
    server.answers["/round"] = says(b"", status=307, Location="/round")
    assert reason_of(lambda: server.fetch("/round")) == "refused"
    server.answers["/plain"] = says(b"", status=301, Location="http://calendar.example/x")
    assert reason_of(lambda: server.fetch("/plain")) == "not_https"
    server.answers["/file"] = says(b"", status=301, Location="file:///etc/passwd")
    assert reason_of(lambda: server.fetch("/file")) == "not_https"
    server.answers["/inside"] = says(b"", status=301, Location="https://10.0.0.7/x")
    named = {HOST: ["127.0.0.1"], "10.0.0.7": ["10.0.0.7"]}
    inside = reason_of(
        lambda: server.fetch(
            "/inside",
            resolve=lambda host, port: named[host],
            is_allowed=lambda address: address == "127.0.0.1",
        )
    )
    assert inside == "not_public"


def test_the_connection_goes_to_the_address_that_was_looked_at(server, monkeypatch):
    """Asked a second time, the name could lead somewhere else: it is never asked again."""
    server.answers["/once"] = says(b"once")
    asked: list[str] = []

    def once(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    connected: list[object] = []
    usual = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda to, **rest: (connected.append(to), usual(to, **rest))[1]
    )
    assert server.fetch("/once", resolve=once) == b"once"
    assert (asked, connected) == ([HOST], [("127.0.0.1", server.port)])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
    ],
)  # fmt: skip
def test_no_address_that_leads_inside_is_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["142.250.207.14", "2404:6800:4004:820::200e", "::ffff:142.250.207.14"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["142.250.207.14", "10.0.0.1"], []])
def test_a_name_with_any_private_address_is_not_asked(found, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it was asked"))
    assert (
        reason_of(lambda: fetch("https://inside.example/a", resolve=lambda host, port: found)) == "not_public"
    )


def test_a_name_that_is_none_is_not_found(server):
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    assert reason_of(lambda: server.fetch("/a", resolve=unknown)) == "not_found"


@pytest.mark.parametrize(
    "typed",
    [
        "http://calendar.example/a",
        "ftp://calendar.example/a",
        "calendar.example/a",
        "https://",
        "https:///a",
        "https://me:secret@calendar.example/a",
        "https://calendar.example:99999/a",
        "javascript:alert(1)",
        "https://calendar.example/a b",
        "https://calendar.example/a\r\nX: y",
        "https://カレンダー.example/",
        "",
    ],
)
def test_only_plain_addresses_over_tls_are_taken(typed):
    assert plain_url(typed) is None


def test_webcal_is_https():
    assert plain_url(" webcal://calendar.example/a.ics#x ") == "https://calendar.example/a.ics"


def test_a_server_that_another_name_belongs_to_is_not_believed(server):
    elsewhere = f"https://other.example:{server.port}/a"
    failed = reason_of(
        lambda: fetch(
            elsewhere,
            trust=server.trust,
            resolve=lambda host, port: ["127.0.0.1"],
            is_allowed=lambda address: True,
        )
    )
    assert failed == "unreachable"


def test_too_much_too_slow_and_refusals_are_told_apart(server, monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST_BYTES", 1000)
    server.answers["/large"] = says(b"x" * 1001)
    assert reason_of(lambda: server.fetch("/large")) == "too_large"
    server.answers["/gone"] = says(b"", status=410)
    server.answers["/error"] = says(b"", status=503)
    assert [reason_of(lambda at=at: server.fetch(at)) for at in ("/gone", "/error")] == [
        "not_found",
        "refused",
    ]


def test_what_comes_drop_by_drop_is_given_up(server, monkeypatch):
    """Each drop comes in time; all of them together would not."""

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            time.sleep(0.02)
            try:
                handler.wfile.write(b"x")
            except OSError:
                return

    server.answers["/drip"] = drip
    monkeypatch.setattr(fetching, "LONGEST_S", 0.5)
    assert reason_of(lambda: server.fetch("/drip")) == "too_slow"
