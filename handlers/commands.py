"""The table of commands: what each is called, in both languages' words, and what it takes, wants and says about itself.

Guards: what is known of a command stands here and nowhere else. The parser's words, what a handler is let in with, the
help, the menus behind "/" and the pages about them are made of these rows, once, when this is loaded; a process whose
handlers do not answer exactly these commands does not start.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from handlers.ground import FRESH, Accepts, Who
from handlers.texts import Text, _
from wallet.groups import ENVELOPES
from wallet.operators import Act, may


class Verb(StrEnum):
    """What a person may ask for, by the name of its command."""

    SEND = "send"
    RED = "red"
    COLLECT = "collect"
    ENVELOPES = "envelopes"
    REQUEST = "request"
    SCHEDULES = "schedules"
    VOUCHER = "voucher"
    SPLIT = "split"
    BALANCE = "balance"
    HISTORY = "history"
    STATEMENT = "statement"
    RECEIPT = "receipt"
    GIVEBACK = "giveback"
    TOPUP = "topup"
    SUPPORT = "support"
    REPORT = "report"
    BLOCK = "block"
    SETTINGS = "settings"
    NICKNAME = "nickname"
    PIN = "pin"
    VERIFY = "verify"
    FAMILY = "family"
    LIMITS = "limits"
    LOCK = "lock"
    UNLOCK = "unlock"
    AGREEMENT = "agreement"
    GROUP = "group"
    LANGUAGE = "language"
    ROLE = "role"
    USER = "user"
    TICKETS = "tickets"
    INTERCEPTS = "intercepts"
    RELEASE = "release"
    SENDBACK = "sendback"
    KYC = "kyc"
    STATS = "stats"
    ANNOUNCE = "announce"
    INCIDENT = "incident"
    REMOVE = "remove"
    WARN = "warn"
    RESTRICT = "restrict"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    BAN = "ban"
    UNBAN = "unban"
    LEGALHOLD = "legalhold"
    LIFTHOLD = "lifthold"
    ADJUST = "adjust"
    APPROVE = "approve"
    REJECT = "reject"
    AUDIT = "audit"
    EXPORT = "export"
    MAINTENANCE = "maintenance"
    WINDDOWN = "winddown"
    PUBLISH = "publish"
    RESETPIN = "resetpin"
    RESETID = "resetid"
    RECOVER = "recover"
    START = "start"
    CANCEL = "cancel"
    HELP = "help"


class Takes(Enum):
    """What may stand behind a command's name."""

    NOTHING = "nothing"
    PAYLOAD = "payload"
    WORDS = "words"
    TEXT = "text"
    """The whole message as it was typed, with its lines."""
    MONTH = "month"
    CODE = "code"
    AMOUNT = "amount"
    TRANSFER = "transfer"
    ENVELOPE = "envelope"
    COLLECTION = "collection"
    VOUCHER = "voucher"
    SPLIT = "split"
    PERSON = "person"
    REPORT = "report"
    BLOCK = "block"
    ORDER = "order"
    """Somebody, and whatever stands behind them, however long."""


class Section(Enum):
    """Where the help tells of a command, by its heading."""

    SENDING = _("<b>Send money</b>")
    COLLECTING = _("<b>Get paid</b>")
    MONEY = _("<b>Your money</b>")
    ACCOUNT = _("<b>Your account</b>")
    GROUPS = _("<b>In groups</b>")
    BASICS = _("<b>At any time</b>")
    OPERATORS = _("<b>For operators</b>")


class Feature(Enum):
    """What the administrators of a group may switch off there, by its name in the wallet, and what people call it."""

    TRANSFERS = "transfers"
    ENVELOPES = ENVELOPES
    COLLECTING = "collecting"
    LOOKING = "looking"

    @property
    def called(self) -> Text:
        """What people call it."""
        return _FEATURES[self]


_FEATURES: Final[Mapping[Feature, Text]] = {
    Feature.TRANSFERS: _("Sending money"),
    Feature.ENVELOPES: _("Red envelopes"),
    Feature.COLLECTING: _("Getting paid"),
    Feature.LOOKING: _("Looking at balance and history"),
}


