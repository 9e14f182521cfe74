"""Races for the same money: from two processes on one PostgreSQL, and from several threads on one SQLite file.

Guards: of what covers one, one goes through; a hold ends once, whoever had a word in it, operators too, and what
arrives later comes back only before its time; of an envelope everybody has one share at most and the rest goes back
once, whatever becomes of its maker meanwhile; of a split no place is paid twice and it ends once; a day of what comes
again is paid once; what is on a card is given once, and had by one, also when all else of it is forgotten; crossing
payments all arrive, and nobody had to be thrown out of a deadlock for it.
"""
