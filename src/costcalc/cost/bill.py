"""What self-hosting costs beside the machines: people, engineering, fine-tuning, evaluation, support, data."""

from collections.abc import Iterator
from fractions import Fraction

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms.options import SelfHostOption
from costcalc.cost.assumed import assumed_line, value
from costcalc.cost.estimate import CostLine, Part
from costcalc.cost.fleet import Fleet
from costcalc.units import MTOK, Count, exact, whole
from costcalc.workload import Workload

MONTHS_PER_YEAR = 12
WEEKS_PER_YEAR = 52
WORKDAYS_PER_YEAR = 260  # 52 weeks of 5 days
_GIGABYTE = 10**9
_SMALL, _PRODUCTION = "fte_share_small", "fte_share_production"


def bill_lines(
    option: SelfHostOption, fleet: Fleet, workload: Workload, catalog: Catalog, *, months: Count
) -> tuple[CostLine, ...]:
    """Give the lines of the bill beside the machines [per month].

    One-off work (the build, the first fine-tuning) is spread evenly over the horizon. What an option does not
    need stands there with an amount of 0, so that nobody wonders whether it was forgotten.

    Leaves out on-call rotas beyond the people stated, migration and dual running, taxes and inflation.

    Args:
        option: The option.
        fleet: Its GPUs.
        workload: What is served.
        catalog: Where the assumptions stand.
        months: The horizon over which one-off work is spread.
    """
    return (
        *_people(option, fleet, catalog, months),
        *_fine_tuning(option, catalog),
        *_evaluation(workload, catalog),
        *_upkeep(fleet, workload, catalog),
    )


def _figure(catalog: Catalog, name: str) -> Count:
    return exact(value(catalog, name))


def staff(option: SelfHostOption, fleet: Fleet, catalog: Catalog) -> tuple[Count, tuple[str, ...]]:
    """Say how many people run a fleet [FTE], and on which assumptions that rests.

    As the option says; else a small share for a single replica, a production share for more, and never fewer
    than one for so many GPUs.

    Source:
        The assumptions fte_share_small, fte_share_production and gpus_per_fte, each with its own source.
    """
    if option.people_fte is not None:
        return exact(option.people_fte), ()
    name = _SMALL if _is_single(fleet) else _PRODUCTION
    by_size = Fraction(fleet.gpus) / _figure(catalog, "gpus_per_fte")
    share = Fraction(_figure(catalog, name))
    return whole(max(share, by_size)), (name, "gpus_per_fte")


def _is_single(fleet: Fleet) -> bool:
    return fleet.replicas <= 1 and not fleet.spares


def staff_step(option: SelfHostOption, fleet: Fleet, catalog: Catalog) -> Iterator[str]:
    """Say that a second replica makes a deployment production, which takes more people; nothing where that is no step.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> option = SelfHostOption(kind="self_host", gpu="H100 SXM", tokens_per_s=1000)
        >>> alone = Fleet(1, 0, 1, 730, 1, Fraction(1), 1000)
        >>> next(staff_step(option, alone, load_catalog()))
        '0.25 FTE runs it; with a second replica or a spare it is production (fte_share_production; people_fte: yours)'
    """
    fte, rests_on = staff(option, fleet, catalog)
    if not rests_on or fte != _figure(catalog, rests_on[0]):
        return
    if _is_single(fleet):
        step = f"with a second replica or a spare it is production ({_PRODUCTION}"
    else:
        step = f"more than one replica is production, one alone takes less ({_SMALL}"
    yield f"{float(fte):g} FTE runs it; {step}; people_fte: yours)"


