"""Files of weights as tests write them: a header, and a hole in place of the tensors."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

GEMMA: dict[str, Any] = {
    "general.architecture": "gemma3", "general.file_type": 15, "gemma3.block_count": 12, "gemma3.embedding_length": 256,
    "gemma3.attention.head_count": 4, "gemma3.attention.head_count_kv": 2, "gemma3.attention.key_length": 64,
    "gemma3.attention.sliding_window": 512, "gemma3.context_length": 8192, "tokenizer.ggml.token_type": [1] * 5000, "tokenizer.ggml.tokens": ["a"] * 5000,
}  # fmt: skip


def a_safetensors(path: Path, tensors: dict[str, tuple[str, list[int], int]], *, short: int = 0) -> Path:
    """Write a header, and a hole in place of its tensors."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, (kind, shape, size) in tensors.items():
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    return a_header(path, json.dumps(header).encode(), room=at - short)


def a_header(path: Path, header: bytes, *, room: int = 0, length: int | None = None) -> Path:
    path.write_bytes(struct.pack("<Q", len(header) if length is None else length) + header)
    os.truncate(path, 8 + len(header) + room)
    return path


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def array(values: list[Any]) -> bytes:
    """Write an array of texts or of numbers."""
    of_texts = isinstance(values[0], str)
    items = (text(value) if of_texts else struct.pack("<I", value) for value in values)
    return struct.pack("<IQ", 8 if of_texts else 4, len(values)) + b"".join(items)


KINDS: dict[type, tuple[int, Callable[[Any], bytes]]] = {
    int: (4, lambda value: struct.pack("<I", value)),
    str: (8, text),
    list: (9, array),
}


def a_gguf(path: Path, metadata: dict[str, Any], tensors: dict[str, tuple[int, list[int]]], *, room: int) -> Path:
    body = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        kind, write = KINDS[type(value)]
        body += text(key) + struct.pack("<I", kind) + write(value)
    for name, (kind, shape) in tensors.items():
        body += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        body += struct.pack("<IQ", kind, 0)
    path.write_bytes(body)
    os.truncate(path, len(body) + room)
    return path
