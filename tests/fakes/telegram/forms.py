"""Requests in every encoding the Bot API takes: the address, JSON, a form, a form in several parts."""

import json
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.requests import Request

from tests.fakes.telegram.spec import Upload
from tests.fakes.telegram.world import Json


async def given(request: Request) -> Json:
    """A request's parameters as they came: text, values of a JSON body, or uploads."""
    found: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    body = await request.body()
    if kind.startswith("application/json"):
        return found | json.loads(body or b"{}")
    if not kind.startswith("multipart/"):
        return found | dict(parse_qsl(body.decode(), keep_blank_values=True))
    fields, uploads = _parts(kind, body)
    for name, value in fields.items():
        attached = value.removeprefix("attach://")
        found[name] = uploads.pop(attached) if value.startswith("attach://") and attached in uploads else value
    return found | uploads


def _parts(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    fields: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    boundary = str(_headers(b"Content-Type: " + kind.encode()).get_param("boundary")).encode()
    _, *parts, _ = body.split(b"--" + boundary)
    for written in parts:
        about, _, rest = written.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        part, content = _headers(about), rest.removesuffix(b"\r\n")
        name = str(part.get_param("name", header="content-disposition"))
        filename = part.get_filename()
        if filename is None:
            fields[name] = content.decode()
        else:
            uploads[name] = Upload(filename, part.get_content_type(), content)
    return fields, uploads


def _headers(written: bytes) -> Message:
    """The email parser is for the headers alone: it takes a file apart line by line."""
    return BytesHeaderParser(policy=HTTP).parsebytes(written + b"\r\n\r\n")
