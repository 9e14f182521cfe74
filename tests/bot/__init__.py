"""Tests of the process and of what meets the outside world."""
