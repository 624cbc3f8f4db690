"""The class page opened: on a port of this machine, or written as a file."""

import errno
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from sim.classroom.content import own_scenarios
from sim.classroom.page import page_text, with_join, write_page
from sim.classroom.server import Classroom, number_in_network
from sim.io.errors import refusal
from sim.io.terminal import complain, paragraph, say
from sim.scenario.loading import Scenario

PORT = 8765
PORT_MAX = 65535


def serve(host: str, port: int | None, folder: Path | None, *, with_browser: bool) -> None:
    """Serve the page until somebody stops it; InputError if the address cannot be had, or a scenario is wrong."""
    if port is not None and not 0 <= port <= PORT_MAX:
        raise refusal("options", f"{port} is outside 0-{PORT_MAX}", "port")
    own = own_scenarios(folder)
    server = server_at(host, port)
    try:
        make_pages(server, own)
        announce(server)
        if with_browser:
            threading.Thread(target=webbrowser.open, args=(server.address("127.0.0.1"),), daemon=True).start()
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
            what = "take one that is free" if name == "port" else "stay on this machine"
            fault = f"{host} port {number}: {error.strerror or error}; leave it out to {what}"
            raise refusal("options", fault, name) from None
    raise AssertionError("a port is always tried")


def make_pages(server: Classroom, own: Sequence[Scenario]) -> None:
    """The page for this machine, which shows how others come to it if they may, and the page for others."""
    import segno

    here = text = page_text(own)
    if server.digits:
        address = server.address(number_in_network(server.host))
        picture = segno.make(address).svg_data_uri(scale=4)
        here = with_join(text, {"address": address, "digits": server.digits, "picture": picture})
    server.pages = here.encode(), text.encode()


def announce(server: Classroom) -> None:
    """Say where the page is, and who can reach it."""
    say(f"The class page: {server.address('127.0.0.1' if server.digits else server.host)}")
    if server.digits:
        address = server.address(number_in_network(server.host))
        say(paragraph(f"Others in this network open {address} and enter the digits {server.digits}."))
        say(_squares(address))
    say("Stop it with Ctrl-C.")


def _squares(address: str) -> str:
    """The address as squares that a phone reads."""
    import io

    import segno

    drawn = io.StringIO()
    segno.make(address).terminal(out=drawn, compact=True, border=2)
    return drawn.getvalue().rstrip("\n")


def check_target(target: Path, overwrite: bool) -> None:
    """InputError where the page must not be written."""
    if target.exists() and not (overwrite and target.is_file()):
        remedy = "choose another name" if not target.is_file() else "choose another name, or add --overwrite"
        raise refusal(target, f"is there already; {remedy}")
    if not target.parent.is_dir():
        raise refusal(target, f"there is no folder {target.parent}; make it first")


def write_file(target: Path, folder: Path | None) -> None:
    """Write the page as a file, and say so."""
    size = write_page(target, own_scenarios(folder))
    say(
        f"The class page with the whole model, {size / 1e6:.1f} MB: {target}",
        "It opens in a browser anywhere, without a network or this program.",
    )
