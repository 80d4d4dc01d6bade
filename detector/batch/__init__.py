"""Files of listings in, ranked files out: readers, parts, checkpoints, writers."""
