"""The same batch_update with requests and json, by somebody who has read the documents and needs no more than this call:
keys and bodies built as text, the long query tunnelled, each note's status looked up in the answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import quote

import requests

Key: TypeAlias = tuple[str, str, str]

_BOUNDARY = "f3a9c1d27b"
_HEADERS = {
    "X-HTTP-Method-Override": "PUT",
    "X-RestLi-Method": "batch_update",
    "X-RestLi-Protocol-Version": "2.0.0",
    "LinkedIn-Version": "202603",
    "Content-Type": f"multipart/mixed; boundary={_BOUNDARY}",
}


def put_notes(
    session: requests.Session, url: str, token: str, notes: Mapping[Key, Mapping[str, Any]]
) -> dict[Key, int]:
    """Store notes; the status of each."""
    texts = {key: _key_text(*key) for key in notes}
    query = f"ids=List({','.join(texts.values())})"
    entities = json.dumps({"entities": {texts[key]: note for key, note in notes.items()}})
    body = (
        f"--{_BOUNDARY}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n{query}\r\n"
        f"--{_BOUNDARY}\r\nContent-Type: application/json\r\n\r\n{entities}\r\n--{_BOUNDARY}--\r\n"
    )
    headers = {**_HEADERS, "Authorization": f"Bearer {token}"}
    response = session.post(f"{url}/rest/applicationNotes", data=body.encode(), headers=headers, timeout=30)
    response.raise_for_status()
    answer = json.loads(response.content)
    return {key: answer["results"][text]["status"] for key, text in texts.items()}


def _key_text(organization: str, application_id: str, note_id: str) -> str:
    return (
        f"(externalJobApplicationId:{quote(application_id, safe='')},externalNoteId:{quote(note_id, safe='')},"
        f"integrationContext:{quote(organization, safe='')})"
    )
