"""What this platform is, as data, and the one codec that interprets it.

Resources stand in the order of the documentation. To add one, write its file and add it here.
"""

from __future__ import annotations

from hirewire.catalog.application_notes import APPLICATION_NOTES
from hirewire.catalog.applications import ATS_APPLICATIONS
from hirewire.catalog.integration_configurations import INTEGRATION_CONFIGURATIONS
from hirewire.catalog.integrations import INTEGRATIONS
from hirewire.catalog.lifecycle_actions import LIFECYCLE_ACTIONS
from hirewire.catalog.prospect_notes import PROSPECT_NOTES
from hirewire.catalog.provisioned_applications import PROVISIONED_APPLICATIONS
from hirewire.catalog.seats import SEATS

RESOURCES = (
    APPLICATION_NOTES,
    ATS_APPLICATIONS,
    PROVISIONED_APPLICATIONS,
    INTEGRATIONS,
    INTEGRATION_CONFIGURATIONS,
    PROSPECT_NOTES,
    SEATS,
    LIFECYCLE_ACTIONS,
)
