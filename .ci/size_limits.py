"""Gate: no file over 400 lines, no function body over 40 lines, no block nested deeper than 3 (DESIGN section 2)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MAX_FILE, MAX_FUNCTION, MAX_NESTING = 400, 40, 3
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> int:
    """Print every place that is over a limit; the exit status says whether there is one."""
    listed = subprocess.run(["git", "ls-files", "*.py"], capture_output=True, text=True, check=True).stdout.split()
    problems = [problem for name in listed if name.startswith("src/") for problem in problems_of(Path(name))]
    print("\n".join(problems) or f"size limits kept in {len(listed)} files")
    return 1 if problems else 0


def problems_of(path: Path) -> Iterator[str]:
    """Walk the limits that one file breaks."""
    text = path.read_text(encoding="utf-8")
    lines = len(text.splitlines())
    if lines > MAX_FILE:
        yield f"{path}: {lines} lines, at most {MAX_FILE}"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            size = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if size > MAX_FUNCTION:
                yield f"{path}:{node.lineno}: {node.name} has {size} lines, at most {MAX_FUNCTION}"
            if (depth := nesting(node)) > MAX_NESTING:
                yield f"{path}:{node.lineno}: {node.name} is nested {depth} deep, at most {MAX_NESTING}"


def nesting(node: ast.AST) -> int:
    """Count how deep blocks stand in one another; an elif is no deeper than its if."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        inner = nesting(child)
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, inner + (1 if isinstance(child, BLOCKS) and not is_elif else 0))
    return deepest


if __name__ == "__main__":
    sys.exit(main())
