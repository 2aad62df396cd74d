"""What is wrong with a catalog that can be loaded: one file for each kind of rule, one table of them all."""
