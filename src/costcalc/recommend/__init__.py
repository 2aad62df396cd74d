"""Which way of serving a workload to choose, by rules over facts that the cost model computes."""