_SECTIONS: Final[Mapping[Section, Feature]] = {
    Section.SENDING: Feature.TRANSFERS, Section.COLLECTING: Feature.COLLECTING, Section.MONEY: Feature.LOOKING}


@dataclass(frozen=True, slots=True)
class Command:
    """One row. In the wallet a command is what is asked of it; here it is what people type to ask."""

    verb: Verb
    words: tuple[str, ...]
    """The plain words that ask for the same; the first is the one that people are told. Operators have none."""
    takes: Takes
    accepts: Accepts
    section: Section
    help: tuple[Text, ...]
    """Its lines in the help, each beginning with the command as it is typed."""
    menu: Text | None
    """What stands beside it behind "/"; None keeps it out of the menus."""
    group_menu: Text | None = None
    """The same in groups, where it has to be said in another way."""
    gate: str = ""
    """The gate whose documents the wallet wants accepted before it does this; "" for none."""
    is_talk: bool = False
    """Whether people say its words to each other: in groups only the typed command counts, and no menu names it."""
    asks_back: bool = False
    """Whether it asks for what is missing. In groups the bare word says nothing then: it would talk into talk."""
    play_money: bool = False
    """Whether it is there only where money is worth nothing."""
    feature: Feature | None = None
    """With what the administrators of a group may switch it off there, where that is not its section's."""

    @property
    def belongs_to(self) -> Feature | None:
        """With what the administrators of a group may switch it off there; None for what always works."""
        return self.feature or _SECTIONS.get(self.section)

    @property
    def typed(self) -> str:
        """As it is typed: "/send"."""
        return f"/{self.verb}"


# ------------------------------------------------------------------------------------------------- the table
_PUBLIC: Final = Accepts(private=Who.ANYBODY, group=Who.ANYBODY)
_LOOKING: Final = Accepts(private=Who.MEMBERS, group=Who.MEMBERS)
_OWN: Final = Accepts(private=Who.MEMBERS)
_PAYING: Final = Accepts(private=Who.MEMBERS, group=Who.MEMBERS, money=True, fresh=FRESH)


def _operating(act: Act) -> Accepts:
    """In private and in the operators' group, by those whose role may do it."""
    return Accepts(private=Who.OPERATORS, group=Who.OPERATORS, fresh=FRESH, act=act)


