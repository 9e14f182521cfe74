"""The pictures that carry what people wrote."""
