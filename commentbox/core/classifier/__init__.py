"""Which measure a comment is about: TF-IDF over the draft's own words, and what staff decided so far."""

from commentbox.core.classifier.answers import in_excerpt, query_text
from commentbox.core.classifier.background import Background, count_background
from commentbox.core.classifier.calibration import Calibration
from commentbox.core.classifier.evaluation import Evaluation, calibration_error, evaluate, interval
from commentbox.core.classifier.language import NO_LANGUAGE, Language
from commentbox.core.classifier.learned import Learned
from commentbox.core.classifier.learner import Learner
from commentbox.core.classifier.model import MeasureModel
from commentbox.core.classifier.phrasebook import BadPhrase, Phrasebook
from commentbox.core.classifier.thesaurus import BadWords, Thesaurus

__all__ = [
    "NO_LANGUAGE",
    "Background",
    "BadPhrase",
    "BadWords",
    "Calibration",
    "Evaluation",
    "Language",
    "Learned",
    "Learner",
    "MeasureModel",
    "Phrasebook",
    "Thesaurus",
    "calibration_error",
    "count_background",
    "evaluate",
    "in_excerpt",
    "interval",
    "query_text",
]
