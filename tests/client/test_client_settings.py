"""Where settings come from, which source wins, what is said when one is wrong, and what ``with_options`` changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hirewire.catalog.generations import Generation
from hirewire.client.credentials import changed, open_session
from hirewire.client.errors import ConfigurationError
from hirewire.client.session import Session
from hirewire.plan.retry import RetryPolicy
from hirewire.wire.protocol import Protocol

KEYS: dict[str, Any] = {"client_id": "i", "client_secret": "s"}


def session(
    *, file: Path | None = None, environ: dict[str, str] | None = None, retries: Any = None, **given: Any
) -> Session:
    return open_session(
        given,
        credentials_file=file,
        retries=retries,
        clock=None,
        dice=None,
        environ=environ if environ is not None else {},
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hirewire.toml"
    path.write_text('client_id = "file"\nclient_secret = "file-secret"\nbase_url = "http://file:1"\ntimeout = 7\n')
    return path


def test_the_defaults_are_the_public_hosts_and_the_recommended_version():
    it = session(**KEYS)
    assert (it.api.origin, it.token_url.origin + it.token_url.path) == (
        "https://api.linkedin.com",
        "https://www.linkedin.com/oauth/v2/accessToken",
    )
    assert (it.generation, it.version, it.protocol) == (Generation.REST, "202603", Protocol.V2)
    assert (it.options.timeout, it.options.total_timeout, it.options.retries) == (30.0, None, RetryPolicy())


@pytest.mark.parametrize(
    ("given", "token_url"),
    [
        ({"base_url": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080/oauth/v2/accessToken"),
        ({"base_url": "http://127.0.0.1:8080/"}, "http://127.0.0.1:8080/oauth/v2/accessToken"),
        ({"base_url": "http://[::1]:8080/under"}, "http://[::1]:8080/under/oauth/v2/accessToken"),
        ({"base_url": "https://api.linkedin.com/"}, "https://www.linkedin.com/oauth/v2/accessToken"),
        ({"base_url": "http://a:1", "token_url": "https://b/token"}, "https://b/token"),
        ({"token_url": "https://b/token"}, "https://b/token"),
    ],
)
def test_the_token_url_follows_the_base_url_unless_given(given: dict[str, Any], token_url: str):
    it = session(**KEYS, **given)
    assert it.token_url.origin + it.token_url.path == token_url


# For each source: what it says of client_id, and who wins.
@pytest.mark.parametrize("argument", [None, "argument"])
@pytest.mark.parametrize("variable", [None, "variable"])
@pytest.mark.parametrize("in_file", [False, True])
def test_arguments_win_over_the_environment_over_the_file(argument, variable, in_file, file: Path):
    environ = {"HIREWIRE_CLIENT_SECRET": "s"} | ({} if variable is None else {"HIREWIRE_CLIENT_ID": variable})
    expected = argument or variable or ("file" if in_file else None)
    if expected is None:
        with pytest.raises(ConfigurationError, match="client_id is missing: pass client_id=, set HIREWIRE_CLIENT_ID"):
            session(environ=environ)
        return
    assert (
        session(file=file if in_file else None, environ=environ, client_id=argument).credentials.client_id == expected
    )


def test_a_default_never_hides_a_value_of_the_file(file: Path):
    it = session(file=file, base_url=None, timeout=None)
    assert (it.api.origin, it.options.timeout, it.credentials.client_secret) == ("http://file:1", 7.0, "file-secret")


def test_the_environment_may_name_the_file(file: Path):
    assert session(environ={"HIREWIRE_CREDENTIALS_FILE": str(file)}).credentials.client_id == "file"


def test_the_secret_may_stand_in_a_file_of_its_own(tmp_path: Path):
    (tmp_path / "secret").write_text("from a file\n")
    environ = {"HIREWIRE_CLIENT_ID": "i", "HIREWIRE_CLIENT_SECRET_FILE": str(tmp_path / "secret")}
    assert session(environ=environ).credentials.client_secret == "from a file"


def test_the_environment_of_the_process_is_read_when_a_client_is_made(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HIREWIRE_CLIENT_ID", "of the process")
    monkeypatch.setenv("HIREWIRE_CLIENT_SECRET", "s")
    it = open_session({}, credentials_file=None, retries=None, clock=None, dice=None)
    assert it.credentials.client_id == "of the process"


def test_settings_may_come_as_text():
    environ = {
        "HIREWIRE_GENERATION": "v2",
        "HIREWIRE_PROTOCOL": "1.0.0",
        "HIREWIRE_TIMEOUT": "2.5",
        "HIREWIRE_RETRIES": "0",
        "HIREWIRE_CHECK_FIRST": "false",
    }
    it = session(environ=environ, **KEYS)
    assert (it.generation, it.protocol, it.options.timeout) == (Generation.V2, Protocol.V1, 2.5)
    assert (it.options.retries, it.options.check_first) == (RetryPolicy.of(0), False)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"base_url": "api.linkedin.com"}, "base_url: expected a URL such as"),
    ({"base_url": "ftp://x"}, "base_url"),
    ({"base_url": "http://"}, "base_url"),
    ({"base_url": "http://x:99999"}, "base_url"),
    ({"base_url": "http://x:0"}, "base_url"),
    ({"base_url": "http://a b"}, "base_url"),
    ({"base_url": "http://x\n"}, "base_url"),
    ({"base_url": "http://na\xefve"}, "base_url"),
    ({"base_url": "http://" + "a" * 64}, "base_url"),
    ({"base_url": "http://[::1"}, "base_url"),
    ({"base_url": "http://user:hidden@x"}, "without user, query and fragment"),
    ({"base_url": "http://x/?a=hidden"}, "without user"),
    ({"token_url": "x"}, "token_url"),
    ({"client_id": ""}, "client_id is missing"),
    ({"client_secret": ""}, "client_secret is missing"),
    ({"client_secret": "hidden\n"}, "client_secret holds a character"),
    ({"client_secret": "hidden\ud800"}, "client_secret holds a character"),
    ({"timeout": 0}, "timeout"),
    ({"timeout": float("inf")}, "timeout"),
    ({"total_timeout": -1}, "total_timeout"),
    ({"retries": -1}, "retries"),
    ({"version": "2026-03"}, "version"),
    ({"version": "20260301"}, "version"),
    ({"generation": "v3"}, "generation"),
    ({"protocol": "3.0.0"}, "protocol"),
    ({"max_body_bytes": 0}, "max_body_bytes"),
]


@pytest.mark.parametrize(("given", "expected"), WRONG)
def test_a_wrong_setting_is_named_and_no_secret_shown(given: dict[str, Any], expected: str):
    with pytest.raises(ConfigurationError, match=expected) as caught:
        session(**{**KEYS, **given})
    assert "hidden" not in str(caught.value)


def test_a_wrong_key_in_the_file_is_named_with_its_line(tmp_path: Path):
    path = tmp_path / "x.toml"
    path.write_text('client_id = "i"\nclient_secrt = "hidden"\n')
    with pytest.raises(ConfigurationError, match="x.toml:2") as caught:
        session(file=path)
    assert "hidden" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="(?i)no such file"):
        session(file=tmp_path / "none.toml")


# ---------------------------------------------------------------- with_options


def test_options_change_and_the_rest_stays():
    before = session(**KEYS, timeout=5, retries=1)
    after = changed(before, total_timeout=9.0, protocol="1.0.0")
    assert (after.options.timeout, after.options.total_timeout, after.options.retries) == (5.0, 9.0, RetryPolicy.of(1))
    assert (after.protocol, before.protocol, after.tokens is before.tokens) == (Protocol.V1, Protocol.V2, True)
    assert after.ledger is before.ledger and before.options.total_timeout is None


def test_nothing_changed_is_the_same_session():
    before = session(**KEYS)
    assert changed(before, timeout=None) is before


def test_retries_may_be_a_policy():
    policy = RetryPolicy(transient=9, first_s=0.1)
    assert session(**KEYS, retries=policy).options.retries is policy
    assert changed(session(**KEYS), retries=policy).options.retries is policy
    assert changed(session(**KEYS), retries=2).options.retries == RetryPolicy.of(2)


@pytest.mark.parametrize("wrong", [{"timeout": 0}, {"generation": "x"}, {"retries": -1}, {"nonsense": 1}])
def test_a_wrong_option_is_named(wrong: dict[str, Any]):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        changed(session(**KEYS), **wrong)
