"""The process: the only place where objects are built, and where the outside world is met."""
