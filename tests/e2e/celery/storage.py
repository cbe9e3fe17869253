"""An object storage on this machine that speaks S3, and what is in it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airflow_qa_provider.demo.standalone import free_port
from tests.e2e.kills.processes import Component, await_that, listens

CONN_ID = "aws_reports"
_BUCKET, _SITE = "reports", "site"
FOLDER = f"s3://{CONN_ID}@{_BUCKET}/{_SITE}"
"""Where the connections of the vendors have their files."""
_KEYS = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox-secret"}
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Stored:
    """An object.

    :param content_type: As the storage tells it to whoever downloads the file.
    :param content: Its bytes.
    """

    content_type: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Digest of the content, hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class Storage:
    """One bucket.

    :param url: Address of the server.
    """

    def __init__(self, url: str) -> None:
        import boto3

        self._url = url
        self._client: Any = boto3.client("s3", endpoint_url=url, region_name="us-east-1", **_KEYS)

    def connection(self) -> dict[str, Any]:
        """Return the Airflow connection to it."""
        login, password = _KEYS.values()
        extra = {"endpoint_url": self._url, "region_name": "us-east-1"}
        return {"conn_type": "aws", "login": login, "password": password, "extra": extra}

    def make(self) -> None:
        """Make the bucket."""
        self._client.create_bucket(Bucket=_BUCKET)

    def put(self, name: str, content: bytes) -> None:
        """Store an object in the folder.

        :param name: Its name.
        :param content: Its bytes.
        """
        self._client.put_object(Bucket=_BUCKET, Key=f"{_SITE}/{name}", Body=content, ContentType="text/csv")

    def objects(self) -> dict[str, Stored]:
        """Return all objects of the bucket by their keys."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=_BUCKET)
        return {one["Key"]: self._object(one["Key"]) for page in pages for one in page.get("Contents", ())}

    def _object(self, key: str) -> Stored:
        answer = self._client.get_object(Bucket=_BUCKET, Key=key)
        return Stored(answer["ContentType"], answer["Body"].read())


def key_of(uri: str) -> str:
    """Return the key of an object in its bucket.

    :param uri: As a manifest has it.
    """
    return uri.partition("://")[2].partition("/")[2]


def placed(name: str) -> str:
    """Return the key of an object in the folder.

    :param name: Its name.
    """
    return f"{_SITE}/{name}"


@contextmanager
def s3(home: Path) -> Iterator[Storage]:
    """Serve an object storage for the length of a ``with`` block, on 127.0.0.1.

    :param home: Folder for its log.
    """
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    server = Component("s3", command, os.environ, home / "s3.log")
    server.start()
    try:
        await_that("starting the object storage", lambda: listens(port), _START_SECONDS, [server.log])
        storage = Storage(f"http://127.0.0.1:{port}")
        storage.make()
        yield storage
    finally:
        server.stop()
