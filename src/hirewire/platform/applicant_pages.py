"""The applicant's pages as plain HTML: a job posting, and My Jobs. Whatever text goes in is escaped on its way.

Their content is what the control API gives as JSON; their design comes later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from hirewire.values.time import Millis, to_iso
from hirewire.wire.http import Headers, HttpResponse

# Nothing is fetched, nothing runs, nobody frames it.
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Html(str):
    """Text that is HTML already. Any other text is escaped before it becomes part of it."""

    __slots__ = ()


def element(name: str, *content: str, **attributes: str) -> Html:
    """An element with its content; text is escaped, ``Html`` is taken as it is.

    >>> element("p", "a < b ", element("b", "c"), lang="en")
    '<p lang="en">a &lt; b <b>c</b></p>'
    """
    written = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{written}>{joined(content)}</{name}>")


def joined(content: Iterable[str]) -> Html:
    """Pieces of text and HTML as HTML."""
    return Html("".join(each if isinstance(each, Html) else escape(each) for each in content))


def posting_page(posting: Mapping[str, Any]) -> HttpResponse:
    """A job posting as one applicant, or anybody, sees it."""
    job = posting["job"]
    parts = [element("h1", job["title"])]
    parts += [element("p", text) for text in (job["company"], job["location"]) if text]
    for application in posting["applications"]:
        parts.append(element("section", element("h2", "Your application"), _notices(application["notices"])))
    return _page(job["title"], parts)


def my_jobs_page(my_jobs: Mapping[str, Any]) -> HttpResponse:
    """Everything one person applied for, and how each application stands."""
    entries = [
        element("li", element("h2", _titled(each["job"])), _notices(each["notices"]))
        for each in my_jobs["applications"]
    ]
    listed = element("ol", *entries) if entries else element("p", "You have not applied for a job yet.")
    return _page("My Jobs", [element("h1", "My Jobs"), listed])


def letter_page(html: str) -> HttpResponse:
    """A mail's HTML part as it was written."""
    return _html(html)


def _titled(job: Mapping[str, Any]) -> str:
    return f"{job['title']}, {job['company']}" if job["company"] else str(job["title"])


def _notices(notices: Iterable[Mapping[str, Any]]) -> Html:
    return element("ul", *(element("li", each["text"], " ", _moment(each["shown_at"])) for each in notices))


def _moment(at: Millis) -> Html:
    iso = to_iso(at)
    return element("time", f"{iso[:10]} {iso[11:16]} UTC", datetime=iso)


def _page(title: str, parts: Iterable[Html]) -> HttpResponse:
    head = element("head", Html('<meta charset="utf-8">'), element("title", title))
    body = element("body", element("main", *parts))
    return _html(f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n")


def _html(text: str) -> HttpResponse:
    lines = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", _POLICY),
        ("X-Content-Type-Options", "nosniff"),
    )
    return HttpResponse(200, Headers(lines), text.encode())