_TABLE: Final = (
    Command(
        Verb.SEND, ("转账", "转帐", "轉賬", "轉帳"), Takes.TRANSFER, _PAYING, Section.SENDING,
        (_("/send @bob 20 lunch – to somebody by name or phone number"),
         _("/send 20 lunch – as a reply to somebody's message"),
         _("/send @bob @eve 20 each – to several people"),
         _("/send @bob 20 lunch in 2h – to arrive after 2 or 24 hours; until then you can take it back"),
         _("/send @bob 20 rent every month on 5 – again and again: every week on Monday, or every day, too")),
        _("Send money: @bob 20 lunch"), gate="payment", asks_back=True),
    Command(
        Verb.RED, ("红包", "普通红包", "专属红包", "口令红包", "紅包", "普通紅包", "專屬紅包", "口令紅包"),
        Takes.ENVELOPE,
        _PAYING, Section.SENDING,
        (_("/red 100 10 good luck – in a group: a red envelope of 100 in 10 shares by chance"),
         _("/red =5 10 – in a group: 10 shares of 5 each"),
         _("/red @bob 8.8 – in a group: for one person alone"),
         _("/red 100 10 !cheers – in a group: opens to those who say the word"),
         _("/red – in private: step by step, with a cover of your choice"),
         _("/red verify CODE – check how an envelope was divided")),
        _("A red envelope for a group"), _("A red envelope: 100 10 good luck"), gate="envelopes", asks_back=True,
        feature=Feature.ENVELOPES),
    Command(
        Verb.VOUCHER, ("兑换券", "兌換券"), Takes.VOUCHER, _PAYING, Section.SENDING,
        (_("/voucher 50 – money as a link and a picture, for whoever redeems it first"),
         _("/voucher 50 3 – the same for three people, 50 each"),
         _("/voucher 50 !word @bob – with a password, or for one person only"),
         _("/voucher – your vouchers, to show again or take back, and a new one step by step")),
        _("Money as a link: 50 3 !password"), gate="payment", asks_back=True),
    Command(
        Verb.COLLECT, ("收款", "收款码", "收款碼"), Takes.COLLECTION, _LOOKING, Section.COLLECTING,
        (_("/collect – your own code as a picture, by which anybody can pay you"),
         _("/collect 50 lunch – the same for an amount, with a note")),
        _("Your code to be paid by: 50 lunch"), asks_back=True),
    Command(
        Verb.REQUEST, ("请求", "請求"), Takes.TRANSFER, _PAYING, Section.COLLECTING,
        (_("/request @bob 20 lunch – ask somebody for money; they pay or decline by a button"),
         _("/request – what you asked for, and what you are asked for")),
        _("Ask somebody for money: @bob 20 lunch"), gate="payment", asks_back=True),
    Command(
        Verb.SPLIT, ("AA", "aa", "Aa", "AA收款", "aa收款", "AA 收款", "aa 收款"), Takes.SPLIT, _PAYING,
        Section.COLLECTING,
        (_("/split 120 4 hot pot – in a group: 120 among four with you; whoever taps pays a share"),
         _("/split 100 @bob @eve – equal shares from people you name; with +me you bear one too"),
         _("/split @bob 20 @eve 35 taxi – to each an amount of their own"),
         _("/split – in private: step by step, and what you split")),
        _("Split a bill: 120 @bob @eve dinner"), _("Split a bill: 120 4 hot pot"), gate="payment", asks_back=True),
    Command(
        Verb.SCHEDULES, ("定时", "定時"), Takes.NOTHING, _LOOKING, Section.MONEY,
        (_("/schedules – what you pay again and again, and the way to stop it"),),
        _("What you pay again and again")),
    Command(
        Verb.BALANCE, ("余额", "餘額", "余額"), Takes.NOTHING, _LOOKING, Section.MONEY,
        (_("/balance – what you have"),),
        _("What you have")),
    Command(
        Verb.HISTORY, ("账单", "帐单", "賬單", "帳單"), Takes.MONTH, _LOOKING, Section.MONEY,
        (_("/history – what came and went, month by month"),),
        _("What came and went")),
    Command(
        Verb.STATEMENT, ("月账单", "月帐单", "月賬單", "月帳單"), Takes.MONTH, _LOOKING, Section.MONEY,
        (_("/statement – a month as a picture, a PDF and a table; /statement last month too"),),
        _("A month on one picture, as a PDF and as a table")),
    Command(
        Verb.ENVELOPES, ("我的红包", "我的紅包"), Takes.NOTHING, _LOOKING, Section.MONEY,
        (_("/envelopes – the red envelopes that you sent and opened, and what they came to this year"),),
        _("Your red envelopes")),
    Command(
        Verb.RECEIPT, ("凭证", "憑證"), Takes.CODE, _LOOKING, Section.MONEY,
        (_("/receipt CODE – one payment in full"),),
        _("One payment in full, by its code"), asks_back=True),
    Command(
        Verb.GIVEBACK, ("退还", "退還"), Takes.CODE, _PAYING, Section.MONEY,
        (_("/giveback CODE – return what somebody sent you"),),
        _("Give back what you received, by its code"), gate="payment", asks_back=True, feature=Feature.TRANSFERS),
    Command(
        Verb.TOPUP, ("充值", "儲值"), Takes.AMOUNT, Accepts(private=Who.MEMBERS, money=True, fresh=FRESH),
        Section.MONEY,
        (_("/topup 100 – fill your wallet with play money"),),
        _("Add play money"), gate="payment", play_money=True),
    Command(
        Verb.SETTINGS, ("设置", "設置", "設定"), Takes.NOTHING, _OWN, Section.ACCOUNT,
        (_("/settings – language, PIN, no-PIN limit, and whether you confirm what comes in"),),
        _("Your settings")),
    Command(
        Verb.NICKNAME, ("昵称", "暱稱"), Takes.WORDS, _OWN, Section.ACCOUNT,
        (_("/nickname – see your nickname, or change it once"),),
        _("See or change your nickname")),
    Command(
        Verb.PIN, ("支付密码", "支付密碼"), Takes.NOTHING, _OWN, Section.ACCOUNT,
        (_("/pin – set or change your payment PIN"),),
        _("Set or change your payment PIN")),
    Command(
        Verb.VERIFY, ("实名", "實名"), Takes.NOTHING, _OWN, Section.ACCOUNT,
        (_("/verify – say who you are, which raises your limits"),),
        _("Verify who you are")),
    Command(
        Verb.RECOVER, ("找回",), Takes.NOTHING, Accepts(private=Who.ANYBODY), Section.ACCOUNT,
        (_("/recover – on a new Telegram account: get back the wallet of one that you lost"),),
        _("Get back the wallet of a lost account")),
    Command(
        Verb.LIMITS, ("限额", "限額"), Takes.NOTHING, _OWN, Section.ACCOUNT,
        (_("/limits – how much you can pay, and lower limits of your own"),),
        _("How much you can pay")),
    Command(
        Verb.FAMILY, ("亲属", "親屬"), Takes.NOTHING, _OWN, Section.ACCOUNT,
        (_("/family – minors and their guardians: what is paid, and what is allowed"),),
        _("Minors and their guardians"), is_talk=True),
    Command(
        Verb.LOCK, ("锁定", "鎖定"), Takes.NOTHING, _LOOKING, Section.ACCOUNT,
        (_("/lock – nothing goes out of your wallet until you unlock it"),),
        _("Lock your wallet at once"), is_talk=True),
    Command(
        Verb.UNLOCK, ("解锁", "解鎖"), Takes.NOTHING, _OWN, Section.ACCOUNT,
        (_("/unlock – unlock it again with your PIN"),),
        _("Unlock your wallet"), is_talk=True),
    Command(
        Verb.AGREEMENT, ("协议", "協議"), Takes.WORDS, Accepts(private=Who.ANYBODY), Section.ACCOUNT,
        (_("/agreement – read what you accepted"),),
        _("Read the agreements")),
    Command(
        Verb.SUPPORT, ("客服",), Takes.WORDS, Accepts(private=Who.ANYBODY), Section.ACCOUNT,
        (_("/support – write to the operators: a question, a dispute, an appeal; see your tickets"),),
        _("Write to the operators")),
    Command(
        Verb.REPORT, ("举报", "舉報"), Takes.REPORT, _LOOKING, Section.ACCOUNT,
        (_("/report @bob reason – tell the operators of somebody; as a reply it quotes the message"),),
        _("Report somebody: @bob reason"), asks_back=True),
    Command(
        Verb.BLOCK, ("拉黑", "拉黑名单", "拉黑名單"), Takes.BLOCK, _LOOKING, Section.ACCOUNT,
        (_("/block @bob – take no payments or requests from somebody any more; also as a reply"),
         _("/block – whom you block, and the way to take it back")),
        _("Whom you take nothing from: @bob"), asks_back=True),
    Command(
        Verb.GROUP, ("群设置", "群設置", "群設定"), Takes.NOTHING, Accepts(group=Who.ADMINISTRATORS), Section.GROUPS,
        (_("/group – the settings of a group, for its administrators"),),
        _("The settings of this group")),
    Command(
        Verb.LANGUAGE, ("语言", "語言"), Takes.NOTHING, Accepts(private=Who.ANYBODY, group=Who.ADMINISTRATORS),
        Section.ACCOUNT,
        (_("/language – choose the language; in a group its administrators do"),),
        _("Choose your language"), _("The language of this group")),
    Command(
        Verb.START, ("开始", "開始"), Takes.PAYLOAD, _PUBLIC, Section.BASICS,
        (_("/start – open your wallet, or go on where you left off"),),
        None, is_talk=True),
    Command(
        Verb.CANCEL, ("取消",), Takes.NOTHING, _PUBLIC, Section.BASICS,
        (_("/cancel – leave whatever we are in the middle of"),),
        _("Leave what we are in the middle of"), is_talk=True),
    Command(
        Verb.HELP, ("帮助", "幫助", "说明", "說明"), Takes.NOTHING, _PUBLIC, Section.BASICS,
        (_("/help – this page"),),
        _("How it works")),
    Command(
        Verb.ROLE, (), Takes.PERSON, _operating(Act.LOOK_AT_ROLES), Section.OPERATORS,
        (_("/role – who runs this"),
         _("/role @bob – make somebody an operator, or give them another role")),
        _("Who runs this, and as what")),
    Command(
        Verb.USER, (), Takes.PERSON, _operating(Act.LOOK_AT_MEMBERS), Section.OPERATORS,
        (_("/user @bob – all about a member on one card; a phone number or a receipt's code will do, too"),),
        _("A member on one card")),
    Command(
        Verb.INTERCEPTS, (), Takes.NOTHING, _operating(Act.DECIDE_INTERCEPTIONS), Section.OPERATORS,
        (_("/intercepts – payments that a rule held back, what waits longest first"),),
        _("Payments that a rule held back")),
    Command(
        Verb.RELEASE, (), Takes.PERSON, _operating(Act.DECIDE_INTERCEPTIONS), Section.OPERATORS,
        (_("/release CODE reason – let a payment go on that was held back"),),
        _("Let a held payment go on: CODE reason")),
    Command(
        Verb.SENDBACK, (), Takes.PERSON, _operating(Act.DECIDE_INTERCEPTIONS), Section.OPERATORS,
        (_("/sendback CODE reason – return a payment that was held back to whoever paid"),),
        _("Return a held payment: CODE reason")),
    Command(
        Verb.TICKETS, (), Takes.CODE, _operating(Act.LOOK_AT_TICKETS), Section.OPERATORS,
        (_("/tickets – what people wrote to us, what waits longest first; reply to one to answer it"),
         _("/tickets CODE – one of them"),),
        _("What people wrote to us")),
    Command(
        Verb.KYC, (), Takes.CODE, _operating(Act.REVIEW), Section.OPERATORS,
        (_("/kyc – documents that members handed in, to be looked at and decided"),
         _("/kyc CODE – one application"),),
        _("Documents to be reviewed")),
    Command(
        Verb.STATS, (), Takes.NOTHING, _operating(Act.LOOK_AT_STATS), Section.OPERATORS,
        (_("/stats – today and the last 30 days: money moved, payments, members, and what is open"),),
        _("Numbers of today and the last 30 days")),
    Command(
        Verb.ANNOUNCE, (), Takes.TEXT, _operating(Act.ANNOUNCE), Section.OPERATORS,
        (_("/announce TEXT – tell all members something; you see it first, and can add the other language"),
         _("/announce groups TEXT – tell the groups that I am in")),
        _("Tell all members something")),
    Command(
        Verb.INCIDENT, (), Takes.TEXT, _operating(Act.INCIDENT), Section.OPERATORS,
        (_("/incident – tell those whom a security incident concerns what happened, what it means and what to do"),),
        _("Tell people of a security incident")),
    Command(
        Verb.REMOVE, (), Takes.PERSON, _operating(Act.REMOVE), Section.OPERATORS,
        (_("/remove CODE reason – take the note of a payment or the greeting of a red envelope away"),
         _("/remove @bob reason – take a nickname away")),
        _("Take away what somebody wrote")),
    Command(
        Verb.WARN, (), Takes.PERSON, _operating(Act.WARN), Section.OPERATORS,
        (_("/warn @bob fraud – tell a member that they broke a clause; a note behind it is for operators alone"),),
        _("Warn a member")),
    Command(
        Verb.RESTRICT, (), Takes.PERSON, _operating(Act.RESTRICT), Section.OPERATORS,
        (_("/restrict @bob sending fraud 7d – stop sending, receiving or envelopes for a time, or forever; off behind "
           "the direction lifts it"),),
        _("Stop a direction of a member's money")),
    Command(
        Verb.FREEZE, (), Takes.PERSON, _operating(Act.FREEZE), Section.OPERATORS,
        (_("/freeze @bob theft – nothing goes out, and what comes in waits"),),
        _("Freeze a member's wallet")),
    Command(
        Verb.UNFREEZE, (), Takes.PERSON, _operating(Act.FREEZE), Section.OPERATORS,
        (_("/unfreeze @bob – lift it; what waited arrives"),),
        _("Lift a freeze")),
    Command(
        Verb.BAN, (), Takes.PERSON, _operating(Act.BAN), Section.OPERATORS,
        (_("/ban @bob fraud 7d – nothing goes out and nothing comes in but what was theirs; or forever"),),
        _("Ban a member")),
    Command(
        Verb.UNBAN, (), Takes.PERSON, _operating(Act.BAN), Section.OPERATORS,
        (_("/unban @bob – lift it"),),
        _("Lift a ban")),
    Command(
        Verb.LEGALHOLD, (), Takes.ORDER, _operating(Act.LEGAL_HOLD), Section.OPERATORS,
        (_("/legalhold @bob 5000 2027-05-01; court; reference; 2026-11-20 – hold an amount, or all, by order of a "
           "court, with a second operator; no day for until it is lifted"),
         _("/legalhold – the orders of courts that stand")),
        _("Hold money by order of a court")),
    Command(
        Verb.LIFTHOLD, (), Takes.PERSON, _operating(Act.LEGAL_HOLD), Section.OPERATORS,
        (_("/lifthold CODE reason – lift what an order holds, with a second operator"),),
        _("Lift what an order holds: CODE reason")),
    Command(
        Verb.ADJUST, (), Takes.PERSON, _operating(Act.ADJUST), Section.OPERATORS,
        (_("/adjust @bob -20 counted twice – correct a balance, with a second operator; a receipt's code before the "
           "reason says what it corrects"),),
        _("Correct a balance: @bob -20 why")),
    Command(
        Verb.APPROVE, (), Takes.CODE, _operating(Act.SIGN), Section.OPERATORS,
        (_("/approve – what waits for a second operator"),
         _("/approve CODE – sign it with your PIN")),
        _("What waits for a second operator")),
    Command(
        Verb.REJECT, (), Takes.WORDS, _operating(Act.SIGN), Section.OPERATORS,
        (_("/reject CODE reason – say no to what was proposed, or take back your own"),),
        _("Say no to a proposal: CODE why")),
    Command(
        Verb.AUDIT, (), Takes.WORDS, _operating(Act.LOOK_AT_AUDIT), Section.OPERATORS,
        (_("/audit – who did what; /audit @bob for what they did and what was done about them"),
         _("/audit verify – whether all of it, and the ledger, is still what was written; with a fingerprint from the "
           "channel of anchors, whether that is one of ours")),
        _("Who did what, and whether it is still what was written")),
    Command(
        Verb.EXPORT, (), Takes.PERSON, Accepts(private=Who.OPERATORS, fresh=FRESH, act=Act.EXPORT), Section.OPERATORS,
        (_("/export @bob 30 – all about a member within the last 30 days as a file, in private; it is in the audit"),),
        _("All about a member as a file: @bob 30")),
    Command(
        Verb.MAINTENANCE, (), Takes.WORDS, _operating(Act.SWITCH_MONEY), Section.OPERATORS,
        (_("/maintenance on 30 – let money rest for 30 minutes; /maintenance off ends it"),),
        _("Let money rest: on 30, off, status")),
    Command(
        Verb.WINDDOWN, (), Takes.WORDS, _operating(Act.WIND_DOWN), Section.OPERATORS,
        (_("/winddown 2027-06-30 – close the service in order, with a second operator: nothing is taken in any more, "
           "and every member gets a signed statement of what is owed to them; /winddown off calls it off"),),
        _("Close the service in order: a day, or off")),
    Command(
        Verb.PUBLISH, (), Takes.NOTHING, _operating(Act.PUBLISH), Section.OPERATORS,
        (_("/publish – new versions of the agreements that wait in the files; everybody is told of what you publish"),),
        _("Publish a new version of an agreement")),
    Command(
        Verb.RESETPIN, (), Takes.PERSON, _operating(Act.RESET_PIN), Section.OPERATORS,
        (_("/resetpin @bob how they proved who they are – a day later they may choose another PIN; a second operator "
           "approves it"),),
        _("Let somebody replace a forgotten PIN")),
    Command(
        Verb.RESETID, (), Takes.PERSON, _operating(Act.RESET_IDENTITY), Section.OPERATORS,
        (_("/resetid @bob how they showed that it is wrong – takes a wrong name and ID number off a wallet, so that "
           "the right ones can be given; a second operator approves it"),),
        _("Take a wrong ID number off a wallet")),
)
"""What is used most comes first: the menus and the help keep this order."""

