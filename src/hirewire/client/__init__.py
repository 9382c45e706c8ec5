"""The SDK: a client of the platform's API, blocking and asynchronous, from one source.

Everything a user of the SDK needs is named here; the same names stand in ``hirewire`` itself.
"""

from __future__ import annotations

from hirewire.catalog.application_notes import APPLICATION_NOTES, Actor, ApplicationNote, ApplicationNoteKey
from hirewire.catalog.applications import ATS_APPLICATIONS, ApplicationKey
from hirewire.catalog.call import (
    BatchReply,
    Call,
    Created,
    CreatedMany,
    Done,
    Found,
    InputError,
    Outcome,
    Page,
    Refusal,
    Reply,
)
from hirewire.catalog.integration_configurations import (
    INTEGRATION_CONFIGURATIONS,
    IntegrationConfiguration,
    IntegrationConfigurationKey,
)
from hirewire.catalog.lifecycle_actions import (
    LIFECYCLE_ACTIONS,
    LifecycleAction,
    LifecycleActionKey,
    LifecycleActionType,
)
from hirewire.catalog.prospect_notes import PROSPECT_NOTES, ProspectNote
from hirewire.catalog.provisioned_applications import (
    PROVISIONED_APPLICATIONS,
    ProvisionedApplication,
    ProvisionedApplicationKey,
)
from hirewire.catalog.seats import SEATS, Seat, SeatState
from hirewire.client import webhooks
from hirewire.client.async_client import AsyncClient
from hirewire.client.effects import NoAnswer, Received
from hirewire.client.errors import (
    ApiError,
    ConfigurationError,
    Conflict,
    Forbidden,
    HirewireError,
    InvalidRequest,
    OutcomeUnknown,
    PartialFailure,
    ProtocolError,
    Throttled,
    Unauthorized,
    Unavailable,
    Unreachable,
    VersionError,
)
from hirewire.client.exchange import RawResponse
from hirewire.client.results import Answer, BatchResult, CreateResult, GetResult
from hirewire.client.sync_client import Client
from hirewire.client.transports import AsyncTransport, Transport
from hirewire.plan.retry import RetryPolicy
from hirewire.wire.http import Headers, HttpRequest, HttpResponse
from hirewire.wire.methods import Method

__all__ = [
    "APPLICATION_NOTES",
    "ATS_APPLICATIONS",
    "INTEGRATION_CONFIGURATIONS",
    "LIFECYCLE_ACTIONS",
    "PROSPECT_NOTES",
    "PROVISIONED_APPLICATIONS",
    "SEATS",
    "Actor",
    "Answer",
    "ApiError",
    "ApplicationKey",
    "ApplicationNote",
    "ApplicationNoteKey",
    "AsyncClient",
    "AsyncTransport",
    "BatchReply",
    "BatchResult",
    "Call",
    "Client",
    "ConfigurationError",
    "Conflict",
    "CreateResult",
    "Created",
    "CreatedMany",
    "Done",
    "Forbidden",
    "Found",
    "GetResult",
    "Headers",
    "HirewireError",
    "HttpRequest",
    "HttpResponse",
    "InputError",
    "IntegrationConfiguration",
    "IntegrationConfigurationKey",
    "InvalidRequest",
    "LifecycleAction",
    "LifecycleActionKey",
    "LifecycleActionType",
    "Method",
    "NoAnswer",
    "Outcome",
    "OutcomeUnknown",
    "Page",
    "PartialFailure",
    "ProspectNote",
    "ProtocolError",
    "ProvisionedApplication",
    "ProvisionedApplicationKey",
    "RawResponse",
    "Received",
    "Refusal",
    "Reply",
    "RetryPolicy",
    "Seat",
    "SeatState",
    "Throttled",
    "Transport",
    "Unauthorized",
    "Unavailable",
    "Unreachable",
    "VersionError",
    "webhooks",
]
