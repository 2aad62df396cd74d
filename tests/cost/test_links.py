"""Wires between GPUs: worked by hand where one share alone takes time."""

import pytest

from costcalc.cost.coefficients import Coefficients
from costcalc.cost.hardware import AttentionLayers, GpuSpec, Layout, ModelShape, Serving
from costcalc.cost.links import Spans, exchanges, spans_of, through_host, wires

MLA = AttentionLayers(61, 576, 1, None, 128, 576)
EXPERTS = ModelShape("R1", 671e9, 37e9, 17.4e9, 0.927e9, 61, 7168, (MLA,), 256, 8)
DENSE = EXPERTS._replace(experts=0, experts_per_token=0)
H100 = GpuSpec("H100 SXM", 80e9, 3.35e12, {"bf16": 989e12}, 700, 450e9, "9.0")
PLAIN = Serving("fp8")
ENDLESS = dict.fromkeys(("link_share", "host_link_share", "exchange_link_share", "network_share"), 1e30)
NOTHING = Coefficients(**{**dict.fromkeys(Coefficients._fields, 0.0), **ENDLESS})


@pytest.mark.parametrize(
    ("layout", "model", "spans"),
    [
        (Layout(8), DENSE, Spans(1, 1, 1)),
        (Layout(16), DENSE, Spans(2, 1, 2)),
        (Layout(8, 2), DENSE, Spans(1, 1, 2)),  # replicas of a dense model exchange nothing
        (Layout(8, 2, 16), EXPERTS, Spans(1, 2, 2)),
        (Layout(8, 1, 1, 4), EXPERTS, Spans(1, 1, 4)),  # stages of a pipeline pass activations only
    ],
)
def test_a_group_fills_a_node_before_it_takes_another(layout: Layout, model: ModelShape, spans: Spans) -> None:
    assert spans_of(model, H100, layout) == spans
    alone = H100._replace(gpus_per_node=1)  # a Mac, a GH200
    assert spans_of(model, alone, Layout()) == Spans(1, 1, 1)
    rack = H100._replace(gpus_per_node=72)
    assert spans_of(model, rack, layout) == Spans(1, 1, 1)


def test_experts_of_ranks_that_share_them_are_exchanged() -> None:
    assert [exchanges(EXPERTS, Layout(4, dp)) for dp in (1, 2)] == [False, True]
    assert exchanges(EXPERTS, Layout(4, ep=2))
    assert not exchanges(DENSE, Layout(4, 2))


@pytest.mark.parametrize(
    ("layout", "serving", "wait_s"),
    [
        (Layout(8), PLAIN, 0.0),
        (Layout(16), PLAIN, 61 * 1e-4),  # once a layer, for log2 of 2 nodes
        (Layout(32), PLAIN, 61 * 2e-4),  # log2 of 4 nodes
        (Layout(16), Serving("fp8", network=12.5e9), 61 * 2e-4),  # (50 ÷ 12.5) ** 0.5 = 2
        (Layout(16), Serving("fp8", network=100e9), 61 * 1e-4),  # never less than on the network it was measured on
        (Layout(8, 2, 16), PLAIN, 61 * 1e-4),  # the exchange of experts crosses too
        (Layout(8, 1, 1, 2), PLAIN, 0.0),
    ],
)
def test_every_layer_waits_for_the_network(layout: Layout, serving: Serving, wait_s: float) -> None:
    c = NOTHING._replace(network_s=1e-4, slow_link_power=0.5)
    assert wires(EXPERTS, H100, serving, layout, c).per_pass_s == pytest.approx(wait_s)


def test_an_all_reduce_over_nodes_sends_each_part_once() -> None:
    c = NOTHING._replace(network_share=0.5)
    # two all-reduces × 2 bytes × 2 (there and back) × 61 × 7,168 numbers × (2 − 1) ÷ 2 nodes, an eighth for each GPU
    expected = 2 * 2 * 2 * 61 * 7168 * (1 / 2) / 8 / (0.5 * 50e9)
    assert wires(DENSE, H100, PLAIN, Layout(16), c).per_token_s == pytest.approx(expected)
    # an exchange of 16 ranks: 8 of the 15 others are on the other node; 3 bytes × 8 experts
    sent = 3 * 8 * 61 * 7168 * (8 / 16) / (0.5 * 50e9)
    assert wires(EXPERTS, H100, PLAIN, Layout(1, 16, 16), c).per_token_s == pytest.approx(sent)
    # a pipeline sends one vector of 7,168 numbers in 16 bits to the next stage
    handed = 2 * 7168 / (0.5 * 50e9)
    assert wires(DENSE, H100, PLAIN, Layout(8, 1, 1, 2), c).per_token_s == pytest.approx(handed)


def test_cards_without_peer_to_peer_go_through_the_host() -> None:
    card = H100._replace(link=32e9, peer_to_peer=False)
    assert through_host(card, Layout(2))
    assert not through_host(card, Layout())
    c = NOTHING._replace(host_link_share=0.25, all_reduce_s=8e-6, host_link_latency=2.0)
    found = wires(DENSE, card, PLAIN, Layout(2), c)
    assert found.per_token_s == pytest.approx(2 * 2 * 2 * 61 * 7168 * (1 / 2) / (0.25 * 32e9))
    assert found.per_pass_s == pytest.approx(61 * 8e-6 * 2)  # log2 of 2 GPUs is 1


def test_a_stage_is_handed_over_once_a_pass() -> None:
    c = NOTHING._replace(stage_s=5e-5)
    assert wires(DENSE, H100, PLAIN, Layout(4, 1, 1, 4), c).per_pass_s == pytest.approx(3 * 5e-5)
