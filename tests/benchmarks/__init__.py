"""How fast the house is, against the anchors: `make bench`."""
