"""What must hold, as facts one can run: the folders mirror the code, whole stories are in scenarios/."""
