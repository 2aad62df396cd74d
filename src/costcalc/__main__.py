"""Where a shell begins, as ``costcalc`` or ``python -m costcalc``."""

import os
import signal


def run() -> None:
    """Start costcalc; while it is imported there is nothing to tidy up, and an interrupt ends the process at once.

    A shell's background job ignores interrupts, and so does its costcalc.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from costcalc.cli.start import give_way, start

    start()  # before typer is imported, and the modules behind it
    from costcalc.cli.app import run as run_app

    give_way()
    run_app()


if __name__ == "__main__":
    run()
