"""A vendor in a process of its own that answers everything with one large PDF, as fast as the socket takes it."""

from __future__ import annotations

import socketserver
import sys
import threading
from typing import ClassVar

MIB = 1024 * 1024
_HEAD, _TAIL = b"%PDF-1.7\n", b"\n%%EOF\n"


class Answer(socketserver.StreamRequestHandler):
    """Answers each request of a connection with the file."""

    size: ClassVar[int]
    block: ClassVar[bytes] = bytes(range(256)) * (MIB // 256)

    def handle(self) -> None:
        while self._asked():
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: %d\r\n\r\n" % self.size
            )
            self.wfile.write(_HEAD)
            left = self.size - len(_HEAD) - len(_TAIL)
            while left > 0:
                self.wfile.write(memoryview(self.block)[:left])
                left -= MIB
            self.wfile.write(_TAIL)

    def _asked(self) -> bool:
        """Read a request, which has no body; say whether there was one."""
        first = self.rfile.readline()
        while self.rfile.readline() not in (b"\r\n", b""):
            pass
        return bool(first)


class Server(socketserver.ThreadingTCPServer):
    """One thread for each connection."""

    daemon_threads = True


def main() -> None:
    """Serve until standard input ends; print the port first."""
    Answer.size = int(sys.argv[1]) * MIB
    with Server(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
