"""A server that stands for the GSI's: one tile of one colour, over TLS, for browsers that are sent there."""

from __future__ import annotations

import io
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image

HOST = "cyberjapandata.gsi.go.jp"
TILES = f"https://{HOST}/xyz/pale/{{z}}/{{x}}/{{y}}.png"
COLOUR = (214, 92, 196)
"""No map has it."""


class Institute:
    """Where it is, and how often it was asked."""

    def __init__(self, port: int) -> None:
        self.asked = 0
        self.flags = [f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{port}", "--ignore-certificate-errors"]


@contextmanager
def institute(folder: Path) -> Iterator[Institute]:
    """Answer for the length of a test."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    here = Institute(server.server_address[1])
    server.RequestHandlerClass = _handler(here)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder / "institute.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def _handler(here: Institute) -> type[BaseHTTPRequestHandler]:
    kept = io.BytesIO()
    Image.new("RGB", (256, 256), COLOUR).save(kept, "PNG")
    tile = kept.getvalue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked += 1
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(tile)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(tile)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's own name
            """Say nothing."""

    return Handler


def _certificate(path: Path) -> Path:
    """Write a key and a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path
