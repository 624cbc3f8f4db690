"""`armsrace classroom`: the page for teaching, on this machine only unless told otherwise, or as one file."""

from pathlib import Path
from typing import Annotated

from sim.cli.options import flag, option, whole
from sim.io.errors import refusal

Port = Annotated[
    int | None, whole("Port of the page, 0 to 65535; 0 takes any that is free. Default: 8765, or a free one.")
]
NoOpen = Annotated[bool, flag("Do not open the browser. Default: it is opened.")]
Host = Annotated[
    str,
    option(
        "Address to listen on. Anything but this machine's own 127.0.0.1 lets others in the network in, and asks them for four "
        "digits."
    ),
]
Folder = Annotated[
    Path | None, option("Folder with scenarios of your own, which the page lists first. Default: the library alone.")
]
Export = Annotated[
    Path | None,
    option("Write the page with the whole model as one file, which opens anywhere. Default: serve the page."),
]
Overwrite = Annotated[bool, flag("Replace the file of --export. Default: leave it alone.")]


def classroom(
    *, port: Port = None, no_open: NoOpen = False, host: Host = "127.0.0.1", folder: Folder = None, export: Export = None,
    overwrite: Overwrite = False,
) -> None:  # fmt: skip
    """Open the page for teaching in a browser, on this machine; no network needed.

    Lessons, a model to explore, a race of two, a game of teams. Stop it with Ctrl-C.
    """
    from sim.classroom import opening
    from sim.io.assets import region_folder

    if folder_of_region := region_folder():
        raise refusal(folder_of_region, "the class page is made for the program's own region; leave --region out")

    if export is None:
        opening.serve(host, port, folder, with_browser=not no_open)
        return
    opening.check_target(export, overwrite)
    opening.write_file(export, folder)
