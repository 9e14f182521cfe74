"""The chapters of the machine that drives the whole wallet at random, which `test_machine.py` puts together."""
