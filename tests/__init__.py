"""What must hold, as facts one can run: the tree mirrors the code, and stories through the whole house are in scenarios/."""
