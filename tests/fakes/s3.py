"""A loopback double of an S3 endpoint: whole and multipart uploads, downloads, deletions, in path style.

It refuses what is not signed, an unknown bucket, parts out of order and parts under 5 MB that are not the last
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html).
"""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.serving import serving

SMALLEST_PART = 5 * 1024 * 1024


@dataclass
class FakeS3:
    """``objects`` holds what is stored, by key; ``requests`` every request, as method and query."""

    bucket: str = "legwork"
    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict[str, bytes])
    requests: list[str] = field(default_factory=list[str])
    _uploads: dict[str, dict[int, bytes]] = field(default_factory=dict[str, dict[int, bytes]])
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def answer(self, request: Request) -> Response:
        key, query = request.path_params["key"], request.query_params
        self.requests.append(f"{request.method} {request.url.query}".strip())
        if not request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 "):
            return _error(403, "AccessDenied")
        if request.path_params["bucket"] != self.bucket:
            return _error(404, "NoSuchBucket")
        body = await request.body()
        match request.method:
            case "POST" if "uploads" in query:
                upload = f"upload-{next(self._numbers)}"
                self._uploads[upload] = {}
                return _xml(
                    f"<InitiateMultipartUploadResult><Bucket>{self.bucket}</Bucket><Key>{key}</Key>"
                    f"<UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
                )
            case "PUT" if "uploadId" in query:
                if query["uploadId"] not in self._uploads:
                    return _error(404, "NoSuchUpload")
                self._uploads[query["uploadId"]][int(query["partNumber"])] = body
                return Response(headers={"ETag": _tag(body)})
            case "POST" if "uploadId" in query:
                return self._complete(key, query["uploadId"], body.decode())
            case "DELETE" if "uploadId" in query:
                self._uploads.pop(query["uploadId"], None)
                return Response(status_code=204)
            case "PUT":
                self.objects[key] = body
                return Response(headers={"ETag": _tag(body)})
            case "DELETE":
                self.objects.pop(key, None)
                return Response(status_code=204)
            case _:
                return self._get(key)

    def _complete(self, key: str, upload: str, body: str) -> Response:
        parts = self._uploads.get(upload)
        if parts is None:
            return _error(404, "NoSuchUpload")
        numbers = [int(number) for number in re.findall(r"<PartNumber>(\d+)</PartNumber>", body)]
        if numbers != sorted(parts):
            return _error(400, "InvalidPartOrder")
        if any(len(parts[number]) < SMALLEST_PART for number in numbers[:-1]):
            return _error(400, "EntityTooSmall")
        self.objects[key] = b"".join(parts[number] for number in numbers)
        del self._uploads[upload]
        tag = _tag(self.objects[key])
        return _xml(
            f"<CompleteMultipartUploadResult><Location>{self.url}</Location><Bucket>{self.bucket}</Bucket>"
            f"<Key>{key}</Key><ETag>{tag}</ETag></CompleteMultipartUploadResult>"
        )

    def _get(self, key: str) -> Response:
        content = self.objects.get(key)
        if content is None:
            return _error(404, "NoSuchKey")
        headers = {"ETag": _tag(content), "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"}
        return Response(content, headers=headers)

    @property
    def unfinished(self) -> int:
        """Uploads that were begun and neither completed nor given up."""
        return len(self._uploads)


def _tag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _xml(body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', media_type="application/xml")


def _error(status: int, code: str) -> Response:
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>',
        status_code=status,
        media_type="application/xml",
    )


@asynccontextmanager
async def fake_s3() -> AsyncIterator[FakeS3]:
    fake = FakeS3()
    route = Route("/{bucket}/{key:path}", fake.answer, methods=["GET", "HEAD", "PUT", "POST", "DELETE"])
    async with serving(Starlette(routes=[route])) as url:
        fake.url = url
        yield fake
