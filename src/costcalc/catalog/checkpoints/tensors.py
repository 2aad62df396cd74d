"""The tensors of a checkpoint, as the headers of its files list them: how many bytes each part and type takes."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from math import prod
from typing import Literal, NamedTuple

Part = Literal["embedding", "output", "experts", "draft", "body"]

_EMBEDDING = frozenset(
    {"embed_tokens", "wte", "word_embeddings", "tok_embeddings", "token_embd", "embed_in", "embeddings"}
)
_OUTPUT = frozenset({"lm_head", "output", "embed_out"})
_DRAFT = frozenset({"mtp", "nextn", "eagle", "mtp_layers"})
_EXPERTS = frozenset({"experts", "ffn_gate_exps", "ffn_up_exps", "ffn_down_exps", "ffn_gate_up_exps"})
_ENCODERS = ("vision", "visual", "audio")  # their layers are counted from 0 too; an engine loads them


class Tensor(NamedTuple):
    """One tensor of a file.

    Args:
        name: Its name.
        kind: The type of its numbers, as its format calls it.
        shape: Its dimensions.
        size: What it takes [bytes].
    """

    name: str
    kind: str
    shape: tuple[int, ...]
    size: int

    @property
    def numbers(self) -> int:
        """How many numbers it holds."""
        return prod(self.shape)


class Held(NamedTuple):
    """What a checkpoint holds of one part in one type.

    Args:
        part: The part of the model.
        kind: The type of its numbers.
        numbers: How many numbers there are.
        size: What they take [bytes].
    """

    part: Part
    kind: str
    numbers: int
    size: int


def part_of(name: str, layers: int) -> Part:
    """Say to which part of a model a tensor belongs, by its name.

    Args:
        name: Its name in the checkpoint.
        layers: Layers of the model: one behind them drafts (MTP).

    Example:
        >>> [part_of(name, 61) for name in (
        ...     "model.embed_tokens.weight", "output.weight", "model.layers.3.mlp.experts.7.up_proj.weight",
        ...     "blk.3.ffn_gate_shexp.weight", "blk.60.attn_output.weight", "model.layers.61.eh_proj.weight")]
        ['embedding', 'output', 'experts', 'body', 'body', 'draft']
    """
    words = name.split(".")
    if any(encoder in name for encoder in _ENCODERS):
        return "body"
    if _DRAFT.intersection(words) or _layer(words) >= layers:
        return "draft"
    if _EXPERTS.intersection(words):
        return "experts"
    front = words[:-1][-1:] if _layer(words) < 0 else ()
    if _EMBEDDING.intersection(front):
        return "embedding"
    return "output" if _OUTPUT.intersection(front) else "body"


def held(tensors: Iterable[Tensor], layers: int) -> tuple[Held, ...]:
    """Add tensors up by part and type, the largest first."""
    numbers: Counter[tuple[Part, str]] = Counter()
    sizes: Counter[tuple[Part, str]] = Counter()
    for tensor in tensors:
        at = (part_of(tensor.name, layers), tensor.kind)
        numbers[at] += tensor.numbers
        sizes[at] += tensor.size
    return tuple(Held(*at, numbers[at], size) for at, size in sizes.most_common())


def _layer(words: list[str]) -> int:
    """Give the number of the layer that a name names; -1 where it names none."""
    for before, word in pairwise(words):
        if before in {"layers", "blk", "h", "blocks"} and word.isdecimal() and len(word) < 6:  # noqa: PLR2004  # no model has a million layers
            return int(word)
    return -1
