"""What the documents of several commands say of a log."""

from pydantic import BaseModel


class UncountedRows(BaseModel):
    """Rows of one kind that are not counted."""

    kind: str
    rows: int


class CountedLog(BaseModel):
    """What was counted: moments are ISO 8601 in UTC, or null where the log's times are no days of the calendar."""

    files: int
    formats: list[str]
    rows: int
    requests: int
    first: str | None
    last: str | None
    span_s: int
    repeated: int
    faults: list[UncountedRows]
