"""A case with what its user owes to providers whatever is chosen, less what the other workloads of the file use."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from costcalc.case.case import Case
from costcalc.case.file import case_of
from costcalc.case.shared import Use, served
from costcalc.cost.owed import billed_by, commitments_of
from costcalc.scenario import WorkloadEntry
from costcalc.units import decimal


def owing(case: Case, beside: Mapping[str, WorkloadEntry]) -> Case:
    """Give the case with its commitments; one whose other workloads have no price is taken as used by none of them.

    Args:
        case: The case.
        beside: The other workloads of its file, each with the option that serves it.
    """
    if not any(contract.commitment_usd is not None for contract in case.catalog.contracts.values()):
        return case
    uses = {
        name: Use(case_of(entry, name, case.catalog, as_of=case.as_of).workload, entry.option)
        for name, entry in beside.items()
        if entry.option is not None
    }
    elsewhere: dict[str, Decimal] = {}
    for found in served(uses, case.catalog, as_of=case.as_of).values():
        for provider, usd in billed_by(found.estimate.lines if found.estimate is not None else ()).items():
            elsewhere[provider] = elsewhere.get(provider, Decimal(0)) + decimal(usd)
    return replace(case, owed=commitments_of(case.catalog, elsewhere))
