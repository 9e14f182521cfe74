"""The words of the house: message catalogues in both languages, and the legal texts.

`python -m locales` (`make locales`) brings the catalogues up to date with the sentences in the code.
"""
