"""The server: one thread a request, short deadlines, one page, and a handful of questions that the model answers.

Standard library only: the page needs seven questions and one user in most rooms, and nothing here depends on speed. Each
connection carries one request and is closed, so that sockets that are left open are those that never asked anything;
when there are too many of them, the oldest is cut.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sim.classroom import page
from sim.classroom.access import Guard, guard_for
from sim.io.errors import InputError
from sim.io.terminal import complain

BODY_MAX = 100_000  # bytes; a saved game has some 2,000
PATIENCE = 10.0  # seconds to send a request
SOCKETS = 128  # open at once
QUEUE = 256
JSON, HTML, YAML = "application/json", "text/html", "text/yaml"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
Answer = tuple[str, bytes]


class Classroom(ThreadingHTTPServer):
    """The server of one class page."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = QUEUE
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._waiting: dict[socket.socket, float] = {}
        self._lock = threading.Lock()
        super().__init__((host, port), Pupil)
        self.guard: Guard = guard_for(host, self.server_address[1])

    @property
    def address(self) -> str:
        """What to type into a browser."""
        host = str(self.server_address[0])
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
        return f"http://{host}:{self.server_address[1]}/"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection to a thread of its own, and cut the oldest that has asked nothing if there are too many."""
        with self._lock:
            self._waiting[request] = time.monotonic()
            excess = len(self._waiting) - SOCKETS
            oldest = list(self._waiting)[: max(0, excess)]
        for connection in oldest:
            self._cut(connection)
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Cut connections that take too long to say what they want; called twice a second."""
        late = time.monotonic() - PATIENCE
        with self._lock:
            slow = [connection for connection, since in self._waiting.items() if since < late]
        for connection in slow:
            self._cut(connection)

    def _cut(self, connection: socket.socket) -> None:
        self.has_asked(connection)
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # gone already

    def has_asked(self, connection: socket.socket) -> None:
        """A connection has sent its request, or is gone."""
        with self._lock:
            self._waiting.pop(connection, None)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self.has_asked(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break off are no news; anything else is a fault of ours and is said in one line."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError | ValueError):
            complain(f"armsrace classroom: a request could not be answered ({type(error).__name__}: {error})")


class Pupil(BaseHTTPRequestHandler):
    """One request."""

    server: Classroom
    protocol_version = "HTTP/1.1"
    server_version = "armsrace"
    sys_version = ""
    timeout = PATIENCE

    def do_GET(self) -> None:
        """The page, its parts, or a question without a body."""
        self._answered(self._get)

    def do_HEAD(self) -> None:
        """As GET, without the body."""
        self._answered(self._get)

    def do_POST(self) -> None:
        """A question with a JSON body."""
        self._answered(self._post)

    def _answered(self, find: Callable[[], Answer]) -> None:
        refusal = self.server.guard.refusal(self.headers.get("Host"), self.headers.get("Origin"))
        try:
            if refusal is not None:
                raise Refused(HTTPStatus.FORBIDDEN, refusal)
            status, (kind, body) = HTTPStatus.OK, find()
        except Refused as refused:
            status, (kind, body) = refused.status, _message(refused.message)
        except InputError as error:
            status, (kind, body) = HTTPStatus.BAD_REQUEST, _message(_in_words(error))
        except (TimeoutError, ConnectionError):
            self.close_connection = True
            return
        except Exception as error:  # noqa: BLE001 - the server stays up whatever happens to one request
            complain(f"armsrace classroom: {self.path[:80]}: {type(error).__name__}: {error}")
            status, (kind, body) = (
                HTTPStatus.INTERNAL_SERVER_ERROR,
                _message(
                    "this is a fault of the program, not of what you asked; the window of armsrace classroom says more"
                ),
            )
        self._send(status, kind, body)

    def _get(self) -> Answer:
        path = self.path.partition("?")[0]
        if path == "/":
            return HTML, page.served().encode()
        part = page.file_named(path)
        if part is not None:
            return part[0], part[1].encode()
        if path == "/favicon.ico":
            return "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg"/>'
        return self._asked(path, None)

    def _post(self) -> Answer:
        if self.headers.get_content_type() != JSON:
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send the body as {JSON}")
        return self._asked(self.path.partition("?")[0], self._body())

    def _body(self) -> Any:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "say the length of the body in Content-Length")
        if len(length) > 12 or int(length) > BODY_MAX:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is longer than {BODY_MAX} bytes")
        raw = self.rfile.read(int(length))
        self.server.has_asked(self.connection)
        try:
            return json.loads(raw, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Refused(HTTPStatus.BAD_REQUEST, f"the body is not JSON ({error})") from None

    def _asked(self, path: str, body: Any) -> Answer:
        self._let_in()
        from sim.classroom.routes import GET, POST

        known = GET if body is None and self.command != "POST" else POST
        if path not in known:
            if path in (*GET, *POST):
                raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "this question is asked in the other way (GET or POST)")
            raise Refused(HTTPStatus.NOT_FOUND, "there is nothing here; the page is at /")
        self.server.has_asked(self.connection)
        return known[path](body)

    def _let_in(self) -> None:
        if not self.server.guard.lets(self.headers.get("X-Armsrace-Token")):
            raise Refused(HTTPStatus.UNAUTHORIZED, "the token is missing or wrong; it is in the window of the teacher")

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.close_connection = True
        self.server.has_asked(self.connection)
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind != "image/svg+xml" else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class finds wrong with a request, such as an unknown method, in the form of all our answers."""
        self._send(HTTPStatus(code), *_message(message or HTTPStatus(code).phrase))

    def log_message(self, *_: Any) -> None:
        """Requests are not logged: nothing of what a class tries is kept."""


class Refused(Exception):  # noqa: N818 - it is an answer
    """A request that is answered with a message."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(message)


def _message(message: str) -> Answer:
    return JSON, json.dumps({"error": message}).encode()


def _in_words(error: InputError) -> str:
    return "; ".join(
        f"{problem.where}: {problem.message}" if problem.where else problem.message for problem in error.problems
    )


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")
