"""What to say of a model that does not fit its GPUs: what its weights take, and what to try."""

from collections.abc import Iterator

from costcalc.catalog.forms.engines import LLAMA_CPP
from costcalc.catalog.forms.scalars import Precision
from costcalc.cost.hardware import Serving, shape_of, spec_of
from costcalc.cost.memory import Fit, fit
from costcalc.cost.setup import Setup, splits, usual_kv

_GB = 1e9
_SMALLER: tuple[Precision, ...] = ("fp8", "int4")
_OF_LLAMA_CPP: tuple[Precision, ...] = ("q8_0", "q4_k_m")


def why_unfit(setup: Setup, room: Fit, *, tokens: float) -> str:
    """Say what weights take of each GPU, how the model is published, and what would fit.

    Leaves out other GPUs: `costcalc size` looks for those.

    Args:
        setup: What does not fit.
        room: How much it needs.
        tokens: One whole sequence [tokens].
    """
    held, memory = room.weights_bytes / _GB, spec_of(setup.gpu).memory_bytes / _GB
    published = f"weights take {held:.1f} GB of each GPU's {memory:.0f} (published in {setup.model.published_weights})"
    tried = [*_types(setup, room, tokens), *_more_gpus(setup, tokens)]
    return f"{published}; try {' or '.join(tried) or 'GPUs with more memory'}"


def _types(setup: Setup, room: Fit, tokens: float) -> Iterator[str]:
    """Give the first precision in which the weights are smaller and fit; a size of the user's own has no other."""
    serving = setup.serving
    if serving.weights is not None:
        return
    for form in _OF_LLAMA_CPP if serving.engine == LLAMA_CPP else _SMALLER:
        if form == "fp8" and setup.gpu.dense_tflops.fp8 is None:
            continue
        kv = serving.kv_precision if serving.engine == LLAMA_CPP else usual_kv(form, setup.gpu)
        other = _room(setup, serving._replace(weight_precision=form, kv_precision=kv), tokens)
        if other.fits and other.weights_bytes < room.weights_bytes:
            yield f"weights={form}"
            return


def _more_gpus(setup: Setup, tokens: float) -> Iterator[str]:
    """Give the fewest GPUs of a node over which the layers spread and fit."""
    layout, most = setup.layout, setup.gpu.gpus_per_node
    tp = layout.tp * 2
    while tp * layout.dp * layout.pp <= most:
        wider = setup._replace(layout=layout._replace(tp=tp))
        if splits(setup.model, tp, setup.serving.engine) and _room(wider, setup.serving, tokens).fits:
            yield f"{wider.layout.gpus} GPUs"
            return
        tp *= 2


def _room(setup: Setup, serving: Serving, tokens: float) -> Fit:
    return fit(shape_of(setup.model), spec_of(setup.gpu), serving, setup.layout, tokens=tokens)
