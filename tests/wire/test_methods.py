"""The method table, read both ways."""

from __future__ import annotations

import itertools

import pytest

from hirewire.wire.errors import Theirs
from hirewire.wire.methods import METHODS, VERBS, Method, Shape, infer, spelled

KEY, IDS, Q, BQ, ACTION = (
    Shape(has_key=True),
    Shape(has_ids=True),
    Shape(has_q=True),
    Shape(has_bq=True),
    Shape(has_action=True),
)


@pytest.mark.parametrize(
    ("verb", "shape", "method"),
    [
        ("GET", KEY, Method.GET),
        ("GET", IDS, Method.BATCH_GET),
        ("GET", Shape(), Method.GET_ALL),
        ("GET", Q, Method.FINDER),
        ("GET", BQ, Method.BATCH_FINDER),
        ("PUT", KEY, Method.UPDATE),
        ("PUT", IDS, Method.BATCH_UPDATE),
        ("POST", Shape(), Method.CREATE),
        ("POST", KEY, Method.PARTIAL_UPDATE),
        ("POST", IDS, Method.BATCH_PARTIAL_UPDATE),
        ("POST", ACTION, Method.ACTION),
        ("POST", Shape(has_key=True, has_action=True), Method.ACTION),
        ("DELETE", KEY, Method.DELETE),
        ("DELETE", IDS, Method.BATCH_DELETE),
        # An ordinary parameter may be called like a deciding one: the stronger one wins.
        ("GET", Shape(has_q=True, has_bq=True, has_action=True), Method.FINDER),
        ("GET", Shape(has_bq=True, has_action=True), Method.BATCH_FINDER),
        ("POST", Shape(has_action=True, has_q=True, has_bq=True), Method.ACTION),
    ],
)
@pytest.mark.parametrize("header", [None, "", "  "])
def test_verb_and_shape_infer_the_method(verb: str, shape: Shape, method: Method, header: str | None) -> None:
    assert infer(verb, header, shape) is method


@pytest.mark.parametrize("method", Method)
def test_what_a_client_sends_is_read_as_the_method_it_meant(method: Method) -> None:
    verb, header = spelled(method)
    for shape, value in itertools.product(
        METHODS[method].shapes, {header, method.value, method.name, f" {method.name} "}
    ):
        assert infer(verb, value, shape) is method


def test_every_request_infers_at_most_one_method_and_a_header_never_changes_its_meaning_silently() -> None:
    shapes = [Shape(*flags) for flags in itertools.product([False, True], repeat=5)]
    accepted: dict[tuple[str, str | None, Shape], Method] = {}
    for verb, header, shape in itertools.product(VERBS, [None, *(method.value for method in Method)], shapes):
        try:
            accepted[verb, header, shape] = infer(verb, header, shape)
        except Theirs as error:
            assert error.status == 400
    for (verb, header, shape), method in accepted.items():
        assert METHODS[method].verb == verb
        assert header in (None, method.value)
        assert method in (accepted.get((verb, None, shape)), Method.BATCH_CREATE)


@pytest.mark.parametrize("verb", ["PATCH", "HEAD", "TRACE", "OPTIONS", "get", "", "G" * 10_000])
@pytest.mark.parametrize("header", [None, "get", "nonsense"])
def test_other_verbs_are_405(verb: str, header: str | None) -> None:
    with pytest.raises(Theirs, match="use DELETE, GET, POST, PUT") as error:
        infer(verb, header, KEY)
    assert (error.value.status, error.value.code) == (405, "METHOD_NOT_ALLOWED")
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    ("verb", "header", "shape"),
    [
        ("PUT", None, Shape()),
        ("DELETE", None, Shape()),
        ("PUT", None, Shape(has_key=True, has_ids=True)),
        ("GET", None, Shape(has_key=True, has_q=True)),
        ("GET", None, Shape(has_ids=True, has_q=True)),
        ("GET", None, ACTION),
        ("DELETE", None, ACTION),
        ("POST", None, Q),
        ("PUT", "create", KEY),
        ("GET", "batch_get", KEY),
        ("POST", "batch_create", IDS),
        ("POST", "action", KEY),
        ("DELETE", "get", KEY),
    ],
)
def test_contradictions_are_400_and_say_what_the_verb_takes(verb: str, header: str | None, shape: Shape) -> None:
    with pytest.raises(Theirs, match=f"Method {verb!r} is not supported for a request with .* With {verb}, ") as error:
        infer(verb, header, shape)
    assert error.value.status == 400


def test_a_delete_of_nothing_names_ids() -> None:
    """G-52: the documented DELETE without ids is never "delete all"."""
    with pytest.raises(Theirs, match="neither key nor ids.*batch_delete takes the parameter ids"):
        infer("DELETE", None, Shape())


def test_an_unknown_method_header_lists_the_known_ones() -> None:
    with pytest.raises(Theirs, match="X-RestLi-Method: expected one of get, batch_get, .*, got 'FOO'"):
        infer("GET", "FOO", KEY)


@pytest.mark.parametrize(("header", "shape"), [("batch_delete", IDS), ("BATCH_DELETE", IDS), ("delete", KEY)])
def test_a_delete_tunnelled_under_get_names_the_client_bug_and_runs_neither(header: str, shape: Shape) -> None:
    with pytest.raises(Theirs, match="neither was run.*send X-HTTP-Method-Override: DELETE") as error:
        infer("GET", header, shape)
    assert error.value.status == 400


def test_bodies_go_with_what_writes() -> None:
    assert {method for method, row in METHODS.items() if row.has_body} == {
        *(Method.CREATE, Method.BATCH_CREATE, Method.UPDATE, Method.BATCH_UPDATE),
        *(Method.PARTIAL_UPDATE, Method.BATCH_PARTIAL_UPDATE, Method.ACTION),
    }
