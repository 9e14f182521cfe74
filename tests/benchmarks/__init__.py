"""How fast the house is, against the anchors: `make bench`."""
from bot.models import import_aiogram

import_aiogram()  # First of all, as the process does.
