"""Reports of an evaluation for people: a summary for the terminal and one self-contained HTML page."""
