"""``/v2/provisionedApplications``: a parent application creates, updates and finds its children.

That it is a parent that calls has been judged before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from hirewire.catalog.call import Call, Created, Done, Page, Patch, Refusal, Refused
from hirewire.catalog.errors import conflict, entity_not_found
from hirewire.catalog.provisioned_applications import Credentials, ProvisionedApplication, ProvisionedApplicationKey
from hirewire.db import Transaction
from hirewire.platform.applications import Application, Draft, Kind, Profile
from hirewire.platform.effects import Effect, Handling
from hirewire.values.urn import Urn, UrnKind
from hirewire.wire.query import Paging

_PROFILE_FIELDS = frozenset(Profile.__struct_fields__)
# What both databases can hold in a number.
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


def create(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """A new child. Its secret stands in this answer and never again."""
    (wanted,) = call.elements
    credentials = handling.credentials
    assert isinstance(wanted, ProvisionedApplication) and credentials is not None
    draft = Draft(
        client_id=credentials.client_id,
        secret_digest=credentials.secret_digest,
        kind=Kind.CUSTOMER,
        profile=_profile(wanted),
        parent=handling.application.client_id,
        unique_foreign_id=wanted.unique_foreign_id,
    )
    child = handling.stores.applications.add(tx, draft, handling.now)
    if child is None:
        return Effect(Refused(conflict("This application has already created a child for this unique foreign id")))
    handling.stores.secrets.put(tx, child.client_id, credentials.client_secret)
    given = Credentials(client_id=credentials.client_id, client_secret=credentials.client_secret)
    return Effect(
        Created(ProvisionedApplicationKey(child.urn), ProvisionedApplication(credentials=given, key=child.urn))
    )


def update(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """Change what a child's profile says; a field set to null is cleared."""
    (((urn,), patch),) = call.entities.items()
    child = _own_child(tx, urn, handling)
    if child is None:
        return Effect(Refused(entity_not_found(urn)))
    assert isinstance(patch, Mapping)
    refusal = _unpatchable(child, patch)
    if refusal is not None:
        return Effect(Refused(refusal))
    changes = {name: value for name, value in patch.items() if name in _PROFILE_FIELDS}
    handling.stores.applications.set_profile(tx, child.client_id, msgspec.structs.replace(child.profile, **changes))
    return Effect(Done())


def find(tx: Transaction, call: Call, handling: Handling) -> Effect:
    """The child under a foreign id, as a page of one or none."""
    foreign_id: str = call.params["unique_foreign_id"]
    child = handling.stores.applications.find_child(tx, handling.application.client_id, foreign_id)
    found = [] if child is None else [_shown(child)]
    paging = call.paging or Paging(0, 10)
    return Effect(Page(tuple(found[paging.start : paging.start + paging.count]), paging, total=len(found)))


def _own_child(tx: Transaction, urn: str, handling: Handling) -> Application | None:
    number = Urn.parse(urn, UrnKind.DEVELOPER_APPLICATION).id
    if not _NUMBER.fullmatch(number):
        return None
    child = handling.stores.applications.find_by_number(tx, int(number))
    return child if child is not None and child.parent == handling.application.client_id else None


def _unpatchable(child: Application, patch: Patch) -> Refusal | None:
    if "name" in patch and patch["name"] is None:
        return Refusal(400, "MISSING_FIELD", "name is required and cannot be cleared")
    if patch.get("unique_foreign_id", child.unique_foreign_id) != child.unique_foreign_id:
        return Refusal(400, "INVALID_VALUE_FOR_FIELD", "the unique foreign id of an application cannot be changed")
    return None


def _profile(wanted: ProvisionedApplication) -> Profile:
    return Profile(wanted.name or "", wanted.description, wanted.callback_urls, wanted.js_domains)


def _shown(child: Application) -> ProvisionedApplication:
    profile: dict[str, Any] = msgspec.structs.asdict(child.profile)
    credentials = Credentials(client_id=child.client_id)
    foreign_id = child.unique_foreign_id
    return ProvisionedApplication(credentials=credentials, unique_foreign_id=foreign_id, key=child.urn, **profile)
