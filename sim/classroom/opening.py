"""The class page opened: on a port of this machine, or written as a file."""

import errno
import threading
import webbrowser
from pathlib import Path

from sim.classroom import initial_payload
from sim.classroom.server import Classroom
from sim.classroom.static_page import write_page
from sim.io.errors import InputError, refusal
from sim.io.progress import watched
from sim.io.terminal import complain, paragraph, say

PORT = 8765
PORT_MAX = 65535


def serve(host: str, port: int | None, *, with_browser: bool) -> None:
    """Serve the page until somebody stops it; InputError if the address cannot be had."""
    if port is not None and not 0 <= port <= PORT_MAX:
        raise refusal("options", f"{port} is outside 0-{PORT_MAX}", "port")
    server = server_at(host, port)
    try:
        initial_payload.start()
    except InputError:
        server.server_close()
        raise
    announce(server)
    if with_browser:
        threading.Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        complain("", "The class page is closed.")
    finally:
        server.server_close()


def server_at(host: str, port: int | None) -> Classroom:
    """The server, listening; InputError if the address cannot be had. Without a port, another is taken if ours is not free."""
    wanted = (PORT, 0) if port is None else (port,)
    for number in wanted:
        try:
            return Classroom(host, number)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and number != wanted[-1]:
                continue
            name = "port" if error.errno in (errno.EADDRINUSE, errno.EACCES) else "host"
            where = f"{host} port {number}"
            remedy = (
                "leave it out to take one that is free" if name == "port" else "leave it out to stay on this machine"
            )
            raise refusal("options", f"{where}: {error.strerror or error}; {remedy}", name) from None
    raise AssertionError("a port is always tried")


def announce(server: Classroom) -> None:
    """Say where the page is, and who can reach it."""
    say(f"The class page: {server.address}")
    if server.guard.token:
        say(
            paragraph("Others in this network can reach this page. Give the token only to those who shall use it:"),
            f"token: {server.guard.token}",
        )
    say("Stop it with Ctrl-C.")


def check_target(target: Path, overwrite: bool) -> None:
    """InputError where the page must not be written."""
    if target.exists() and not (overwrite and target.is_file()):
        remedy = "choose another name" if not target.is_file() else "choose another name, or add --overwrite"
        raise refusal(target, f"is there already; {remedy}")
    if not target.parent.is_dir():
        raise refusal(target, f"there is no folder {target.parent}; make it first")


def write_file(target: Path) -> None:
    """Write the page as a file, and say so."""
    with watched() as progress:
        size = write_page(target, progress)
    say(
        f"The class page as a file, {size / 1e6:.1f} MB: {target}",
        "It opens in a browser without a network or this program.",
    )
