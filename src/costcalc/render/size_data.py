"""A deployment as data: for JSON, and as flat rows for CSV."""

from collections.abc import Mapping, Sequence

from costcalc.analysis.sizing import Sized, Wish
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.cost.memory import USABLE
from costcalc.render.report import Json
from costcalc.units import decimal, short

_GB = 1e9


def sizes_data(
    model: OpenModelFile, found: Sequence[Sized], alternatives: Sequence[Sized], wish: Wish
) -> dict[str, Json]:
    """Give what fits, and what else would, as data."""
    return {
        "model": model.name,
        "target_utilisation": wish.utilisation,
        "deployments": [_data(sized, wish) for sized in found],
        "alternatives": [_data(sized, wish) for sized in alternatives],
    }


def _data(sized: Sized, wish: Wish) -> dict[str, Json]:
    answer, setup = sized.throughput, sized.setup
    return {
        "gpu": setup.gpu.name,
        "gpus": setup.gpus,
        "tp": setup.layout.tp,
        "dp": setup.layout.dp,
        "ep": setup.layout.ep,
        "pp": setup.layout.pp,
        "weights": setup.serving.weight_precision,
        "kv": setup.serving.kv_precision,
        "engine": setup.serving.engine,
        "fits": sized.fit.fits,
        "memory_gb": sized.memory_bytes / _GB,
        "usable_gb": short(USABLE * sized.memory_bytes / _GB, 3),
        "needed_gb": short(sized.fit.needed_bytes / _GB, 3),
        "weights_gb": short(sized.fit.weights_bytes / _GB, 3),
        **_parts(sized),
        "kv_mb_per_sequence": short(sized.fit.kv_bytes_per_sequence / 1e6, 3),
        "sequences": sized.fit.sequences,
        "counts": answer.counts if answer else None,
        "output_tokens_per_s": short(answer.output_tokens_per_s, 3) if answer else None,
        "low": short(answer.low, 3) if answer else None,
        "high": short(answer.high, 3) if answer else None,
        "batch": short(answer.batch, 3) if answer else None,
        "tpot_ms": short(answer.tpot_s * 1000, 3) if answer else None,
        "ttft_ms": short(answer.ttft_s * 1000, 3) if answer else None,
        "bottleneck": answer.bottleneck if answer else None,
        "usd_per_hour": sized.hourly_usd,
        "monthly_usd": sized.monthly_usd,
        "price_date": sized.price.since.isoformat() if sized.price and sized.price.is_dated else None,
        "offer": (sized.price.instead or "on_demand") if sized.price else None,
        "price_source": str(sized.price.source) if sized.price else None,
        "usd_per_mtok": {f"{float(at) * 100:g}%": sized.usd_per_mtok(utilisation=at) for at in wish.utilisations},
        "usd_per_mtok_at_target": sized.usd_per_mtok(utilisation=wish.utilisation),
        "fleet_usd": sized.fleet.monthly_usd if sized.fleet else None,
        "fleet_replicas": _replicas(sized),
        "caveats": list(sized.caveats),
    }


def _replicas(sized: Sized) -> Json:
    """Give the replicas of the month that was asked for, spares included."""
    fleet = sized.fleet.deployment if sized.fleet is not None else None
    return decimal(fleet.replicas + fleet.spares) if fleet is not None else None


def flat_row(sized: Sized, wish: Wish) -> dict[str, Json]:
    """Give a deployment as one row without nested values."""
    data = _data(sized, wish)
    costs = data.pop("usd_per_mtok")
    assert isinstance(costs, Mapping)
    named = {f"usd_per_mtok_at_{at.rstrip('%')}": cost for at, cost in costs.items()}
    return {**data, **named, "caveats": "; ".join(sized.caveats)}


def _parts(sized: Sized) -> dict[str, Json]:
    """Give each part as data [GB on one GPU]."""
    return {f"{part}_gb": short(held / _GB, 3) for part, held in sized.fit.parts._asdict().items()}
