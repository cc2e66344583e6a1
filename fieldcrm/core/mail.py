"""Mail: composed here, handed to the mail server of the settings, or written to files where none is set.

Called from background jobs only; a server that is away makes the job fail, and it is tried again.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from procrastinate import RetryStrategy

from fieldcrm.config import Settings
from fieldcrm.core import clock
from fieldcrm.core.ids import new_id

log = logging.getLogger(__name__)

PATIENCE_S: Final = 20
_PORTS: Final = {"smtp": 587, "smtps": 465, "smtp+plain": 25}

AGAIN: Final = RetryStrategy(
    max_attempts=6, exponential_wait=4, retry_exceptions=(OSError, smtplib.SMTPException)
)
"""How jobs that mail try again: after 4, 16, 64 seconds ... a quarter of an hour, then an hour."""


class BadMailSetting(ValueError):
    """``SMTP_URL`` names no mail server."""


@dataclass(frozen=True)
class Invitation:
    """What calendar programs read of a mail: iCalendar, and its METHOD (REQUEST, CANCEL)."""

    method: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What somebody gets: the same words as plain text and as HTML, and what calendars read of it.

    Answers go to ``reply_to``, where that is somebody else than the sender of all mails.
    """

    to: str
    subject: str
    text: str
    html: str
    locale: str
    reply_to: str | None = None
    invitation: Invitation | None = None


@dataclass(frozen=True)
class Server:
    """A mail server as ``SMTP_URL`` names it."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""


def deliver(settings: Settings, letter: Letter) -> None:
    """Send the letter, or write it to ``settings.mail_folder`` where no mail server is set."""
    message = compose(letter, sender=settings.mail_from)
    if not settings.smtp_url:
        path = _write(settings.mail_folder, message)
        log.warning("no SMTP_URL is set: a mail was written to %s", path)
        return
    with _connection(parse_server(settings.smtp_url)) as line:
        line.send_message(message)


def compose(letter: Letter, *, sender: str) -> EmailMessage:
    """Return the letter as a message that any server takes: all of it in seven bits."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"  # no holiday replies, please
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    if letter.invitation is not None:
        _add_invitation(message, letter.invitation)
    if letter.reply_to is not None:
        message["Reply-To"] = Address(addr_spec=letter.reply_to)
    message["Content-Language"] = letter.locale
    return message


def _add_invitation(message: EmailMessage, invitation: Invitation) -> None:
    """Add it as an alternative, which programs offer to accept, and as a file for those that do not."""
    text = invitation.content.decode()
    # In the body the last alternative is what a program shows that understands it.
    message.add_alternative(text, subtype="calendar", cte="base64", params={"method": invitation.method})
    message.add_attachment(
        invitation.content, maintype="application", subtype="ics", filename="invite.ics", cte="base64"
    )


def parse_server(url: str) -> Server:
    """Return the server that ``url`` names, or raise BadMailSetting."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadMailSetting("SMTP_URL cannot be read") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadMailSetting("SMTP_URL must look like smtp://user:password@host:587")
    return Server(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


@contextmanager
def _connection(server: Server) -> Iterator[smtplib.SMTP]:
    trust = ssl.create_default_context()
    if server.scheme == "smtps":
        line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_S, context=trust)
    else:
        line = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_S)
    with line:
        if server.scheme == "smtp":
            # Refused where the server offers none: links that let one in never go in the clear by mistake.
            line.starttls(context=trust)
        if server.user:
            line.login(server.user, server.password)
        yield line


def _write(folder: Path, message: EmailMessage) -> Path:
    """Write the message as a file that only this system's user reads, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{clock.now():%Y%m%d-%H%M%S}-{new_id().hex[-12:]}.eml"
    half = path.with_suffix(".part")
    half.touch(mode=0o600)
    half.write_bytes(message.as_bytes())
    half.rename(path)
    return path
