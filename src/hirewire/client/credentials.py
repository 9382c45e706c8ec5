"""Settings of a client from arguments, the environment and a file: the SDK's one look at the environment.

Arguments win over the environment, the environment over the file, and each of them over the defaults. What is not given
is absent: an argument of None never hides a value of the file.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr

import hirewire
from hirewire.catalog.generations import LATEST, Generation
from hirewire.catalog.hosts import API_URL, TOKEN_PATH, TOKEN_URL
from hirewire.client.errors import ConfigurationError
from hirewire.client.session import Address, Dice, Options, Session
from hirewire.client.tokens import Credentials
from hirewire.plan.retry import RetryPolicy
from hirewire.runtime.clock import Clock, RealClock
from hirewire.runtime.settings import Section, SettingsError, load
from hirewire.wire.protocol import Protocol

_FILE_VARIABLE = "HIREWIRE_CREDENTIALS_FILE"
_DEFAULTS = Options()


class ClientSettings(Section):
    """What a file (TOML, these keys at the top level) and the environment (``HIREWIRE_CLIENT_ID``, ...) may say.

    In both, ``client_secret_file`` may name a file that holds the secret instead.
    """

    client_id: str | None = None
    client_secret: SecretStr | None = None
    base_url: str = API_URL
    token_url: str | None = None
    generation: Generation = Generation.REST
    version: str = Field(LATEST, pattern=r"^[0-9]{6}(\.[0-9]{2})?$")
    # 2.0.0, although the documented samples are 1.0.0: that one is announced for deprecation, loses empty values, and
    # its queries are a fifth longer. Every other client of this platform speaks 2.0.0, so it is the better trodden path.
    protocol: Protocol = Protocol.V2
    timeout: float = Field(_DEFAULTS.timeout, gt=0, allow_inf_nan=False)
    total_timeout: float | None = Field(_DEFAULTS.total_timeout, gt=0, allow_inf_nan=False)
    retries: int = Field(_DEFAULTS.retries.transient, ge=0, le=100)
    check_first: bool = _DEFAULTS.check_first
    max_body_bytes: int = Field(_DEFAULTS.max_body_bytes, ge=1)


def open_session(
    given: Mapping[str, object],
    *,
    credentials_file: str | Path | None,
    retries: RetryPolicy | int | None,
    clock: Clock | None,
    dice: Dice | None,
    environ: Mapping[str, str] | None = None,
) -> Session:
    """The session of a new client; ``environ`` is the process's environment unless given.

    Raises:
        ConfigurationError: every wrong setting with the place it was given at, or what is missing and where to put it.
    """
    environ = os.environ if environ is None else environ
    file = credentials_file or environ.get(_FILE_VARIABLE)
    settings = _settings(given, retries, file=Path(file) if file else None, environ=environ)
    return Session(
        api=Address.parse(settings.base_url, setting="base_url"),
        token_url=Address.parse(_token_url(settings), setting="token_url"),
        credentials=_credentials(settings),
        generation=settings.generation,
        version=settings.version,
        protocol=settings.protocol,
        options=Options(**{name: _option(name, settings, retries) for name in _OPTIONS}),
        user_agent=f"hirewire/{hirewire.__version__}",
        clock=clock or RealClock(),
        random=dice or random.SystemRandom(),
    )


def changed(session: Session, *, retries: RetryPolicy | int | None = None, **given: object) -> Session:
    """The same session with other options, named as the settings are; None leaves one as it is.

    Raises:
        ConfigurationError: a value that is none of the option's.
    """
    if retries is None and all(value is None for value in given.values()):
        return session
    settings = _settings(given, retries, file=None, environ={})
    named = settings.model_fields_set | ({"retries"} if retries is not None else set())
    options = {name: _option(name, settings, retries) for name in named & _OPTIONS}
    speech = {name: getattr(settings, name) for name in named - _OPTIONS}
    return replace(session, options=replace(session.options, **options), **speech)


def _settings(
    given: Mapping[str, object], retries: RetryPolicy | int | None, *, file: Path | None, environ: Mapping[str, str]
) -> ClientSettings:
    overrides = {**given, "retries": retries if isinstance(retries, int) else None}
    try:
        return load(ClientSettings, file=file, environ=environ, overrides=overrides)
    except SettingsError as error:
        raise ConfigurationError(str(error)) from None


_OPTIONS = {field.name for field in fields(Options)}


def _option(name: str, settings: ClientSettings, retries: RetryPolicy | int | None) -> Any:
    if name != "retries":
        return getattr(settings, name)
    return retries if isinstance(retries, RetryPolicy) else RetryPolicy.of(settings.retries)


def _token_url(settings: ClientSettings) -> str:
    """The public hosts are two; everywhere else the token endpoint is expected beside the API."""
    if settings.token_url is not None:
        return settings.token_url
    return TOKEN_URL if settings.base_url.rstrip("/") == API_URL else settings.base_url.rstrip("/") + TOKEN_PATH


def _credentials(settings: ClientSettings) -> Credentials:
    client_id, secret = settings.client_id, settings.client_secret
    given = {"client_id": client_id, "client_secret": secret.get_secret_value() if secret else None}
    for name, value in given.items():
        if not value:
            variable = f"HIREWIRE_{name.upper()}"
            raise ConfigurationError(
                f"{name} is missing: pass {name}=, set {variable}, or put it into credentials_file"
            )
        if not value.isprintable():
            raise ConfigurationError(f"{name} holds a character that no client id or secret has; was it cut or pasted?")
    return Credentials(str(given["client_id"]), str(given["client_secret"]))
