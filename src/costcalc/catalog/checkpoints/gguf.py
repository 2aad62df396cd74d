"""The header of a ``.gguf`` file: its metadata, and every tensor's type and shape (ggml, docs/gguf.md)."""

from collections.abc import Mapping
from pathlib import Path
from struct import Struct
from struct import error as struct_error
from typing import Any, NamedTuple, NoReturn

from costcalc.catalog.checkpoints.tensors import Tensor
from costcalc.errors import InputError
from costcalc.files import read_start
from costcalc.findings import Finding

MAX_HEADER = 64 * 2**20  # vocabularies of 260,000 tokens with their merges take about 15 MB
MAX_ENTRIES = 100_000  # Kimi-K2 has 1,100 tensors
_KEPT = 4096  # items of an array that are kept: layers, not tokens
_STRING, _ARRAY, _DEEPEST = 8, 9, 3
_SCALARS: Mapping[int, Struct] = {
    0: Struct("<B"), 1: Struct("<b"), 2: Struct("<H"), 3: Struct("<h"), 4: Struct("<I"), 5: Struct("<i"),
    6: Struct("<f"), 7: Struct("<?"), 10: Struct("<Q"), 11: Struct("<q"), 12: Struct("<d"),
}  # fmt: skip
# numbers in a block and bytes that it takes, by type (llama.cpp, gguf-py/gguf/constants.py, GGML_QUANT_SIZES)
_TYPES: Mapping[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4), 27: ("I64", 1, 8), 28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
}  # fmt: skip


class Gguf(NamedTuple):
    """What the header of a file says.

    Args:
        metadata: Its keys and values; of a long array, how many items it has.
        tensors: Its tensors.
        size: The file [bytes].
    """

    metadata: Mapping[str, Any]
    tensors: tuple[Tensor, ...]
    size: int


def gguf(path: Path) -> Gguf:
    """Read the header of a file; its tensors are not read.

    Raises:
        InputError: It is no such file, is damaged, or is shorter than its header says.
    """
    data, size = read_start(path, MAX_HEADER)
    if data[:4] != b"GGUF":
        raise _wrong(path, f"no GGUF file: it begins with {data[:4]!r}, expected b'GGUF'")
    reader = _Reader(path, data)
    version, tensors, entries = reader.one(4), reader.one(10), reader.one(10)
    if version not in {2, 3}:
        reader.stop(f"expected version 2 or 3 of the format, found {version}")
    if tensors > MAX_ENTRIES or entries > MAX_ENTRIES:
        reader.stop(f"{tensors:,} tensors and {entries:,} keys; at most {MAX_ENTRIES:,} of each are read")
    metadata = {reader.string(): reader.value(reader.one(4)) for _ in range(entries)}
    found = tuple(reader.tensor() for _ in range(tensors))
    needed = sum(tensor.size for tensor in found)
    if needed + reader.at > size:
        raise _wrong(path, f"{size:,} bytes; its header and tensors take {needed + reader.at:,}: it is cut short")
    return Gguf(metadata, found, size)


class _Reader:
    """A place in the header."""

    def __init__(self, path: Path, data: bytes) -> None:
        self.path, self.data, self.at = path, data, len(b"GGUF")

    def one(self, kind: int) -> Any:  # noqa: ANN401  # a number or a truth value, by its type
        """Read one number of a type."""
        form = _SCALARS[kind]
        try:
            (value,) = form.unpack_from(self.data, self.at)
        except struct_error:
            self.stop("the header ends in the middle of a value")
        self.at += form.size
        return value

    def string(self) -> str:
        """Read a text."""
        length = self.one(10)
        end = self.at + length
        if end > len(self.data):
            self.stop(f"a text of {length:,} bytes goes beyond the header")
        text = self.data[self.at : end].decode(errors="replace")
        self.at = end
        return text

    def value(self, kind: int, depth: int = 0) -> Any:  # noqa: ANN401  # whatever the file holds
        """Read a value of a type; of an array with many items, only how many there are."""
        if kind == _STRING:
            return self.string()
        if kind in _SCALARS:
            return self.one(kind)
        if kind != _ARRAY or depth >= _DEEPEST:
            self.stop(f"a value of type {kind} at depth {depth}; expected 0 to 12, at most {_DEEPEST} deep")
        inner, count = self.one(4), self.one(10)
        if inner in _SCALARS and count > _KEPT:
            self._skip(count * _SCALARS[inner].size)
            return count
        if count > len(self.data):
            self.stop(f"an array of {count:,} items goes beyond the header")
        items = []
        for _ in range(count):
            item = self.value(inner, depth + 1)
            if count <= _KEPT:
                items.append(item)
        return items if count <= _KEPT else count

    def tensor(self) -> Tensor:
        """Read what the header says of one tensor."""
        name, dimensions = self.string(), self.one(4)
        if not 1 <= dimensions <= 4:  # noqa: PLR2004  # ggml has no more
            self.stop(f"{name[:80]}: {dimensions} dimensions; expected 1 to 4")
        shape = tuple(self.one(10) for _ in range(dimensions))
        kind, _ = self.one(4), self.one(10)
        if kind not in _TYPES:
            self.stop(f"{name[:80]}: type {kind} of ggml is not known here")
        if max(shape) >= 2**48:
            self.stop(f"{name[:80]}: a dimension of {max(shape):,}")
        word, block, size = _TYPES[kind]
        made = Tensor(name, word, shape, 0)
        return made._replace(size=-(-made.numbers // block) * size)

    def _skip(self, count: int) -> None:
        self.at += count
        if self.at > len(self.data):
            self.stop(f"an array of {count:,} bytes goes beyond the header")

    def stop(self, what: str) -> NoReturn:
        """Give up: what follows cannot be told from its damage."""
        raise _wrong(self.path, what)


def _wrong(path: Path, what: str) -> InputError:
    return InputError([Finding("gguf", "error", f"{path}: {what}")])
