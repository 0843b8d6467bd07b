"""Errors meant for people: the message says what happened and what to do next."""


class AecoreError(Exception):
    """Base of every error whose message may be shown to a visitor as it is."""


class CheckpointError(AecoreError):
    """A checkpoint is missing, truncated, altered or does not fit its card. what: in a few words, what is wrong."""

    def __init__(self, message: str, what: str = ""):
        super().__init__(message)
        self.what = what


class ImageError(AecoreError):
    """An uploaded or drawn picture cannot be turned into digits."""


class DataError(AecoreError):
    """A data set is missing, altered or cannot be downloaded."""


class ProjectionError(AecoreError):
    """A map is missing or altered, its parameters are out of range, or the work behind it was refused."""


class CompressedFileError(AecoreError):
    """A file of compressed digits is damaged, foreign, newer than this lab, or made with other networks."""
