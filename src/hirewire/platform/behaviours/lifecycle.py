"""Lifecycle actions: each is written down and accepted; of those on a job application we know, its applicant hears.

An action on a job application nobody knows has no effect, also not when the application arrives later (decision G-47).
That a context given is the caller's own has been judged before.
"""

from __future__ import annotations

from hirewire.catalog.call import Call, Created, CreatedMany, Entity, Outcome, Refusal, Refused
from hirewire.catalog.errors import entity_not_found
from hirewire.catalog.lifecycle_actions import LIFECYCLE_ACTIONS, LifecycleAction, LifecycleActionKey
from hirewire.db import Transaction
from hirewire.plan.notices import event_of
from hirewire.platform.effects import Behaviour, Effect, Handling
from hirewire.platform.job_applications import JobApplication
from hirewire.platform.lifecycle_log import ReportedAction
from hirewire.wire.methods import Method


def create(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """One action."""
    (element,) = call.elements
    done = _report(tx, element, handling)
    return Effect(Refused(done) if isinstance(done, Refusal) else done)


def create_many(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Several actions, in the order given; each is answered for itself."""
    done = (_report(tx, element, handling) for element in call.elements)
    return Effect(
        CreatedMany(tuple(Outcome(each.status, each) if isinstance(each, Refusal) else each for each in done))
    )


def _report(tx: Transaction, element: Entity | Refusal, handling: Handling) -> Created | Refusal:
    if isinstance(element, Refusal):
        return element
    assert isinstance(element, LifecycleAction)
    urn, action, performed_at = element.job_application, element.action, element.performed_at
    assert urn is not None and action is not None and performed_at is not None
    application = _own_application(tx, urn, element.integration_context, handling)
    if application is None and handling.rules.require_job_application:
        return entity_not_found(urn)
    organization = element.integration_context or (application.organization if application else None)
    reported = ReportedAction(urn, organization, action, performed_at, handling.now, handling.application.client_id)
    number = handling.stores.lifecycle_log.add(tx, reported)
    event = event_of(action)
    if application is not None and event is not None:
        handling.stores.applicants.hear_of(tx, application, event, handling.now)
    return Created(LifecycleActionKey(str(number)))


def _own_application(tx: Transaction, urn: str, context: str | None, handling: Handling) -> JobApplication | None:
    """The job application, if it is the organization's that is named, or, where none is named, one of the caller's.

    That of another customer is as unknown as one that does not exist.
    """
    found = handling.stores.job_applications.find(tx, urn)
    contexts = handling.application.contexts if context is None else {context}
    return found if found is not None and found.organization in contexts else None


BEHAVIOURS: dict[tuple[str, Method], Behaviour] = {
    (LIFECYCLE_ACTIONS.name, Method.CREATE): create,
    (LIFECYCLE_ACTIONS.name, Method.BATCH_CREATE): create_many,
}
