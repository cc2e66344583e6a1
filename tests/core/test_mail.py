"""Mail goes to the mail server as the settings say, or into files; never in the clear by mistake."""

from __future__ import annotations

import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask

from fieldcrm.config import Settings
from fieldcrm.core.mail import AGAIN, BadMailSetting, Letter, compose, deliver, parse_server
from tests.fixtures.mail import MailServer, serving_mail, words_of

LETTER = Letter(
    to="sato@example.jp",
    subject="件名\nBcc: x@example.jp",
    text="本文です。\n",
    html="<p>本文です。</p>",
    locale="ja",
)


def _settings(app: Flask, **changes: object) -> Settings:
    found: Settings = app.extensions["settings"]
    return found.model_copy(update=changes)


def test_a_letter_is_one_message_in_both_forms_and_seven_bits() -> None:
    message = compose(LETTER, sender="北商事 <crm@example.jp>")
    assert message.as_bytes().isascii()
    read = message_from_bytes(message.as_bytes(), policy=default)
    assert (read["From"], read["To"]) == ("北商事 <crm@example.jp>", "sato@example.jp")
    assert read["Subject"] == "件名 Bcc: x@example.jp"  # one line: no header of somebody's own
    assert read["Bcc"] is None
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Message-ID"].endswith("@example.jp>")
    assert words_of(read).strip() == "本文です。"
    assert "<p>本文です。</p>" in read.get_body(("html",)).get_content()


def test_without_a_mail_server_mails_are_files_for_this_user_only(app: Flask, tmp_path: Path) -> None:
    deliver(_settings(app, smtp_url="", fieldcrm_local_dir=tmp_path), LETTER)
    (path,) = (tmp_path / "mail").iterdir()
    assert path.suffix == ".eml"
    assert path.stat().st_mode & 0o077 == 0
    assert message_from_bytes(path.read_bytes(), policy=default)["To"] == "sato@example.jp"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("smtp", "mail.example", 587, "", "")),
        (
            "smtps://u%40example.jp:p%3Aw%2F@mail.example",
            ("smtps", "mail.example", 465, "u@example.jp", "p:w/"),
        ),
        ("smtp+plain://localhost:2525", ("smtp+plain", "localhost", 2525, "", "")),
    ],
)
def test_the_setting_names_a_server(url: str, expected: tuple[object, ...]) -> None:
    found = parse_server(url)
    assert (found.scheme, found.host, found.port, found.user, found.password) == expected


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtp://host:port"])
def test_a_setting_that_names_none_is_loud(url: str) -> None:
    with pytest.raises(BadMailSetting):
        parse_server(url)


def test_where_the_server_offers_no_tls_nothing_is_sent(app: Flask) -> None:
    with serving_mail("smtp") as server:
        with pytest.raises(smtplib.SMTPNotSupportedError):
            deliver(_settings(app, smtp_url=server.url), LETTER)
        assert server.mails == []


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that nobody has signed but itself, and its key."""
    paths = tmp_path / "mail.pem", tmp_path / "mail.key"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=mail".split()
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(["openssl", *words, *files], check=True, capture_output=True)
    return paths


@pytest.fixture
def tls_server(certificate: tuple[Path, Path]) -> Iterator[MailServer]:
    """A mail server that takes mail over TLS from who knows the password."""

    def check(_server: object, _session: object, _envelope: object, _how: str, told: object) -> AuthResult:
        is_right = isinstance(told, LoginPassword) and (told.login, told.password) == (b"crm", b"geheim")
        return AuthResult(success=is_right, handled=False)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    options = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": check,
        "auth_required": True,
    }
    with serving_mail("smtp", **options) as server:
        yield server


def test_over_tls_with_a_trusted_certificate_and_the_password_it_is_sent(
    app: Flask, tls_server: MailServer, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = tls_server.url.replace("://", "://crm:geheim@")
    with pytest.raises(ssl.SSLCertVerificationError):
        deliver(_settings(app, smtp_url=url), LETTER)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    deliver(_settings(app, smtp_url=url), LETTER)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        deliver(_settings(app, smtp_url=url.replace("geheim", "falsch")), LETTER)
    assert [mail["To"] for mail in tls_server.mails] == ["sato@example.jp"]


def test_a_mail_that_was_not_taken_is_tried_again(app: Flask) -> None:
    with serving_mail() as server:
        server.answer = "451 later"
        with pytest.raises(smtplib.SMTPDataError) as caught:
            deliver(_settings(app, smtp_url=server.url), LETTER)
    with pytest.raises(ConnectionRefusedError) as away:
        deliver(_settings(app, smtp_url=server.url), LETTER)

    class Job:
        attempts = 1

    for error in (caught.value, away.value):
        decision = AGAIN.get_retry_decision(exception=error, job=Job())  # type: ignore[arg-type]
        assert decision is not None
