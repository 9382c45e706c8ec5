"""Where the parameters of a statement are, and where they only seem to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hirewire.db import Statement, StatementFailed
from hirewire.db.lexer import Member, Param, Piece, cut, cut_at_row

NO_PARAMETER = [
    "SELECT ':a'",
    "SELECT 'it''s :a'",
    r"SELECT E'it\'s :a'",
    'SELECT ":a"',
    'SELECT "say "":a"""',
    "SELECT `:a`",
    "SELECT 1 -- :a\n",
    "SELECT 1 -- it's :a",
    "SELECT /* :a 'b */ 1",
    "SELECT $$ :a ' $$",
    "SELECT $body$ :a $$ ' $body$",
    "SELECT x::a, 'y'::text, (z)::b, w[1]::c",
    "SELECT x[i:j], x[1:2], x[f(1):g(2)]",
    "SELECT a := 1, b : c",
    "SELECT :0",
]


@pytest.mark.parametrize("sql", NO_PARAMETER)
def test_a_colon_that_is_no_parameter(sql):
    assert cut(Statement("s", sql)) == (sql,)


PARAMETERS = [
    (":a", (Param("a"),)),
    ("x=:a+:b_2-:a", ("x=", Param("a"), "+", Param("b_2"), "-", Param("a"))),
    (":a::text", (Param("a"), "::text")),
    ("CAST(:a AS text)", ("CAST(", Param("a"), " AS text)")),
    ("'x':a", ("'x'", Param("a"))),
    ("x[:a]", ("x[", Param("a"), "]")),
    (":1::text[], :12", (Member(1, "text"), "::text[], ", Member(12))),
    ("(:2::double precision[])", ("(", Member(2, "double precision"), "::double precision[])")),
    (":1::text", (Member(1), "::text")),
]


@pytest.mark.parametrize(("sql", "pieces"), PARAMETERS)
def test_a_parameter(sql, pieces):
    assert cut(Statement("s", sql)) == pieces


def test_a_marked_row():
    parts = cut_at_row(Statement("s", "VALUES /*rows*/ (:2, f(:1, ')'), :a) ON (:a)"))
    assert parts.head == ("VALUES /*rows*/ ",)
    assert parts.row == ("(", Member(2), ", f(", Member(1), ", ')'), ", Param("a"), ")")
    assert parts.tail == (" ON (", Param("a"), ")")
    assert parts.width == 2


REFUSED = [
    ("VALUES (:1)", "expected one row marked"),
    ("VALUES /*rows*/ (:1), /*rows*/ (:2)", "got 2"),
    ("VALUES /*rows*/ :1", "expected '(' right after"),
    ("VALUES /*rows*/ x (:1)", "expected '(' right after"),
    ("VALUES /*rows*/ (:1, (:2)", "never closed"),
    ("VALUES /*rows*/ (:a)", "expected members"),
    ("VALUES /*rows*/ (:1) ON :2", "only in the row"),
    ("SELECT 'open", "' at character 7 is never closed"),
    ("SELECT /* open", "/* at character 7 is never closed"),
]


@pytest.mark.parametrize(("sql", "said"), REFUSED)
def test_a_row_marked_wrongly(sql, said):
    with pytest.raises(StatementFailed) as caught:
        cut_at_row(Statement("name", sql))
    assert said in str(caught.value)
    assert str(caught.value).startswith("name.sql: ")


@given(st.lists(st.sampled_from(["/*rows*/", *"ab1 :'\"`$-*/()[]\\\nE,"]), max_size=60).map("".join))
def test_any_text_is_cut_without_loss_or_refused(sql):
    try:
        pieces = cut(Statement("s", sql))
    except StatementFailed:
        return
    assert "".join(map(written, pieces)) == sql


def written(piece: Piece) -> str:
    match piece:
        case Param(name):
            return f":{name}"
        case Member(number):
            return f":{number}"
        case text:
            return text
