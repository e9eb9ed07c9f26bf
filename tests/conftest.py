"""The fixtures that several test modules use."""

from .decoders import decoder, either_decoder

__all__ = ["decoder", "either_decoder"]
