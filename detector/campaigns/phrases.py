"""Stock phrases: what unlike texts have in common.

A job board's footer ("Mencari kandidat untuk bekerja pada: Senin: Pagi, Siang ...") makes strangers alike by more
than a third in the vacancies measured. Phrases are told from large campaigns by counting texts that are not alike:
near-duplicates count once, and what is a little like a large group does not count at all.
"""

import numpy as np

from detector.campaigns.banding import Scheme, Screen
from detector.campaigns.listing import Options
from detector.campaigns.shingles import Hashes, Ints
from detector.campaigns.sketches import Indexes, Sketches
from detector.campaigns.texts import alike_pairs, centres

_SAMPLE = 6_000  # texts; larger samples would chain texts that share a long footer into one
_SCHEME = Scheme(rows=4, bands=24)
_ALIKE, _COHESION = 0.4, 0.3  # stricter than for campaigns, for here the phrases still count
_LARGE_SHARE = 0.03  # of the sample: a group that may be a campaign whose reworded copies stand alone
_A_LITTLE_ALIKE = 0.15


def stock_phrases(sketches: Sketches, order: Ints, options: Options) -> Hashes:
    """The shingles, ascending, that `options.phrase_share` of unlike texts hold, in a sample of those in `order`."""
    sample = sketches.taken(order[:_SAMPLE])
    everyone = np.arange(len(sample))
    screen = Screen(sample)
    pairs = alike_pairs(sample, screen, _SCHEME, everyone, _ALIKE)
    unlike = _unlike(sample, centres(sample, screen, pairs, everyone, _COHESION))
    hashes, counts = np.unique(sample.of(unlike)[0], return_counts=True)
    found: Hashes = hashes[counts >= max(options.phrase_texts, options.phrase_share * len(unlike))]
    return found


def _unlike(sample: Sketches, centre: Ints) -> Indexes:
    """One text of each group, without those that are a little like a large group."""
    unlike, sizes = np.unique(centre, return_counts=True)
    for large in unlike[sizes >= max(2, _LARGE_SHARE * len(sample))]:
        near = sample.likeness(unlike, np.full(len(unlike), large)) >= _A_LITTLE_ALIKE
        unlike = unlike[~near | (unlike == large)]
    return unlike
