"""Files into one catalog: reading layers, stacking them, and what the build keeps ready."""