COMMANDS: Final[Mapping[Verb, Command]] = {row.verb: row for row in _TABLE}
assert len(_TABLE) == len(COMMANDS) == len(Verb), "every command has exactly one row"

NAMES: Final[Mapping[str, Verb]] = {verb.value: verb for verb in Verb}
PLAIN_WORDS: Final[Mapping[str, Verb]] = {word: row.verb for row in _TABLE for word in row.words}
assert len(PLAIN_WORDS) == sum(len(row.words) for row in _TABLE), "no word asks for two things"

MOVES_MONEY: Final = frozenset(row.verb for row in _TABLE if row.accepts.money)
SILENT_IN_GROUPS: Final = frozenset(row.verb for row in _TABLE if row.is_talk or row.accepts.group is None)
"""Said as plain words in a group, these are talk. As commands they are answered, be it with the way to private."""
ASKS_BACK: Final = frozenset(row.verb for row in _TABLE if row.asks_back)
ABOUT_MONEY: Final = tuple(
    row.verb for row in _TABLE if row.section in (Section.SENDING, Section.COLLECTING, Section.MONEY))
GATES: Final = tuple(dict.fromkeys(row.gate for row in _TABLE if row.gate))
"""What commands stand behind, apart from joining."""


def declared(verb: Verb) -> dict[str, Accepts]:
    """The flags of whatever answers a command or a button that does the same, or goes on with it."""
    return {"accepts": COMMANDS[verb].accepts}


