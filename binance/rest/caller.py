"""The interface between the methods of the table and the client."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any


class Caller(ABC):
    """Makes calls by their names."""

    @abstractmethod
    def _call(self, name: str, params: Mapping[str, Any]) -> Any:
        """Make the call of a row of the table.

        :param name: the row's, see :data:`binance.rest.table.CALLS`.
        :param params: values as :func:`binance.rest.params.texts` takes them.
        """
