"""What both type checkers must infer for a user of the SDK. Never imported: test_public_surface.py has it checked, and the repository's own type checks look at it too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_type

from hirewire import (
    APPLICATION_NOTES,
    Actor,
    Answer,
    ApiError,
    ApplicationNote,
    ApplicationNoteKey,
    AsyncClient,
    BatchReply,
    BatchResult,
    Call,
    Client,
    GetResult,
    HirewireError,
    IntegrationConfiguration,
    IntegrationConfigurationKey,
    Method,
    Outcome,
    PartialFailure,
    ProvisionedApplication,
    RawResponse,
    Refusal,
    Reply,
    RetryPolicy,
    Throttled,
)

KEY = ApplicationNoteKey("urn:li:organization:1", "application", "note")
NOTE = ApplicationNote(note="x", author=Actor(first_name="A", last_name="B"), created_at=1, last_modified_at=2)

CONFIGURATION = IntegrationConfigurationKey("urn:li:organization:1", "ONE_CLICK_EXPORT", "RECRUITER", "CALLBACK_URL")
VALUE = IntegrationConfiguration("https://a.example/")


def pairs() -> Iterator[tuple[ApplicationNoteKey, ApplicationNote]]:
    yield KEY, NOTE


def blocking() -> None:
    with Client(base_url="http://127.0.0.1:8080", generation="v2", protocol="1.0.0", retries=RetryPolicy()) as client:
        assert_type(client, Client)
        assert_type(client.with_options(timeout=5, retries=0), Client)
        assert_type(client.application_notes.upsert({KEY: NOTE}), BatchResult[ApplicationNoteKey])
        assert_type(client.application_notes.upsert(pairs(), timeout=5), BatchResult[ApplicationNoteKey])
        assert_type(client.application_notes.delete([KEY]), BatchResult[ApplicationNoteKey])
        assert_type(client.call(Call(APPLICATION_NOTES, Method.BATCH_DELETE, {KEY: None})), Answer[Reply])
        assert_type(client.request("GET", "/rest/x", params={"ids": ["a", "b"]}), RawResponse)
        assert_type(client.token(), str)
        children = client.provisioned_applications
        assert_type(children.create(ProvisionedApplication(name="x")), ProvisionedApplication)
        assert_type(children.find("x"), tuple[ProvisionedApplication, ...])
        children.update("urn:li:developerApplication:1", name="x", description=None)
        configurations = client.integration_configurations
        assert_type(configurations.upsert({CONFIGURATION: VALUE}), BatchResult[IntegrationConfigurationKey])
        assert_type(configurations.delete([CONFIGURATION]), BatchResult[IntegrationConfigurationKey])
        read = configurations.get([CONFIGURATION])
        assert_type(read, GetResult[IntegrationConfigurationKey, IntegrationConfiguration])
        assert_type(read.found[CONFIGURATION].value, str | None)


async def asynchronous() -> None:
    async with AsyncClient(client_id="i", client_secret="s") as client:
        assert_type(client, AsyncClient)
        assert_type(client.with_options(total_timeout=5), AsyncClient)
        assert_type(await client.application_notes.upsert({KEY: NOTE}), BatchResult[ApplicationNoteKey])
        assert_type(await client.application_notes.upsert(pairs(), timeout=5), BatchResult[ApplicationNoteKey])
        assert_type(await client.application_notes.delete([KEY]), BatchResult[ApplicationNoteKey])
        assert_type(await client.call(Call(APPLICATION_NOTES, Method.BATCH_DELETE, {KEY: None})), Answer[Reply])
        assert_type(await client.request("GET", "/rest/x", body={"a": [1, 2.5, True, "x"]}), RawResponse)
        assert_type(await client.token(renew=True), str)
        children = client.provisioned_applications
        assert_type(await children.create(ProvisionedApplication(name="x")), ProvisionedApplication)
        assert_type(await children.find("x"), tuple[ProvisionedApplication, ...])
        await children.update("urn:li:developerApplication:1", js_domains=("https://a",))
        configurations = client.integration_configurations
        assert_type(await configurations.upsert([(CONFIGURATION, VALUE)]), BatchResult[IntegrationConfigurationKey])
        assert_type(
            await configurations.get([CONFIGURATION]), GetResult[IntegrationConfigurationKey, IntegrationConfiguration]
        )


def results(client: Client) -> None:
    result = client.application_notes.upsert({KEY: NOTE})
    assert_type(result.ok, bool)
    assert_type(result.succeeded, tuple[ApplicationNoteKey, ...])
    assert_type(result.failed, dict[ApplicationNoteKey, Refusal])
    assert_type(result.unknown, tuple[ApplicationNoteKey, ...])
    assert_type(result.outcomes[KEY], Outcome)
    assert_type(next(iter(result.failed)).note_id, str)
    assert_type(result.responses[0].request_id, str | None)
    reply = client.call(Call(APPLICATION_NOTES, Method.BATCH_DELETE, {KEY: None})).reply
    if isinstance(reply, BatchReply):
        assert_type(reply.unasked, tuple[str, ...])


def failures(client: Client) -> None:
    try:
        client.application_notes.delete([KEY]).raise_for_errors()
    except PartialFailure as error:
        assert_type(error.request_id, str | None)
    except Throttled as error:
        assert_type(error.status, int)
        assert_type(error.code, str | None)
    except ApiError as error:
        assert_type(error.refusal, Refusal)
    except HirewireError as error:
        assert_type(error.may_have_applied, bool)
