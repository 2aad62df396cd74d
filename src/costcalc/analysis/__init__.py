"""What is learned by asking the cost model many times."""
