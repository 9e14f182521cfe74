"""The invariants, checked from nothing but the rows: whatever store they came from and whatever was done to it.

Guards: it shares no code with `ikmpay reconcile` but the hash and the list of legal ways, so a mistake in one of the
two is seen by the other. The numbers are the invariants'.
"""
