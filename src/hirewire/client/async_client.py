"""The asynchronous client. Thin: every method names a flow and drives it.

sync_client.py is written from this file by tools/generate_client_facade.py: change this one, then run that.
"""

# ruff: noqa: ASYNC109 - a timeout here bounds each HTTP request; the caller's own asyncio.timeout() works around any call

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, Unpack, cast

from hirewire.catalog.application_notes import ApplicationNoteKey
from hirewire.catalog.call import Call, Page, Reply
from hirewire.catalog.generations import Generation
from hirewire.catalog.integration_configurations import IntegrationConfiguration, IntegrationConfigurationKey
from hirewire.catalog.lifecycle_actions import LifecycleAction, LifecycleActionKey
from hirewire.catalog.prospect_notes import ProspectNote
from hirewire.catalog.provisioned_applications import ProvisionedApplication, ProvisionedApplicationKey
from hirewire.catalog.seats import Seat
from hirewire.client.authorized import access_token
from hirewire.client.by_hand import request_by_hand
from hirewire.client.credentials import changed, open_session
from hirewire.client.drivers import AsyncDriver
from hirewire.client.exchange import RawResponse
from hirewire.client.finding import PAGE_MAX, PageWalk, WindowWalk, notes_call, seats_call
from hirewire.client.resources import (
    ApplicationChanges,
    ConfigurationChanges,
    NoteChanges,
    call_once,
    create_action,
    create_actions,
    create_application,
    delete_configurations,
    delete_notes,
    find_applications,
    get_configurations,
    update_application,
    upsert_configurations,
    upsert_notes,
)
from hirewire.client.results import Answer, BatchResult, CreateResult, GetResult
from hirewire.client.session import Dice, Session
from hirewire.client.transports import AsyncHttpTransport, AsyncTransport, Network
from hirewire.plan.retry import RetryPolicy
from hirewire.plan.windows import Window
from hirewire.runtime.clock import Clock
from hirewire.wire.protocol import Protocol
from hirewire.wire.tree import Tree


