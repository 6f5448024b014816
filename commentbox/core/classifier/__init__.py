"""Which measure a comment is about: TF-IDF over the draft's own words, and what staff decided so far."""

from commentbox.core.classifier.evaluation import Evaluation, evaluate
from commentbox.core.classifier.model import MeasureModel, query_text

__all__ = ["Evaluation", "MeasureModel", "evaluate", "query_text"]
