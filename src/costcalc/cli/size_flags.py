"""The flags of ``costcalc size``."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from costcalc.catalog.forms.engines import ENGINES
from costcalc.cli import complete
from costcalc.cli.flags import OPTIONS_PANEL, WORKLOAD_PANEL
from costcalc.cli.speed import engine_of
from costcalc.cli.values import above_zero, at_least_one, price

Model = Annotated[
    str | None,
    typer.Argument(
        help="An open model, such as DeepSeek-R1-Distill-Qwen-32B; any name with --config.",
        autocompletion=complete.open_models,
        show_default=False,
    ),
]
Gpu = Annotated[
    str | None,
    typer.Option(
        metavar="GPU",
        help="Only this GPU, such as H100 or 'RTX 4090'.",
        autocompletion=complete.gpus,
        rich_help_panel=OPTIONS_PANEL,
    ),
]
PrecisionFlag = Annotated[
    str | None,
    typer.Option(
        "--weights",
        "--precision",
        metavar="PRECISION",
        help="Of the weights: bf16, fp8, int8, int4, nvfp4, mxfp4, or a type of llama.cpp: Q2_K to Q8_0, IQ1_S to"
        " IQ4_NL (default: each that is usual).",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
GpuPrice = Annotated[
    Fraction | None,
    typer.Option(
        parser=price,
        metavar="USD",
        help="What one --gpu costs an hour, in place of the list price.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Tp = Annotated[
    int | None,
    typer.Option("--tp", min=1, max=64, help="Tensor parallel over so many GPUs.", rich_help_panel=OPTIONS_PANEL),
]
Pp = Annotated[
    int,
    typer.Option(
        "--pp",
        min=1,
        max=64,
        help="Pipeline parallel: so many groups that each hold some layers.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Dp = Annotated[
    int,
    typer.Option(
        "--dp",
        min=1,
        max=64,
        help="Data parallel: so many groups that each take their own requests.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Ep = Annotated[
    int,
    typer.Option(
        "--ep", min=1, max=512, help="Expert parallel: experts spread over so many GPUs.", rich_help_panel=OPTIONS_PANEL
    ),
]
Kv = Annotated[
    str | None,
    typer.Option(
        "--kv",
        metavar="PRECISION",
        help="Of the KV cache: bf16 or fp8 (default: fp8 with fp8 and nvfp4 weights, else bf16); q8_0 or q4_0 on"
        " llama.cpp.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
EngineFlag = Annotated[
    str | None,
    typer.Option(
        "--engine",
        parser=engine_of,
        metavar="ENGINE",
        help=f"{', '.join(ENGINES)}; any other counts as vllm (default: llama.cpp with its types, else vllm).",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Concurrency = Annotated[
    Fraction | None,
    typer.Option(
        parser=at_least_one,
        metavar="N",
        help="Requests in flight (default: as many as fit and meet --tpot).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
Tpot = Annotated[
    Fraction | None,
    typer.Option(
        parser=above_zero,
        metavar="MS",
        help="The slowest decode that is accepted, ms per output token (default: the assumption tpot_target).",
        rich_help_panel=WORKLOAD_PANEL,
    ),
]
AllWays = Annotated[bool, typer.Option("--all", help="Every way that fits, not only the best of each GPU.")]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="PATH",
        help="A model of your own: its config.json, the folder with its *.safetensors, or a .gguf.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Save = Annotated[
    Path | None,
    typer.Option(
        "--save",
        metavar="FILE",
        help="Write the model of --config as a file for --catalog.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
WeightsGb = Annotated[
    Fraction | None,
    typer.Option(
        parser=above_zero,
        metavar="GB",
        help="What the weights take when they are loaded, over all GPUs of a replica.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
Adapters = Annotated[
    int,
    typer.Option(
        "--adapters", min=0, max=10_000, help="LoRA adapters that stay loaded.", rich_help_panel=OPTIONS_PANEL
    ),
]
AdapterRank = Annotated[
    int,
    typer.Option("--adapter-rank", min=1, max=1024, help="The rank of each.", rich_help_panel=OPTIONS_PANEL),
]
Draft = Annotated[
    str | None,
    typer.Option(
        "--draft",
        metavar="MODEL",
        help="A smaller model that drafts, on the same GPUs; for memory alone.",
        rich_help_panel=OPTIONS_PANEL,
    ),
]
