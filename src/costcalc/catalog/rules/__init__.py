"""The recommender's rules and kinds of work: their forms, the facts that they may name, and what a rule says."""
