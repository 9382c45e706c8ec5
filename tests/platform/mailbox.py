"""A real mail server on loopback for tests: it takes mails, refuses them, falls silent or hangs up, as it is told."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

OK = "250 taken"

T = TypeVar("T")


@dataclass
class Mailbox:
    """Everything that was handed in. ``refuse_at`` maps SMTP verbs to the reply they get; None of a verb: silence."""

    taken: list[Envelope] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    refuse_at: dict[str, str | None] = field(default_factory=dict)
    after_data: Callable[[], None] = lambda: None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await self._answer("RCPT")
        if refusal is not None:
            return refusal
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await self._answer("MAIL")
        if refusal is not None:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        refusal = await self._answer("DATA")
        if refusal is not None:
            return refusal
        self.taken.append(envelope)
        self.after_data()
        return OK

    async def _answer(self, verb: str) -> str | None:
        self.seen.append(verb)
        if verb not in self.refuse_at:
            return None
        reply = self.refuse_at[verb]
        if reply is None:
            await asyncio.Event().wait()
        return reply

    def arrival(self) -> threading.Event:
        """Set when the next mail has been taken."""
        event = threading.Event()
        self.after_data = event.set
        return event

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails as their readers' programs understand them."""
        return [read_mail(envelope.content) for envelope in self.taken]


def read_mail(content: Any) -> EmailMessage:
    assert isinstance(content, bytes)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


class MailServerOnLoopback:
    """The server around a mailbox, in a thread of its own."""

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        password: str | None = None,
    ) -> None:
        def admits(server: Any, session: Any, envelope: Any, mechanism: Any, data: Any) -> AuthResult:
            return AuthResult(success=data.password.decode() == password, handled=False)

        more: dict[str, Any] = {"authenticator": admits, "auth_required": True} if password is not None else {}
        if starttls is not None:
            more |= {"tls_context": starttls, "require_starttls": True}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._server = self._run(
            self._loop.create_server(
                lambda: SMTP(mailbox, enable_SMTPUTF8=True, loop=self._loop, **more), "127.0.0.1", 0, ssl=tls
            )
        )
        self.port: int = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._loop.is_closed():
            return
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _stop(self) -> None:
        self._server.close()
        conversations = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
