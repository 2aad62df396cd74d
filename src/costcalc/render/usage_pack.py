"""What `usage pack` says: what was counted, and how small it has become."""

from collections.abc import Mapping

from costcalc.render.report import Json, Report, listed
from costcalc.render.usage_log import fault_lines, log_data, log_words
from costcalc.usage.groups import Usage

_KB = 1000


def pack_report(usage: Usage, path: str, size: int, *, inputs: Mapping[str, Json]) -> Report:
    """Say what was written."""
    log = log_data(usage)
    by = f", by {usage.label}" if usage.label is not None else ""
    result: dict[str, Json] = {
        "path": path,
        "bytes": size,
        "groups": len(usage.groups),
        "bucket_s": usage.bucket_s,
        "thresholds": list(usage.thresholds),
        "by": usage.label,
        "log": log,
    }
    flat = {key: value for key, value in log.items() if key not in {"formats", "faults"}}
    row = {**flat, "path": path, "bytes": size}
    return Report(
        command="usage-pack",
        as_of=None,
        digest_of=None,
        inputs=inputs,
        result=result,
        records=(row,),
        verdict=(
            f"Wrote {path}: {len(usage.groups):,} sums in {size / _KB:,.1f} kB{by}, without prompts, keys or users.",
            f"Counted: {log_words(usage)}.",
            "Any command that reads a log takes it in the log's place.",
        ),
        blocks=tuple(listed("Rows that are not in it", fault_lines(usage))),
    )
