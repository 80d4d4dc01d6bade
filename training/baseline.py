"""The bare rival: TF-IDF of words and characters with logistic regression, on the same texts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from training.records import Record


def fit_baseline(records: Sequence[Record], c: float = 8.0) -> Pipeline:
    """Words 1-2 and character n-grams 3-5 within words, sublinear TF-IDF, logistic regression."""
    grams = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=4, sublinear_tf=True)),
        ]
    )
    pipeline = make_pipeline(grams, LogisticRegression(C=c, max_iter=400))
    weight = np.array([record.weight for record in records])
    pipeline.fit(
        [record.text for record in records],
        [record.label for record in records],
        logisticregression__sample_weight=weight,
    )
    return pipeline


def baseline_logits(pipeline: Pipeline, texts: Sequence[str]) -> NDArray[np.float64]:
    """Logits of the rival, shape (texts,)."""
    return np.asarray(pipeline.decision_function(list(texts)), dtype=np.float64)
