"""What a benchmark calls models, GPUs, engines and precisions, read as the catalog's: unknown names are said to be so.

Each kind goes through one look-up: the catalog's own, then the spellings in which drivers, registries and benchmark
runners write the same thing. Nothing is guessed: a spelling counts where it leads to one entry.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import get_args

from costcalc.catalog.catalog import Catalog
from costcalc.catalog.forms import engines
from costcalc.catalog.forms.hardware import GpuFile
from costcalc.catalog.forms.open_models import SHAPE_KEYS, OpenModelFile
from costcalc.catalog.forms.scalars import KvPrecision, Precision
from costcalc.catalog.ids import key
from costcalc.catalog.names import with_hint
from costcalc.errors import UnknownNameError
from costcalc.findings import did_you_mean

_VENDOR = re.compile(r"^(?:nvidia|amd|intel|google|aws)[\s_-]+", re.IGNORECASE)
_LINE = re.compile(r"^(?:geforce|tesla|instinct)[\s_-]+", re.IGNORECASE)
_MEMORY = re.compile(r"[\s_-]*(\d+)\s*GB\b(?:[\s_-]*HBM\w*)?|[\s_-]+HBM\d\w*", re.IGNORECASE)
_SAME_MEMORY = 0.15  # a driver's GB and a vendor's differ; 40 and 80 do not pass for one another
# what publishers put behind a model's name for the precision of its weights
_QUANTIZED = re.compile(
    r"[-_](nvfp4|mxfp4|fp8|fp4|awq|gptq-int4|w4a16|w8a8|int4|int8)(?:[-_](?:dynamic|block|kv|v\d|preview))*$",
    re.IGNORECASE,
)
_PRECISIONS = {
    "fp4": "nvfp4",
    "awq": "int4",
    "gptq-int4": "int4",
    "gptq": "int4",
    "w4a16": "int4",
    "w8a8": "int8",
    "w8a8_fp8": "fp8",
    "modelopt_fp4": "nvfp4",
    "modelopt_fp8": "fp8",
    "fp16": "bf16",
    "bfloat16": "bf16",
    "float16": "bf16",
}
_CACHES = {"fp8_e4m3": "fp8", "fp8_e5m2": "fp8", "bfloat16": "bf16", "float16": "bf16", "fp16": "bf16", "f16": "bf16"}


def model_named(name: str, catalog: Catalog) -> OpenModelFile:
    """Find an open model, with or without what its publisher puts behind the name for a precision.

    Raises:
        UnknownNameError: There is none.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> held = ("nvidia/Llama-3.3-70B-Instruct-FP8", "llama3_1-8b", "deepseek-ai/DeepSeek-R1-0528")
        >>> [model_named(name, load_catalog()).model for name in held]
        ['llama-3.3-70b', 'llama-3.1-8b', 'deepseek-r1-0528']
    """
    for spelling in (name, _QUANTIZED.sub("", name)):
        if (found := _model(spelling, catalog)) is not None:
            return found
    return catalog.open_model(name)


def told_by(name: str | None, catalog: Catalog) -> str | None:
    """Give the precision that the name of a checkpoint tells; None where it tells none.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> [told_by(name, load_catalog()) for name in ("Qwen/Qwen3-32B-AWQ", "Qwen/Qwen3-32B")]
        ['int4', None]
    """
    found = _QUANTIZED.search(name) if name is not None else None
    if name is None or found is None or _model(name, catalog) is not None:
        return None
    return _PRECISIONS.get(found[1].lower(), found[1].lower())


def is_one_shape(name: str | None, other: str | None, catalog: Catalog) -> bool:
    """Say whether two names are of models of one shape, which are equally fast."""
    if name is None or other is None:
        return False
    try:
        one, two = model_named(name, catalog), model_named(other, catalog)
    except UnknownNameError:
        return False
    return all(getattr(one, key) == getattr(two, key) for key in SHAPE_KEYS)


def _model(name: str, catalog: Catalog) -> OpenModelFile | None:
    try:
        return catalog.open_model(name)
    except UnknownNameError:
        spelt = _spelt(catalog)
        return next((found for part in (name, name.rpartition("/")[2]) if (found := spelt.get(key(part)))), None)


@lru_cache(maxsize=4)
def _spelt(catalog: Catalog) -> dict[str, OpenModelFile]:
    """Put models under their names without case and separators, with and without the publisher; one each."""
    found: dict[str, OpenModelFile | None] = {}
    for model in catalog.models.values():
        names = (model.model, model.name, *model.aliases)
        for spelling in {key(part) for name in names for part in (name, name.rpartition("/")[2])}:
            found[spelling] = model if found.get(spelling, model) is model else None
    return {spelling: model for spelling, model in found.items() if model is not None}


def gpu_named(name: str, catalog: Catalog) -> GpuFile:
    """Find a GPU by what a vendor, a driver or a benchmark's runner calls it.

    Raises:
        UnknownNameError: There is none.

    Example:
        >>> from costcalc.catalog.layers.load import load_catalog
        >>> held = ("NVIDIA H100 80GB HBM3", "NVIDIA_L4", "b200-nvs", "NVIDIA H200-SXM-141GB", "h200")
        >>> [gpu_named(name, load_catalog()).gpu for name in held]
        ['h100-sxm', 'l4', 'b200-sxm', 'h200-sxm', 'h200-sxm']
    """
    stated = _MEMORY.search(name)
    memory = float(stated[1]) if stated is not None and stated[1] else None
    for spelling in dict.fromkeys(_spellings(name)):
        try:
            found = catalog.gpu(spelling)
        except UnknownNameError:
            continue
        if memory is None or abs(float(found.memory_gb) / memory - 1) <= _SAME_MEMORY:
            return found
    return catalog.gpu(name)


def _spellings(name: str) -> Iterator[str]:
    """Walk the spellings of a GPU: as it stands, without vendor, product line, memory, and a runner's mark."""
    yield name
    bare = _VENDOR.sub("", name.strip())
    yield bare
    bare = _LINE.sub("", bare)
    yield bare
    yield _MEMORY.sub("", bare)
    yield re.split(r"[-_]", bare)[0]  # runners are called h100-cw, b200-nvs


def engine_named(name: str) -> str:
    """Find the serving engine of a name, as benchmarks and servers call it; one of no name of ours counts as vLLM.

    Raises:
        UnknownNameError: It is nearly the name of an engine, or no name.
    """
    try:
        return engines.engine_named(name)
    except ValueError as error:
        raise UnknownNameError(str(error)) from None


def is_other(name: str | None) -> bool:
    """Say whether an engine's name is none that the throughput model knows, so that a flag may stand for it."""
    if name is None:
        return False
    try:
        return engine_named(name) not in engines.ENGINES
    except UnknownNameError:
        return True


def weights_named(name: str) -> str:
    """Find the precision of weights.

    Raises:
        UnknownNameError: It is none that the throughput model knows.
    """
    word = _PRECISIONS.get(name.strip().lower(), name.strip().lower())
    return _precision(name, word, get_args(Precision))


def cache_named(name: str) -> str:
    """Find the precision of a KV cache.

    Raises:
        UnknownNameError: It is none that the throughput model knows.
    """
    word = _CACHES.get(name.strip().lower(), name.strip().lower())
    return _precision(name, word, get_args(KvPrecision))


def _precision(name: str, word: str, known: tuple[str, ...]) -> str:
    if word in known:
        return word
    raise UnknownNameError(with_hint(f"'{name}' is none of {', '.join(known)}", did_you_mean(word, known)))
