"""Key parts and names that several resources share, so that each wire name stands in one place."""

from __future__ import annotations

from hirewire.catalog.integration_types import INTEGRATION_TYPES, TENANT_TYPES
from hirewire.catalog.keys import KeyShape, Part
from hirewire.values.urn import UrnKind
from hirewire.wire.keys import KeyKind

ORGANIZATION_CONTEXT = Part("integration_context", "integrationContext", urns=(UrnKind.ORGANIZATION,))
"""Who owns the record: ``urn:li:organization:{id}`` (Sync Application Notes)."""

INTEGRATION_CONTEXT = Part("integration_context", "integrationContext", urns=(UrnKind.ORGANIZATION, UrnKind.CONTRACT))
"""What an integration belongs to: an organization or a contract, depending on its type."""

INTEGRATION_TYPE = Part("integration_type", "integrationType", values=tuple(INTEGRATION_TYPES))
TENANT_TYPE = Part("tenant_type", "tenantType", values=TENANT_TYPES)

DATA_PROVIDER = Part(None, "dataProvider", values=("ATS",))
"""Rides along in every v2 compound key and is always ``ATS``; gone on ``/rest``."""

FIRST_NAME, LAST_NAME = "firstName", "lastName"
"""How people are named: authors of notes, recruiters in their seats."""

REQUEST_ID = "requestId"
"""What a push event announces and a finder takes."""

V2_APPLICATIONS = "atsApplications"
"""Where applications stand in v2 paths, before the notes of one."""

V2_APPLICATION = KeyShape(
    KeyKind.COMPLEX,
    (Part("application_id", "atsJobApplicationId"), DATA_PROVIDER, ORGANIZATION_CONTEXT),
)
"""An application in v2: in the path before ``/notes``, and in ``ids`` of ``/v2/atsApplications``."""

V2_INTEGRATIONS = "atsIntegrations"
"""Where integrations stand in v2 paths, before the configurations of one."""

V2_INTEGRATION = KeyShape(KeyKind.COMPLEX, (INTEGRATION_CONTEXT, INTEGRATION_TYPE, TENANT_TYPE, DATA_PROVIDER))
"""An integration in v2: in the path before ``/configurations``, and in ``ids`` of ``/v2/atsIntegrations``."""