class AsyncClient:
    """The platform's API for one application (one client id), asynchronous.

    Every setting may also come from the environment (``HIREWIRE_CLIENT_ID``, ``HIREWIRE_BASE_URL``, ...) or from a TOML
    file; arguments win over the environment, the environment over the file. A client is made once and shared: its
    calls share connections and the access token. Close it, or use it in ``async with``.

        async with AsyncClient(base_url="http://127.0.0.1:8080") as client:
            result = await client.application_notes.upsert({key: note})
            result.raise_for_errors()

    Args:
        client_id: the application's id.
        client_secret: the application's secret.
        credentials_file: a TOML file with any of these settings.
        base_url: where the API is; the public platform unless given.
        token_url: where tokens are had; beside ``base_url`` unless given.
        generation: ``rest`` or ``v2``.
        version: the version of ``rest`` to speak, ``YYYYMM`` or ``YYYYMM.RR``.
        protocol: the Rest.li protocol to speak, ``2.0.0`` or ``1.0.0``.
        timeout: seconds for one HTTP request, connecting and reading included.
        total_timeout: seconds for a whole call with its retries and pauses; unbounded unless given.
        retries: how often a request, or a record of a batch, is tried again after a failure in passing; 0 for never.
        check_first: whether records that break a documented rule are refused here instead of being sent.
        max_body_bytes: the largest request body; batches are cut to stay below.
        tls: the TLS context to use instead of the system's trust store.
        proxy: the URL of an HTTP proxy.
        trust_env: whether to look for a proxy in the usual environment variables.
        transport: what sends requests, instead of the default; ``tls``, ``proxy`` and ``trust_env`` are then its own.
        clock: the time to live in; the machine's unless given.
        dice: the randomness of pauses and multipart boundaries; the system's unless given.

    Raises:
        ConfigurationError: a setting is missing or wrong.
    """

    def __init__(
        self,
        *,
        client_id: str | None = None,
        client_secret: str | None = None,
        credentials_file: str | Path | None = None,
        base_url: str | None = None,
        token_url: str | None = None,
        generation: Literal["rest", "v2"] | Generation | None = None,
        version: str | None = None,
        protocol: Literal["1.0.0", "2.0.0"] | Protocol | None = None,
        timeout: float | None = None,
        total_timeout: float | None = None,
        retries: RetryPolicy | int | None = None,
        check_first: bool | None = None,
        max_body_bytes: int | None = None,
        tls: ssl.SSLContext | None = None,
        proxy: str | None = None,
        trust_env: bool = False,
        transport: AsyncTransport | None = None,
        clock: Clock | None = None,
        dice: Dice | None = None,
    ) -> None:
        given = {
            "client_id": client_id,
            "client_secret": client_secret,
            "base_url": base_url,
            "token_url": token_url,
            "generation": generation,
            "version": version,
            "protocol": protocol,
            "timeout": timeout,
            "total_timeout": total_timeout,
            "check_first": check_first,
            "max_body_bytes": max_body_bytes,
        }
        session = open_session(given, credentials_file=credentials_file, retries=retries, clock=clock, dice=dice)
        network = Network(tls=tls, proxy=proxy, trust_env=trust_env)
        self._begin(session, AsyncDriver(transport or AsyncHttpTransport(network), session.clock))

    def _begin(self, session: Session, driver: AsyncDriver) -> None:
        self._session = session
        self._driver = driver
        self.application_notes = AsyncApplicationNotes(session, driver)
        self.provisioned_applications = AsyncProvisionedApplications(session, driver)
        self.integration_configurations = AsyncIntegrationConfigurations(session, driver)
        self.prospect_notes = AsyncProspectNotes(session, driver)
        self.seats = AsyncSeats(session, driver)
        self.lifecycle_actions = AsyncLifecycleActions(session, driver)

    def with_options(
        self,
        *,
        timeout: float | None = None,
        total_timeout: float | None = None,
        retries: RetryPolicy | int | None = None,
        check_first: bool | None = None,
        max_body_bytes: int | None = None,
        generation: Literal["rest", "v2"] | Generation | None = None,
        version: str | None = None,
        protocol: Literal["1.0.0", "2.0.0"] | Protocol | None = None,
    ) -> Self:
        """This client with other options. Both share connections, access token and the count of what was sent."""
        session = changed(
            self._session,
            timeout=timeout,
            total_timeout=total_timeout,
            retries=retries,
            check_first=check_first,
            max_body_bytes=max_body_bytes,
            generation=generation,
            version=version,
            protocol=protocol,
        )
        client = object.__new__(type(self))
        client._begin(session, self._driver)
        return client

    async def call(self, call: Call, *, timeout: float | None = None) -> Answer[Reply]:
        """Make one call of the catalog exactly as given: nothing is cut, checked first, or tried again by key.

        Whole requests are still tried again as ``retries`` says. ``timeout`` is in seconds and holds for each request.

        Raises:
            ApiError: the whole request was refused.
            HirewireError: no reply came, or none that can be read.
        """
        return await self._driver.run(call_once(changed(self._session, timeout=timeout), call))

    async def request(
        self,
        verb: str,
        path: str,
        *,
        params: Mapping[str, Tree] | str | None = None,
        method: str | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> RawResponse:
        """Send any request by hand and give the raw answer, whatever its status.

        ``path`` is sent as it is, so its keys must be escaped; ``params`` is a mapping that is written in the client's
        protocol, or a finished query. ``method`` is ``X-RestLi-Method``. ``body`` is bytes, or a value to write as
        JSON. The token, protocol and version headers are added; a query too long for a URL is tunnelled. Nothing is
        sent a second time, except with a new token after a 401.

            response = await client.request("GET", "/rest/applicationNotes", params={"q": "criteria"})

        Raises:
            HirewireError: no answer came, or the request cannot be written.
        """
        session = changed(self._session, timeout=timeout)
        flow = request_by_hand(session, verb, path, params=params, method=method, body=body, headers=headers)
        return await self._driver.run(flow)

    async def token(self, *, renew: bool = False) -> str:
        """The access token calls are made with, fetched when there is none; with ``renew`` a new one in any case.

        Raises:
            Unauthorized: the client id or secret is wrong.
            Unreachable: the token endpoint did not answer.
        """
        return await self._driver.run(access_token(self._session, renew=renew))

    async def close(self) -> None:
        """Close the connections, also those of clients made by ``with_options``."""
        await self._driver.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncClient({self._session!r})"


class AsyncApplicationNotes:
    """Application notes: what recruiters wrote about applications (``client.application_notes``)."""

    def __init__(self, session: Session, driver: AsyncDriver) -> None:
        self._session = session
        self._driver = driver

    async def upsert(self, notes: NoteChanges, *, timeout: float | None = None) -> BatchResult[ApplicationNoteKey]:
        """Create notes, or replace them whole: a field left out is cleared.

        Takes any number of notes, as a mapping or as pairs from any iterable, and sends them in order in requests of
        at most 100. Of several versions of one note the later is sent after the earlier. Records that fail in passing
        are tried again by themselves. ``timeout`` is in seconds and holds for each request.

            result = await client.application_notes.upsert({key: ApplicationNote(note="Strong in SQL", ...)})
            for key, refusal in result.failed.items():
                print(key.note_id, refusal.code, refusal.message)

        Raises:
            HirewireError: a request failed as a whole. ``error.result`` says what became of every note until then.
        """
        return await self._driver.run(upsert_notes(changed(self._session, timeout=timeout), notes))

    async def delete(
        self, keys: Iterable[ApplicationNoteKey], *, timeout: float | None = None
    ) -> BatchResult[ApplicationNoteKey]:
        """Delete notes. One that is not there counts as deleted and is listed in ``result.missing``.

        Takes any number of keys and sends them as ``upsert`` does.

        Raises:
            HirewireError: a request failed as a whole. ``error.result`` says what became of every note until then.
        """
        return await self._driver.run(delete_notes(changed(self._session, timeout=timeout), keys))


class AsyncProvisionedApplications:
    """One application for each customer, created by their parent (``client.provisioned_applications``).

    The client must hold the parent application's credentials.
    """

    def __init__(self, session: Session, driver: AsyncDriver) -> None:
        self._session = session
        self._driver = driver

    async def create(
        self, application: ProvisionedApplication, *, timeout: float | None = None
    ) -> ProvisionedApplication:
        """Create a child application; the answer holds its key and credentials, the secret for the only time.

        It is not tried again when nobody knows whether it was created (``OutcomeUnknown``, ``Unavailable``).

        Raises:
            Conflict: the parent has an application with this ``unique_foreign_id`` already.
            HirewireError: as every call.
        """
        return await self._driver.run(create_application(changed(self._session, timeout=timeout), application))

    async def update(
        self,
        key: ProvisionedApplicationKey | str,
        *,
        timeout: float | None = None,
        **changes: Unpack[ApplicationChanges],
    ) -> None:
        """Change the named fields of a child application; None clears one, the others stay.

        Raises:
            HirewireError: as every call.
        """
        await self._driver.run(update_application(changed(self._session, timeout=timeout), key, changes))

    async def find(self, unique_foreign_id: str, *, timeout: float | None = None) -> tuple[ProvisionedApplication, ...]:
        """The child applications with this identifier (one or none), without their secrets.

        Raises:
            HirewireError: as every call.
        """
        return await self._driver.run(find_applications(changed(self._session, timeout=timeout), unique_foreign_id))


class AsyncIntegrationConfigurations:
    """What is set for a customer's integrations (``client.integration_configurations``).

    Which configuration a type of integration takes, and which values, is in the reference.
    """

    def __init__(self, session: Session, driver: AsyncDriver) -> None:
        self._session = session
        self._driver = driver

    async def upsert(
        self, configurations: ConfigurationChanges, *, timeout: float | None = None
    ) -> BatchResult[IntegrationConfigurationKey]:
        """Create configurations or replace their values; takes any number, in requests of at most 100.

            key = IntegrationConfigurationKey("urn:li:organization:1", "ONE_CLICK_EXPORT", "RECRUITER", "CALLBACK_URL")
            result = await client.integration_configurations.upsert(
                {key: IntegrationConfiguration("https://ats.example.com/hooks")}
            )

        Raises:
            HirewireError: a request failed as a whole. ``error.result`` says what became of each until then.
        """
        return await self._driver.run(upsert_configurations(changed(self._session, timeout=timeout), configurations))

    async def delete(
        self, keys: Iterable[IntegrationConfigurationKey], *, timeout: float | None = None
    ) -> BatchResult[IntegrationConfigurationKey]:
        """Delete configurations; one that is not there counts as deleted and is listed in ``result.missing``.

        Only the two viewers' configurations can be deleted. ``rest`` offers no deletion, so this call speaks ``v2``,
        whatever the client's generation is.

        Raises:
            HirewireError: a request failed as a whole. ``error.result`` says what became of each until then.
        """
        return await self._driver.run(delete_configurations(changed(self._session, timeout=timeout), keys))

    async def get(
        self, keys: Iterable[IntegrationConfigurationKey], *, timeout: float | None = None
    ) -> GetResult[IntegrationConfigurationKey, IntegrationConfiguration]:
        """Read configurations back: what is stored under each key in ``result.found``, the others in ``result.missing``.

        Raises:
            HirewireError: a request failed as a whole. ``error.result`` holds what was read until then.
        """
        return await self._driver.run(get_configurations(changed(self._session, timeout=timeout), keys))


class AsyncLifecycleActions:
    """What happened to job applications, so that applicants hear of it (``client.lifecycle_actions``)."""

    def __init__(self, session: Session, driver: AsyncDriver) -> None:
        self._session = session
        self._driver = driver

    async def create(self, action: LifecycleAction, *, timeout: float | None = None) -> LifecycleActionKey | None:
        """Report one action; the key the platform gave it, None where it named none.

        Whether the applicant is told is the customer's decision ("Applicant notifications"); the answer does not say.
        It is not sent again when nobody knows whether it arrived (``OutcomeUnknown``, ``Unavailable``); doing so is safe
        all the same, since an applicant hears of each kind of action once.

            await client.lifecycle_actions.create(
                LifecycleAction(
                    job_application="urn:li:jobApplication:12345678",
                    action="APPLICATION_VIEWED",
                    performed_at=1604600000017,
                    integration_context="urn:li:organization:12345",
                )
            )

        Raises:
            HirewireError: as every call.
        """
        return await self._driver.run(create_action(changed(self._session, timeout=timeout), action))

    async def create_many(
        self, actions: Iterable[LifecycleAction], *, timeout: float | None = None
    ) -> CreateResult[LifecycleActionKey]:
        """Report any number of actions, in order, in requests of at most 100. Each is answered for itself.

            result = await client.lifecycle_actions.create_many(actions)
            for position, refusal in result.failed.items():
                print(actions[position].job_application, refusal.message)

        Raises:
            HirewireError: a request failed as a whole. ``error.result`` says what became of every action until then.
        """
        return await self._driver.run(create_actions(changed(self._session, timeout=timeout), actions))


class AsyncProspectNotes:
    """What recruiters wrote about prospects on a contract (``client.prospect_notes``). Read only.

    Contracts and owners are URNs, moments are epoch milliseconds (UTC). A note that was deleted comes with ``active``
    False: remove it on your side.
    """

    def __init__(self, session: Session, driver: AsyncDriver) -> None:
        self._session = session
        self._driver = driver

    async def find(
        self,
        contract: str,
        *,
        owners: Iterable[str] = (),
        after: int | None = None,
        before: int | None = None,
        page_size: int = PAGE_MAX,
        timeout: float | None = None,
    ) -> AsyncIterator[ProspectNote]:
        """The notes last changed in ``after < lastModified <= before``, of some seats or all, page by page as needed.

        Notes that are edited meanwhile move to later moments, and a platform that pages by index may then skip others:
        ``window`` does not. ``timeout`` is in seconds and holds for each request.

            async for note in client.prospect_notes.find("urn:li:contract:1234567", owners=["urn:li:seat:123456789"]):
                print(note.id, note.active, note.note)

        Raises:
            Forbidden: the contract is not this application's.
            HirewireError: as every call.
        """
        async for page in self.pages(
            contract, owners=owners, after=after, before=before, page_size=page_size, timeout=timeout
        ):
            for note in page.elements:
                yield cast(ProspectNote, note)

    async def pages(
        self,
        contract: str,
        *,
        owners: Iterable[str] = (),
        after: int | None = None,
        before: int | None = None,
        page_size: int = PAGE_MAX,
        timeout: float | None = None,
    ) -> AsyncIterator[Page]:
        """The same as ``find``, a page at a time, with its ``total`` and links.

        Raises:
            HirewireError: as ``find``.
        """
        call = notes_call(contract, owners, after, before, page_size)
        walk = PageWalk(changed(self._session, timeout=timeout), call)
        while (page := await self._driver.run(walk.advance())) is not None:
            yield page

    async def window(
        self,
        contract: str,
        after: int,
        before: int,
        *,
        owners: Iterable[str] = (),
        timeout: float | None = None,
    ) -> AsyncIterator[ProspectNote]:
        """Every note last changed in ``after < lastModified <= before``, in that order, complete whatever moves meanwhile.

        Asks for at most 12 hours at a time, as documented, and cuts what does not fit on one page. ``before`` must lie in
        the past of the platform's clock: a window that still fills cannot be complete. Use it as the next ``after``.

        Raises:
            Forbidden: the contract is not this application's.
            HirewireError: as every call.
        """
        walk = WindowWalk.of(changed(self._session, timeout=timeout), contract, Window(after, before), owners)
        while (notes := await self._driver.run(walk.advance())) is not None:
            for note in notes:
                yield note


class AsyncSeats:
    """The recruiters of a contract (``client.seats``): a seat's id makes the owner of a note, ``urn:li:seat:{id}``."""

    def __init__(self, session: Session, driver: AsyncDriver) -> None:
        self._session = session
        self._driver = driver

    async def find(
        self,
        contracts: str | Iterable[str],
        *,
        states: Iterable[str] = (),
        page_size: int = PAGE_MAX,
        timeout: float | None = None,
    ) -> AsyncIterator[Seat]:
        """The seats of contracts, in some states (``ACTIVE``, ``INACTIVE``, ``INVITED``, ``PARKED``) or in any.

        Raises:
            Forbidden: a contract is not this application's.
            HirewireError: as every call.
        """
        walk = PageWalk(changed(self._session, timeout=timeout), seats_call(contracts, states, page_size))
        while (page := await self._driver.run(walk.advance())) is not None:
            for seat in page.elements:
                yield cast(Seat, seat)
