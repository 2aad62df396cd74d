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
    "gemma3.attention.sliding_window": 512, "gemma3.context_length": 8192, "tokenizer.ggml.token_type": [1] * 5000,
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


KINDS: dict[type, tuple[int, Callable[[Any], bytes]]] = {
    int: (4, lambda value: struct.pack("<I", value)),
    str: (8, text),
    list: (9, lambda value: struct.pack("<IQ", 4, len(value)) + b"".join(struct.pack("<I", each) for each in value)),
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
