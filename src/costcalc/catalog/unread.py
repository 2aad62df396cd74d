"""Assumptions that a layer of the user's sets and that no figure of a run rests on."""

from costcalc.catalog.catalog import Catalog
from costcalc.findings import Finding, did_you_mean


def unread_overrides(catalog: Catalog) -> tuple[Finding, ...]:
    """Find assumptions of the user's layers that were set in vain, once a run has read what it needs.

    A name that costcalc does not ship is read by nothing, whatever the run: there a near name is offered. An
    assumption that a layer removes is not set, and one that it repeats as it is shipped (a copy of pricing/) changes
    nothing.
    """
    unread_names = catalog.assumptions.keys() - catalog.assumptions_read
    unread = [name for name in catalog.own_assumptions if name in unread_names]
    if not unread:
        return ()
    from costcalc.catalog.layers.load import load_catalog  # most runs need no second catalog

    shipped = load_catalog().assumptions
    return tuple(
        Finding(
            "unread-override",
            "warning",
            f"assumptions.{name} is set here, and no figure of this run rests on it",
            catalog.own_assumptions[name],
            None if name in shipped else did_you_mean(name, shipped),
            subject=f"assumptions.{name}",
        )
        for name in unread
        if name not in shipped or catalog.assumptions[name] != shipped[name]
    )
