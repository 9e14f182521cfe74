"""The methods by which a bot gets its updates and its files: polling, webhook settings, getFile.

Guards: there is one way at a time; while a webhook is set, polling is refused.
"""

import re
from urllib.parse import urlsplit

from .calls import Call, Handler, Result
from .errors import bad_request
from .rules import LOOPBACK
from .shapes import Json
from .state import World
from .updates import Updates

MAX_POLL = 50
MAX_DOWNLOAD = 20 * 1024 * 1024
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


async def get_updates(call: Call) -> Result:
    world, values = call.world, call.values
    if "allowed_updates" in values:
        _allow(world, values["allowed_updates"])
    was_online = world.updates.online
    limit = min(max(values.get("limit", 100), 1), 100)
    timeout = min(max(values.get("timeout", 0), 0), MAX_POLL)
    polling = world.updates.poll(values.get("offset", 0), limit, timeout, call.gone)
    if not was_online:
        world.updates.last_poll = world.clock()
        world.events.tell("bot")
    return await polling


def _allow(world: World, kinds: list[str]) -> None:
    if kinds != world.updates.allowed:
        world.updates.allowed = kinds
        world.setting("polling", {"allowed": kinds})


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise bad_request("bad webhook: invalid URL specified") from None
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not host:
        raise bad_request("bad webhook: invalid URL specified")
    return url


def set_webhook(call: Call) -> Result:
    world, values = call.world, call.values
    if not values["url"]:
        return delete_webhook(call)
    secret = values.get("secret_token", "")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    webhook: Json = {"url": _checked_url(values["url"]), "secret_token": secret}
    webhook["max_connections"] = min(max(values.get("max_connections", 40), 1), 100)
    if "allowed_updates" in values:
        _allow(world, values["allowed_updates"])
    _use(world, webhook, drop=values.get("drop_pending_updates", False))
    return True


def delete_webhook(call: Call) -> Result:
    _use(call.world, None, drop=call.values.get("drop_pending_updates", False))
    return True


def _use(world: World, webhook: Json | None, *, drop: bool) -> None:
    updates: Updates = world.updates
    if drop:
        updates.clear()
    updates.use_webhook(webhook)
    world.setting("webhook", webhook)


def get_webhook_info(call: Call) -> Result:
    updates = call.world.updates
    webhook = updates.webhook or {}
    info: Json = {"url": webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": len(updates)}
    if webhook:
        info["max_connections"] = webhook["max_connections"]
    if webhook and updates.last_error is not None:
        info["last_error_date"], info["last_error_message"] = updates.last_error
    if updates.allowed:
        info["allowed_updates"] = updates.allowed
    return info


def get_file(call: Call) -> Result:
    file = call.world.files.get(call.values["file_id"])
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.file_unique_id,
        "file_size": file.size,
        "file_path": file.path,
    }


def get_me(call: Call) -> Result:
    return me(call.world)


def me(world: World) -> Json:
    told = world.settings.get("botfather", {})
    flags = {"can_join_groups": True, "can_read_all_group_messages": world.reads_all}
    flags |= {"supports_inline_queries": bool(told.get("inline")), "can_connect_to_business": False}
    flags |= {"has_main_web_app": bool(told.get("main_web_app")), "supports_guest_queries": bool(told.get("guest"))}
    return world.bot | flags


def accepted(call: Call) -> Result:
    """logOut and close mean something only for servers that share an account."""
    return True


PLAYED: dict[str, Handler] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
    "getMe": get_me,
    "logOut": accepted,
    "close": accepted,
}
