"""Benchmarks: scripts that print ratios measured side by side. pytest does not collect them."""
