"""`python -m sim` is `armsrace`."""

import signal


def main() -> int:
    """Run the command line. Until it minds signals itself, Ctrl-C ends the program at once: while libraries load there is nothing to
    put in order, and they cannot all be interrupted."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from sim.cli.main import main as command_line

    return command_line()


if __name__ == "__main__":
    raise SystemExit(main())
