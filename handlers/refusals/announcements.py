"""What is said when something around an announcement is refused."""
from __future__ import annotations

from typing import Final

from handlers.refusals.table import Sentences, entry
from handlers.texts import Person, _
from wallet import refusals

SAID: Final[Sentences] = dict((
    entry(refusals.AnnouncementOver, 409, lambda _r: _(
        "This announcement has gone out already or was stopped, so nothing changed and no money moved. /announce shows "
        "how the last ones stand.")),
    entry(refusals.NobodyNamed, 404, lambda r: _(
        "I find no wallet by “{name}”, so nobody was told anything and no money moved. Please correct the first line.",
        name=Person(r.name))),
))
