"""What operators ask for by command, one module a chapter.

Guards: none of it exists for anybody else. Who may do what is decided by the wallet, in the transaction that does it;
the table of commands only says whom a handler answers, and where.
"""
