"""What must hold in the database, each check as a query that finds what breaks it.

Guards: every invariant that the database can look at by itself stands here, in words that both databases understand.
"""
from __future__ import annotations

from typing import Final

from storage.tables import HIT_WAITS


def _is(member: str, person: str) -> str:
    """Whether a wallet belongs to a Telegram account, or did before it moved."""
    return (f"(EXISTS (SELECT 1 FROM members q WHERE q.id = {member} AND q.telegram_id = {person})"
            f" OR EXISTS (SELECT 1 FROM former_accounts q WHERE q.member = {member} AND q.telegram_id = {person}))")


QUERIES: Final = {
    "each wallet is claimed by its Telegram account":
        ("SELECT count(*) FROM members",
         "SELECT 'member ' || m.id FROM members m LEFT JOIN claims c ON c.text = 'telegram:' || m.telegram_id"
         " WHERE c.owner IS NULL OR c.owner <> m.id"),
    "a wallet rests while somebody asks for it, and only then":
        ("SELECT count(*) FROM members",
         "SELECT 'member ' || m.id FROM members m LEFT JOIN moves v ON v.member = m.id"
         " WHERE (m.safeguards / 32 % 2 = 1) <> (coalesce(v.state, '') IN ('asked', 'moved')) UNION ALL"
         " SELECT 'move ' || v.member FROM moves v LEFT JOIN members m ON m.id = v.member WHERE m.id IS NULL"),
    "all accounts sum to zero":
        ("SELECT count(*) FROM accounts",
         "SELECT 'the sum is ' || sum(balance) FROM accounts HAVING coalesce(sum(balance), 0) <> 0"),
    "a balance is the fold of its entries":
        ("SELECT count(*) FROM accounts",
         "SELECT 'account ' || a.id || ': balance ' || a.balance || ', entries say ' || coalesce(e.moved, 0)"
         " FROM accounts a LEFT JOIN (SELECT account, sum(amount) AS moved, count(*) AS n, max(number) AS last"
         " FROM entries GROUP BY account) e ON e.account = a.id"
         " WHERE a.balance <> coalesce(e.moved, 0) OR a.entries <> coalesce(e.n, 0)"
         " OR a.entries <> coalesce(e.last, 0)"),
    "the balance after each entry follows from the one before":
        ("SELECT count(*) FROM entries",
         "SELECT 'account ' || account || ' entry ' || number FROM (SELECT account, number, amount, balance_after,"
         " lag(balance_after, 1, 0) OVER (PARTITION BY account ORDER BY number) AS before,"
         " lag(number, 1, 0) OVER (PARTITION BY account ORDER BY number) AS last FROM entries) e"
         " WHERE balance_after <> before + amount OR number <> last + 1"),
    "every transfer has its two sides":
        ("SELECT count(*) FROM transfers",
         # Grouped rather than looked up by account, of which one may have all the entries.
         "SELECT 'transfer ' || t.id FROM transfers t LEFT JOIN (SELECT transfer, count(*) AS n, min(amount) AS down,"
         " max(amount) AS up, max(CASE WHEN amount < 0 THEN account END) AS debit,"
         " max(CASE WHEN amount > 0 THEN account END) AS credit FROM entries GROUP BY transfer) e ON e.transfer = t.id"
         " WHERE e.n IS NULL OR e.n <> 2 OR e.down <> -t.amount OR e.up <> t.amount"
         " OR coalesce(e.debit, 0) <> t.debit OR coalesce(e.credit, 0) <> t.credit"),
    "every entry belongs to a transfer":
        ("SELECT count(*) FROM entries",
         "SELECT 'account ' || e.account || ' entry ' || e.number FROM entries e LEFT JOIN transfers t"
         " ON t.id = e.transfer WHERE t.id IS NULL OR e.account NOT IN (t.debit, t.credit)"),
    "every entry belongs to an account":
        ("SELECT count(*) FROM entries",
         "SELECT 'account ' || e.account FROM (SELECT DISTINCT account FROM entries) e LEFT JOIN accounts a"
         " ON a.id = e.account WHERE a.id IS NULL"),
    "an account is of the kind that its number says":
        ("SELECT count(*) FROM accounts", "SELECT 'account ' || id FROM accounts WHERE kind <> id % 16"),
    "no balance is below zero":
        ("SELECT count(*) FROM accounts",
         "SELECT 'account ' || id || ': ' || balance FROM accounts WHERE balance < 0 AND kind NOT IN (8, 11)"),
    "held money is that of open holds":
        ("SELECT count(*) FROM holds",
         "SELECT 'account ' || a.id || ': holds ' || a.balance || ', open holds say ' || coalesce(h.held, 0)"
         " FROM accounts a LEFT JOIN (SELECT member, sum(amount) AS held FROM holds WHERE state = 'open'"
         " GROUP BY member) h ON h.member * 16 + 1 = a.id WHERE a.kind = 1 AND a.balance <> coalesce(h.held, 0)"),
    "a hold ends once, by one transfer":
        ("SELECT count(*) FROM holds",
         "SELECT 'hold ' || h.id FROM holds h LEFT JOIN (SELECT hold, count(*) AS n FROM transfers"
         " WHERE kind IN ('claim', 'return') AND hold <> 0 GROUP BY hold) t ON t.hold = h.id"
         " WHERE coalesce(t.n, 0) <> CASE WHEN h.state = 'open' THEN 0 ELSE 1 END"),
    "a hold ends with what was set aside":
        ("SELECT count(*) FROM holds",
         "SELECT 'hold ' || h.id FROM holds h LEFT JOIN transfers b ON b.id = h.transfer LEFT JOIN transfers e"
         " ON e.id = h.ended_by WHERE b.id IS NULL OR b.kind <> 'set_aside' OR b.hold <> h.id OR b.amount <> h.amount"
         " OR b.debit / 16 <> h.member OR (h.state <> 'open' AND (e.id IS NULL OR e.hold <> h.id"
         " OR e.amount <> h.amount OR e.debit <> b.credit"
         " OR e.kind <> CASE WHEN h.state = 'settled' THEN 'claim' ELSE 'return' END))"
         " OR (h.state = 'declined' AND h.purpose NOT IN ('accept', 'frozen'))"),
    "who may claim a hold is who was named":
        ("SELECT count(*) FROM holds",
         "SELECT 'hold ' || h.id FROM holds h LEFT JOIN (SELECT member, facts FROM audit WHERE act = 'set_aside') a"
         " ON a.member = h.member AND a.facts = h.id || ' ' || h.beneficiary || ' ' || h.amount"
         " WHERE a.facts IS NULL"),
    "what was claimed went to whom it was for, and under a card not to its payer":
        ("SELECT count(*) FROM holds WHERE state = 'settled'",
         "SELECT 'hold ' || h.id FROM holds h LEFT JOIN transfers e ON e.id = h.ended_by"
         " LEFT JOIN members m ON m.id = e.credit / 16 WHERE h.state = 'settled' AND (m.id IS NULL"
         f" OR CASE WHEN h.beneficiary = 0 THEN m.id = h.member ELSE NOT {_is('m.id', 'h.beneficiary')} END)"),
    "a card has money behind it once, and what has no card is for somebody":
        ("SELECT count(*) FROM holds WHERE card <> ''",
         "SELECT 'card ' || card FROM (SELECT card FROM holds WHERE card <> '' UNION ALL SELECT card FROM envelopes"
         " WHERE card <> '') behind GROUP BY card HAVING count(*) > 1 UNION ALL"
         " SELECT 'hold ' || id FROM holds WHERE (card <> '') = (beneficiary <> 0)"
         " OR (card <> '' AND purpose <> 'claim')"),
    "a hold ends in its time":
        # What arrives later arrives at its time and comes back before it; all else is taken before its time is over.
        ("SELECT count(*) FROM holds WHERE state <> 'open'",
         "SELECT 'hold ' || h.id FROM holds h JOIN transfers e ON e.id = h.ended_by"
         " WHERE (h.state = 'settled' AND (e.at >= h.expires_at) <> (h.purpose = 'delay'))"
         " OR (h.state = 'released' AND h.purpose = 'delay' AND e.at >= h.expires_at)"
         " OR (h.state = 'expired' AND e.at < h.expires_at)"),
    "what rules hold back waits to be looked at, once":
        ("SELECT count(*) FROM interceptions WHERE state <> 'noted'",
         "SELECT 'interception ' || i.id FROM interceptions i LEFT JOIN holds h ON h.id = i.id"
         " WHERE i.state <> 'noted' AND (h.id IS NULL OR h.amount <> i.amount OR h.member <> i.member"
         " OR (i.state = 'open') <> (h.state = 'open' AND h.purpose = 'check')"
         " OR (i.state IN ('sent_back', 'expired') AND h.state = 'settled'))"
         " UNION ALL SELECT 'hold ' || h.id FROM holds h LEFT JOIN interceptions i ON i.id = h.id"
         " WHERE h.purpose = 'check' AND i.id IS NULL"),
    "what waits for whoever is frozen began to while they were":
        # It waits for `wallet.holds.FREEZE_LIFE`, so when that began follows from when it ends.
        ("SELECT count(*) FROM holds WHERE purpose = 'frozen'",
         "SELECT 'hold ' || h.id FROM holds h"
         " WHERE h.purpose = 'frozen' AND NOT EXISTS (SELECT 1 FROM penalties p"
         f" WHERE {_is('p.member', 'h.beneficiary')}"
         " AND p.kind = 'frozen' AND p.at <= h.expires_at - 604800000000"
         " AND (p.ended_at = 0 OR p.ended_at >= h.expires_at - 604800000000)"
         " AND (p.until = 0 OR p.until > h.expires_at - 604800000000))"),
    "a penalty in force stands in its member's row, and nothing else does":
        ("SELECT count(*) FROM penalties",
         "SELECT 'member ' || m.id FROM members m LEFT JOIN (SELECT member, count(*) AS n FROM penalties"
         " WHERE ended_at = 0 GROUP BY member) p ON p.member = m.id"
         " WHERE length(m.penalties) - length(replace(m.penalties, ':', '')) <> 2 * coalesce(p.n, 0) UNION ALL"
         " SELECT 'penalty ' || p.id FROM penalties p LEFT JOIN members m ON m.id = p.member WHERE m.id IS NULL"
         " OR (p.ended_at = 0 AND ' ' || m.penalties || ' ' NOT LIKE '% ' || CASE p.kind WHEN 'limited'"
         " THEN p.direction ELSE p.kind END || ':' || p.until || ':' || p.id || ' %')"),
    "a name that may stand on the screening list is marked, and no other":
        ("SELECT count(*) FROM hits",
         # The bit is that of `wallet.gate.Safeguard`.
         "SELECT 'member ' || m.id || ': counted ' || coalesce(t.open, 0) || ' hits, waiting ' || coalesce(h.n, 0)"
         f" FROM members m LEFT JOIN (SELECT member, count(*) AS n FROM hits WHERE {HIT_WAITS} GROUP BY member) h"
         " ON h.member = m.id LEFT JOIN tallies t ON t.member = m.id AND t.what = 'hits'"
         " WHERE (m.safeguards / 128 % 2 = 1) <> (coalesce(h.n, 0) > 0) OR coalesce(t.open, 0) <> coalesce(h.n, 0)"
         " UNION ALL SELECT 'hit ' || h.id FROM hits h LEFT JOIN members m ON m.id = h.member WHERE m.id IS NULL"),
    "every hit was found once, and is what operators decided":
        ("SELECT count(*) FROM hits",
         "SELECT 'hit ' || h.id FROM hits h LEFT JOIN proposals p ON p.id = h.proposal WHERE"
         f" (h.state <> 'open' AND {_is('h.member', 'h.operator')})"
         f" OR (h.second <> 0 AND {_is('h.member', 'h.second')})"
         " OR (h.state = 'pending' AND (p.id IS NULL OR p.state <> 'open' OR p.maker <> h.operator))"
         " OR (h.state = 'confirmed' AND (p.id IS NULL OR p.state <> 'approved' OR p.maker <> h.operator"
         " OR p.checker <> h.second)) OR (h.decided_at <> 0 AND NOT EXISTS (SELECT 1 FROM audit a"
         " WHERE a.member = h.member AND a.at = h.decided_at AND a.act = 'name_' || h.state"
         " AND a.facts LIKE h.id || ' % ' || h.reason || ' by ' || h.operator"
         " || CASE h.second WHEN 0 THEN '' ELSE ' and ' || h.second END))"),
    "nothing goes out of a wallet whose name may stand on the screening list":
        # What an operator takes for a correction does; what is in red envelopes belongs to those who open them.
        ("SELECT count(*) FROM hits",
         "SELECT 'transfer ' || t.id FROM hits h JOIN transfers t ON t.debit / 16 = h.member"
         # Engines take the time before they wait for each other, which they do for seconds at most.
         " WHERE t.kind IN ('send', 'claim', 'split', 'giveback', 'envelope', 'voucher')"
         " AND t.at > h.found_at + 10000000 AND (h.decided_at = 0 OR t.at < h.decided_at - 10000000)"),
    "every penalty is what an operator decided":
        ("SELECT count(*) FROM penalties",
         "SELECT 'penalty ' || p.id FROM penalties p LEFT JOIN audit a ON a.act = 'penalised' AND a.member = p.member"
         " AND a.facts = p.id || ' ' || p.kind || ' ' || p.direction || ' ' || p.reason || ' until ' || p.until"
         " || ' by ' || p.\"by\" WHERE a.facts IS NULL"),
    "an order of a court stands in its member's row, whose wallet stays open, and nothing else does":
        ("SELECT count(*) FROM legal_holds",
         "SELECT 'member ' || m.id FROM members m LEFT JOIN (SELECT member, count(*) AS n FROM legal_holds"
         " WHERE ended_at = 0 GROUP BY member) l ON l.member = m.id"
         " WHERE length(m.legal_holds) - length(replace(m.legal_holds, ':', '')) <> 2 * coalesce(l.n, 0)"
         " OR (m.legal_holds <> '' AND m.state IN ('joining', 'closed')) UNION ALL"
         " SELECT 'order ' || l.id FROM legal_holds l LEFT JOIN members m ON m.id = l.member WHERE m.id IS NULL"
         " OR (l.ended_at = 0 AND ' ' || m.legal_holds || ' ' NOT LIKE"
         " '% ' || l.id || ':' || l.amount || ':' || l.until || ' %')"),
    "every order was written down by two operators, and lifted by two":
        # A proposal's own row says who signed; what the audit says of it is final.
        ("SELECT count(*) FROM legal_holds",
         "SELECT 'order ' || l.id FROM legal_holds l LEFT JOIN proposals p ON p.id = l.proposal"
         " LEFT JOIN audit a ON a.act = 'legal_hold' AND a.member = l.member AND (a.facts || ' ') LIKE l.id || ' of '"
         " || CASE l.amount WHEN 0 THEN 'everything' ELSE '' || l.amount END || ' until ' || l.until || ' by proposal '"
         " || l.proposal || ' %' WHERE a.facts IS NULL OR p.id IS NULL OR p.state <> 'approved'"
         " OR p.deed NOT LIKE '[\"legal_hold\",' || l.member || ',%' UNION ALL"
         " SELECT 'order ' || l.id FROM legal_holds l LEFT JOIN proposals p ON p.id = l.ended_by"
         " WHERE l.ended_by <> 0 AND (p.id IS NULL OR p.state <> 'approved'"
         " OR (p.deed NOT LIKE '[\"lift_legal_hold\",' || l.member || ',%,' || l.id || ',%'"
         " AND NOT EXISTS (SELECT 1 FROM legal_holds n WHERE n.proposal = p.id AND n.member = l.member)))"),
    "nothing went out that an order of a court held":
        # By the entries' own numbers, for commits of two lanes need not be in the order of their moments.
        ("SELECT count(*) FROM legal_holds",
         "SELECT 'order ' || l.id || ': transfer ' || t.id FROM legal_holds l"
         " JOIN entries e ON e.account = l.member * 16 AND e.number > l.since_entry"
         " AND (l.ended_at = 0 OR e.number <= l.last_entry) AND e.amount < 0"
         " AND (l.amount = 0 OR e.balance_after < l.amount) JOIN transfers t ON t.id = e.transfer"
         " AND (l.until = 0 OR t.at < l.until) UNION ALL"
         " SELECT 'order ' || l.id || ': transfer ' || t.id FROM legal_holds l"
         " JOIN entries e ON e.account = l.member * 16 + 1"
         " AND e.number > l.since_held AND (l.ended_at = 0 OR e.number <= l.last_held) AND e.amount < 0"
         " JOIN transfers t ON t.id = e.transfer AND t.kind <> 'return' AND (l.until = 0 OR t.at < l.until)"
         " WHERE l.amount = 0"),
    "what is given back was received, and goes to its payer":
        ("SELECT count(*) FROM transfers WHERE kind = 'giveback'",
         "SELECT 'transfer ' || t.id FROM transfers t LEFT JOIN transfers o ON o.id = t.reverses"
         " WHERE t.kind = 'giveback' AND (o.id IS NULL OR o.kind NOT IN ('send', 'claim') OR o.amount <> t.amount"
         " OR o.credit <> t.debit OR o.debit / 16 <> t.credit / 16)"),
    "every correction has two operators, none of whom it is about":
        # What the audit says of the second signature is final; the proposal and what came of it have to agree with it.
        ("SELECT count(*) FROM transfers WHERE kind IN ('adjust_in', 'adjust_out')",
         "WITH approved AS MATERIALIZED (SELECT member, facts FROM audit WHERE act = 'approved')"
         " SELECT 'transfer ' || t.id FROM (SELECT id, amount, CASE kind WHEN 'adjust_in' THEN credit ELSE debit END"
         " / 16 AS member, CASE kind WHEN 'adjust_in' THEN amount ELSE -amount END AS change FROM transfers"
         " WHERE kind IN ('adjust_in', 'adjust_out')) t LEFT JOIN adjustments a ON a.transfer = t.id"
         " LEFT JOIN proposals p ON p.id = a.proposal LEFT JOIN members m ON m.id = t.member"
         " LEFT JOIN approved u ON u.member = t.member AND u.facts LIKE p.id || ' by ' || p.checker || ' %'"
         " LEFT JOIN transfers o ON o.id = a.receipt WHERE p.id IS NULL OR u.member IS NULL OR p.state <> 'approved'"
         f" OR p.maker = p.checker OR {_is('t.member', 'p.maker')} OR {_is('t.member', 'p.checker')}"
         " OR p.deed NOT LIKE '[\"adjust\",' || t.member || ',' || t.change || ',%'"
         " OR (a.receipt <> 0 AND (o.id IS NULL OR o.amount < t.amount"
         " OR t.member NOT IN (o.debit / 16, o.credit / 16)))"
         " UNION ALL SELECT 'correction ' || a.transfer FROM adjustments a LEFT JOIN transfers t ON t.id = a.transfer"
         " WHERE t.id IS NULL OR t.kind NOT IN ('adjust_in', 'adjust_out')"),
    "an envelope holds what is left of it":
        # Those that are open, and whatever holds something without being one: what has ended is not looked at again.
        ("SELECT count(*) FROM envelopes WHERE state = 'open'",
         "SELECT 'envelope ' || e.id FROM envelopes e LEFT JOIN accounts a ON a.id = e.id * 16 + 2"
         " WHERE e.state = 'open' AND (a.id IS NULL OR a.balance <> e.amount - e.given) UNION ALL"
         " SELECT 'account ' || a.id FROM accounts a LEFT JOIN envelopes e ON e.id = a.id / 16 AND e.state = 'open'"
         " WHERE a.kind = 2 AND a.balance <> 0 AND e.id IS NULL"),
    "open envelopes are what was tallied":
        ("SELECT count(*) FROM tallies WHERE what = 'envelopes'",
         "SELECT 'member ' || t.member || ': counted ' || t.open || ' envelopes, open ' || coalesce(e.n, 0)"
         " FROM tallies t LEFT JOIN (SELECT member, count(*) AS n FROM envelopes WHERE state = 'open'"
         " GROUP BY member) e ON e.member = t.member WHERE t.what = 'envelopes' AND t.open <> coalesce(e.n, 0)"
         " UNION ALL SELECT 'envelope ' || e.id FROM envelopes e LEFT JOIN tallies t ON t.member = e.member"
         " AND t.what = 'envelopes' WHERE e.state = 'open' AND t.member IS NULL"),
    "open vouchers are what was tallied":
        ("SELECT count(*) FROM tallies WHERE what = 'vouchers'",
         "SELECT 'member ' || t.member || ': counted ' || t.open || ' vouchers, open ' || coalesce(v.n, 0)"
         " FROM tallies t LEFT JOIN (SELECT member, count(*) AS n FROM vouchers WHERE state = 'open'"
         " GROUP BY member) v ON v.member = t.member WHERE t.what = 'vouchers' AND t.open <> coalesce(v.n, 0)"
         " UNION ALL SELECT 'voucher ' || v.id FROM vouchers v LEFT JOIN tallies t ON t.member = v.member"
         " AND t.what = 'vouchers' WHERE v.state = 'open' AND t.member IS NULL"),
    "an envelope was filled and emptied as it says":
        ("SELECT count(*) FROM envelopes",
         "SELECT 'envelope ' || e.id FROM envelopes e LEFT JOIN transfers f ON f.id = e.transfer"
         " LEFT JOIN transfers b ON b.id = e.ended_by LEFT JOIN (SELECT envelope, count(*) AS n, max(number) AS last,"
         " sum(amount) AS given FROM shares GROUP BY envelope) s ON s.envelope = e.id"
         " WHERE f.id IS NULL OR f.kind <> 'envelope' OR f.debit <> e.member * 16 OR f.credit <> e.id * 16 + 2"
         " OR f.amount <> e.amount OR coalesce(s.n, 0) <> e.opened OR coalesce(s.last, 0) <> e.opened"
         " OR coalesce(s.given, 0) <> e.given OR (e.state = 'expired' AND (b.id IS NULL OR b.kind <> 'envelope_back'"
         " OR b.debit <> e.id * 16 + 2 OR b.credit <> e.member * 16 OR b.amount <> e.returned)) UNION ALL"
         " SELECT 'account ' || a.id FROM accounts a LEFT JOIN envelopes e ON e.id = a.id / 16"
         " WHERE a.kind = 2 AND e.id IS NULL"),
    "what is kept of an envelope is counted":
        ("SELECT count(*) FROM kept_shares WHERE state = 'kept'",
         "SELECT 'envelope ' || e.id || ': counted ' || e.kept || ', kept ' || coalesce(k.n, 0) FROM envelopes e"
         " LEFT JOIN (SELECT envelope, count(*) AS n FROM kept_shares WHERE state = 'kept' GROUP BY envelope) k"
         " ON k.envelope = e.id WHERE e.kept <> coalesce(k.n, 0) OR e.kept * 10 > e.shares"
         " OR e.opened + e.kept > e.shares UNION ALL"
         " SELECT 'envelope ' || k.envelope || ', person ' || k.person FROM kept_shares k"
         f" LEFT JOIN shares s ON s.envelope = k.envelope AND {_is('s.member', 'k.person')}"
         " LEFT JOIN envelopes e ON e.id = k.envelope WHERE e.id IS NULL"
         " OR (k.state = 'opened' AND s.number IS NULL) OR (k.state = 'kept' AND s.number IS NOT NULL)"),
    "every share went to whoever opened it":
        ("SELECT count(*) FROM shares",
         "SELECT 'envelope ' || s.envelope || ' share ' || s.number FROM shares s LEFT JOIN transfers t"
         " ON t.id = s.transfer LEFT JOIN envelopes e ON e.id = s.envelope LEFT JOIN members m ON m.id = s.member"
         " WHERE t.id IS NULL OR t.kind <> 'share' OR t.debit <> s.envelope * 16 + 2 OR t.credit <> s.member * 16"
         f" OR t.amount <> s.amount OR (e.beneficiary <> 0 AND NOT {_is('s.member', 'e.beneficiary')}) UNION ALL"
         " SELECT 'transfer ' || t.id FROM transfers t LEFT JOIN shares s ON s.envelope = t.debit / 16"
         " AND s.transfer = t.id WHERE t.kind = 'share' AND s.envelope IS NULL"),
    "a request was paid once, to its asker, over its amount":
        ("SELECT count(*) FROM requests",
         "SELECT 'request ' || r.id FROM requests r LEFT JOIN transfers t ON t.id = r.transfer"
         " LEFT JOIN members m ON m.id = t.debit / 16 WHERE r.state = 'paid' AND (t.id IS NULL OR t.kind <> 'send'"
         f" OR t.credit <> r.member * 16 OR t.amount <> r.amount OR NOT {_is('t.debit / 16', 'r.person')})"
         " OR (r.state <> 'paid' AND r.transfer <> 0) OR (r.state = 'expired' AND r.ended_at < r.expires_at)"),
    "a request on a card was paid once, to whoever sent it, over its amount":
        # Its draft's text begins with whose it is and how much it is about.
        ("SELECT count(*) FROM drafts WHERE transfer <> 0",
         "SELECT 'draft ' || d.token FROM drafts d LEFT JOIN transfers t ON t.id = d.transfer"
         " WHERE CASE WHEN d.card <> '' AND d.intent LIKE '[\"appeal\",%'"
         " THEN d.intent NOT LIKE '[\"appeal\",' || d.member || ',0,%' OR (d.state = 'used') <> (d.transfer <> 0)"
         " OR (d.state = 'used' AND (t.id IS NULL OR t.kind <> 'send' OR t.credit <> d.member * 16"
         " OR t.debit = t.credit OR d.intent NOT LIKE '[\"appeal\",' || d.member || ',0,' || t.amount || ',%'))"
         " ELSE d.transfer <> 0 END UNION ALL"
         " SELECT 'transfer ' || transfer FROM (SELECT transfer FROM drafts WHERE transfer <> 0 UNION ALL"
         " SELECT transfer FROM requests WHERE transfer <> 0) paid GROUP BY transfer HAVING count(*) > 1"),
    "open requests on cards are what was tallied":
        ("SELECT count(*) FROM tallies WHERE what = 'appeals'",
         "SELECT 'member ' || t.member || ': counted ' || t.open || ' requests on cards, open ' || coalesce(d.n, 0)"
         " FROM tallies t LEFT JOIN (SELECT member, count(*) AS n FROM drafts WHERE state = 'open' AND card <> ''"
         " AND intent LIKE '[\"appeal\",%' GROUP BY member) d ON d.member = t.member"
         " WHERE t.what = 'appeals' AND t.open <> coalesce(d.n, 0) UNION ALL"
         " SELECT 'draft ' || d.token FROM drafts d LEFT JOIN tallies t ON t.member = d.member AND t.what = 'appeals'"
         " WHERE d.state = 'open' AND d.card <> '' AND d.intent LIKE '[\"appeal\",%' AND t.member IS NULL"),
    "a card became what its draft wanted, of whoever sent it":
        ("SELECT count(*) FROM drafts WHERE card <> '' AND state = 'used'",
         "SELECT 'draft ' || d.token FROM drafts d LEFT JOIN (SELECT card, '[\"gift\",' || member || ',0,' || amount"
         " || ',%' AS wanted FROM holds WHERE card <> '' UNION ALL SELECT card, '[\"envelope\",' || member || ',0,\"'"
         " || kind || '\",' || amount || ',' || shares || ',%' FROM envelopes WHERE card <> '') b ON b.card = d.card"
         " WHERE d.card <> '' AND d.state = 'used' AND d.intent NOT LIKE '[\"appeal\",%'"
         " AND (b.card IS NULL OR d.intent NOT LIKE b.wanted)"),
    "what may be opened, redeemed or paid for a time was so in its time":
        ("SELECT count(*) FROM shares",
         "SELECT o.what || ' ' || o.id FROM (SELECT 'envelope' AS what, e.id, e.expires_at, s.transfer, 1 AS within"
         " FROM shares s JOIN envelopes e ON e.id = s.envelope UNION ALL"
         " SELECT 'envelope', id, expires_at, ended_by, 0 FROM envelopes WHERE state = 'expired' UNION ALL"
         " SELECT 'voucher', v.id, v.expires_at, u.transfer, 1 FROM voucher_uses u JOIN vouchers v ON v.id = u.voucher"
         " UNION ALL SELECT 'voucher', id, expires_at, ended_by, 0 FROM vouchers WHERE state = 'expired' UNION ALL"
         " SELECT 'request', id, expires_at, transfer, 1 FROM requests WHERE state = 'paid' UNION ALL"
         " SELECT 'split', p.id, p.expires_at, s.transfer, 1 FROM split_shares s JOIN splits p ON p.id = s.split"
         " WHERE s.transfer <> 0) o JOIN transfers t ON t.id = o.transfer"
         " WHERE o.within <> CASE WHEN t.at < o.expires_at THEN 1 ELSE 0 END"),
    "what is for one person alone is for who was named":
        ("SELECT count(*) FROM audit WHERE act = 'for_one_alone'",
         "SELECT 'member ' || a.member || ': ' || a.facts FROM audit a LEFT JOIN (SELECT member, id || ' '"
         " || beneficiary AS facts FROM envelopes WHERE beneficiary <> 0 UNION ALL SELECT member, id || ' ' || \"only\""
         " FROM vouchers WHERE \"only\" <> 0) o ON o.member = a.member AND o.facts = a.facts"
         " WHERE a.act = 'for_one_alone' AND o.facts IS NULL"),
    "a request is what was asked for":
        # Those that were asked for before the record was kept have none.
        ("SELECT count(*) FROM audit WHERE act = 'asked_for'",
         "SELECT 'member ' || a.member || ': ' || a.facts FROM audit a LEFT JOIN (SELECT member, id || ' ' || person"
         " || ' ' || amount AS facts FROM requests) r ON r.member = a.member"
         " AND r.facts = a.facts WHERE a.act = 'asked_for' AND r.facts IS NULL"),
    "open requests are what was tallied":
        ("SELECT count(*) FROM tallies",
         "SELECT 'member ' || t.member || ', ' || t.what || ': counted ' || t.open || ', open ' || coalesce(r.n, 0)"
         " FROM tallies t LEFT JOIN (SELECT member, 'requests' AS what, count(*) AS n FROM requests"
         " WHERE state = 'open' GROUP BY member UNION ALL SELECT member, CASE by_number WHEN 1"
         " THEN 'requests by number:' ELSE 'requests:' END || person, count(*) FROM requests"
         " WHERE state = 'open' GROUP BY member, person, by_number) r ON r.member = t.member AND r.what = t.what"
         " WHERE t.what LIKE 'requests%' AND t.open <> coalesce(r.n, 0) UNION ALL"
         " SELECT 'request ' || r.id FROM requests r LEFT JOIN tallies t ON t.member = r.member"
         " AND t.what = CASE r.by_number WHEN 1 THEN 'requests by number:' ELSE 'requests:' END || r.person"
         " WHERE t.member IS NULL"),
    "a voucher holds what is left of it":
        ("SELECT count(*) FROM vouchers",
         "SELECT 'voucher ' || v.id FROM vouchers v LEFT JOIN accounts a ON a.id = v.id * 16 + 3"
         " WHERE a.id IS NULL OR a.balance <> v.amount * (v.uses - v.used) - v.returned"
         " OR (v.state <> 'open' AND a.balance <> 0) UNION ALL"
         " SELECT 'account ' || a.id FROM accounts a LEFT JOIN vouchers v ON v.id = a.id / 16"
         " WHERE a.kind = 3 AND v.id IS NULL"),
    "a voucher was filled and emptied as it says":
        ("SELECT count(*) FROM vouchers",
         "SELECT 'voucher ' || v.id FROM vouchers v LEFT JOIN transfers f ON f.id = v.transfer"
         " LEFT JOIN transfers b ON b.id = v.ended_by LEFT JOIN (SELECT voucher, count(*) AS n, max(number) AS last"
         " FROM voucher_uses GROUP BY voucher) u ON u.voucher = v.id"
         " WHERE f.id IS NULL OR f.kind <> 'voucher' OR f.debit <> v.member * 16 OR f.credit <> v.id * 16 + 3"
         " OR f.amount <> v.amount * v.uses OR coalesce(u.n, 0) <> v.used OR coalesce(u.last, 0) <> v.used"
         " OR (v.ended_by <> 0 AND (b.id IS NULL OR b.kind <> 'voucher_back' OR b.debit <> v.id * 16 + 3"
         " OR b.credit <> v.member * 16 OR b.amount <> v.returned))"),
    "every use of a voucher went to whoever redeemed it":
        ("SELECT count(*) FROM voucher_uses",
         "SELECT 'voucher ' || u.voucher || ' use ' || u.number FROM voucher_uses u LEFT JOIN vouchers v"
         " ON v.id = u.voucher LEFT JOIN transfers t ON t.id = u.transfer WHERE v.id IS NULL OR t.id IS NULL"
         " OR t.kind <> 'voucher_use' OR t.debit <> u.voucher * 16 + 3 OR t.credit <> u.member * 16"
         " OR t.amount <> v.amount OR u.member = v.member UNION ALL"
         " SELECT 'transfer ' || t.id FROM transfers t LEFT JOIN voucher_uses u ON u.voucher = t.debit / 16"
         " AND u.transfer = t.id WHERE t.kind = 'voucher_use' AND u.voucher IS NULL"),
    "a split has what its shares say":
        ("SELECT count(*) FROM splits",
         "SELECT 'split ' || p.id FROM splits p LEFT JOIN (SELECT split, count(*) AS n, sum(amount) AS due,"
         " max(number) AS last, sum(CASE WHEN transfer <> 0 THEN 1 ELSE 0 END) AS paid,"
         " sum(CASE WHEN transfer <> 0 THEN amount ELSE 0 END) AS collected FROM split_shares GROUP BY split) s"
         " ON s.split = p.id WHERE p.paid <> coalesce(s.paid, 0) OR p.collected <> coalesce(s.collected, 0)"
         " OR coalesce(s.n, 0) <> coalesce(s.last, 0)"
         " OR coalesce(s.n, 0) <> CASE WHEN p.kind = 'named' THEN p.payers ELSE p.paid END"
         " OR (p.kind = 'named' AND s.due <> p.due) OR p.collected > p.due"
         " OR (p.state = 'complete') <> (p.paid = p.payers)"),
    "every share of a split was paid once, to whoever collects":
        ("SELECT count(*) FROM split_shares WHERE transfer <> 0",
         "SELECT 'split ' || s.split || ' share ' || s.number FROM split_shares s LEFT JOIN splits p ON p.id = s.split"
         " LEFT JOIN members m ON m.id = s.member LEFT JOIN transfers t ON t.id = s.transfer"
         " WHERE p.id IS NULL OR (s.transfer <> 0 AND (t.id IS NULL OR t.kind <> 'split' OR t.debit <> s.member * 16"
         f" OR t.credit <> p.member * 16 OR t.amount <> s.amount OR m.id IS NULL OR NOT {_is('s.member', 's.person')}))"
         " UNION ALL SELECT 'transfer ' || t.id FROM transfers t LEFT JOIN split_shares s ON s.transfer = t.id"
         " WHERE t.kind = 'split' AND s.split IS NULL"),
    "open splits are what was tallied":
        ("SELECT count(*) FROM tallies WHERE what = 'splits'",
         "SELECT 'member ' || t.member || ': counted ' || t.open || ' splits, open ' || coalesce(p.n, 0)"
         " FROM tallies t LEFT JOIN (SELECT member, count(*) AS n FROM splits WHERE state = 'open' GROUP BY member) p"
         " ON p.member = t.member WHERE t.what = 'splits' AND t.open <> coalesce(p.n, 0) UNION ALL"
         " SELECT 'split ' || p.id FROM splits p LEFT JOIN tallies t ON t.member = p.member AND t.what = 'splits'"
         " WHERE t.member IS NULL"),
    "what came again was paid as its payer said, once a day":
        ("SELECT count(*) FROM schedules",
         "SELECT 'schedule ' || s.id FROM schedules s LEFT JOIN audit a ON a.act = 'schedule' AND a.member = s.member"
         " AND a.facts = s.id || ' ' || s.person || ' ' || s.amount || ' ' || s.unit || ' ' || s.on_day || ' '"
         " || s.last_day WHERE a.id IS NULL UNION ALL"
         " SELECT 'schedule ' || r.schedule || ', day ' || r.day FROM runs r LEFT JOIN schedules s ON s.id = r.schedule"
         " LEFT JOIN transfers t ON t.id = r.transfer LEFT JOIN members m ON m.id = t.credit / 16"
         " LEFT JOIN holds h ON h.id = t.hold WHERE s.id IS NULL"
         " OR (s.state = 'active' AND r.day >= s.next_day) OR (s.last_day <> 0 AND r.day > s.last_day)"
         " OR (r.transfer <> 0 AND (t.id IS NULL OR t.debit <> s.member * 16 OR t.amount <> s.amount"
         " OR t.kind NOT IN ('send', 'set_aside')"
         f" OR CASE t.kind WHEN 'send' THEN NOT {_is('t.credit / 16', 's.person')}"
         " ELSE s.person <> h.beneficiary END))"),
    "what comes again is tallied":
        ("SELECT count(*) FROM schedules",
         "SELECT 'member ' || t.member || ': counted ' || t.open || ', active ' || coalesce(s.n, 0) FROM tallies t"
         " LEFT JOIN (SELECT member, count(*) AS n FROM schedules WHERE state = 'active' GROUP BY member) s"
         " ON s.member = t.member WHERE t.what = 'schedules' AND t.open <> coalesce(s.n, 0) UNION ALL"
         " SELECT 'schedule ' || s.id FROM schedules s LEFT JOIN tallies t ON t.member = s.member"
         " AND t.what = 'schedules' WHERE t.member IS NULL"),
    "what members state of themselves is what was written down":
        ("SELECT count(*) FROM contacts",
         "SELECT 'member ' || c.member FROM contacts c LEFT JOIN profiles p ON p.member = c.member"
         " WHERE p.member IS NULL OR NOT EXISTS (SELECT 1 FROM audit a WHERE a.member = c.member AND a.at = c.at"
         " AND a.act = CASE WHEN length(c.qq) > 0 THEN 'qq_stated' ELSE 'qq_removed' END)"),
    "minors have a guardian or are marked as having none":
        ("SELECT count(*) FROM wards",
         # The bits are those of `wallet.gate.Safeguard`: 4 for a minor, 16 for one without a guardian.
         "SELECT 'member ' || w.member FROM wards w LEFT JOIN members m ON m.id = w.member"
         " WHERE m.id IS NULL OR (m.safeguards & 4 = 0 AND (m.safeguards & 24 <> 0 OR w.guardian <> 0))"
         " OR (m.safeguards & 4 <> 0 AND (m.safeguards & 16 = 0) <> (w.guardian <> 0)) UNION ALL"
         " SELECT 'member ' || m.id FROM members m LEFT JOIN wards w ON w.member = m.id"
         " WHERE w.member IS NULL AND m.safeguards & 28 <> 0"),
    "those for whom somebody answers are what was tallied":
        ("SELECT count(*) FROM wards WHERE guardian <> 0",
         "SELECT 'member ' || t.member || ': counted ' || t.open || ', answers for ' || coalesce(w.n, 0) FROM tallies t"
         " LEFT JOIN (SELECT guardian, count(*) AS n FROM wards WHERE guardian <> 0 GROUP BY guardian) w"
         " ON w.guardian = t.member WHERE t.what = 'wards' AND t.open <> coalesce(w.n, 0) UNION ALL"
         " SELECT 'member ' || w.guardian FROM wards w LEFT JOIN tallies t ON t.member = w.guardian"
         " AND t.what = 'wards' WHERE w.guardian <> 0 AND t.member IS NULL"),
    "what members paid each other is what was counted":
        ("SELECT count(*) FROM pairs",
         "SELECT 'member ' || p.sender || ' to ' || p.receiver || ': counted ' || p.count || ', ' || p.total"
         " FROM pairs p LEFT JOIN (SELECT debit / 16 AS sender, credit / 16 AS receiver, count(*) AS n,"
         " sum(amount) AS paid FROM transfers WHERE kind IN ('send', 'claim', 'split')"
         " GROUP BY debit / 16, credit / 16) t"
         " ON t.sender = p.sender AND t.receiver = p.receiver"
         " WHERE p.count <> coalesce(t.n, 0) OR p.total <> coalesce(t.paid, 0)"),
    "what members paid is what was counted":
        ("SELECT count(*) FROM counters",
         "SELECT 'member ' || c.member || ': counted ' || c.sent_sum || ', paid ' || coalesce(t.paid, 0)"
         " FROM counters c LEFT JOIN (SELECT debit / 16 AS member, sum(amount) AS paid FROM transfers"
         " WHERE kind IN ('send', 'set_aside', 'giveback', 'envelope', 'voucher', 'split') GROUP BY debit / 16) t"
         " ON t.member = c.member"
         " WHERE c.day = 0 AND c.sent_sum <> coalesce(t.paid, 0)"),
    "what waits without the PIN is counted":
        ("SELECT count(*) FROM holds WHERE pinless_on <> 0",
         "SELECT 'member ' || h.member || ', day ' || h.pinless_on || ': waiting ' || h.held || ', counted '"
         " || coalesce(c.pinless_sum, 0) FROM (SELECT member, pinless_on, sum(amount) AS held FROM (SELECT member,"
         " pinless_on, amount FROM holds WHERE pinless_on <> 0 AND state IN ('open', 'settled') UNION ALL"
         " SELECT member, pinless_on, amount * uses - returned FROM vouchers WHERE pinless_on <> 0) waiting"
         " GROUP BY member, pinless_on) h"
         " LEFT JOIN counters c ON c.member = h.member AND c.day = h.pinless_on"
         " WHERE h.held > coalesce(c.pinless_sum, 0)"),
    "what came back counts no more":
        ("SELECT count(*) FROM counters",
         "SELECT 'member ' || c.member || ': not counted ' || c.uncounted || ', came back ' || coalesce(b.back, 0)"
         " FROM counters c LEFT JOIN (SELECT member, sum(amount) AS back FROM (SELECT credit / 16 AS member, amount"
         " FROM transfers WHERE kind IN ('return', 'envelope_back', 'voucher_back', 'giveback') UNION ALL"
         " SELECT debit / 16, amount FROM transfers WHERE kind = 'giveback' UNION ALL"
         " SELECT e.member, s.amount FROM envelopes e JOIN shares s ON s.envelope = e.id AND s.member = e.member) x"
         " GROUP BY member) b ON b.member = c.member"
         " WHERE c.day = 0 AND c.uncounted <> coalesce(b.back, 0)"),
    "what waits counts on its day":
        ("SELECT count(*) FROM holds",
         "SELECT 'member ' || w.member || ', day ' || w.counted_on FROM (SELECT member, counted_on, sum(amount) AS paid"
         " FROM (SELECT member, counted_on, amount FROM holds WHERE state = 'open' UNION ALL SELECT member, counted_on,"
         " amount * (uses - used) FROM vouchers WHERE state = 'open' UNION ALL SELECT member, counted_on,"
         " amount - given FROM envelopes WHERE state = 'open') x GROUP BY member, counted_on) w"
         " LEFT JOIN counters c ON c.member = w.member AND c.day = w.counted_on"
         " WHERE w.paid > coalesce(c.sent_sum - c.uncounted, 0)"),
    "the days add up to the running total":
        ("SELECT count(*) FROM counters",
         "SELECT 'member ' || member FROM counters GROUP BY member"
         " HAVING sum(CASE WHEN day = 0 THEN sent_sum ELSE -sent_sum END) <> 0"
         " OR sum(CASE WHEN day = 0 THEN uncounted ELSE -uncounted END) <> 0"),
    "the days of a year add up to its total":
        ("SELECT count(*) FROM counters WHERE day = 0",
         "SELECT 'member ' || e.member || ', ' || e.year || ': ' || e.year_sum FROM counters e"
         " LEFT JOIN counters d ON d.member = e.member AND d.day > 0"
         # Days are numbered from the first of year 1, and whole numbers divided are whole.
         " AND d.day > 365 * (e.year - 1) + (e.year - 1) / 4 - (e.year - 1) / 100 + (e.year - 1) / 400"
         " AND d.day <= 365 * e.year + e.year / 4 - e.year / 100 + e.year / 400"
         " WHERE e.day = 0 GROUP BY e.member, e.year, e.year_sum"
         " HAVING e.year_sum <> coalesce(sum(d.sent_sum - d.uncounted), 0)"),
    "every lane ends with its last commit":
        ("SELECT count(*) FROM lanes",
         "SELECT 'lane ' || l.lane FROM lanes l LEFT JOIN journal j ON j.lane = l.lane AND j.seq = l.seq"
         " WHERE l.seq > 0 AND (j.hash IS NULL OR j.hash <> l.head)"),
    "what waits for others is counted":
        ("SELECT count(*) FROM members",
         "SELECT 'member ' || m.id FROM members m LEFT JOIN (SELECT member, count(*) AS n FROM holds"
         " WHERE state = 'open' GROUP BY member) h ON h.member = m.id WHERE m.waiting <> coalesce(h.n, 0)"),
}
"""By what each check is called: how many there are to look at, and what is broken."""

CHEAP: Final = ("all accounts sum to zero", "no balance is below zero", "held money is that of open holds",
                "the days add up to the running total", "every lane ends with its last commit",
                "what waits for others is counted", "an envelope holds what is left of it",
                "open envelopes are what was tallied",
                "open requests are what was tallied", "open requests on cards are what was tallied",
                "a voucher holds what is left of it", "open splits are what was tallied",
                "what comes again is tallied")
"""Checks that look at what there is now, not at all that ever happened."""