def _people(option: SelfHostOption, fleet: Fleet, catalog: Catalog, months: Count) -> Iterator[CostLine]:
    """Price work at the loaded cost of an engineer; the wage multiplier is in it already."""
    fte, ids = staff(option, fleet, catalog)
    weeks = Fraction(_figure(catalog, "initial_build")) / months
    days = Fraction(_figure(catalog, "model_upgrade_effort")) * _figure(catalog, "model_upgrades_per_year")
    rows: tuple[tuple[str, Part, Count, int, tuple[str, ...]], ...] = (
        ("people who run it", "people", fte, MONTHS_PER_YEAR, ids),
        ("engineering to build it, spread", "build", weeks, WEEKS_PER_YEAR, ("initial_build",)),
        (
            "model upgrades",
            "upkeep",
            days / MONTHS_PER_YEAR,
            WORKDAYS_PER_YEAR,
            ("model_upgrade_effort", "model_upgrades_per_year"),
        ),
    )
    for item, part, work, per, also in rows:
        amount = whole(Fraction(work))
        yield assumed_line(catalog, item, amount, "FTE-year", "mlops_engineer_cost", per=per, also=also, part=part)


def _fine_tuning(option: SelfHostOption, catalog: Catalog) -> Iterator[CostLine]:
    """Price training and checked labels for every refresh, where the option is fine-tuned."""
    refreshes = Fraction(_figure(catalog, "finetune_refreshes_per_year")) / MONTHS_PER_YEAR if option.fine_tuned else 0
    corpus = _figure(catalog, "finetune_corpus") * MTOK
    kept = 1 - Fraction(_figure(catalog, "reject_rate"))
    labels = _figure(catalog, "labels_per_refresh") / kept
    each_year = ("finetune_refreshes_per_year",)
    yield assumed_line(
        catalog,
        "fine-tuning and refreshes",
        whole(Fraction(refreshes * corpus)),
        "Mtok",
        "finetune_price",
        per=MTOK,
        also=("finetune_corpus", *each_year),
        part="tuning",
    )
    yield assumed_line(
        catalog,
        "data verification",
        whole(Fraction(refreshes * labels)),
        "label",
        "label_cost",
        also=("labels_per_refresh", "reject_rate", *each_year),
        part="tuning",
    )


def _evaluation(workload: Workload, catalog: Catalog) -> Iterator[CostLine]:
    """Price the judge's tokens: a suite for each release, and a sample of the traffic."""
    releases = Fraction(_figure(catalog, "model_upgrades_per_year")) / MONTHS_PER_YEAR
    suite = releases * _figure(catalog, "evaluation_tokens") * MTOK
    sample = (workload.input_tokens + workload.output_tokens) * Fraction(_figure(catalog, "judge_share"))
    also = ("evaluation_tokens", "model_upgrades_per_year")
    yield assumed_line(
        catalog, "evaluation of releases", whole(suite), "Mtok", "judge_price", per=MTOK, also=also, part="evaluation"
    )
    yield assumed_line(
        catalog,
        "evaluation of traffic",
        whole(sample),
        "Mtok",
        "judge_price",
        per=MTOK,
        also=("judge_share",),
        part="evaluation",
    )


def _upkeep(fleet: Fleet, workload: Workload, catalog: Catalog) -> Iterator[CostLine]:
    """Price what runs beside the model."""
    yield assumed_line(catalog, "observability", 1, "month", "observability", part="upkeep")
    yield assumed_line(
        catalog,
        "GPU software licence",
        fleet.gpus,
        "GPU-year",
        "gpu_software_licence",
        per=MONTHS_PER_YEAR,
        part="upkeep",
    )
    yield assumed_line(
        catalog,
        "storage",
        _figure(catalog, "stored_data"),
        "GB-month",
        "storage_price",
        also=("stored_data",),
        part="upkeep",
    )
    sent = workload.output_tokens * _figure(catalog, "egress_bytes_per_token")
    yield assumed_line(
        catalog,
        "egress",
        whole(Fraction(sent)),
        "GB",
        "egress_price",
        per=_GIGABYTE,
        also=("egress_bytes_per_token",),
        part="upkeep",
    )
