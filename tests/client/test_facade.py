"""The two clients: one source, one surface, and every public name where it is promised."""

from __future__ import annotations

import importlib.util
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import hirewire
from hirewire import client as sdk
from hirewire.client import async_client, sync_client

ROOT = Path(__file__).resolve().parent.parent.parent
TOOL = ROOT / "tools" / "generate_client_facade.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_client_facade", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_blocking_client_is_what_would_be_written():
    subprocess.run([sys.executable, TOOL, "--check"], check=True)


@pytest.mark.parametrize(
    "change", [lambda text: text + "\n", lambda text: text[:-1], lambda text: text.replace("Raise", "raise", 1)]
)
def test_a_blocking_client_that_differs_is_seen(change: Callable[[str], str], tool: ModuleType, tmp_path: Path):
    other = tmp_path / "sync_client.py"
    other.write_text(change(tool.TARGET.read_text(encoding="utf-8")), encoding="utf-8")
    assert tool.differs(target=other) and tool.differs(target=tmp_path / "missing.py")


@pytest.mark.parametrize(
    "name",
    [
        "Client",
        "ApplicationNotes",
        "ProvisionedApplications",
        "IntegrationConfigurations",
        "LifecycleActions",
        "ProspectNotes",
        "Seats",
    ],
)
def test_both_have_the_same_surface(name: str):
    blocking, asynchronous = getattr(sync_client, name), getattr(async_client, f"Async{name}")
    for method in {each for each in vars(asynchronous) if not each.startswith("_")}:
        assert (
            inspect.signature(getattr(blocking, method)).parameters.keys()
            == inspect.signature(getattr(asynchronous, method)).parameters.keys()
        )
        assert inspect.getdoc(getattr(blocking, method))
    assert {each for each in vars(blocking) if not each.startswith("_")} == {
        each for each in vars(asynchronous) if not each.startswith("_")
    }


def test_the_blocking_client_speaks_of_nothing_asynchronous():
    text = Path(sync_client.__file__).read_text(encoding="utf-8")
    body = text.partition("\n")[2]
    assert not [word for word in ("await", "async", "Async") if word in body]


def test_the_names_of_the_sdk_are_the_names_of_the_package():
    assert hirewire.__all__ == sdk.__all__
    assert all(getattr(hirewire, name) is getattr(sdk, name) for name in sdk.__all__)
    assert set(sdk.__all__) <= set(dir(hirewire)) and "__version__" in dir(hirewire)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        hirewire.nonsense  # noqa: B018 - looking is what raises


def test_importing_the_package_loads_no_client():
    code = "import sys, hirewire, hirewire.wire.http; assert 'httpcore2' not in sys.modules and 'pydantic' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_client_closes_what_it_opened(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(200))
    drive = drive_of(peer.url)

    def use(client: sdk.Client) -> object:
        with client as entered:
            assert entered is client
            return entered.request("GET", "/x").status

    async def use_async(client: sdk.AsyncClient) -> object:
        async with client as entered:
            assert entered is client
            return (await entered.request("GET", "/x")).status

    assert drive(use if drive.client_type is sdk.Client else use_async) == 200


def test_a_transport_may_be_given(drive_of: Callable):
    class Canned:
        closed = False

        def answer(self, request: sdk.HttpRequest) -> sdk.Received:
            body = b'{"access_token": "t", "expires_in": 9}' if "accessToken" in request.target else b"{}"
            return sdk.HttpResponse(200, body=body)

    class Blocking(Canned):
        def send(self, origin: str, request: sdk.HttpRequest, timeout_s: float) -> sdk.Received:
            return self.answer(request)

        def close(self) -> None:
            self.closed = True

    class Asynchronous(Canned):
        async def send(self, origin: str, request: sdk.HttpRequest, timeout_s: float) -> sdk.Received:
            return self.answer(request)

        async def close(self) -> None:
            self.closed = True

    for transport in (Blocking(), Asynchronous()):
        drive = drive_of("http://nowhere.invalid", transport=transport)
        if isinstance(transport, Blocking) is (drive.client_type is sdk.Client):
            assert drive(lambda client: client.request("GET", "/x")).json() == {}
            drive(lambda client: client.close())
            assert transport.closed
        drive.client._driver = drive_of("http://nowhere.invalid").client._driver


def test_a_client_says_where_it_calls_and_shows_no_secret(drive_of: Callable):
    client = drive_of("http://127.0.0.1:1", client_secret="hidden").client
    assert repr(client).startswith(f"{type(client).__name__}(Session(api=Address(origin='http://127.0.0.1:1'")
    assert "hidden" not in repr(client)


def test_a_creation_without_its_credentials_is_an_error(drive_of: Callable, peer_of: Callable, answer: Callable):
    peer = peer_of(lambda seen: answer(201, None, "X-RestLi-Id: urn:li:developerApplication:1"))
    application = sdk.ProvisionedApplication(unique_foreign_id="x", name="y")
    with pytest.raises(sdk.ProtocolError, match="does not hold its credentials") as caught:
        drive_of(peer.url)(lambda client: client.provisioned_applications.create(application))
    assert caught.value.may_have_applied and len(peer.seen) == 1


def test_every_public_name_is_documented():
    page = (ROOT / "docs" / "reference" / "sdk.md").read_text(encoding="utf-8")
    assert [name for name in sdk.__all__ if f"`{name}" not in page] == []


@pytest.mark.parametrize("parameter", [*inspect.signature(sdk.Client).parameters])
def test_every_argument_of_a_client_is_documented(parameter: str):
    page = (ROOT / "docs" / "reference" / "sdk.md").read_text(encoding="utf-8")
    assert f"`{parameter}" in page and f"    {parameter}:" in (inspect.getdoc(sdk.Client) or "").replace("\n", "\n    ")
