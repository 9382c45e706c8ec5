"""What recruiters see and do because of integration configurations: synced notes, jobs for exports, exports.

Each effect is one the document of a configuration key names; what is stored is not changed here.
"""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.catalog.events import Announcement, EventType
from hirewire.catalog.integrations import IntegrationStatus
from hirewire.db import Transaction
from hirewire.platform.onboarding import Malformed, OnboardingError
from hirewire.platform.stores import Stores
from hirewire.values.time import Millis

EXPORT_TYPES = ("ONE_CLICK_EXPORT", "CRM_ONE_CLICK_EXPORT")


@dataclass(frozen=True, slots=True)
class Visibility:
    """Whether recruiters of a customer see something, and why."""

    is_visible: bool
    reason: str


def sees_application_data(tx: Transaction, stores: Stores, organization: str) -> Visibility:
    """Whether notes (and other data of an application) show in the In-ATS Indicator."""
    return _visibility(tx, stores, organization, "IN_ATS_INDICATOR", "APPLICATION_VIEWERS")


def sees_export_jobs(tx: Transaction, stores: Stores, organization: str) -> Visibility:
    """Whether job postings show in the drop-down of One-Click Export."""
    return _visibility(tx, stores, organization, "ONE_CLICK_EXPORT", "JOB_POSTING_VIEWERS")


def _visibility(tx: Transaction, stores: Stores, organization: str, integration_type: str, name: str) -> Visibility:
    if stores.customers.find(tx, organization).uses_acls:
        return Visibility(True, "the customer uses ACLs")
    if stores.onboarding.has_configuration(tx, organization, integration_type, name):
        return Visibility(True, f"{name} of {integration_type} is ALL_PRODUCT_USERS")
    return Visibility(False, f"{name} of {integration_type} is not set, and the customer uses no ACLs")


@dataclass(frozen=True, slots=True)
class Export:
    """A candidate was exported; ``callback`` is where that is announced, None while nothing is registered."""

    request_id: str
    organization: str
    integration_type: str
    callback: str | None


def export_candidate(
    tx: Transaction, stores: Stores, organization: str, integration_type: str, request_id: str, now: Millis
) -> Export:
    """Announce the export of a candidate to the callback of its type.

    Raises:
        OnboardingError: the type exports nothing, or the customer has disabled it.
    """
    if integration_type not in EXPORT_TYPES:
        raise Malformed(f"expected {' or '.join(EXPORT_TYPES)}, got {integration_type[:60]!r}")
    there = [each for each in stores.onboarding.of(tx, organization) if each.key.integration_type == integration_type]
    if there and all(each.status is IntegrationStatus.DISABLED for each in there):
        raise OnboardingError(f"{integration_type} of {organization} is disabled: enable it first")
    event = Announcement(EventType.EXPORT_CANDIDATE_PROFILE, request_id)
    stores.events.emit(tx, organization, event, now, integration_type=integration_type)
    urls = [
        callback.url
        for callback in stores.callbacks.of(tx, organization)
        if callback.key.integration_type == integration_type
    ]
    return Export(request_id, organization, integration_type, urls[-1] if urls else None)
