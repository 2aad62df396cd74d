"""What ``catalog add --template`` prints: one whole entry of each kind, as it would stand in a ``costcalc.yaml``.

Each is valid as it is, and names every key of its form; keys that few need are commented out.
"""

from datetime import date, timedelta
from string import Template

_MODEL = """\
# A model as one provider sells it. All keys: costcalc catalog schema api; how it is priced: docs/method/api.md.
api:
  my-provider:  # its id: lower case, digits, hyphens
    # surcharge: {share: 0.05, on: payments by card, source: {url: "https://example.com/fees", checked: $day}}
    models:
      my-model-1:
        # aliases: [my-model-latest]  # other ids under which the provider sells the same
        context_window: 200_000  # prompt and output together [tokens]
        # open_weights: DeepSeek-R1  # which open model it is
        # cacheable: {from_tokens: 1024, source: {url: "https://example.com/caching", checked: $day}}  # the shortest
        # reads: [image]  # what a prompt may hold beside text
        # tools: true  # whether it calls tools
        # superseded: {by: my-model-2, since: $day, source: {url: "https://example.com/models", checked: $day}}
        # retired: $year_later  # the first day on which it is no longer sold
        # retired_source: {url: "https://example.com/retired", checked: $day}
        # last_listed: $day  # the last day of a list that had it, where no current one has
        # last_listed_source: {url: "https://example.com/prices", checked: $day}
        prices:  # oldest first; a new price is one more entry, and no old one is changed
          - effective: $day  # its first day
            usd_per_mtok: {input: 3.00, cache_read: 0.30, output: 15.00}  # USD per million tokens
            # usd_per_thousand: {web_search: 10.00}  # per thousand calls, pages, pictures or sessions
            # usd_per_minute: {input_duration: 0.006}  # or usd_per_second: or usd_per_hour:
            # usd_per_million_characters: {input_character: 15.00}
            # usd_per_mtok_hour: {cache_storage: 1.00}  # a cache that is kept
            # free_per_month: {web_search: 5_000}  # before the first that costs; or free_per_day:
            # counted: {input_duration: {least: 10, step: 1}}  # of one request at least so many, in whole steps
            # currency: CNY  # with the same tables without usd_: per_mtok: per_thousand: per_second: per_minute:
            #   per_hour: per_million_characters: per_mtok_hour:
            billed_as: {cache_write: input}  # a meter that is billed at another one's rate
            when:  # what holds under conditions
              - {processing: batch, usd_per_mtok: {input: 1.50, output: 7.50}}
              # - {prompt_tokens_above: 200_000, usd_per_mtok: {input: 6.00, output: 22.50}}
            source: {url: "https://example.com/pricing", checked: $day}
            # note: what contradicts it
        # note: what else is to be known
"""
_GPU = """\
# A GPU with its prices. All keys: costcalc catalog schema gpus; how it is priced: docs/method/selfhost.md.
gpus:
  my-gpu:
    name: My GPU
    # aliases: [MyGPU 48GB]
    vendor: NVIDIA
    architecture: "9.0"
    memory_gb: 48  # of one GPU [GB, 10^9 bytes]
    bandwidth_gb_per_s: 900  # of that memory
    dense_tflops: {bf16: 180, fp8: 360}  # dense peaks, not sparse ones
    # tdp_w: 350  # board power
    # link_gb_per_s: 32  # to another GPU of the node, one direction
    # peer_to_peer: false  # GPUs of a node reach each other through the host's memory alone, as GeForce cards do
    # gpus_per_node: 8
    # placement: workstation  # where an owned one stands (default: datacenter)
    trust: primary  # how the specification was read
    source: {url: "https://example.com/datasheet", checked: $day}
    rentals:
      my-cloud:
        provider: My cloud
        offer: on_demand
        prices:
          - effective: $day
            usd_per_gpu_hour: 1.10
            source: {url: "https://example.com/gpu-pricing", checked: $day}
    reference: my-cloud  # the offer that is taken unless an option names another
    # purchase: {prices: [{effective: $day, usd: 9_000, source: {title: Quote 12, checked: $day}}]}
    # mig: {profiles: [1g.10gb, 7g.80gb], source: {title: its vendor's guide, checked: $day}}  # slices of it
    # note: what else is to be known
"""
_PLAN = """\
# A subscription. All keys: costcalc catalog schema plans; how it is priced: docs/method/plan.md.
plans:
  my-vendor:
    plans:
      my-plan:
        name: My Plan
        # users: person  # who may hold a seat
        prices:
          - effective: $day
            usd_per_seat: 20  # a month
            source: {url: "https://example.com/plans", checked: $day}
        allowance:  # what one seat may use in a month
          value: 40_000_000
          low: 10_000_000
          high: 90_000_000
          unit: output_tokens  # or usd, at the list prices of the models' APIs
          basis: judgement  # or source: {url: "https://example.com", checked: $day}
          checked: $day
        limit: hard  # what happens beyond it: hard, or overage
        # min_seats: 5  # the fewest that are sold
        # overage: openai/gpt-5.4  # the model at whose list price the rest is billed
        # periods: 5-hour windows and a week  # when the allowance starts anew
        data_policy: unknown  # whether the vendor may train on what people write
        # note: what else is to be known
"""
_OPTION = """\
# A way of serving. All keys of every kind (api, self_host, plan, provisioned, blend, rate):
# costcalc catalog schema options.
options:
  my-option: {kind: self_host, model: DeepSeek-R1-Distill-Qwen-32B, gpu: H100 SXM, weights: fp8}
  # my-api: {kind: api, model: openai/gpt-5.4}
  # my-seats: {kind: plan, plan: anthropic/claude-pro}
  # my-units:  # capacity by the hour, sized from the requests a minute; docs/method/provisioned.md
  #   kind: provisioned
  #   model: azure/gpt-4.1
  #   units: {PTU: {usd_per_hour: 1.00, tokens_per_minute: 3_000, weights: {input: 1, output: 4}, least: 15, step: 5}}
  # my-blend: {kind: blend, routes: [{option: my-api, share: 10%}, {option: my-option}]}
"""
_ASSUMPTION = """\
# A number of your own that the model does not have; to change one that it has: costcalc catalog set pue value=1.3
assumptions:
  my-assumption:
    value: 1.2  # the best single value
    low: 1.1  # the ends of its 90 % interval
    high: 1.5
    unit: USD/month
    basis: judgement  # vendor, measured, literature, judgement, or user
    checked: $day  # or, instead, source: {url: "https://example.com", checked: $day}
    # drawn: false  # a decision and no doubt: simulate and sensitivity leave it as it is
    # note: how it was got
"""

TEMPLATES = {"model": _MODEL, "gpu": _GPU, "plan": _PLAN, "option": _OPTION, "assumption": _ASSUMPTION}


def template(kind: str, day: date) -> str:
    """Give an entry whose prices begin, and were read, on one day."""
    # a model is retired after its price begins: a year is an example
    return Template(TEMPLATES[kind]).substitute(day=day, year_later=day + timedelta(days=365))
