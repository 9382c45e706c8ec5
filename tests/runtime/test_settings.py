"""Settings: who wins, what is named when something is wrong, and that no secret is ever in an error."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, SecretStr, field_validator

from hirewire.runtime.settings import FILE_BYTES_MAX, Section, SettingsError, load

SECRET = "hunter2-do-not-show"


class Customer(Section):
    organization: str = Field(description="urn:li:organization:{id}")
    client_id: str = "none"
    client_secret: SecretStr = SecretStr("none")
    """As provisioned."""

    @field_validator("client_secret")
    @classmethod
    def _no_blanks(cls, value: SecretStr) -> SecretStr:
        if " " in value.get_secret_value():
            raise ValueError(f"expected no blanks in {value.get_secret_value()}")
        return value


class Connector(Section):
    database: str = "sqlite:///default.db"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    mode: Literal["quarantine", "resend"] = "quarantine"
    hosts: tuple[str, ...] = ()
    verbose: bool = False


class Everything(Section):
    connector: Connector = Connector()
    customers: tuple[Customer, ...] = ()
    name: str = "unnamed"
    token: SecretStr | None = None
    limits: dict[str, int] = Field(default_factory=dict)


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str | bytes | None = None, environ: dict[str, str] | None = None, **overrides: object) -> Everything:
        file = None
        if text is not None:
            file = tmp_path / "hirewire.toml"
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        dotted = {key.replace("__", "."): value for key, value in overrides.items()}
        return load(Everything, file=file, environ=environ or {}, overrides=dotted)

    return read


@pytest.fixture
def complaint(read, tmp_path: Path):
    def complaint(*arguments, **overrides) -> str:
        with pytest.raises(SettingsError) as caught:
            read(*arguments, **overrides)
        assert caught.value.__cause__ is None and SECRET not in repr(caught.value.problems)
        return str(caught.value).replace(f"{tmp_path}/", "")

    return complaint


# ---------------------------------------------------------------- who wins

FILE, ENV, ARGUMENT = "[connector]\nport = 1", {"HIREWIRE_CONNECTOR__PORT": "2"}, {"connector__port": 3}


@pytest.mark.parametrize(
    "file, env, argument, port",
    [
        (None, {}, {}, 8080),
        (FILE, {}, {}, 1),
        (None, ENV, {}, 2),
        (FILE, ENV, {}, 2),
        (None, {}, ARGUMENT, 3),
        (FILE, {}, ARGUMENT, 3),
        (None, ENV, ARGUMENT, 3),
        (FILE, ENV, ARGUMENT, 3),
        (FILE, ENV, {"connector__port": None}, 2),
    ],
)
def test_the_later_source_wins_over_absent_values_only(read, file, env, argument, port):
    settings = read(file, env, **argument)
    assert settings.connector.port == port
    assert settings.connector.mode == "quarantine"


def test_unset_is_not_default(read):
    """A flag that repeats the default is still given: it wins over the file."""
    assert read(FILE, connector__port=8080).connector.port == 8080
    assert "port" not in read("[connector]\nmode = 'resend'").connector.model_fields_set


def test_a_variable_adds_to_a_table_of_the_file(read):
    settings = read("[connector]\ndatabase = 'x'\nport = 9", {"HIREWIRE_CONNECTOR__MODE": "resend"})
    assert (settings.connector.database, settings.connector.port, settings.connector.mode) == ("x", 9, "resend")


def test_a_variable_reaches_into_an_array_of_tables(read):
    text = "[[customers]]\norganization = 'a'\n[[customers]]\norganization = 'b'"
    settings = read(text, {"HIREWIRE_CUSTOMERS__1__CLIENT_ID": "id"})
    assert [customer.client_id for customer in settings.customers] == ["none", "id"]


def test_tables_and_arrays_are_json_in_a_variable_and_an_inner_variable_adds_to_them(read):
    environ = {
        "HIREWIRE_CUSTOMERS__0__CLIENT_ID": "inner",
        "HIREWIRE_CUSTOMERS": '[{"organization": "a", "client_id": "outer"}]',
        "HIREWIRE_CONNECTOR__HOSTS": '["h"]',
    }
    settings = read(None, environ)
    assert settings.customers[0].client_id == "inner" and settings.connector.hosts == ("h",)


def test_a_number_is_a_key_where_a_table_is(read):
    assert read("[limits]\n7 = 1", {"HIREWIRE_LIMITS__7": "2"}).limits == {"7": 2}


def test_variables_of_others_do_not_matter(read):
    read(None, {"HIREWIRE_BASE_URL": "x", "HIREWIRE_OTHER__PORT": "x", "HIREWIRE_": "", "hirewire_name": "x", "X": ""})


def test_a_root_value_comes_from_a_variable_and_empty_counts_as_given(read):
    assert read("name = 'file'", {"HIREWIRE_NAME": "env"}).name == "env"
    assert read("name = 'file'", {"HIREWIRE_NAME": ""}).name == ""


def test_a_byte_order_mark_and_windows_lines_are_fine(read):
    assert read(b"\xef\xbb\xbf[connector]\r\nport = 5\r\n").connector.port == 5


# ---------------------------------------------------------------- secrets in files


def test_a_secret_may_stand_in_a_file_named_from_the_settings_file(read, tmp_path):
    (tmp_path / "s").write_text(SECRET + "\n")
    settings = read("[[customers]]\norganization = 'a'\nclient_secret_file = 's'")
    assert settings.customers[0].client_secret.get_secret_value() == SECRET


def test_a_secret_file_may_be_named_by_a_variable_and_wins_over_the_file(read, tmp_path):
    (tmp_path / "s").write_text(SECRET)
    assert read("token = 'low'", {"HIREWIRE_TOKEN_FILE": str(tmp_path / "s")}).token.get_secret_value() == SECRET


def test_a_secret_file_that_is_replaced_need_not_exist(read):
    assert read("token_file = 'absent'", {"HIREWIRE_TOKEN": "t"}).token.get_secret_value() == "t"


@pytest.mark.parametrize(
    "text, environ, message",
    [
        ("token_file = 'absent'", {}, "hirewire.toml:1: token_file: absent: No such file or directory"),
        ("token_file = '.'", {}, "Is a directory"),
        (
            "\ntoken_file = 3",
            {},
            "hirewire.toml:2: token_file: expected the name of a file that holds the secret, got 3",
        ),
        ("token_file = ''", {}, "expected the name of a file"),
        (
            "token = 'a'\ntoken_file = 'b'",
            {},
            "hirewire.toml:2: token_file: expected either token or token_file, got both",
        ),
        ("token_file = 'b'\ntoken = 'a'", {}, "hirewire.toml:1: token_file: expected either"),
        (None, {"HIREWIRE_TOKEN": "a", "HIREWIRE_TOKEN_FILE": "b"}, "HIREWIRE_TOKEN_FILE: token_file: expected either"),
        ("token_file = 'empty'", {}, "empty: expected the secret in it"),
        ("token_file = 'binary'", {}, "expected UTF-8"),
        ("token_file = 'large'", {}, "at most 10,000 bytes"),
    ],
)
def test_a_secret_file_that_cannot_serve_is_named(complaint, tmp_path, text, environ, message):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff")
    (tmp_path / "large").write_text("x" * 10_001)
    assert message in complaint(text, environ)


@pytest.mark.parametrize(
    "text, environ, overrides",
    [
        (f"[[customers]]\norganization = 'a'\nclient_secret = '{SECRET} '", {}, {}),
        (f"[[customers]]\norganization = 'a'\nclient_secret = ['{SECRET}']", {}, {}),
        (f"[[customers]]\norganization = 'a'\nclient_secret = {{ x = '{SECRET}' }}", {}, {}),
        (f"[[customers]]\nclient_secret = '{SECRET}'", {}, {}),
        (f"[[customers]]\norganization = 'a'\nclient_secrett = '{SECRET}'", {}, {}),
        ("[[customers]]\norganization = 'a'", {"HIREWIRE_CUSTOMERS__0__CLIENT_SECRET": f"{SECRET} x"}, {}),
        (None, {"HIREWIRE_CUSTOMERS": f'[{{"client_secret": "{SECRET}"}}'}, {}),
        (f"[connector]\nport = 'postgresql://u:{SECRET}@h/d'", {}, {}),
        (f"token = '{SECRET}' x", {}, {}),
    ],
)
def test_no_secret_is_in_an_error(complaint, text, environ, overrides):
    message = complaint(text, environ, **overrides)
    assert message and SECRET not in message


# ---------------------------------------------------------------- what is wrong, and where


@pytest.mark.parametrize(
    "text, message",
    [
        ("[connector]\nprot = 1", "hirewire.toml:2: connector.prot: there is no such setting; did you mean 'port'?"),
        (
            "conector = {}",
            "hirewire.toml:1: conector: there is no such setting; did you mean 'connector'? the file may have",
        ),
        ("connector.mode = 'fast'", "hirewire.toml:1: connector.mode: expected 'quarantine' or 'resend', got 'fast'"),
        ("\nconnector = { port = 0 }", "hirewire.toml:2: connector.port: expected greater than or equal to 1, got 0"),
        (
            "[connector]\nhosts = [\n 'a',\n 3,\n]",
            "hirewire.toml:4: connector.hosts[1]: expected a valid string, got 3",
        ),
        ("connector = 3", "hirewire.toml:1: connector: expected a valid dictionary or instance of Connector, got 3"),
        (
            "[[customers]]\norganization='a'\n[[customers]]\nname=1",
            "hirewire.toml:3: customers[1].organization: required",
        ),
        (
            "[[customers]]\norganization='a'\n[[customers]]\nname=1",
            "hirewire.toml:4: customers[1].name: there is no such",
        ),
        ("[limits]\n\"a b\" = 'x'", 'hirewire.toml:2: limits."a b": expected a valid integer'),
        ("name = 3", "hirewire.toml:1: name: expected a valid string, got 3"),
        ("a = 1\nb = ", "hirewire.toml:2: this is not valid TOML: Invalid value"),
        ("a = 1\n\na = 2\n", "hirewire.toml:3: this is not valid TOML: Cannot overwrite a value"),
        ("a = [1,\n2\n", "hirewire.toml:2: this is not valid TOML"),
        (b"a = 1\nb = '\xff'", "hirewire.toml:2: expected UTF-8"),
        ("a = " + "[" * 5000 + "]" * 5000, "hirewire.toml: arrays or tables are nested too deeply"),
        ("a = " + "1" * 5000, "hirewire.toml: this is not valid TOML"),
        ("#" * (FILE_BYTES_MAX + 1), "hirewire.toml: is no settings file: expected at most 1,000,000 bytes"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(complaint, text, message):
    assert message in complaint(text)


def test_all_problems_are_told_at_once(complaint):
    assert len(complaint("[connector]\nport = 0\nmode = 'x'\nprot = 1").splitlines()) == 3


@pytest.mark.parametrize(
    "text, environ, overrides, message",
    [
        (
            None,
            {"HIREWIRE_CONNECTOR__PORT": "x"},
            {},
            "environment variable HIREWIRE_CONNECTOR__PORT: connector.port: expected",
        ),
        (
            None,
            {"HIREWIRE_CONNECTOR__PROT": "1"},
            {},
            "environment variable HIREWIRE_CONNECTOR__PROT: connector.prot: there is",
        ),
        (None, {"HIREWIRE_CONNECTOR": "x"}, {}, "connector: expected JSON"),
        (
            None,
            {"HIREWIRE_CUSTOMERS__0__CLIENT_ID": "x"},
            {},
            "HIREWIRE_CUSTOMERS__0__CLIENT_ID: customers: expected a valid tuple, got a table",
        ),
        ("connector = 3", {"HIREWIRE_CONNECTOR__PORT": "1"}, {}, "connector.port: there is no table"),
        (FILE, {}, {"connector__port": "x"}, "argument --port: connector.port: expected"),
        (
            FILE,
            {"HIREWIRE_CONNECTOR__PORT": "x"},
            {"connector__mode": "y"},
            "argument --mode: connector.mode: expected",
        ),
        (
            None,
            {"HIREWIRE_CUSTOMERS": "[{}]"},
            {},
            "HIREWIRE_CUSTOMERS: customers[0].organization: required, but absent",
        ),
    ],
)
def test_the_origin_of_a_wrong_value_is_named(complaint, text, environ, overrides, message):
    assert message in complaint(text, environ, **overrides)


def test_what_is_missing_says_what_it_means_and_how_to_give_it(complaint):
    assert complaint("[[customers]]\nclient_id = 'x'").endswith(
        "hirewire.toml:1: customers[0].organization: required, but absent (urn:li:organization:{id}); "
        "add it to hirewire.toml, or set HIREWIRE_CUSTOMERS__0__ORGANIZATION"
    )


@pytest.mark.parametrize("name, message", [("absent.toml", "No such file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, message):
    with pytest.raises(SettingsError, match=f"{name}.*{message}"):
        load(Everything, file=tmp_path / name, environ={})
