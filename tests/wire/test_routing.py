"""Raw paths against templates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.wire.routing import Router, Template, split_path

NOTES = Template(("v2", "atsApplications", "notes"))
APPLICATIONS = Template(("v2", "atsApplications"))
PROSPECT_NOTES = Template(("v2", "prospectNotes"))
REST_NOTES = Template(("rest", "applicationNotes"))
SETTINGS = Template(("rest", "applicationNotes", "settings"), simple=frozenset({"settings"}))
HISTORY = Template(("rest", "applicationNotes", "settings", "history"), simple=frozenset({"settings"}))
ROUTER = Router([NOTES, APPLICATIONS, PROSPECT_NOTES, REST_NOTES, SETTINGS, HISTORY])


@pytest.mark.parametrize(
    ("path", "template", "parents", "key"),
    [
        ("/v2/prospectNotes", PROSPECT_NOTES, (), None),
        ("/v2/prospectNotes/", PROSPECT_NOTES, (), None),
        ("v2/prospectNotes", PROSPECT_NOTES, (), None),
        ("/v2/prospectNotes/132", PROSPECT_NOTES, (), "132"),
        ("/v2/pros%70ectNotes/%31", PROSPECT_NOTES, (), "%31"),
        ("/v2/prospectNotes/a%2Fb", PROSPECT_NOTES, (), "a%2Fb"),
        ("/v2/atsApplications/a=1&b=urn:li:x:1", APPLICATIONS, (), "a=1&b=urn:li:x:1"),
        ("/v2/atsApplications/a=1%26&b=2/notes", NOTES, ("a=1%26&b=2",), None),
        ("/v2/atsApplications/(a:1,b:2)/notes/n%2F1/", NOTES, ("(a:1,b:2)",), "n%2F1"),
        ("/v2/atsApplications/notes", APPLICATIONS, (), "notes"),
        ("/rest/applicationNotes/1/settings", SETTINGS, ("1",), None),
        ("/rest/applicationNotes/1/settings/history/2", HISTORY, ("1",), "2"),
    ],
)
def test_a_path_finds_its_template_and_raw_keys(
    path: str, template: Template, parents: tuple[str, ...], key: str | None
) -> None:
    match = ROUTER.match(path)
    assert match is not None
    assert (match.template, match.parents, match.key) == (template, parents, key)
    assert match.is_entity == (key is not None or template is SETTINGS)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "//",
        "/v2",
        "/v2/",
        "/rest",
        "/v3/prospectNotes",
        "/prospectNotes",
        "/v2/prospectnotes",
        "/v2/%ZZ",
        "/v2/%FF",
    ]
    + ["/v2//prospectNotes", "/v2/prospectNotes//", "//v2/prospectNotes", "/v2/prospectNotes//1", "/v2%2FprospectNotes"]
    + ["/v2/prospectNotes/1/2", "/v2/atsApplications/1/other", "/v2/atsApplications/1/notes/2/3", "/v2/./prospectNotes"]
    + ["/rest/applicationNotes/1/settings/2", "/rest/applicationNotes/1/settings/1/history"],
)
def test_other_paths_find_nothing(path: str) -> None:
    assert ROUTER.match(path) is None


def test_paths_split_at_raw_slashes_only() -> None:
    assert split_path("/a/b%2Fc/d") == ("a", "b%2Fc", "d")
    assert split_path("/a/b/") == ("a", "b")
    assert split_path("/a//b") is None
    assert split_path("/") is None


@given(st.lists(st.text(alphabet="ab%2F=&()", min_size=1), min_size=1, max_size=4))
def test_what_is_joined_splits_again(segments: list[str]) -> None:
    assert split_path("/" + "/".join(segments)) == tuple(segments)


@given(st.text(alphabet="/v2restaN%\x00é", max_size=40))
def test_any_path_is_matched_or_not(path: str) -> None:
    ROUTER.match(path)


def test_templates_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="two templates for"):
        Router([PROSPECT_NOTES, PROSPECT_NOTES])
    with pytest.raises(ValueError, match="'settings'.* takes keys in one template and none in another"):
        Router([SETTINGS, Template(("rest", "applicationNotes", "settings"))])
