"""The catalog: dated, sourced prices; what they mean, how layers stack, how files are read."""
