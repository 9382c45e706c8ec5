"""Integration types and configuration keys as tables (Sync Integration Configurations). Only facts, no wire handling."""

from __future__ import annotations

from dataclasses import dataclass

from hirewire.values.urn import UrnKind

TENANT_TYPES = ("RECRUITER", "JOBS")
"""``RECRUITER`` for Recruiter System Connect and CRM Connect, ``JOBS`` for Apply Connect and its kin."""

ALL_PRODUCT_USERS = "ALL_PRODUCT_USERS"
"""The one documented value of the two viewers keys."""


@dataclass(frozen=True, slots=True)
class IntegrationType:
    """One integration a customer can enable: what for, in which product, and what kind of context it belongs to.

    ``contexts`` holds the documented kind; two where the documents name none.
    """

    name: str
    description: str
    product: str
    contexts: tuple[UrnKind, ...]


@dataclass(frozen=True, slots=True)
class ConfigurationKey:
    """One configuration an integration type takes.

    ``required``: the integration cannot be enabled without it; ``unless_acls``: not where the customer uses ACLs.
    ``value`` is the one value allowed, None where it is a URL. ``is_deletable``: a partner may remove it again.
    """

    name: str
    integration_type: str
    what_it_does: str
    program: str
    required: bool
    unless_acls: bool = False
    value: str | None = None
    is_deletable: bool = False


_RECRUITER = "LinkedIn Recruiter"
_ORGANIZATION, _CONTRACT = (UrnKind.ORGANIZATION,), (UrnKind.CONTRACT,)

INTEGRATION_TYPES = {
    each.name: each
    for each in (
        IntegrationType("APPLY_CONNECT", "Applications made on the platform reach the ATS", _RECRUITER, _ORGANIZATION),
        IntegrationType(
            "APPLY_WITH_LINKEDIN", "Applicants fill in forms from their profile", _RECRUITER, _ORGANIZATION
        ),
        IntegrationType("CSA_API", "Recruiter data for Recruiter System Connect", _RECRUITER, _CONTRACT),
        IntegrationType("IN_ATS_INDICATOR", "In-ATS Indicator of Recruiter System Connect", _RECRUITER, _ORGANIZATION),
        IntegrationType("ONE_CLICK_EXPORT", "One-Click Export of Recruiter System Connect", _RECRUITER, _ORGANIZATION),
        IntegrationType("PROFILE_PLUGIN", "Profile Plugin of Recruiter System Connect", _RECRUITER, _ORGANIZATION),
        IntegrationType(
            "RECOMMENDED_MATCHES", "Recommended Matches of Recruiter System Connect", _RECRUITER, _ORGANIZATION
        ),
        IntegrationType("UNIFIED_SEARCH", "Unified Search of Recruiter System Connect", _RECRUITER, _ORGANIZATION),
        IntegrationType("CRM_CSA_API", "Recruiter data for Talent CRM Connect", _RECRUITER, _CONTRACT),
        IntegrationType(
            "CRM_ONE_CLICK_EXPORT", "CRM One-Click Export of Talent CRM Connect", _RECRUITER, _ORGANIZATION
        ),
        # The document calls this one an "In-ATS Indicator" too; see the quirks page.
        IntegrationType("IN_CRM_INDICATOR", "In-CRM Indicator of Talent CRM Connect", _RECRUITER, _ORGANIZATION),
        IntegrationType("CRM_PROFILE_PLUGIN", "Profile Plugin of Talent CRM Connect", _RECRUITER, _ORGANIZATION),
        # Occurs in Apply Connect material only: no configuration keys, either context.
        IntegrationType("PREMIUM_JOB_POSTING", "Premium job posting", _RECRUITER, _ORGANIZATION + _CONTRACT),
    )
}
"""By name, in the order of the document."""

_EXPORT = "HTTPS endpoint of the customer that receives candidate export events; one URL belongs to one customer"
_JOBS = "Who may see job postings in the drop-down of One-Click Export"
_DATA = "Who may see job-related data (feedback, notes, applications, stages) in the indicator"
_RSC, _CRM = "Recruiter System Connect", "CRM Connect"

CONFIGURATION_KEYS = (
    ConfigurationKey("CALLBACK_URL", "ONE_CLICK_EXPORT", _EXPORT, _RSC, required=True),
    ConfigurationKey("JOB_POSTING_VIEWERS", "ONE_CLICK_EXPORT", _JOBS, _RSC, True, True, ALL_PRODUCT_USERS, True),
    ConfigurationKey("APPLICATION_VIEWERS", "IN_ATS_INDICATOR", _DATA, _RSC, True, True, ALL_PRODUCT_USERS, True),
    ConfigurationKey("CALLBACK_URL", "CRM_ONE_CLICK_EXPORT", _EXPORT, _CRM, required=True),
    # Not in the document's table; official request collections send it (decision G-29).
    ConfigurationKey("APPLICATION_VIEWERS", "IN_CRM_INDICATOR", _DATA, _CRM, False, True, ALL_PRODUCT_USERS, True),
)

CONFIGURATION_NAMES = tuple(dict.fromkeys(key.name for key in CONFIGURATION_KEYS))


def configuration_key(name: str, integration_type: str) -> ConfigurationKey | None:
    """The configuration an integration type takes under that name, or None: the pair is not valid."""
    return next((k for k in CONFIGURATION_KEYS if (k.name, k.integration_type) == (name, integration_type)), None)
