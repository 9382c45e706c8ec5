"""Both ends of a hiring platform's Rest.li protocol: the platform itself, an SDK, and a durable connector.

The names of the SDK (``hirewire.client``) can be imported from here. They are loaded when first asked for: every
layer's import passes through this file, and the platform should not load an HTTP client it never uses.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hirewire.client import (
        APPLICATION_NOTES as APPLICATION_NOTES,
    )
    from hirewire.client import (
        ATS_APPLICATIONS as ATS_APPLICATIONS,
    )
    from hirewire.client import (
        INTEGRATION_CONFIGURATIONS as INTEGRATION_CONFIGURATIONS,
    )
    from hirewire.client import (
        LIFECYCLE_ACTIONS as LIFECYCLE_ACTIONS,
    )
    from hirewire.client import (
        PROSPECT_NOTES as PROSPECT_NOTES,
    )
    from hirewire.client import (
        PROVISIONED_APPLICATIONS as PROVISIONED_APPLICATIONS,
    )
    from hirewire.client import (
        SEATS as SEATS,
    )
    from hirewire.client import (
        Actor as Actor,
    )
    from hirewire.client import (
        Answer as Answer,
    )
    from hirewire.client import (
        ApiError as ApiError,
    )
    from hirewire.client import (
        ApplicationKey as ApplicationKey,
    )
    from hirewire.client import (
        ApplicationNote as ApplicationNote,
    )
    from hirewire.client import (
        ApplicationNoteKey as ApplicationNoteKey,
    )
    from hirewire.client import (
        AsyncClient as AsyncClient,
    )
    from hirewire.client import (
        AsyncTransport as AsyncTransport,
    )
    from hirewire.client import (
        BatchReply as BatchReply,
    )
    from hirewire.client import (
        BatchResult as BatchResult,
    )
    from hirewire.client import (
        Call as Call,
    )
    from hirewire.client import (
        Client as Client,
    )
    from hirewire.client import (
        ConfigurationError as ConfigurationError,
    )
    from hirewire.client import (
        Conflict as Conflict,
    )
    from hirewire.client import (
        Created as Created,
    )
    from hirewire.client import (
        CreatedMany as CreatedMany,
    )
    from hirewire.client import (
        CreateResult as CreateResult,
    )
    from hirewire.client import (
        Done as Done,
    )
    from hirewire.client import (
        Forbidden as Forbidden,
    )
    from hirewire.client import (
        Found as Found,
    )
    from hirewire.client import (
        GetResult as GetResult,
    )
    from hirewire.client import (
        Headers as Headers,
    )
    from hirewire.client import (
        HirewireError as HirewireError,
    )
    from hirewire.client import (
        HttpRequest as HttpRequest,
    )
    from hirewire.client import (
        HttpResponse as HttpResponse,
    )
    from hirewire.client import (
        InputError as InputError,
    )
    from hirewire.client import (
        IntegrationConfiguration as IntegrationConfiguration,
    )
    from hirewire.client import (
        IntegrationConfigurationKey as IntegrationConfigurationKey,
    )
    from hirewire.client import (
        InvalidRequest as InvalidRequest,
    )
    from hirewire.client import (
        LifecycleAction as LifecycleAction,
    )
    from hirewire.client import (
        LifecycleActionKey as LifecycleActionKey,
    )
    from hirewire.client import (
        LifecycleActionType as LifecycleActionType,
    )
    from hirewire.client import (
        Method as Method,
    )
    from hirewire.client import (
        NoAnswer as NoAnswer,
    )
    from hirewire.client import (
        Outcome as Outcome,
    )
    from hirewire.client import (
        OutcomeUnknown as OutcomeUnknown,
    )
    from hirewire.client import (
        Page as Page,
    )
    from hirewire.client import (
        PartialFailure as PartialFailure,
    )
    from hirewire.client import (
        ProspectNote as ProspectNote,
    )
    from hirewire.client import (
        ProtocolError as ProtocolError,
    )
    from hirewire.client import (
        ProvisionedApplication as ProvisionedApplication,
    )
    from hirewire.client import (
        ProvisionedApplicationKey as ProvisionedApplicationKey,
    )
    from hirewire.client import (
        RawResponse as RawResponse,
    )
    from hirewire.client import (
        Received as Received,
    )
    from hirewire.client import (
        Refusal as Refusal,
    )
    from hirewire.client import (
        Reply as Reply,
    )
    from hirewire.client import (
        RetryPolicy as RetryPolicy,
    )
    from hirewire.client import (
        Seat as Seat,
    )
    from hirewire.client import (
        SeatState as SeatState,
    )
    from hirewire.client import (
        Throttled as Throttled,
    )
    from hirewire.client import (
        Transport as Transport,
    )
    from hirewire.client import (
        Unauthorized as Unauthorized,
    )
    from hirewire.client import (
        Unavailable as Unavailable,
    )
    from hirewire.client import (
        Unreachable as Unreachable,
    )
    from hirewire.client import (
        VersionError as VersionError,
    )
    from hirewire.client import (
        webhooks as webhooks,
    )

__version__ = "0.1.0"

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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'hirewire' has no attribute {name!r}")
    return getattr(importlib.import_module("hirewire.client"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
