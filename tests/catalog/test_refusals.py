"""The documented refusals: status, codes, and that the texts hold what somebody must know."""

from __future__ import annotations

import pytest

from hirewire.catalog import errors
from hirewire.catalog.application_notes import APPLICATION_NOTES, ApplicationNoteKey
from hirewire.catalog.call import Refusal
from hirewire.catalog.generations import Generation
from hirewire.catalog.provisioned_applications import PROVISIONED_APPLICATIONS, Credentials
from hirewire.wire.errors import Theirs
from tests.catalog.views import view_of


@pytest.mark.parametrize(
    ("refusal", "status", "code", "service_error_code", "part"),
    [
        (errors.empty_token(), 401, "EMPTY_ACCESS_TOKEN", 65604, "Empty oauth2"),
        (errors.unknown_scheme(), 401, "UNKNOWN_AUTHENTICATION_SCHEME", 65600, "Unknown authentication schema"),
        (errors.invalid_token(), 401, "INVALID_ACCESS_TOKEN", 65600, "Invalid"),
        (errors.revoked_token(), 401, "REVOKED_ACCESS_TOKEN", 65601, "revoked"),
        (errors.expired_token(), 401, "EXPIRED_ACCESS_TOKEN", 65602, "expired"),
        (
            errors.access_denied("applicationNotes", "BATCH_UPDATE", "202603", "why"),
            403,
            "ACCESS_DENIED",
            100,
            ".20260301. why",
        ),
        (errors.access_denied("prospectNotes", "FINDER-criteria", None, ""), 403, "ACCESS_DENIED", 100, ".NO_VERSION."),
        (errors.throttled_day(), 429, "TOO_MANY_REQUESTS", 101, "APPLICATION DAY limit"),
        (errors.throttled_minute(), 429, "TOO_MANY_REQUESTS", 101, "APPLICATION MINUTE limit"),
        (errors.resource_not_found(), 404, "RESOURCE_NOT_FOUND", None, "No virtual resource found"),
        (errors.entity_not_found("n"), 404, "NOT_FOUND", None, "n"),
        (errors.conflict("older"), 409, "CONFLICT", None, "older"),
        (errors.method_not_allowed("get", "x", ["a", "b"]), 405, "METHOD_NOT_ALLOWED", None, "a, b"),
        (errors.unreadable(Theirs("bad", status=415)), 415, "UNSUPPORTED_MEDIA_TYPE", None, "bad"),
        (errors.unreadable(Theirs("bad", status=499)), 499, "ILLEGAL_ARGUMENT", None, "bad"),
        (errors.unreadable(Theirs("bad", code="MISSING_FIELD")), 400, "MISSING_FIELD", None, "bad"),
        (errors.too_many_records(101, 100), 400, "PARAM_INVALID", None, "101"),
    ],
)
def test_a_documented_refusal(refusal: Refusal, status: int, code: str, service_error_code: int | None, part: str):
    assert (refusal.status, refusal.code, refusal.service_error_code) == (status, code, service_error_code)
    assert part in refusal.message


def test_the_tenant_of_a_key_is_its_integration_context():
    key = ApplicationNoteKey("urn:li:organization:1", "a", "n")
    assert APPLICATION_NOTES.tenant_of(key) == APPLICATION_NOTES.tenant_of(tuple(key)) == "urn:li:organization:1"
    assert view_of(APPLICATION_NOTES, Generation.V2).shared_parts == ("application_id", "integration_context")
    with pytest.raises(ValueError, match="belongs to the calling application"):
        PROVISIONED_APPLICATIONS.tenant_of(("x",))


def test_descriptions_have_a_short_repr():
    assert repr(APPLICATION_NOTES) == "Resource(application_notes)"
    assert repr(APPLICATION_NOTES.views[0]) == "View(v2/atsApplications/notes)"


def test_a_secret_is_not_shown():
    assert "hush" not in repr(Credentials(client_id="c", client_secret="hush"))
