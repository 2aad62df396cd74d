"""A model's files: a configuration, a folder with its weights, or a file of weights; tensors are never read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from costcalc.catalog.checkpoints.config import Configured, mapping_of, parse_config
from costcalc.catalog.checkpoints.fields import Taken
from costcalc.catalog.checkpoints.gguf import gguf
from costcalc.catalog.checkpoints.gguf_model import gguf_model, layers_of
from costcalc.catalog.checkpoints.safetensors import safetensors
from costcalc.catalog.checkpoints.tensors import Held, Tensor, held
from costcalc.catalog.forms.open_models import OpenModelFile
from costcalc.errors import InputError
from costcalc.files import read_document
from costcalc.findings import Finding
from costcalc.paths import absolute, listed, look

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
_SPLIT = re.compile(r"(?P<stem>.+)-(?P<part>\d{5})-of-(?P<parts>\d{5})\.gguf")
_MAX_PARTS = 2_000
_OTHERS = ("adapter_", "consolidated", "optimizer", "training_")  # adapters, and the same weights in another layout


class Checkpoint(NamedTuple):
    """A model as its files have it.

    Args:
        model: Its shape.
        taken: Every figure that was taken, with its key.
        assumed: Every figure that the files do not have, with what it was taken to be.
        held: What the files hold, by part and type; nothing where only a configuration was read.
        is_gguf: Whether llama.cpp's files hold it.
    """

    model: OpenModelFile
    taken: tuple[Taken, ...]
    assumed: tuple[Taken, ...] = ()
    held: tuple[Held, ...] = ()
    is_gguf: bool = False


def read_checkpoint(path: Path, *, model: str | None, day: date) -> Checkpoint:
    """Read a configuration, a folder with one and its ``*.safetensors``, one such file, or a ``.gguf``.

    Args:
        path: The file or the folder.
        model: What the model is to be called; its folder's or its file's name where nothing is said.
        day: The day on which it is read.

    Raises:
        InputError: A file is missing, damaged, or says too little.
    """
    if look(path).kind == "folder":
        return _folder(path, model, day)
    if path.name.endswith(".gguf"):
        return _gguf(path, model or path.name.removesuffix(".gguf"), day)
    if path.name.endswith(".safetensors"):
        shape = _config(path.parent / CONFIG, model or path.name.removesuffix(".safetensors"), day)
        return Checkpoint(*shape, held(safetensors(path), shape.model.layers))
    return Checkpoint(*_config(path, model or absolute(path).parent.name or "model", day))


def _folder(path: Path, model: str | None, day: date) -> Checkpoint:
    files = listed(path).paths
    named = model or absolute(path).name or "model"
    ggufs = [file for file in files if file.name.endswith(".gguf") and not file.name.startswith("mmproj")]
    if ggufs and not any(file.name == CONFIG for file in files):
        if any(file not in _parts(ggufs[0]) for file in ggufs):
            raise _wrong(path, f"holds {len(ggufs)} GGUF files, such as {ggufs[0].name} and {ggufs[-1].name}; name one")
        return _gguf(ggufs[0], named, day)
    shape = _config(path / CONFIG, named, day)
    tensors = [tensor for file in _shards(path, files) for tensor in safetensors(file)]
    return Checkpoint(*shape, held(tensors, shape.model.layers))


def _config(path: Path, model: str, day: date) -> Configured:
    return parse_config(read_document(path).text, str(path), model=model, day=day)


def _shards(folder: Path, files: Sequence[Path]) -> Sequence[Path]:
    """Give the files of weights: those that an index names, or all there are."""
    there = [file for file in files if file.name.endswith(".safetensors") and not file.name.startswith(_OTHERS)]
    index = folder / INDEX
    if index not in files:
        return there
    names = mapping_of(read_document(index).text, str(index)).get("weight_map")
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise _wrong(index, "expected weight_map: the file of each tensor")
    missing = sorted(set(names.values()) - {file.name for file in files})
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise _wrong(index, f"{missing[0][:80]}{more} is named there and not in the folder")
    return [file for file in files if file.name in set(names.values())]


def _gguf(path: Path, name: str, day: date) -> Checkpoint:
    headers = [gguf(part) for part in _parts(path)]
    metadata: Mapping[str, Any] = headers[0].metadata
    tensors: Iterator[Tensor] = (tensor for header in headers for tensor in header.tensors)
    parts = held(tensors, layers_of(metadata))
    shape, kind = gguf_model(metadata, parts, str(path), model=name, day=day)
    model = shape.model.model_copy(update={"published_weights": kind})
    return Checkpoint(model, shape.taken, shape.assumed, parts, is_gguf=True)


def _parts(path: Path) -> list[Path]:
    """Give every file of a split one, the first first."""
    match = _SPLIT.fullmatch(path.name)
    if match is None:
        return [path]
    count = int(match["parts"])
    if not 1 <= count <= _MAX_PARTS:
        raise _wrong(path, f"{count} parts; expected 1 to {_MAX_PARTS}")
    return [path.with_name(f"{match['stem']}-{part:05d}-of-{count:05d}.gguf") for part in range(1, count + 1)]


def _wrong(path: Path, what: str) -> InputError:
    return InputError([Finding("checkpoint", "error", f"{path}: {what}")])
