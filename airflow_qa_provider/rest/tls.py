"""The authorities that a server's certificate is checked against, read once per process and bundle.

Reading a bundle takes 20 ms and more of processor time, and urllib3 does it for every connection.
"""

from __future__ import annotations

import os
import ssl
from functools import lru_cache

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context

_MOST_BUNDLES = 16


def shared_context(verify: bool | str) -> ssl.SSLContext:
    """Return the context for one bundle, the same one for all clients of this process.

    A bundle that has been replaced on the disk is read anew.

    :param verify: ``True`` for the authorities that come with ``requests``, or the path of a file or folder.
    :raises OSError: The bundle is not there, or holds no certificates.
    """
    path = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
    found = os.stat(path)
    return _context(path, os.path.isdir(path), (found.st_ino, found.st_size, found.st_mtime_ns))


@lru_cache(maxsize=_MOST_BUNDLES)
def _context(path: str, is_folder: bool, state: tuple[int, int, int]) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(**{"capath" if is_folder else "cafile": path})
    return context
