"""How the local chat says no: as Telegram does to a bot, and in its own words to who uses the control API.

Guards: a refusal carries everything its answer shows (status, description, parameters), so nothing else decides it.
"""

from typing import Any


class ApiError(Exception):
    """A Bot API call that is refused; its description is Telegram's own wording."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


class ActError(Exception):
    """An act of a person, or a change of the world, that makes no sense."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


def bad_request(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def no_such(what: str) -> ActError:
    return ActError(404, "not_found", f"There is no such {what}.")


def bad_act(reason: str) -> ActError:
    return ActError(400, "bad_request", reason)


def not_allowed(reason: str) -> ActError:
    return ActError(403, "forbidden", reason)
