"""Provisioned applications: a parent application creates one child application per customer (Provisioning API)."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from hirewire.catalog.fields import ListOf, Record, Spelling, Text
from hirewire.catalog.generations import Generation
from hirewire.catalog.keys import KeyShape, Part
from hirewire.catalog.model import Finder, Limits, Param, Resource, View
from hirewire.catalog.rules import NOT_BLANK, Rule, at_most
from hirewire.values.urn import UrnKind
from hirewire.wire.keys import KeyKind
from hirewire.wire.methods import Method
from hirewire.wire.routing import Template

_DOCUMENT = "Provisioning API"


class ProvisionedApplicationKey(NamedTuple):
    """The child application's URN, ``urn:li:developerApplication:{id}``."""

    application: str


class Credentials(msgspec.Struct, frozen=True, omit_defaults=True):
    """The key pair of a child application. The secret is present in the answer of its creation and never again."""

    client_id: str
    client_secret: str | None = None

    def __repr__(self) -> str:
        return f"Credentials(client_id={self.client_id!r})"


class ProvisionedApplication(msgspec.Struct, frozen=True, omit_defaults=True):
    """A child application. ``key`` and ``credentials`` are the platform's to give."""

    unique_foreign_id: str | None = None
    name: str | None = None
    description: str | None = None
    callback_urls: tuple[str, ...] | None = None
    js_domains: tuple[str, ...] | None = None
    credentials: Credentials | None = None
    key: str | None = None


_PLATFORM_MARK = "linkedin"
_NAME_WITHOUT_MARK = Rule(
    "name-without-mark",
    "INVALID_VALUE_FOR_FIELD",
    "the name must not contain the platform's own name",
    _DOCUMENT,
    lambda value, _: _PLATFORM_MARK not in value.lower(),
)
_NO_TRAILING_SLASH = Rule(
    "no-trailing-slash",
    "INVALID_VALUE_FOR_FIELD",
    "a domain must not end with a slash",
    _DOCUMENT,
    lambda value, _: not any(domain.endswith("/") for domain in value),
)
_LIST_LENGTH_MAX = 100

_CREDENTIALS = Record(
    Credentials,
    (
        Spelling("client_id", "client_id", Text(), required=True),
        Spelling("client_secret", "client_secret", Text()),
    ),
)

PROVISIONED_APPLICATIONS = Resource(
    name="provisioned_applications",
    title="Provisioned applications",
    document=_DOCUMENT,
    key_type=ProvisionedApplicationKey,
    entity_type=ProvisionedApplication,
    views=(
        View(
            generation=Generation.V2,
            template=Template(("v2", "provisionedApplications")),
            methods=frozenset({Method.CREATE, Method.PARTIAL_UPDATE, Method.FINDER}),
            key=KeyShape(KeyKind.SIMPLE, (Part("application", "key", urns=(UrnKind.DEVELOPER_APPLICATION,)),)),
            fields=Record(
                ProvisionedApplication,
                (
                    Spelling(
                        "unique_foreign_id",
                        "uniqueForeignId",
                        Text(),
                        required=True,
                        rules=(NOT_BLANK, at_most(255, _DOCUMENT)),
                    ),
                    Spelling(
                        "name",
                        "name",
                        Text(),
                        required=True,
                        rules=(NOT_BLANK, at_most(50, _DOCUMENT), _NAME_WITHOUT_MARK),
                    ),
                    Spelling("description", "description", Text()),
                    Spelling("callback_urls", "oauth2AuthorizedCallbackUrls", ListOf(Text(), _LIST_LENGTH_MAX)),
                    Spelling(
                        "js_domains", "validJsSdkDomains", ListOf(Text(), _LIST_LENGTH_MAX), rules=(_NO_TRAILING_SLASH,)
                    ),
                    Spelling("credentials", "credentials", _CREDENTIALS, from_platform=True),
                    Spelling("key", "key", Text(), from_platform=True),
                ),
            ),
            finders=(
                Finder(
                    "credentialsByUniqueForeignId",
                    (Param("unique_foreign_id", "uniqueForeignId", Text(), required=True),),
                ),
            ),
            create_returns=True,
        ),
    ),
    # No throttle is published for provisioning; a parent creates one application per customer.
    limits=Limits(requests_per_day=100_000, records_per_minute=None, records_per_batch=100),
    tenant=None,
)
