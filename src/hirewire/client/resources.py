"""The typed calls of each resource, as flows: what both clients offer, said once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypedDict, cast

from hirewire.catalog.application_notes import APPLICATION_NOTES, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.call import Call, Created, Page, Reply
from hirewire.catalog.integration_configurations import (
    INTEGRATION_CONFIGURATIONS,
    IntegrationConfiguration,
    IntegrationConfigurationKey,
)
from hirewire.catalog.lifecycle_actions import LIFECYCLE_ACTIONS, LifecycleAction, LifecycleActionKey
from hirewire.catalog.model import Resource
from hirewire.catalog.provisioned_applications import (
    PROVISIONED_APPLICATIONS,
    ProvisionedApplication,
    ProvisionedApplicationKey,
)
from hirewire.client.bulk import change_all
from hirewire.client.conversation import converse
from hirewire.client.creating import create_all
from hirewire.client.effects import Flow
from hirewire.client.errors import ConfigurationError, HirewireError, ProtocolError
from hirewire.client.patience import Patience
from hirewire.client.results import Answer, BatchResult, CreateResult, GetResult
from hirewire.client.session import Session
from hirewire.wire.methods import Method

NoteChanges = Mapping[ApplicationNoteKey, ApplicationNote] | Iterable[tuple[ApplicationNoteKey, ApplicationNote]]
"""Notes with their keys: a mapping, or pairs from anything that can be iterated, of any length."""

ConfigurationChanges = (
    Mapping[IntegrationConfigurationKey, IntegrationConfiguration]
    | Iterable[tuple[IntegrationConfigurationKey, IntegrationConfiguration]]
)
"""Integration configurations with their keys: a mapping, or pairs from anything that can be iterated."""

FIND_BY_FOREIGN_ID = PROVISIONED_APPLICATIONS.views[0].finders[0]


class ApplicationChanges(TypedDict, total=False):
    """What may be changed of a child application. Absent means unchanged, None means cleared."""

    name: str
    description: str | None
    callback_urls: tuple[str, ...] | None
    js_domains: tuple[str, ...] | None


# Deleting what is not there leaves what was wanted (decision G-9); getting it is answered.
_GONE = frozenset({404})


def upsert_notes(session: Session, notes: NoteChanges) -> Flow[BatchResult[ApplicationNoteKey]]:
    """Create or replace application notes."""
    pairs = notes.items() if isinstance(notes, Mapping) else notes
    changes = ((ApplicationNoteKey._make(key), note) for key, note in pairs)
    return change_all(session, APPLICATION_NOTES, Method.BATCH_UPDATE, changes)


def delete_notes(session: Session, keys: Iterable[ApplicationNoteKey]) -> Flow[BatchResult[ApplicationNoteKey]]:
    """Delete application notes."""
    changes = ((ApplicationNoteKey._make(key), None) for key in keys)
    return change_all(session, APPLICATION_NOTES, Method.BATCH_DELETE, changes, done_statuses=_GONE)


def upsert_configurations(
    session: Session, configurations: ConfigurationChanges
) -> Flow[BatchResult[IntegrationConfigurationKey]]:
    """Create or replace integration configurations."""
    pairs = configurations.items() if isinstance(configurations, Mapping) else configurations
    changes = ((IntegrationConfigurationKey._make(key), configuration) for key, configuration in pairs)
    return change_all(session, INTEGRATION_CONFIGURATIONS, Method.BATCH_UPDATE, changes)


def delete_configurations(
    session: Session, keys: Iterable[IntegrationConfigurationKey]
) -> Flow[BatchResult[IntegrationConfigurationKey]]:
    """Delete integration configurations."""
    changes = ((IntegrationConfigurationKey._make(key), None) for key in keys)
    speaking = _offering(session, INTEGRATION_CONFIGURATIONS, Method.BATCH_DELETE)
    return change_all(speaking, INTEGRATION_CONFIGURATIONS, Method.BATCH_DELETE, changes, done_statuses=_GONE)


def get_configurations(
    session: Session, keys: Iterable[IntegrationConfigurationKey]
) -> Flow[GetResult[IntegrationConfigurationKey, IntegrationConfiguration]]:
    """Read integration configurations."""
    asked = ((IntegrationConfigurationKey._make(key), None) for key in keys)
    try:
        result = yield from change_all(
            session, INTEGRATION_CONFIGURATIONS, Method.BATCH_GET, asked, done_statuses=_GONE
        )
    except HirewireError as error:
        error.result = _read(error.result) if isinstance(error.result, BatchResult) else error.result
        raise
    return _read(result)


def _read(
    result: BatchResult[IntegrationConfigurationKey],
) -> GetResult[IntegrationConfigurationKey, IntegrationConfiguration]:
    found = {
        key: outcome.entity
        for key, outcome in result.outcomes.items()
        if outcome.is_ok and isinstance(outcome.entity, IntegrationConfiguration)
    }
    return GetResult(found, result.missing, result.failed, result.unknown, result.not_applied, result.responses)


def _offering(session: Session, resource: Resource, method: Method) -> Session:
    """The session in a generation that offers a method: its own if that does, else the first other one."""
    offered = [view.generation for view in resource.views if method in view.methods]
    return session if session.generation in offered else replace(session, generation=offered[0])


def create_application(session: Session, application: ProvisionedApplication) -> Flow[ProvisionedApplication]:
    """Create a child application."""
    call = Call(PROVISIONED_APPLICATIONS, Method.CREATE, elements=(application,))
    answer = yield from call_once(session, call)
    if isinstance(answer.reply, Created) and isinstance(answer.reply.entity, ProvisionedApplication):
        return answer.reply.entity
    message = "the application was created, but the answer does not hold its credentials"
    raise ProtocolError(message, response=answer.response, may_have_applied=True)


def update_application(
    session: Session, key: ProvisionedApplicationKey | str, changes: ApplicationChanges
) -> Flow[None]:
    """Change the given fields of a child application."""
    if not changes:
        raise ConfigurationError("there is nothing to update: name at least one field")
    named = ProvisionedApplicationKey(key) if isinstance(key, str) else key
    yield from call_once(session, Call(PROVISIONED_APPLICATIONS, Method.PARTIAL_UPDATE, {named: {**changes}}))


def find_applications(session: Session, unique_foreign_id: str) -> Flow[tuple[ProvisionedApplication, ...]]:
    """The child applications with this identifier: one or none."""
    params = {FIND_BY_FOREIGN_ID.params[0].name: unique_foreign_id}
    call = Call(PROVISIONED_APPLICATIONS, Method.FINDER, name=FIND_BY_FOREIGN_ID.name, params=params)
    answer = yield from call_once(session, call)
    elements = answer.reply.elements if isinstance(answer.reply, Page) else ()
    return tuple(element for element in elements if isinstance(element, ProvisionedApplication))


def create_action(session: Session, action: LifecycleAction) -> Flow[LifecycleActionKey | None]:
    """Report one lifecycle action."""
    answer = yield from call_once(session, Call(LIFECYCLE_ACTIONS, Method.CREATE, elements=(action,)))
    key = answer.reply.key if isinstance(answer.reply, Created) else None
    return None if key is None else LifecycleActionKey._make(key)


def create_actions(session: Session, actions: Iterable[LifecycleAction]) -> Flow[CreateResult[LifecycleActionKey]]:
    """Report lifecycle actions."""
    result = yield from create_all(session, LIFECYCLE_ACTIONS, actions)
    return cast("CreateResult[LifecycleActionKey]", result)


def call_once(session: Session, call: Call) -> Flow[Answer[Reply]]:
    """One call as it is given."""
    return converse(session, call, Patience.of(session))
