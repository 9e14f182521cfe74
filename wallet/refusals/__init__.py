"""What a person can cause and is told: typed facts and a stable code, never a sentence. One module per chapter.

Guards: a refusal is an outcome like any other. It is stored under its operation's key, so whoever asks the same
thing again hears the same "no". The sentences live in `handlers/refusals`, which knows every class here.

Whoever refuses something says `refusals.PinWrong`, whichever chapter it stands in: each of them is taken in whole.
"""
from wallet.refusals.announcements import *
from wallet.refusals.arriving import *
from wallet.refusals.base import Refusal as Refusal
from wallet.refusals.base import every as every
from wallet.refusals.blocks import *
from wallet.refusals.envelopes import *
from wallet.refusals.family import *
from wallet.refusals.identity import *
from wallet.refusals.joining import *
from wallet.refusals.legal_holds import *
from wallet.refusals.limits import *
from wallet.refusals.operators import *
from wallet.refusals.paying import *
from wallet.refusals.penalties import *
from wallet.refusals.pin import *
from wallet.refusals.proposals import *
from wallet.refusals.publishing import *
from wallet.refusals.recovery import *
from wallet.refusals.requests import *
from wallet.refusals.risk import *
from wallet.refusals.schedules import *
from wallet.refusals.splits import *
from wallet.refusals.standing import *
from wallet.refusals.tickets import *
from wallet.refusals.undecided import *
from wallet.refusals.vouchers import *
from wallet.refusals.waiting import *
from wallet.refusals.winding_down import *
