"""What each part of a deployment takes of a GPU's memory."""

from costcalc.analysis.sizing import Sized

_GB = 1e9
_PARTS = {
    "tables": "tables",
    "body": "shared weights",
    "experts": "experts",
    "padding": "padding",
    "adapters": "adapters",
    "draft": "draft model",
    "reserve": "engine",
}


def by_part(sized: Sized) -> str:
    """Say what each part takes of a GPU, and which share of its memory that is."""
    held = sized.fit.parts._asdict()
    return ", ".join(
        f"{name} {held[part] / _GB:.2f} GB ({100 * held[part] / sized.memory_bytes:.0f} %)"
        for part, name in _PARTS.items()
        if held[part]
    )
