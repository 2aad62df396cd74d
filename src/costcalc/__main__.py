"""Makes ``python -m costcalc`` work."""

from costcalc.cli.app import run

run()
