"""How the values of ``--own`` are written: amounts, prices with their unit, choices, and the key of each."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import NamedTuple, get_args

from costcalc.catalog.forms.engines import engine_named
from costcalc.catalog.forms.options import Tenure
from costcalc.catalog.forms.scalars import Interval, KvPrecision, Precision
from costcalc.cli.values import amount, amount_or_range, filled, one_of, positive, price_or_range, share
from costcalc.findings import Scalar
from costcalc.units import HOURS_PER_MONTH, decimal, two_readings


def count(text: str, *, least: int) -> int:
    """Read a number of things, such as GPUs."""
    number = amount(text)
    if number.denominator != 1 or number < least:
        raise ValueError(f"expected a whole number of at least {least}, found '{text}'")
    return number.numerator


def _factor(text: str) -> Decimal:
    return decimal(positive(text))


def _or_none(text: str) -> Decimal:
    return Decimal(0) if text == "0" else amount_or_range(text)  # 0: nobody is paid to run it, nothing is kept warm


def _share(text: str) -> Decimal:
    return decimal(share(text))


def _choice(text: str, *, names: tuple[str, ...]) -> str:
    return one_of(text, names, "--own")


def _yes(text: str) -> bool:
    return one_of(text, ("yes", "no"), "--own") == "yes"


def _id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
        raise ValueError(f"expected an id of letters, digits, '.', '-' and '_', found '{text}'")
    return text


def _usd(text: str) -> Decimal:
    """Read an amount of US dollars, or a range of them; a dollar sign or USD may stand beside it."""
    bare = re.sub(r"\$|\bUSD\b", "", text)
    # prices are USD from the door on: a converted price would hide the exchange rate and its day
    if re.search(r"[^\x00-\x7f]|\b[A-Za-z]{3}\b", bare):
        raise ValueError(f"expected US dollars, found '{text}'; convert it and write the amount alone")
    return price_or_range(re.sub(r" +", " ", bare).strip())


def _whole_usd(text: str) -> Decimal:
    """Read the price of a whole machine, whose point may part thousands."""
    for end in text.strip(" $").split(" to "):
        if asked := two_readings(end):
            raise ValueError(asked)
    return _usd(text)


def per_gpu(usd: Decimal, parts: int) -> Decimal:
    """Divide a price, or both ends of its range."""
    return Interval.of(usd.low / parts, usd.high / parts) if isinstance(usd, Interval) else usd / parts


class _Unit(NamedTuple):
    """What a price is for.

    Args:
        name: What it is called here.
        hours: By what a price is divided to be one of an hour, or of a second.
        whole_machine: Whether it pays for all the GPUs of the machine, or for one of them.
    """

    name: str
    hours: int
    whole_machine: bool


# GPU clouds quote an hour of one GPU, serverless ones a second; hosts of dedicated servers quote a month of the server
_SECOND = _Unit("s", 1, whole_machine=False)
_HOUR = _Unit("h", 1, whole_machine=False)
_MONTH = _Unit("month", HOURS_PER_MONTH, whole_machine=True)
_UNITS: Mapping[str, _Unit] = {
    **dict.fromkeys(("s", "sec", "second"), _SECOND),
    **dict.fromkeys(("h", "hr", "hour"), _HOUR),
    **dict.fromkeys(("mo", "month"), _MONTH),
}
UNIT_HINT = "write 0.34/h or 0.0001/s for one GPU, or 2.72/h total or 250/month for the machine with all its GPUs"


def rent_per_gpu(text: str, *, gpus: int) -> tuple[Decimal, str]:
    """Read a rent such as 0.34/h, 0.30/h to 0.50/h, 2.72/h total or 2400/month, and its unit: h, s or month.

    The rent is that of one GPU [USD/GPU-hour], or [USD/GPU-second] where the unit is s.
    """
    text, is_total = re.subn(r" +total$", "", text.strip())
    ends = [end.partition("/") for end in re.split(r" +to +", text)]
    units = {unit.strip() for _, _, unit in ends if unit.strip()}
    if len(units) != 1 or not units <= _UNITS.keys():
        found = " and ".join(f"/{unit}" for unit in sorted(units)) or "none"
        raise ValueError(f"a price needs one unit, found {found}; {UNIT_HINT}")
    unit = _UNITS[units.pop()]
    usd = _usd(" to ".join(usd.strip() for usd, _, _ in ends))
    return per_gpu(usd, unit.hours * (gpus if unit.whole_machine or is_total else 1)), unit.name


class Setting(NamedTuple):
    """A key that a text may give.

    Args:
        field: The field of the option that it fills; None for its id, and for a part of another field.
        read: Reads its value.
    """

    field: str | None
    read: Callable[[str], Scalar]


SETTINGS: Mapping[str, Setting] = {
    "model": Setting("model", filled),
    "tokens/s": Setting("tokens_per_s", amount_or_range),
    "weights": Setting("weights", partial(_choice, names=get_args(Precision))),
    "weights_gb": Setting("weights_gb", _factor),
    "adapters": Setting("adapters", partial(count, least=1)),
    "adapter_rank": Setting(None, partial(count, least=1)),
    "kv": Setting("kv", partial(_choice, names=get_args(KvPrecision))),
    "engine": Setting("engine", engine_named),
    "engine_year": Setting("engine_year", partial(count, least=2023)),
    "network": Setting("network_gb_per_s", _factor),
    "accepted": Setting("accepted_tokens", _factor),
    "speedup": Setting("speculative_speedup", _factor),
    "disaggregated": Setting("disaggregated", _yes),
    "tp": Setting("tp", partial(count, least=1)),
    "dp": Setting("dp", partial(count, least=1)),
    "ep": Setting("ep", partial(count, least=1)),
    "pp": Setting("pp", partial(count, least=1)),
    "buy": Setting("usd_per_gpu", _whole_usd),
    "kw": Setting("gpu_kw", amount_or_range),
    "tenure": Setting("tenure", partial(_choice, names=get_args(Tenure))),
    "hours": Setting("hours_per_month", _factor),
    "replicas": Setting("replicas", partial(count, least=1)),
    "autoscale": Setting("autoscale", _yes),
    "spares": Setting("spares", partial(count, least=0)),
    "headroom": Setting("headroom", _factor),
    "min_replicas": Setting("min_replicas", partial(count, least=0)),
    "warm_s": Setting("warm_s", _or_none),
    "cold_start_s": Setting("cold_start_s", _or_none),
    "mig": Setting("mig", filled),
    "overhead": Setting("overhead", _share),
    "fte": Setting("people_fte", _or_none),
    "name": Setting(None, _id),
}
# what the keys are called elsewhere: as flags of `size`, in engines, in a file's options
ALSO_CALLED: Mapping[str, str] = {
    **dict.fromkeys(("precision", "quantization", "dtype"), "weights"),
    **dict.fromkeys(("kv_cache_dtype", "kv-cache-dtype"), "kv"),
    **{setting.field: key for key, setting in SETTINGS.items() if setting.field is not None and setting.field != key},
}
FIELDS: Mapping[str, str] = {
    "gpus": "gpus",  # these three stand before the settings: 2x RTX 4090 @ 0.34/h
    "gpu": "gpu",
    "@": "usd_per_gpu_hour",
    **{key: setting.field for key, setting in SETTINGS.items() if setting.field is not None},
}
