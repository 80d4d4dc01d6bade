"""Corpora, fitting, calibration and evaluation: the only room that splits, fits or chooses thresholds."""
