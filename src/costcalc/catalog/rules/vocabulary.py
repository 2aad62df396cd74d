"""What a rule of the recommender may ask about: every fact by name, with its type and its unit."""

from decimal import Decimal
from typing import Literal, NamedTuple

Value = Decimal | str | bool
FactType = Literal["number", "text", "flag"]
About = Literal["workload", "option", "answer"]


class Fact(NamedTuple):
    """One thing that can be known.

    Args:
        name: How rules call it.
        type: A number, a text, or a flag that is true or false.
        unit: The unit of a number; empty for the others.
        about: Whose fact it is: of the workload, of one option, or of the answer, once costs are known.
        means: What it is, for editors and docs.
    """

    name: str
    type: FactType
    unit: str
    about: About
    means: str


def _facts(about: About, *rows: tuple[str, FactType, str, str]) -> list[Fact]:
    return [Fact(name, kind, unit, about, means) for name, kind, unit, means in rows]


# A fact of the workload that nobody stated was not asked for, so no gate misses it; one of an option is unknown.
FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in [
        *_facts(
            "workload",
            ("workload_kind", "text", "", "The kind of the workload, such as customer_service."),
            ("output_mtok", "number", "Mtok/month", "Output tokens a month."),
            ("input_mtok", "number", "Mtok/month", "Input tokens a month, cached ones included."),
            ("longest_request", "number", "tokens", "Prompt and output of the longest request."),
            ("peak_to_mean", "number", "ratio", "The busiest hour's rate of requests over the mean."),
            ("batchable_share", "number", "share", "Share of requests that can wait for a batch."),
            ("people", "flag", "", "Whether people at a tool are served, a seat each, rather than a product."),
            ("data", "text", "", "any; no_training: the vendor may not train on it; private: stays on own machines."),
            ("commercial", "flag", "", "Whether it is used commercially."),
            ("region", "text", "", "The region in which every request must be processed."),
            ("tpot_limit_ms", "number", "ms", "The slowest time per output token that is accepted."),
            ("cold_start_limit_s", "number", "s", "The longest wait for a first replica that is accepted."),
            ("needs_image", "flag", "", "Whether prompts hold images."),
            ("needs_audio", "flag", "", "Whether prompts hold audio."),
            ("needs_video", "flag", "", "Whether prompts hold video."),
            ("needs_tools", "flag", "", "Whether the model must call tools."),
            ("quality_benchmark", "text", "", "The benchmark of the quality floor."),
            ("quality_floor", "number", "points", "The least score on that benchmark."),
            ("commitment_limit_months", "number", "months", "The longest commitment that is accepted."),
            ("team_fte", "number", "FTE", "People who can run machines."),
            ("oncall_engineers", "number", "FTE", "People who share on-call around the clock: the assumption."),
            ("trains_on_synthetic", "flag", "", "Whether a model is trained on generated data."),
            ("verification_usd", "number", "USD/month", "What checking that data costs, by the assumptions."),
        ),
        *_facts(
            "option",
            ("option", "text", "", "The option's id."),
            ("option_kind", "text", "", "api, rate, self_host, plan, provisioned or blend."),
            ("side", "text", "", "build or buy."),
            ("model", "text", "", "The open model's name, or the vendor's name of a closed one."),
            ("provider", "text", "", "Who sells it."),
            ("open_weights", "flag", "", "Whether the model's weights are published."),
            ("licence", "text", "", "Under which licence, or that the vendor's terms hold."),
            ("context_window", "number", "tokens", "The longest prompt and output together."),
            ("leaves_own_machines", "flag", "", "Whether requests go to machines that somebody else runs."),
            ("rented", "flag", "", "Whether one's own machines are rented."),
            ("vendor_may_train", "flag", "", "Whether the vendor may train on the data."),
            ("retired", "flag", "", "Whether it can no longer be bought."),
            ("unlisted", "flag", "", "Whether no current list of prices has it, though nobody announced its end."),
            ("days_to_retirement", "number", "days", "Days until it can no longer be bought, where that is announced."),
            ("sold_in_region", "flag", "", "Whether it is sold for the region that is asked for."),
            ("generates", "flag", "", "Whether it generates tokens; models that embed or rerank only read."),
            ("priced", "flag", "", "Whether every price that it needs is known."),
            ("reason", "text", "", "Why it has no price, or cannot carry the workload."),
            ("takes_image", "flag", "", "Whether it reads images."),
            ("takes_audio", "flag", "", "Whether it hears audio."),
            ("takes_video", "flag", "", "Whether it sees video."),
            ("calls_tools", "flag", "", "Whether it calls tools."),
            ("score_low", "number", "points", "The least published score on the benchmark of the quality floor."),
            ("score_high", "number", "points", "The best published score on it; other variants, other reporters."),
            ("intelligence_index", "number", "points", "AA Intelligence Index, on the scale of the day."),
            ("index_behind", "number", "points", "How far that lies behind the best one on the same board."),
            (
                "index_then",
                "number",
                "points",
                "AA Intelligence Index, where it stood nearest to the best of its day.",
            ),
            ("index_behind_then", "number", "points", "How far that lay behind the best one there."),
            ("own_tested", "flag", "", "Whether a test of your own, with what suffices, speaks for its model."),
            ("own_pass_rate", "number", "share", "Share of your tasks that its model did right."),
            ("own_pass_low", "number", "share", "The lower end of that share's 90 % interval."),
            ("own_pass_high", "number", "share", "The upper end of it."),
            ("own_tasks", "number", "tasks", "How many tasks your test had."),
            ("own_least", "number", "share", "Share of your tasks that must be right."),
            ("taken_to_suffice", "flag", "", "Whether you take it to suffice, without evidence."),
            ("frontier", "flag", "", "Whether a rule calls it a frontier model."),
            ("suited", "flag", "", "Whether a rule says that it suffices for the workload."),
            ("tpot_ms", "number", "ms", "Time per output token at full load."),
            ("cold_start_s", "number", "s", "How long a request waits for a first replica."),
            ("utilisation", "number", "share", "Share of the paid GPU-hours that the load needs at full speed."),
            ("staff_fte", "number", "FTE", "People who run it, by the bill."),
            ("tenure", "text", "", "on_demand, reserved_1y, reserved_3y, spot or own."),
            ("commitment_months", "number", "months", "For how long it binds; 0 where it is paid as it is used."),
            ("sells_batch", "flag", "", "Whether it publishes a price for batches."),
            (
                "carries_load",
                "flag",
                "",
                "Whether it holds as much as is asked of it; unknown without a published limit.",
            ),
            ("monthly_usd", "number", "USD/month", "What it costs."),
        ),
        *_facts(
            "answer",
            ("answer_side", "text", "", "Whether the answer is to build or to buy."),
            ("build", "text", "", "The cheapest option to build that passed every gate."),
            ("buy", "text", "", "The cheapest option to buy that passed every gate."),
            ("same_model", "flag", "", "Whether these two serve the same open model."),
            ("first_win_mtok", "number", "Mtok/month", "Output from which building is cheaper for the first time."),
            ("durable_mtok", "number", "Mtok/month", "Output from which building stays cheaper."),
            ("has_durable", "flag", "", "Whether there is such a volume."),
            ("win_until_mtok", "number", "Mtok/month", "Where the stretch ends on which building is cheaper now."),
            ("build_slope_usd", "number", "USD/Mtok", "What a further million output tokens costs to build."),
            ("buy_slope_usd", "number", "USD/Mtok", "What a further million output tokens costs to buy."),
            ("privacy_usd", "number", "USD/month", "What it costs that data stay on one's own machines."),
            ("without_privacy", "text", "", "The answer if they might leave."),
            ("premium", "text", "", "The frontier option for the premium part."),
            ("premium_percent", "number", "percent", "The share of requests that go to it."),
            ("premium_rival", "text", "", "The next best frontier option on the same benchmark."),
            ("advantage_points", "number", "points", "How much better the premium option scores than that one."),
            ("advantage_usd", "number", "USD/month", "What the answer costs more than with that one."),
            ("advantage_benchmark", "text", "", "The benchmark of both scores."),
            ("advantage_scores", "text", "", "Both scores with their variants and reporters."),
            ("mix", "text", "", "A mix with a frontier part that costs less than all that suffices alone."),
            ("mix_saving_usd", "number", "USD/month", "What that mix would save."),
            ("routing_upkeep_usd", "number", "USD/month", "What keeping a router between two models takes of people."),
            ("superseded", "text", "", "A model of the answer that has a successor by its vendor's own word."),
            ("superseded_usd", "number", "USD/month", "What it costs for the whole workload."),
            ("successor", "text", "", "The model that its vendor names as the successor."),
            ("successor_usd", "number", "USD/month", "What that one costs for the whole workload."),
            ("replaced", "text", "", "A retired option whose place another one takes."),
            ("replacement", "text", "", "The option that takes it."),
        ),
    ]
}


# what the user says of a model himself; where it decides, nothing that was published does
OWN_EVIDENCE = frozenset({"own_tested", "own_pass_low", "own_pass_high", "own_least", "taken_to_suffice"})


def type_of(value: Value) -> FactType:
    """Say which type of fact a value is.

    Example:
        >>> type_of(Decimal(1)), type_of("any"), type_of(True)
        ('number', 'text', 'flag')
    """
    if isinstance(value, bool):
        return "flag"
    return "text" if isinstance(value, str) else "number"
