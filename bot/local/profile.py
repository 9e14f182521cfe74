"""What the bot says about itself: commands by scope and language, name, descriptions, menu button.

Guards: a person is shown what Telegram would choose, the nearest scope first and the person's language before none.
"""

from . import rules
from .calls import Call, Handler, Result
from .errors import bad_request
from .members import RIGHTS
from .shapes import Json
from .state import Chat, World


def _scope_name(call: Call) -> str:
    scope = call.values.get("scope") or {"type": "default"}
    kind = scope.get("type", "default")
    if "chat_id" not in scope:
        return str(kind)
    chat = call.world.found(scope["chat_id"])
    if kind == "chat_member":
        return f"chat_member.{chat.id}.{scope['user_id']}"
    return f"{kind}.{chat.id}"


def _commands_name(call: Call) -> str:
    language = call.values.get("language_code", "")
    rules.check_language(language)
    return f"commands:{_scope_name(call)}:{language}"


def set_my_commands(call: Call) -> Result:
    commands = call.values["commands"]
    rules.check_commands(commands)
    call.world.setting(_commands_name(call), {"commands": commands} if commands else None)
    _tell_commands(call.world)
    return True


def delete_my_commands(call: Call) -> Result:
    call.world.setting(_commands_name(call), None)
    _tell_commands(call.world)
    return True


def get_my_commands(call: Call) -> Result:
    kept = call.world.settings.get(_commands_name(call))
    found: list[Json] = kept["commands"] if kept else []
    return found


def _tell_commands(world: World) -> None:
    world.events.tell("commands")


def commands_for(world: World, chat: Chat, person: int) -> list[Json]:
    """The commands that this person finds in the menu of this chat."""
    if chat.private:
        scopes = [f"chat.{chat.id}", "all_private_chats", "default"]
    else:
        administrator = chat.leads(person)
        scopes = [f"chat_member.{chat.id}.{person}"]
        scopes += [f"chat_administrators.{chat.id}"] if administrator else []
        scopes += [f"chat.{chat.id}"]
        scopes += ["all_chat_administrators"] if administrator else []
        scopes += ["all_group_chats", "default"]
    language = (world.people[person].user.get("language_code") or "")[:2]
    for scope in scopes:
        for code in (language, ""):
            kept = world.settings.get(f"commands:{scope}:{code}")
            if kept:
                found: list[Json] = kept["commands"]
                return found
    return []


# ---------------------------------------------------------------- name and descriptions

_TEXTS = {"Name": ("name", 64), "Description": ("description", 512), "ShortDescription": ("short_description", 120)}


def _setter(name: str, limit: int) -> Handler:
    def set_text(call: Call) -> Result:
        value, language = call.values.get(name, ""), call.values.get("language_code", "")
        rules.check_language(language)
        if len(value) > limit:
            raise bad_request(f"bot {name.replace('_', ' ')} is too long")
        call.world.setting(f"{name}:{language}", {"value": value} if value else None)
        if name == "name" and not language:
            call.world.bot = {**call.world.bot, "first_name": value or call.world.brand}
        call.world.events.tell("bot")
        return True

    return set_text


def _getter(name: str) -> Handler:
    def get_text(call: Call) -> Result:
        return {name: text_for(call.world, name, call.values.get("language_code", ""))}

    return get_text


def text_for(world: World, name: str, language: str) -> str:
    """A description in a language, or the one without; a bot always has a name."""
    for code in (language[:2], ""):
        kept = world.settings.get(f"{name}:{code}")
        if kept:
            return str(kept["value"])
    return world.brand if name == "name" else ""


# ---------------------------------------------------------------- menu button and rights


def set_chat_menu_button(call: Call) -> Result:
    button = call.values.get("menu_button") or {"type": "default"}
    name = "menu:"
    if "chat_id" in call.values:
        chat = call.world.found(call.values["chat_id"])
        if not chat.private:
            raise bad_request("menu button can be set in private chats only")
        name = f"menu:{chat.id}"
    call.world.setting(name, None if button["type"] == "default" else button)
    _tell_commands(call.world)
    return True


def get_chat_menu_button(call: Call) -> Result:
    return menu_button(call.world, call.values.get("chat_id"))


def menu_button(world: World, chat_id: int | None) -> Json:
    return world.settings.get(f"menu:{chat_id}") or world.settings.get("menu:") or {"type": "commands"}


def set_my_default_administrator_rights(call: Call) -> Result:
    name = "rights:channels" if call.values.get("for_channels") else "rights:groups"
    call.world.setting(name, call.values.get("rights"))
    return True


def get_my_default_administrator_rights(call: Call) -> Result:
    name = "rights:channels" if call.values.get("for_channels") else "rights:groups"
    return dict.fromkeys(RIGHTS, False) | (call.world.settings.get(name) or {})


PLAYED: dict[str, Handler] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    **{f"setMy{suffix}": _setter(*fact) for suffix, fact in _TEXTS.items()},
    **{f"getMy{suffix}": _getter(fact[0]) for suffix, fact in _TEXTS.items()},
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "setMyDefaultAdministratorRights": set_my_default_administrator_rights,
    "getMyDefaultAdministratorRights": get_my_default_administrator_rights,
}
