"""What is known about recruitment scams, as data: each entry with source and as-of date."""
