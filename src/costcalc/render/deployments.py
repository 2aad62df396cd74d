"""The hardware behind self-hosted rows: what it generates, how busy it is, when a published cost holds."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from costcalc.analysis.published import HoldsAt
from costcalc.cost.estimate import Deployment, Estimate
from costcalc.money import USD, Money
from costcalc.render.numbers import count
from costcalc.render.report import Block, Column, Json, Table
from costcalc.units import decimal, short


def _columns(money: Money, counts: str) -> tuple[Column, ...]:
    """Title what is said of the hardware."""
    return (
        Column("self-hosted option"),
        Column("machines", rank=2),
        Column("tokens/s", "right", means=f"is the {counts} of one replica at full load"),
        Column("80 % interval", "right", rank=1),
        Column("in use", "right", means="how much of that is asked for"),
        Column(
            f"{money.per('Mtok')} now",
            "right",
            means=f"what the machines cost, whatever the volume, over this month's {counts}",
        ),
        Column("busy", "right", means="the same if they were always at full load"),
    )


def deployment_blocks(estimates: Sequence[Estimate], money: Money) -> Iterator[Block]:
    """Show the hardware of every self-hosted row, whatever its volume."""
    rows = tuple(_row(one, one.deployment, money) for one in estimates if one.deployment is not None)
    if rows:
        counts = next(one.deployment.counts for one in estimates if one.deployment is not None)
        yield Table(_columns(money, counts), rows)


def _row(one: Estimate, of: Deployment, money: Money) -> tuple[str, ...]:
    tokens = of.full_mtok * decimal(of.utilisation)
    return (
        one.option,
        machines(of),
        rate(of.output_tokens_per_s),
        "measured" if of.low == of.high else f"{rate(of.low)}–{rate(of.high)}",
        share(decimal(of.utilisation)),
        money.cell(of.machines_usd / tokens) if tokens else "–",
        money.cell(of.full_usd_per_mtok),
    )


def machines(of: Deployment) -> str:
    """Say which machines, such as ``2× L40S fp8``."""
    parts = (f"{count(of.gpus)}× {of.gpu or 'GPU'}", of.weights)
    return " ".join(part for part in parts if part)


def rate(tokens_per_s: float) -> str:
    """Write a throughput to three digits: the model knows no more.

    Example:
        >>> rate(3391.7), rate(84.23), rate(5.04)
        ('3,390', '84.2', '5.04')
    """
    digits = f"{tokens_per_s:.3g}"
    return f"{float(digits):,.0f}" if float(digits) >= 1000 else digits  # noqa: PLR2004  # three digits need a comma


def share(value: Decimal) -> str:
    """Write a share to two digits, and never a small one as nothing.

    Example:
        >>> share(Decimal("0.4312")), share(Decimal("0.0000812")), share(Decimal(1)), share(Decimal("1.234"))
        ('43 %', '0.0081 %', '100 %', '123 %')
    """
    percent = float(value) * 100
    text = f"{percent:.0f}" if percent >= 10 else f"{percent:.2g}"  # noqa: PLR2004  # two digits
    return f"{float(text):f}".rstrip("0").rstrip(".") + " %" if "e" in text else f"{text} %"


def published_notes(published: Sequence[HoldsAt]) -> Iterator[str]:
    """Say how busy a real deployment must be for a published unit cost to hold."""
    by_rate: dict[str, list[HoldsAt]] = {}
    for one in published:
        by_rate.setdefault(one.rate, []).append(one)
    for rate_id, places in by_rate.items():
        said = [
            f"from {share(one.utilisation)} use on {one.deployment}"
            if one.utilisation <= 1
            else f"never on {one.deployment}"
            for one in sorted(places, key=lambda one: one.utilisation)
        ]
        yield f"the {USD.text(places[0].usd_per_mtok)} of {rate_id} holds {', '.join(said)}"


def deployment_data(of: Deployment | None, published: Sequence[HoldsAt], option: str) -> dict[str, Json] | None:
    """Give the hardware of a row as data."""
    if of is None:
        return None
    holds = [one for one in published if one.deployment == option]
    return {
        "model": of.model,
        "gpu": of.gpu,
        "weights": of.weights,
        "gpus": decimal(of.gpus),
        "gpus_per_replica": decimal(of.gpus_per_replica),
        "replicas": decimal(of.replicas),
        "spares": of.spares,
        "policy": of.policy,
        "availability": short(of.availability, 9),
        "utilisation": short(decimal(of.utilisation), 9),
        "counts": of.counts,
        "output_tokens_per_s": short(of.output_tokens_per_s, 3),
        "low": short(of.low, 3),
        "high": short(of.high, 3),
        "measured": of.measured,
        "tpot_ms": short(of.tpot_ms, 3) if of.tpot_ms is not None else None,
        "bottleneck": of.bottleneck,
        "machines_usd": of.machines_usd,
        "full_load_mtok": of.full_mtok,
        "full_load_usd_per_mtok": of.full_usd_per_mtok,
        "upfront_usd": of.upfront_usd,
        "holds_at": [
            {"rate": one.rate, "usd_per_mtok": one.usd_per_mtok, "utilisation": short(one.utilisation, 6)}
            for one in holds
        ],
    }
