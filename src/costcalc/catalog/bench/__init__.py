"""Result files of serving benchmarks, read as measurements: one module per format, and one table of them.

`costcalc.catalog.bench.measure` reads files, `costcalc.catalog.bench.formats` is the table.
"""