def works(row: Command, *, play_money: bool) -> bool:
    """Whether a deployment has this command."""
    return play_money or not row.play_money


def operating(role: str) -> tuple[Command, ...]:
    """What somebody with this role can ask for besides what everybody can."""
    return tuple(row for row in _TABLE if row.accepts.act is not None and may(role, row.accepts.act))


def menu(*, private: bool, administrator: bool = False, play_money: bool) -> tuple[tuple[Verb, Text], ...]:
    """What stands behind "/" in a kind of chat, for its administrators or for everybody. What operators ask for is
    nobody else's to know."""
    listed = []
    for row in _TABLE:
        who = row.accepts.private if private else row.accepts.group
        said = row.menu if private else row.group_menu or row.menu
        hidden = (who in (None, Who.OPERATORS) or (who is Who.ADMINISTRATORS and not administrator)
                  or (row.is_talk and not private))
        if said is not None and not hidden and works(row, play_money=play_money):
            listed.append((row.verb, said))
    return tuple(listed)


def operators_menu(role: str | None, *, play_money: bool, administrator: bool = False) -> tuple[tuple[Verb, Text], ...]:
    """The same for whoever operates: for one role in private; where no role is named, for the operators' group, whose
    members have different ones."""
    private = role is not None
    own = operating(role) if role is not None else [row for row in _TABLE if row.accepts.act is not None]
    return (*((row.verb, row.menu) for row in own
              if row.menu is not None and (row.accepts.private if private else row.accepts.group) is not None),
            *menu(private=private, administrator=administrator, play_money=play_money))
