"""Everything one can set about a platform, with its default and its bound. Where values come from is runtime's."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from pydantic import Field, SecretStr, field_validator, model_validator

from hirewire.catalog import RESOURCES
from hirewire.catalog.generations import VERSIONS, Version
from hirewire.plan.addresses import AllowedHosts
from hirewire.plan.delivery import ValidationMode
from hirewire.platform.letters import Sender
from hirewire.platform.rules import ACTION_NAME, COUNT_MAX, LimitRules, PagingMode, Rules, WriteMode
from hirewire.platform.smtp import MailSecurity, MailServer
from hirewire.runtime.settings import Section
from hirewire.values.mail_address import LINE_CHARACTERS_MAX, MailAddress, is_line

Count = Annotated[int, Field(ge=0, le=COUNT_MAX)]
CONTROL_KEY_CHARACTERS_MIN = 16
_SEALING_KEY_BYTES = 32
_SMTP_PORTS = {MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465, MailSecurity.NONE: 25}


class LimitSettings(Section):
    """Throttles of one resource, for every application that has none of its own; absent: as documented."""

    requests_per_day: Count | None = None
    records_per_minute: Count | None = None
    records_per_batch: Count | None = None


class PlatformSettings(Section):
    """The ``[platform]`` table."""

    database: str = "sqlite:///hirewire-platform.db"
    """``sqlite:///FILE`` (``sqlite:////FILE`` for an absolute path) or ``postgresql://...``."""
    host: str = "127.0.0.1"
    port: int = Field(default=8710, ge=0, le=65_535)
    """0 takes any free port; the log line "listening" says which."""
    tls_cert: str | None = None
    tls_key: str | None = None
    proxy_headers: bool = False
    """Believe X-Forwarded-For and X-Forwarded-Proto of the proxies in ``trusted_proxies``."""
    trusted_proxies: str = "127.0.0.1"
    control_key: SecretStr | None = None
    """Opens the control API under ``/control/``; without it there is none."""
    fabric: str = Field(default="hirewire", pattern=r"^[A-Za-z0-9._-]{1,40}$")
    """What the response header x-li-fabric says."""

    write_mode: WriteMode = WriteMode.NEWEST
    future_tolerance_ms: Count = 0
    refuse_unknown_fields: bool = False
    accept_digit_strings: bool = False
    require_integration: bool = False
    allow_callback_delete: bool = False
    callback_validation: ValidationMode = ValidationMode.OFF
    optional_lifecycle_context: bool = False
    extra_lifecycle_actions: tuple[Annotated[str, Field(pattern=ACTION_NAME)], ...] = ()
    require_job_application: bool = False
    paging: PagingMode = PagingMode.CONTINUED
    strict_windows: bool = False
    limits: dict[str, LimitSettings] = Field(default_factory=dict)
    callback_hosts_allowed: tuple[str, ...] = ()
    """Hosts, addresses or networks (``10.0.0.0/8``) that callbacks may use without https, on any port, public or not."""
    sealing_key: SecretStr | None = None
    """Seals client secrets, which sign push events; a SQLite file without one has its own beside it."""
    versions: tuple[str, ...] = tuple(VERSIONS)
    """The LinkedIn-Version values that are served, each until its sunset."""

    smtp_host: str | None = Field(default=None, min_length=1, max_length=255)
    """The server that takes mails to applicants; without one they are written and kept, to be read here."""
    smtp_port: int | None = Field(default=None, ge=1, le=65_535)
    """Unless given 587 for starttls, 465 for tls, 25 for none."""
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = "no-reply@localhost"
    """The address mails come from. Its domain is also the name the platform introduces itself with to the server."""
    mail_from_name: str | None = Field(default=None, max_length=LINE_CHARACTERS_MAX)

    token_lifetime_s: int = Field(default=1_800, ge=1, le=86_400)
    token_cache_max: int = Field(default=10_000, ge=1, le=1_000_000)
    secret_cost: int = Field(default=14, ge=4, le=20)
    """Binary logarithm of scrypt's cost for client secrets: 14 is 16 MiB and some 50 ms for each token asked for."""

    body_bytes_max: int = Field(default=10_000_000, ge=1_000, le=1_000_000_000)
    head_bytes_max: int = Field(default=65_536, ge=32_768, le=1_048_576)
    """A request head beyond this is cut off before it is understood; 28 KB are answered with a 414 that says so."""
    head_timeout_s: float = Field(default=10.0, gt=0)
    body_timeout_s: float = Field(default=30.0, gt=0)
    """A body must arrive whole within this time."""
    keep_alive_s: int = Field(default=75, ge=1)
    connections_max: int = Field(default=1_000, ge=1)
    stop_timeout_s: int = Field(default=30, ge=1)
    """How long requests in flight may take to finish after SIGTERM."""

    journal_rows: int = Field(default=100_000, ge=1, le=100_000_000)
    journal_excerpt_bytes: int = Field(default=2_048, ge=0, le=1_000_000)
    """How much of each request and response body the journal keeps; 0 keeps none of it."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    @field_validator("control_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value()) < CONTROL_KEY_CHARACTERS_MIN:
            raise ValueError(
                f"expected at least {CONTROL_KEY_CHARACTERS_MIN} characters: whoever has it rules the platform"
            )
        return key

    @field_validator("limits")
    @classmethod
    def _of_known_resources(cls, limits: dict[str, LimitSettings]) -> dict[str, LimitSettings]:
        check_resource_names(limits)
        return limits

    @field_validator("callback_hosts_allowed")
    @classmethod
    def _of_hosts(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        AllowedHosts.read(entries)
        return entries

    @field_validator("sealing_key")
    @classmethod
    def _a_fernet_key(cls, key: SecretStr | None) -> SecretStr | None:
        try:
            is_key = key is None or len(base64.urlsafe_b64decode(key.get_secret_value())) == _SEALING_KEY_BYTES
        except ValueError:
            is_key = False
        if not is_key:
            raise ValueError(f"expected {_SEALING_KEY_BYTES} random bytes in URL-safe base64, 44 characters")
        return key

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, text: str) -> str:
        if not MailAddress.parse(text).is_ascii:
            raise ValueError("expected an address that every server takes: ASCII before the @")
        return text

    @field_validator("mail_from_name")
    @classmethod
    def _one_line(cls, text: str | None) -> str | None:
        if text is not None and not is_line(text):
            raise ValueError("expected one line without control characters")
        return text

    @field_validator("versions")
    @classmethod
    def _of_known_versions(cls, versions: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := sorted(set(versions) - set(VERSIONS)):
            raise ValueError(f"expected some of {', '.join(VERSIONS)}, got {', '.join(unknown)}")
        return versions

    @model_validator(mode="after")
    def _both_or_neither(self) -> PlatformSettings:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together: give both or neither")
        return self

    @model_validator(mode="after")
    def _a_mail_account(self) -> PlatformSettings:
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("smtp_user and smtp_password belong together: give both or neither")
        if self.smtp_password is not None and self.smtp_security is MailSecurity.NONE:
            raise ValueError("smtp_password would cross the network in the clear: set smtp_security to starttls or tls")
        return self

    def mail_server(self) -> MailServer | None:
        """The server that takes mails, if there is one."""
        if self.smtp_host is None:
            return None
        password = None if self.smtp_password is None else self.smtp_password.get_secret_value()
        port = self.smtp_port or _SMTP_PORTS[self.smtp_security]
        return MailServer(self.smtp_host, port, self.smtp_security, self.smtp_user, password)

    def mail_sender(self) -> Sender:
        """Who mails come from."""
        return Sender(MailAddress.parse(self.mail_from), self.mail_from_name)

    def rules(self) -> Rules:
        """The layer of rules under every application's own."""
        return Rules(
            write_mode=self.write_mode,
            future_tolerance_ms=self.future_tolerance_ms,
            refuse_unknown_fields=self.refuse_unknown_fields,
            accept_digit_strings=self.accept_digit_strings,
            require_integration=self.require_integration,
            allow_callback_delete=self.allow_callback_delete,
            callback_validation=self.callback_validation,
            optional_lifecycle_context=self.optional_lifecycle_context,
            extra_lifecycle_actions=self.extra_lifecycle_actions,
            require_job_application=self.require_job_application,
            paging=self.paging,
            strict_windows=self.strict_windows,
            limits=msgspec.convert(
                {name: limits.model_dump() for name, limits in self.limits.items()}, dict[str, LimitRules]
            ),
        )

    def allowed_hosts(self) -> AllowedHosts:
        """For which hosts the rules of callbacks are lifted (decision G-50)."""
        return AllowedHosts.read(self.callback_hosts_allowed)

    def served_versions(self) -> dict[str, Version]:
        """The dated versions of ``/rest`` this platform serves, by their text."""
        return {text: VERSIONS[text] for text in self.versions}


def check_resource_names(limits: Mapping[str, object]) -> None:
    """Refuse limits of a resource that does not exist, with ``ValueError``: a typo must not mean "no limit"."""
    known = [resource.name for resource in RESOURCES]
    if unknown := sorted(set(limits) - set(known)):
        raise ValueError(f"expected limits of {', '.join(known)}, got {', '.join(map(str, unknown))}")
