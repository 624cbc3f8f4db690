"""The server: one page, made when it starts, for this machine; with `--host` for whoever has the digits."""

import hmac
import ipaddress
import secrets
import socket
import sys
import threading
import time
from http import HTTPStatus
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")
COOKIE, LASTS = "armsrace", 12 * 3600  # seconds for which a browser remembers the digits
BODY_MAX, PATIENCE, PAUSE = 200, 10.0, 1.0  # bytes of a form; seconds to send a request; seconds after wrong digits
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
DOOR = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; form-action 'self'"><title>armsrace in class</title>
<h1>armsrace in class</h1><form method="post" action="/"><p>{said}
<p><label>Digits <input name="digits" inputmode="numeric" autofocus></label> <button>Open</button></form></html>"""


class Classroom(ThreadingHTTPServer):
    """The server of one class page. `pages` are for this machine and for others, who are asked for `digits`; "" without others."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Pupil)
        self.host = host
        self.digits = "" if is_loopback(host) else f"{secrets.randbelow(10_000):04d}"
        self.pages: tuple[bytes, bytes] = (b"", b"")
        self._wrong = threading.Lock()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def address(self, host: str) -> str:
        """What to type into a browser to reach this server at a host."""
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def is_right(self, digits: str) -> bool:
        """Whether these are the digits; wrong ones wait their turn, so that nobody can try them all."""
        if hmac.compare_digest(digits.encode(), self.digits.encode()):
            return True
        with self._wrong:
            time.sleep(PAUSE)
        return False

    def is_ours(self, host: str) -> bool:
        """Whether a request calls this server by a name that is its own: another may have been made to point here."""
        name, _, port = host.rpartition(":")
        if port != str(self.port):
            return False
        bare = name.strip("[]")
        return name in LOOPBACK or (bool(self.digits) and (bare == self.host or _is_number(bare)))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break off are no news."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)


class Pupil(BaseHTTPRequestHandler):
    """One request."""

    server: Classroom
    server_version = "armsrace"
    sys_version = ""
    timeout = PATIENCE

    def do_GET(self) -> None:
        """The page, or the door before it."""
        if not self.server.is_ours(self.headers.get("Host", "")):
            self._send(HTTPStatus.FORBIDDEN, b"use the address that armsrace classroom printed", "text/plain")
        elif self.path.partition("?")[0] != "/":
            self._send(HTTPStatus.NOT_FOUND, b"there is nothing here; the page is at /", "text/plain")
        elif self._is_here() or self._knows():
            self._send(HTTPStatus.OK, self.server.pages[0 if self._is_here() else 1])
        else:
            self._send(HTTPStatus.OK, DOOR.format(said="Ask your teacher for the four digits.").encode())

    def do_HEAD(self) -> None:
        """As GET, without the body."""
        self.do_GET()

    def do_POST(self) -> None:
        """The digits."""
        length = self.headers.get("Content-Length", "")
        if not self.server.is_ours(self.headers.get("Host", "")) or not length.isdigit() or int(length) > BODY_MAX:
            self._send(HTTPStatus.FORBIDDEN, b"this is not asked here", "text/plain")
            return
        digits = parse_qs(self.rfile.read(int(length)).decode("ascii", "replace")).get("digits", [""])[0].strip()
        if not self.server.is_right(digits):
            self._send(HTTPStatus.OK, DOOR.format(said="Those were not the digits. Try again.").encode())
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.send_header("Set-Cookie", f"{COOKIE}={digits}; Max-Age={LASTS}; HttpOnly; SameSite=Strict")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _is_here(self) -> bool:
        return is_loopback(self.client_address[0])

    def _knows(self) -> bool:
        found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        return found is not None and hmac.compare_digest(found.value.encode(), self.server.digits.encode())

    def _send(self, status: HTTPStatus, body: bytes, kind: str = "text/html") -> None:
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Requests are not logged: nothing of what a class does is kept."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_number(name: str) -> bool:
    """Whether this is a number and no name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def number_in_network(host: str) -> str:
    """The number under which others reach this machine."""
    if host not in EVERYWHERE:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; it only chooses the way out
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
