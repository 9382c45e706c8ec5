"""Every verb of the stores for customers, integrations, callbacks and push events; run on both databases elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.fernet import Fernet

from hirewire.catalog.events import Announcement, EventType, ProspectNoteDeleted
from hirewire.catalog.integrations import INTEGRATIONS, Integration, IntegrationKey, IntegrationStatus
from hirewire.db import Transaction
from hirewire.plan.delivery import Disabled, Health, Standing, Validation
from hirewire.platform.applications import Draft, Kind, Profile
from hirewire.platform.callbacks import CallbackKey
from hirewire.platform.customers import Change, Choice, Customer
from hirewire.platform.events import Attempt, EventFilter, EventState, Replay
from hirewire.platform.onboarding import OnboardingError
from hirewire.platform.sealing import SealedSecrets, Sealer, SealingError
from hirewire.platform.stores import Stores
from tests.platform.sandbox import NOON, milliseconds

ORGANIZATION, CONTRACT, CLIENT = "urn:li:organization:7001", "urn:li:contract:7002", "push-client"
KEY = CallbackKey(ORGANIZATION, "ONE_CLICK_EXPORT", "RECRUITER")
NOTE = ProspectNoteDeleted(2**60, CONTRACT)


def exercise_customers(tx: Transaction, stores: Stores) -> None:
    customers = stores.customers
    assert customers.find(tx, ORGANIZATION) == Customer()
    for value, at in ((True, 1), (True, 2), (False, 3)):
        customers.choose(tx, ORGANIZATION, Choice.APPLICANT_NOTIFICATIONS, value, milliseconds(at))
    assert customers.choose(tx, ORGANIZATION, Choice.USES_ACLS, True, NOON) == Customer(uses_acls=True)
    assert customers.changes(tx, ORGANIZATION) == [
        Change(milliseconds(1), Choice.APPLICANT_NOTIFICATIONS, True),
        Change(milliseconds(3), Choice.APPLICANT_NOTIFICATIONS, False),
        Change(NOON, Choice.USES_ACLS, True),
    ]
    assert customers.of(tx, ORGANIZATION) == ORGANIZATION
    assert customers.of(tx, CONTRACT) is None
    stores.applications.add(tx, Draft(CLIENT, "scrypt$4$00$00", Kind.CUSTOMER, Profile("Push")), NOON)
    for urn in (ORGANIZATION, CONTRACT):
        stores.applications.bind(tx, CLIENT, urn)
    assert customers.of(tx, CONTRACT) == ORGANIZATION
    stores.applications.bind(tx, CLIENT, "urn:li:organization:7003")
    assert customers.of(tx, CONTRACT) is None, "nobody can tell which of the two"
    customers.own(tx, CONTRACT, "urn:li:organization:7003")
    assert customers.of(tx, CONTRACT) == "urn:li:organization:7003"
    customers.own(tx, CONTRACT, ORGANIZATION)


def exercise_secrets(tx: Transaction, stores: Stores) -> None:
    key = Fernet.generate_key()
    sealed = SealedSecrets(stores.statements, Sealer(lambda: key))
    with pytest.raises(SealingError, match="was never sealed"):
        sealed.find(tx, CLIENT)
    for secret in ("first", "s\u00e9cret \U0001f600"):
        sealed.put(tx, CLIENT, secret)
        assert sealed.find(tx, CLIENT) == secret
    with pytest.raises(SealingError, match="another key"):
        SealedSecrets(stores.statements, Sealer(Fernet.generate_key)).find(tx, CLIENT)
    without = SealedSecrets(stores.statements, None)
    with pytest.raises(SealingError, match="no sealing key"):
        without.find(tx, CLIENT)
    without.put(tx, CLIENT, "third")
    with pytest.raises(SealingError, match="was never sealed"):
        sealed.find(tx, CLIENT)


def exercise_callbacks(tx: Transaction, stores: Stores) -> None:
    callbacks = stores.callbacks
    assert callbacks.find(tx, KEY) is None
    assert callbacks.claim_url(tx, ORGANIZATION, "https://a.example/x")
    assert callbacks.claim_url(tx, ORGANIZATION, "https://A.example:443/x")
    assert not callbacks.claim_url(tx, "urn:li:organization:1", "https://a.EXAMPLE/x")
    first = callbacks.register(tx, KEY, "https://a.example/x", CLIENT, NOON)
    ill = replace(
        first,
        health=Health(Disabled.FAILING, milliseconds(1), milliseconds(2), 3),
        standing=Standing(Validation.BLOCKED, 3, milliseconds(4)),
        next_validation_at=milliseconds(9),
        challenge_error="no",
    )
    callbacks.save(tx, ill)
    assert callbacks.of(tx, ORGANIZATION) == [ill] == callbacks.of(tx, None)
    assert callbacks.next_validations(tx, 10) == [], "a disabled callback is not challenged"
    again = callbacks.register(tx, KEY, "https://a.example/x", CLIENT, milliseconds(10))
    assert again.health == Health(last_success_at=milliseconds(1))
    assert again.standing == Standing(Validation.UNVALIDATED, 0, milliseconds(4))
    assert callbacks.next_validations(tx, 10) == [again] and again.registered_at == NOON
    callbacks.revalidate(tx, CLIENT)
    assert [each.next_validation_at for each in callbacks.next_validations(tx, 1)] == [0]
    assert callbacks.claim_url(tx, ORGANIZATION, "https://b.example/")
    moved = callbacks.register(tx, KEY, "https://b.example/", CLIENT, milliseconds(20))
    assert moved.standing == Standing() and moved.health == Health()
    assert callbacks.claim_url(tx, "urn:li:organization:1", "https://a.example/x"), "nobody uses it any more"
    callbacks.forget(tx, KEY)
    assert callbacks.find(tx, KEY) is None
    assert callbacks.claim_url(tx, "urn:li:organization:1", "https://b.example/")


def exercise_events(tx: Transaction, stores: Stores) -> None:
    events, callbacks = stores.events, stores.callbacks
    unknown = "urn:li:contract:7999"
    events.emit(tx, unknown, NOTE, NOON)
    events.emit(tx, CONTRACT, NOTE, NOON)
    export = Announcement(EventType.EXPORT_CANDIDATE_PROFILE, "r\u00e9q", milliseconds(5))
    events.emit(tx, ORGANIZATION, export, milliseconds(1), integration_type="CRM_ONE_CLICK_EXPORT")
    assert stores.bell.heard() and not stores.bell.heard()
    assert callbacks.waiting(tx) == []
    stores.own_contract(tx, unknown, ORGANIZATION)
    crm = CallbackKey(ORGANIZATION, "CRM_ONE_CLICK_EXPORT", "JOBS")
    registered = callbacks.register(tx, crm, "https://c.example/", CLIENT, NOON)
    events.release(tx, ORGANIZATION, crm.integration_type)
    (due,) = callbacks.waiting(tx)
    assert (due.callback, due.due_at) == (registered, 0), "it is the only callback: the notes' events go there too"
    until = milliseconds(20_000)
    taken = events.claim(tx, ORGANIZATION, crm.integration_type, NOON, until, 2)
    assert len(taken) == 2 and {each.next_at for each in taken} == {until}
    (rest,) = events.claim(tx, ORGANIZATION, crm.integration_type, NOON, until, 9)
    assert rest.body == b'{"type":"EXPORT_CANDIDATE_PROFILE","id":"r\\u00e9q","expiresAt":%d}' % milliseconds(5)
    assert events.claim(tx, ORGANIZATION, crm.integration_type, NOON, until, 9) == []
    one, two = sorted(taken, key=lambda event: event.id)
    attempt = Attempt(1, NOON, "https://c.example/", 500, 12)
    events.add_attempt(tx, one.id, attempt)
    events.add_attempt(tx, one.id, replace(attempt, number=2, status=None, error="reset \u00e9"))
    assert [each.status for each in events.attempts(tx, one.id)] == [500, None]
    events.postpone(tx, replace(one, next_at=NOON), 5, milliseconds(3), NOON)
    assert events.find(tx, one.id) == one, "somebody else has it by now"
    events.postpone(tx, one, 1, milliseconds(3), NOON)
    events.postpone(tx, two, 10, None, NOON)
    events.deliver(tx, rest, NOON)
    states = {each.id: (each.state, each.attempts) for each in events.each(tx, EventFilter(customer=ORGANIZATION))}
    assert states == {
        one.id: (EventState.WAITING, 1),
        two.id: (EventState.PARKED, 10),
        rest.id: (EventState.DELIVERED, 1),
    }
    assert [each.id for each in events.each(tx, EventFilter(state=EventState.PARKED, count=1))] == [two.id]
    assert list(events.each(tx, EventFilter(before=one.id, customer=ORGANIZATION, count=9))) == []
    assert events.find(tx, 2**61) is None
    assert events.replay(tx, Replay(ORGANIZATION, only_parked=True)) == 1
    assert events.replay(tx, Replay(ORGANIZATION, since=milliseconds(1))) == 1
    assert events.replay(tx, Replay(ORGANIZATION, first=one.id, last=one.id, until=milliseconds(1))) == 1
    assert {each.attempts for each in events.each(tx, EventFilter(state=EventState.WAITING))} == {0}


def exercise_onboarding(tx: Transaction, stores: Stores) -> None:
    onboarding, key = stores.onboarding, IntegrationKey(CONTRACT, "CSA_API", "RECRUITER")
    assert onboarding.find(tx, key) is None and onboarding.of(tx, CONTRACT) == []
    created = onboarding.create(tx, key, "N\0\U0001f600", NOON)
    assert (created.status, created.name) == (IntegrationStatus.PRE_AUTHORIZED, "N\0\U0001f600")
    with pytest.raises(OnboardingError, match="exists"):
        onboarding.create(tx, key, None, NOON)
    assert onboarding.enable(tx, key, "request", NOON).status is IntegrationStatus.ENABLED
    assert onboarding.of_request(tx, "request") == key and onboarding.of_request(tx, "other") is None
    absent = IntegrationKey(CONTRACT, "CRM_CSA_API", "RECRUITER")
    found = stores.records.find(tx, INTEGRATIONS, [key, absent, key])
    assert found == {key: Integration(*key, name="N\0\U0001f600", status="ENABLED")}


EXERCISES = (exercise_customers, exercise_secrets, exercise_callbacks, exercise_events, exercise_onboarding)
