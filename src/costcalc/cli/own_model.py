"""The model of ``costcalc size``: one of the catalog, or one that the user's own files hold."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from costcalc.errors import FlagError

if TYPE_CHECKING:
    from costcalc.case.case import Case
    from costcalc.catalog.checkpoints.read import Checkpoint
    from costcalc.catalog.forms.open_models import OpenModelFile
    from costcalc.catalog.forms.scalars import Precision
    from costcalc.cost.hardware import WeightBytes
    from costcalc.render.report import Bullets, Paragraph, Report

_GB = 1e9


class Beside(NamedTuple):
    """What stays loaded beside a model.

    Args:
        adapters: How many LoRA adapters.
        rank: Their rank.
        draft: The name of a draft model.
    """

    adapters: int
    rank: int
    draft: str | None

    def adapter_bytes(self, model: "OpenModelFile") -> float:
        """Memory of the adapters [bytes].

        Raises:
            FlagError: The model's shape does not tell.
        """
        from costcalc.cost.adapters import adapter_bytes
        from costcalc.cost.hardware import shape_of

        if not self.adapters:
            return 0.0
        try:
            return adapter_bytes(shape_of(model), number=self.adapters, rank=self.rank)
        except ValueError as error:
            raise FlagError(f"--adapters: {error}") from None


class OwnModel(NamedTuple):
    """A model, and what is known of its weights.

    Args:
        model: Its shape.
        precision: The precision that is asked for, or that its file has.
        engine: The engine that its file is for; None where any loads it.
        loaded: Its weights as an engine loads them, by precision, where a file or the user says so.
        config: The file, or None.
        checkpoint: What was read.
        saved: The file that it was written to, or None.
    """

    model: "OpenModelFile"
    precision: "Precision | None"
    engine: str | None
    loaded: Mapping[str, "WeightBytes"]
    config: str | None = None
    checkpoint: "Checkpoint | None" = None
    saved: Path | None = None

    def told(self, report: "Report") -> "Report":
        """Add to a report what was read, what was assumed, and where the model was written."""
        return report._replace(
            blocks=(*report.blocks, *self.where_saved()),
            assumed=(*report.assumed, *self.assumed()),
            more=(*report.more, *self.notes()),
        )

    def assumed(self) -> tuple[str, ...]:
        """Name what the file does not say, with what stands in for it."""
        if self.checkpoint is None or not self.checkpoint.assumed:
            return ()
        return (f"not in {self.config}: {'; '.join(f'{key} = {value}' for key, value in self.checkpoint.assumed)}",)

    def where_saved(self) -> "tuple[Paragraph, ...]":
        """Say where the model was written, and how other commands find it there."""
        from costcalc.render.report import Paragraph

        if self.saved is None:
            return ()
        folder = self.saved.parent
        catalog = folder.parent if folder.name == "models" else self.saved
        return (Paragraph(f"Saved to {self.saved}: --catalog {quote(str(catalog))}"),)

    def notes(self) -> "tuple[Bullets, ...]":
        """Say which figure was taken from which key, and what the files hold."""
        from costcalc.render.report import listed

        if self.checkpoint is None:
            return ()
        keys = (f"{taken.key}: {taken.value}" for taken in self.checkpoint.taken)
        held = (f"{each.part}, {each.kind}: {each.size / _GB:,.2f} GB" for each in self.checkpoint.held)
        return (*listed(f"Read from {self.config}", keys), *listed("Tensors", held))


def own_model(
    name: str | None,
    config: Path | None,
    case: "Case",
    precision: "Precision | None",
    *,
    weights_gb: Fraction | None,
    engine: str | None,
    save: Path | None,
) -> OwnModel:
    """Find a model in the catalog, or read it from files.

    Raises:
        FlagError: Flags are missing, or do not go together.
        UnknownNameError: The catalog has no such model.
        InputError: A file cannot be used.
    """
    if config is None:
        if name is None:
            raise FlagError("say which model: its name, or --config with its config.json, folder or .gguf")
        if save is not None:
            raise FlagError("--save writes the model of --config; give --config")
        return _weighed(OwnModel(case.catalog.open_model(name), precision, None, {}), weights_gb, engine)
    own = _read(name, config, case, precision, engine)
    if save is not None:
        from costcalc.cli.output import write_new
        from costcalc.render.open_model_file import model_yaml

        write_new(save, model_yaml(own.model, stem=save.stem))
        own = own._replace(saved=save)
    return _weighed(own, weights_gb, own.engine or engine)


def _read(name: str | None, config: Path, case: "Case", precision: "Precision | None", engine: str | None) -> OwnModel:
    """Read a model from files; a GGUF is for llama.cpp, other files are for other engines."""
    from costcalc.catalog.checkpoints.read import read_checkpoint
    from costcalc.catalog.forms.engines import LLAMA_CPP
    from costcalc.cost.hardware import shape_of
    from costcalc.cost.memory import weights_held

    found = read_checkpoint(config, model=name, day=case.as_of)
    published = found.model.published_weights
    if found.is_gguf and engine not in {None, LLAMA_CPP}:
        raise FlagError(f"{config} is a GGUF file, which llama.cpp loads; leave out --engine {engine}")
    serves = LLAMA_CPP if found.is_gguf else engine or "vllm"
    loads = bool(found.held) and (found.is_gguf or serves != LLAMA_CPP)
    loaded: dict[str, WeightBytes] = {}
    if loads:
        loaded[published] = weights_held(found.held, shape_of(found.model), engine=serves)
    wanted = precision or (published if loads else None)
    return OwnModel(found.model, wanted, LLAMA_CPP if found.is_gguf else None, loaded, str(config), found)


def _weighed(own: OwnModel, weights_gb: Fraction | None, engine: str | None) -> OwnModel:
    """Let weights take what the user says, in the proportions of their parts."""
    from costcalc.cli.speed import engine_that_serves
    from costcalc.cost.hardware import shape_of
    from costcalc.cost.memory import weight_bytes

    if weights_gb is None:
        return own
    precision = own.precision or own.model.published_weights
    serves = engine_that_serves(engine, precision, None)
    usual = own.loaded.get(precision) or weight_bytes(shape_of(own.model), precision, engine=serves)
    factor = float(weights_gb) * _GB / usual.total
    return own._replace(precision=precision, loaded={precision: usual.times(factor)})
