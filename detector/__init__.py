"""Sigap's detector: text in, Assessment out. No web, no database, no training."""
