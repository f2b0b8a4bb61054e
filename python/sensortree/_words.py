"""The words of reports as enums. Each is equal to its string, and printed as it."""

from enum import Enum


class Word(str, Enum):
    """A word that stands for itself wherever a string does: in comparisons, as a key, in JSON, printed."""

    def __str__(self) -> str:
        return str(self.value)

    def __repr__(self) -> str:
        return repr(self.value)

    def __format__(self, specification: str) -> str:
        return format(self.value, specification)


class Outcome(Word):
    """How the platform is predicted to take a dataset."""

    ACCEPTED = "accepted"
    SCENES_AT_RISK = "scenes-at-risk"
    """Accepted, and scenes are at risk."""
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    """The inspection was incomplete, or of a request's body alone, and nothing found so far rejects it."""


class Severity(Word):
    """The severity of a finding."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Effect(Word):
    """What a finding is predicted to lead to."""

    REJECTED_400 = "400"
    """The request is rejected with this response code; so with the others."""
    REJECTED_5707 = "5707"
    REJECTED_5708 = "5708"
    REJECTED_5709 = "5709"
    REJECTED_5710 = "5710"
    REJECTED_5838 = "5838"
    SCENE = "scene"
    """The request is accepted, and scenes are at risk."""
    ADVICE = "advice"
