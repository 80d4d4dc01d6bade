"""One room per kind of mention; `detector.entities` puts them together."""
