"""An S3-compatible server of its own process, spoken to over real HTTP: what a bucket is in tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from fieldcrm.files.s3 import S3Storage

KEYS = {"access_key": "key-of-tests", "secret_key": "secret-of-tests"}


@contextmanager
def running_s3() -> Iterator[str]:
    """Start the server on a free port; yield its address; stop it."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"Running on (http://127\.0\.0\.1:\d+)", line):
                yield found[1]
                return
        raise RuntimeError("the S3 server did not start")
    finally:
        process.terminate()
        process.wait(timeout=30)


def make_bucket(endpoint: str, name: str) -> S3Storage:
    """Create a bucket and return a storage in it."""
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{name}", method="PUT"), timeout=30).close()
    return S3Storage(bucket=name, endpoint=endpoint, region="us-east-1", **KEYS)
