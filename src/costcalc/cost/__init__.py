"""The cost model: a workload times prices gives an estimate."""
