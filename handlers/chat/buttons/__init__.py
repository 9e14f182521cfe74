"""The buttons about money: what they carry and how they look. One module per chapter.

Guards: a button carries ids only, within 64 bytes, and proves nothing by itself: whoever presses is checked against
the state that it names. Numbers are bounded, because anybody can forge what a button carries.
"""
from handlers.chat.buttons.applications import *
from handlers.chat.buttons.blocks import *
from handlers.chat.buttons.checks import *
from handlers.chat.buttons.confirming import *
from handlers.chat.buttons.dormancy import *
from handlers.chat.buttons.envelopes import *
from handlers.chat.buttons.family import *
from handlers.chat.buttons.members import *
from handlers.chat.buttons.money import *
from handlers.chat.buttons.numbers import *
from handlers.chat.buttons.owed import *
from handlers.chat.buttons.picking import *
from handlers.chat.buttons.proposals import *
from handlers.chat.buttons.recovery import *
from handlers.chat.buttons.requests import *
from handlers.chat.buttons.schedules import *
from handlers.chat.buttons.splits import *
from handlers.chat.buttons.tickets import *
from handlers.chat.buttons.vouchers import *
from handlers.chat.buttons.waiting import *
from handlers.chat.buttons.ways import *
from handlers.chat.buttons.wizard import *
