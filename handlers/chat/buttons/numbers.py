"""What a button may carry as a number: whoever forges one stays within bounds."""
from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

Number = Annotated[int, Field(ge=0, lt=2**53)]
"""Our own numbers and Telegram's, as far as a button may carry them."""

MOST_PAGES: Final = 250
"""So far an endless list is turned."""
