"""`armsrace classroom`: the page for teaching, on this machine only unless told otherwise, or as one file."""

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from sim.cli.options import flag, option, whole
from sim.io.errors import InputError, Problem
from sim.io.terminal import complain, paragraph, say

if TYPE_CHECKING:
    from sim.classroom.server import Classroom

LOOPBACK = "127.0.0.1"
PORT = 8765
PORT_MAX = 65535

Port = Annotated[
    int | None, whole(f"Port of the page, 0 to {PORT_MAX}; 0 takes any that is free. Default: {PORT}, or a free one.")
]
NoOpen = Annotated[bool, flag("Do not open the browser. Default: it is opened.")]
Host = Annotated[
    str,
    option(
        "Address to listen on. Anything but this machine's own 127.0.0.1 lets others in the network in, and asks them for a token."
    ),
]
Export = Annotated[
    Path | None,
    option("Write one page with runs made beforehand, which opens without this program. Default: serve the page."),
]
Overwrite = Annotated[bool, flag("Replace the file of --export. Default: leave it alone.")]


def classroom(
    *, port: Port = None, no_open: NoOpen = False, host: Host = LOOPBACK, export: Export = None,
    overwrite: Overwrite = False,
) -> None:  # fmt: skip
    """Open the page for teaching in a browser, on this machine; no network needed.

    Watch a run, change it, understand it, play it. Stop it with Ctrl-C.
    """
    if export is not None:
        _write(export, overwrite)
        return
    if port is not None and not 0 <= port <= PORT_MAX:
        raise InputError("options", [Problem(None, "port", f"{port} is outside 0-{PORT_MAX}")])
    server = server_at(host, port)
    announce(server)
    server.prepare()
    if not no_open:
        import threading
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        complain("", "The class page is closed.")
        server.leave()
    finally:
        server.server_close()
    if server.preparation is not None and server.preparation.problem is not None:
        raise server.preparation.problem


def server_at(host: str, port: int | None) -> "Classroom":
    """The server, listening; InputError if the address cannot be had. Without a port, another is taken if ours is not free."""
    from sim.classroom.server import Classroom

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
            raise InputError(
                "options", [Problem(None, name, f"{where}: {error.strerror or error}; {remedy}")]
            ) from None
    raise AssertionError("a port is always tried")


def announce(server: "Classroom") -> None:
    """Say where the page is, and who can reach it."""
    say(f"The class page: {server.address}")
    if server.guard.token:
        say(
            paragraph("Others in this network can reach this page. Give the token only to those who shall use it:"),
            f"token: {server.guard.token}",
        )
    say("Stop it with Ctrl-C.")


def _write(target: Path, overwrite: bool) -> None:
    """Write the page as a file."""
    if target.exists() and not (overwrite and target.is_file()):
        remedy = "choose another name" if not target.is_file() else "choose another name, or add --overwrite"
        raise InputError(target, [Problem(None, "", f"is there already; {remedy}")])
    if not target.parent.is_dir():
        raise InputError(target, [Problem(None, "", f"there is no folder {target.parent}; make it first")])
    from sim.classroom.static_page import write_page
    from sim.cli.warmup import announce_preparation
    from sim.io.progress import watched

    announce_preparation()
    with watched() as progress:
        size = write_page(target, progress)
    say(
        f"The class page as a file, {size / 1e6:.1f} MB: {target}",
        "It opens in a browser without a network or this program.",
    )
