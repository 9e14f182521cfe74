"""Tests of the local chat: would a bot notice that it is not Telegram?"""
