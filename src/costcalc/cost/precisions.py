"""How many bits a number of a model takes, by its precision and by the part of the model that it belongs to."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from costcalc.catalog.forms.scalars import LLAMA_CPP_CACHES, LLAMA_CPP_TYPES

BF16 = 16.0
Q2_K, Q3_K, IQ3_S, IQ4_XS, Q4_K, Q5_K, Q6_K, Q8_0 = 2.625, 3.4375, 3.4375, 4.25, 4.5, 5.5, 6.5625, 8.5
# the file that llama.cpp's means are of, in numbers: Llama-3.1-8B, and one of its two tables
_MEASURED_ON, _MEASURED_TABLE = 8.0303e9, 0.52534e9


class WeightForm(NamedTuple):
    """Bits that one weight takes, scales included, by the part of the model [bits/weight].

    Args:
        body: Matrices outside the tables and the experts.
        table: The embedding table, where the output layer has one of its own.
        output: The output layer, and the one table of a model that ties both.
        experts: Experts of a mixture.
        around: What ``body`` is in a mixture of experts.
    """

    body: float
    table: float = BF16
    output: float = BF16
    experts: float = 0.0
    around: float = 0.0


def _form(body: float, *, around: float | None = None, table: float = BF16, output: float = BF16) -> WeightForm:
    return WeightForm(body, table, output, body, body if around is None else around)


def _mix(mean: float, table: float, output: float = Q6_K) -> WeightForm:
    """Take the tables out of the mean of a whole file: what is left is its body."""
    tables = (table + output) * _MEASURED_TABLE
    body = (mean * _MEASURED_ON - tables) / (_MEASURED_ON - 2 * _MEASURED_TABLE)
    return _form(body, table=table, output=output)


def _block(bits: float, output: float = Q6_K) -> WeightForm:
    return _form(bits, table=bits, output=output)


# Quantisers of the other engines leave both tables in bf16, and for 4-bit floats all but the experts of a mixture.
_EVERYWHERE: Mapping[str, WeightForm] = {
    "bf16": _form(BF16),
    "fp8": _form(8.0),
    "int8": _form(8.0),
    "int4": _form(4.156),  # groups of 128 share a 16-bit scale and a 4-bit zero: 4 + 20/128 (AWQ, arXiv:2306.00978)
    "nvfp4": _form(4.5, around=BF16),  # blocks of 16 share 8 bits: 4 + 8/16 (NVIDIA, "Introducing NVFP4", 2025)
    "mxfp4": _form(4.25, around=BF16),  # blocks of 32 share 8 bits: 4 + 8/32 (OCP Microscaling 1.0)
}

# A type of llama.cpp: of blocks of one kind, by their bytes (ggml-common.h); of several kinds, by the mean over
# Llama-3.1-8B (llama.cpp, tools/quantize/README.md, read 2026-11-27; Q3_K_M: 3.74 GiB in tools/quantize/quantize.cpp).
# Which type its two tables have is in llama.cpp, src/llama-quant.cpp, llama_tensor_get_type_impl.
_LLAMA_CPP: Mapping[str, WeightForm] = {
    "q2_k": _mix(3.1593, Q2_K),
    "q3_k_s": _mix(3.6429, Q3_K),
    "q3_k_m": _mix(4.0008, Q3_K),
    "q3_k_l": _mix(4.2979, Q3_K),
    "q4_0": _block(4.5),  # 32 weights in 18 bytes
    "q4_1": _block(5.0),  # 32 in 20
    "q4_k_s": _mix(4.6672, Q4_K),
    "q4_k_m": _mix(4.8944, Q4_K),
    "q5_0": _block(5.5),  # 32 in 22
    "q5_1": _block(6.0),  # 32 in 24
    "q5_k_s": _mix(5.5704, Q5_K),
    "q5_k_m": _mix(5.7036, Q5_K),
    "q6_k": _block(Q6_K),  # 256 in 210
    "q8_0": _block(Q8_0, output=Q8_0),  # 32 in 34
    "iq1_s": _mix(2.0042, Q2_K, Q5_K),
    "iq1_m": _mix(2.1460, Q2_K, Q5_K),
    "iq2_xxs": _mix(2.3824, Q2_K, Q5_K),
    "iq2_xs": _mix(2.5882, Q2_K, Q5_K),
    "iq2_s": _mix(2.7403, IQ3_S, Q5_K),
    "iq2_m": _mix(2.9294, IQ3_S, Q5_K),
    "iq3_xxs": _mix(3.2548, IQ3_S, Q5_K),
    "iq3_xs": _mix(3.4977, IQ3_S),
    "iq3_s": _mix(3.6606, IQ3_S),
    "iq3_m": _mix(3.7628, IQ3_S),
    "iq4_xs": _mix(4.4597, IQ4_XS),
    "iq4_nl": _mix(4.6818, Q4_K),
}
FORMS: Mapping[str, WeightForm] = {**_EVERYWHERE, **_LLAMA_CPP}
assert tuple(_LLAMA_CPP) == LLAMA_CPP_TYPES

# llama.cpp writes experts in mxfp4 and everything else in q8_0 (the same file, LLAMA_FTYPE_MOSTLY_MXFP4_MOE)
MXFP4_OF_LLAMA_CPP = WeightForm(Q8_0, Q8_0, Q8_0, 4.25, Q8_0)
# a model that is published in int4 was trained so: its experts alone, in groups of 32 with a 16-bit scale (Kimi-K2)
PUBLISHED_INT4 = WeightForm(4.156, BF16, BF16, 4.5, BF16)

CACHE_BITS: Mapping[str, float] = {"bf16": 16.0, "fp8": 8.0, "q8_0": Q8_0, "q4_0": 4.5}
assert set(LLAMA_CPP_CACHES) < set(CACHE_BITS)


def form_of(precision: str, *, on_llama_cpp: bool = False, published: str = "bf16") -> WeightForm:
    """Say how many bits the weights of a model take at a precision.

    Args:
        precision: One of ``FORMS``.
        on_llama_cpp: Whether llama.cpp serves it, whose files have types of their own around mxfp4.
        published: The precision in which the model is published.

    Raises:
        ValueError: No such precision is known.

    Example:
        >>> form_of("q4_k_m").output, round(form_of("q4_k_m").body, 2), form_of("fp8").table
        (6.5625, 4.8, 16.0)
    """
    if precision == "mxfp4" and on_llama_cpp:
        return MXFP4_OF_LLAMA_CPP
    if precision == "int4" and published == "int4":
        return PUBLISHED_INT4
    _check(precision, FORMS, "weight precision")
    return FORMS[precision]


def cache_bytes(precision: str) -> float:
    """How many bytes one number of a cache takes [bytes].

    Raises:
        ValueError: No such precision is known.

    Example:
        >>> cache_bytes("bf16"), cache_bytes("q8_0")
        (2.0, 1.0625)
    """
    _check(precision, CACHE_BITS, "KV precision")
    return CACHE_BITS[precision] / 8


def _check(precision: str, known: Collection[str], what: str) -> None:
    """Check that a precision is known, or say which are."""
    if precision not in known:
        raise ValueError(f"expected a {what} of {', '.join(known)}, found '{precision}'")
