"""The header of a ``*.safetensors`` file: 8 bytes of length, then JSON of every tensor's type, shape and place."""

from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any

from costcalc.catalog.checkpoints.config import mapping_of
from costcalc.catalog.checkpoints.tensors import Tensor
from costcalc.errors import InputError
from costcalc.files import read_start, text_of
from costcalc.findings import Finding

LENGTH_BYTES = 8
_MAX_DIMENSIONS, _MAX_COUNT = 8, 2**48
MAX_HEADER = 64 * 2**20  # the largest shard we know of has 5 MB; the format itself allows 100 MB
# bits of one number, by the names that the format gives to types (safetensors, "Format")
_BITS: Mapping[str, int] = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
}  # fmt: skip


def safetensors(path: Path) -> Iterator[Tensor]:
    """Read the tensors that a file's header lists; the tensors themselves are not read.

    Raises:
        InputError: It is no such file, is damaged, or is shorter than its header says.
    """
    start, size = read_start(path, LENGTH_BYTES)
    length = int.from_bytes(start, "little")
    if len(start) < LENGTH_BYTES or not 2 <= length <= min(MAX_HEADER, size - LENGTH_BYTES):  # noqa: PLR2004  # {}
        raise _wrong(path, f"no safetensors file: expected a header of 2 to {MAX_HEADER:,} bytes, found {length:,}")
    data, _ = read_start(path, LENGTH_BYTES + length)
    header = mapping_of(text_of(data[LENGTH_BYTES:], str(path)), str(path))
    for name, entry in header.items():
        if name != "__metadata__":
            yield _tensor(path, name, entry, size - LENGTH_BYTES - length)


def _tensor(path: Path, name: str, entry: Any, room: int) -> Tensor:  # noqa: ANN401  # whatever the JSON holds
    if not isinstance(entry, dict):
        raise _wrong(path, f"{name[:80]}: expected a mapping of dtype, shape and data_offsets")
    kind = str(entry.get("dtype"))
    shape, place = _counts(entry.get("shape")), _counts(entry.get("data_offsets"))
    if kind not in _BITS:
        raise _wrong(path, f"{name[:80]}: dtype: expected one of {', '.join(_BITS)}, found {kind[:40]}")
    if shape is None or place is None or len(place) != 2:  # noqa: PLR2004  # begin and end
        raise _wrong(path, f"{name[:80]}: expected whole numbers of at least 0 as shape and two as data_offsets")
    begin, end = place
    if not begin <= end <= room:
        raise _wrong(path, f"{name[:80]}: lies at bytes {begin:,} to {end:,}; the file has {room:,} behind its header")
    if (prod(shape) * _BITS[kind] + 7) // 8 != end - begin:
        raise _wrong(path, f"{name[:80]}: {kind} of shape {shape} does not take {end - begin:,} bytes")
    return Tensor(name, kind, tuple(shape), end - begin)


def _counts(value: object) -> list[int] | None:
    """Give a short list of whole numbers of at least 0; None where it is anything else."""
    if not isinstance(value, list) or len(value) > _MAX_DIMENSIONS:
        return None
    whole = [number for number in value if isinstance(number, int) and not isinstance(number, bool)]
    return whole if len(whole) == len(value) and all(0 <= number < _MAX_COUNT for number in whole) else None


def _wrong(path: Path, what: str) -> InputError:
    return InputError([Finding("safetensors", "error", f"{path}: {what}")])
