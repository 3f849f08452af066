"""An object store that speaks S3, from a package, as a process of its own.

The server (moto) checks keys and signatures, and keeps what it is given until it ends. What is in it is looked at with
boto3, which shares nothing with the library that the vault uses.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import IO, Any, Final

REGION: Final = "ap-southeast-3"
OPEN_CALLS: Final = 6
"""Calls that need no signature: those that make the users."""
NEEDED: Final = ("s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket", "s3:AbortMultipartUpload")
"""What the keys of the vault may do, and no more; `docs/guides/object-stores.md` says so too."""
PATIENCE: Final = 60
"""Seconds in which the server must listen."""
LISTENS: Final = re.compile(rb"Running on (http://127\.0\.0\.1:[0-9]+)")

_numbers = count(1)


@dataclass(frozen=True)
class Keys:
    """Who may use a store, and where it is."""

    url: str
    name: str
    secret: str

    @property
    def variables(self) -> dict[str, str]:
        """The same as the variables that the vault goes by."""
        return {
            "AWS_ENDPOINT": self.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.name,
            "AWS_SECRET_ACCESS_KEY": self.secret,
        }


class S3:
    """A running server. `keys`: those for the vault."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self._process = process
        iam = _client("iam", Keys(url, "anybody", "yet"))
        self.keys = _user(iam, url, "mufakat", NEEDED)
        self._admin = _user(iam, url, "admin", ("s3:*",))

    def kill(self) -> None:
        """End it as a loss of power would: with everything that it kept."""
        self._process.kill()
        self._process.wait()

    def bucket(self) -> "Bucket":
        """A fresh bucket."""
        client = _client("s3", self._admin)
        name = f"files-{os.getpid()}-{next(_numbers)}"
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return Bucket(self, name, client)


@dataclass(frozen=True)
class Bucket:
    """A bucket, and what is in it."""

    server: S3
    name: str
    client: Any

    @property
    def where(self) -> str:
        """How MUFAKAT_FILES names it."""
        return f"s3://{self.name}/evidence"

    def kept(self) -> dict[str, int]:
        """What is in it: bytes by name."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", ())}

    def unfinished(self) -> int:
        """Uploads in parts that were neither finished nor given up."""
        return len(self.client.list_multipart_uploads(Bucket=self.name).get("Uploads", ()))


@contextmanager
def running() -> Iterator[S3]:
    """A server, which ends with the block."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            env=os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": str(OPEN_CALLS)},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            yield S3(process, _listening(process, said))
        finally:
            process.kill()
            process.wait()


def _listening(process: subprocess.Popen[bytes], said: IO[bytes]) -> str:
    """The address at which the server listens, from what it says."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if found := LISTENS.search(os.pread(said.fileno(), 100_000, 0)):
            return found[1].decode()
        time.sleep(0.05)
    raise AssertionError(os.pread(said.fileno(), 100_000, 0).decode())


def _user(iam: Any, url: str, name: str, may: tuple[str, ...]) -> Keys:
    """A fresh user who may do that."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": may, "Resource": "*"}]}
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="files", PolicyDocument=json.dumps(policy))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return Keys(url, made["AccessKeyId"], made["SecretAccessKey"])


def _client(service: str, keys: Keys) -> Any:
    import boto3  # type: ignore[import-untyped]  # half a second, which most tests need not wait

    return boto3.client(
        service,
        endpoint_url=keys.url,
        region_name=REGION,
        aws_access_key_id=keys.name,
        aws_secret_access_key=keys.secret,
    )
