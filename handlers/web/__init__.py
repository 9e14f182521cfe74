"""Ways in by HTTP: payment pages, legal texts, the merchant API and callbacks belong here; nothing is served yet.

Guards: a way in by HTTP knows nothing of the chat and of the clock's jobs, which the import contracts hold from the
first line on.
"""
