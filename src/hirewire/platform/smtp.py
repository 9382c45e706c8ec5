"""Handing one mail to the configured mail server. What the server says becomes a value; whether to try again is plan's."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import ssl
from dataclasses import dataclass, field

import aiosmtplib

from hirewire.plan.mailing import DEADLINE_S, Fault, fault_of
from hirewire.values.mail_address import MailAddress

_QUIT_DEADLINE_S = 2.0
_ERROR_CHARACTERS_MAX = 300


class MailSecurity(enum.Enum):
    """How the way to the mail server is secured."""

    STARTTLS = "starttls"
    """In the clear until TLS begins, which the server must offer; usual on port 587."""
    TLS = "tls"
    """From the first byte; usual on port 465."""
    NONE = "none"
    """Not at all: for a server on this machine."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in, and as whom."""

    host: str
    port: int
    security: MailSecurity
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NotTaken:
    """The server did not take a mail, or did not say that it did."""

    fault: Fault
    error: str


class Postman:
    """Hands mails to one server, on a connection for each; ``tls`` replaces the system's trust store."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls

    async def hand_in(self, sender: MailAddress, recipient: MailAddress, message: bytes) -> NotTaken | None:
        """Hand in one mail; None when the server has taken it. Never raises for what the server does."""
        client = self._client(sender)
        try:
            # On the event loop's time: sockets live in real time, whatever clock the platform has.
            async with asyncio.timeout(DEADLINE_S):
                await client.connect()
                options = [] if recipient.is_ascii else ["SMTPUTF8"]
                await client.sendmail(str(sender), str(recipient), message, mail_options=options)
        except TimeoutError:
            return NotTaken(Fault.PASSING, f"no complete answer from {self._named} within {DEADLINE_S:g} s")
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return _not_taken(error, self._named)
        else:
            # It has the mail: however it takes our leave, that is so.
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                async with asyncio.timeout(_QUIT_DEADLINE_S):
                    await client.quit()
            return None
        finally:
            client.close()

    @property
    def _named(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _client(self, sender: MailAddress) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            # Left out, it would be looked up, which may take long, and tell the server this machine's name.
            local_hostname=sender.domain,
            use_tls=server.security is MailSecurity.TLS,
            start_tls=server.security is MailSecurity.STARTTLS,
            tls_context=self._tls,
            timeout=DEADLINE_S,
        )


def _not_taken(error: Exception, server: str) -> NotTaken:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        refused = error.recipients[0]
        return NotTaken(fault_of(refused.code, is_about_mail=True), _said(refused))
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        # Another server might: whoever configures one, or an address it takes, is helped by the next attempt.
        return NotTaken(Fault.PASSING, _line(f"{server}: {error.message}"))
    if isinstance(error, aiosmtplib.SMTPResponseException):
        is_about_mail = isinstance(error, aiosmtplib.SMTPDataError)
        return NotTaken(fault_of(error.code, is_about_mail=is_about_mail), _said(error))
    return NotTaken(Fault.PASSING, _line(f"{server}: {str(error) or type(error).__name__}"))


def _said(error: aiosmtplib.SMTPResponseException) -> str:
    return _line(f"the server said {error.code} {error.message}")


def _line(text: str) -> str:
    """What a stranger said, as one short line that every database takes."""
    return "".join(each if each.isprintable() else " " for each in text)[:_ERROR_CHARACTERS_MAX]
