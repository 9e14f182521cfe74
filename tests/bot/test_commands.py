"""What Telegram shows of the bot by itself."""
from __future__ import annotations

from pathlib import Path

from bot.commands import introduce
from bot.local.views import state
from tests.scenarios.harness import Stage, stage


async def described(here: Stage, language: str) -> str:
    """What somebody of a language reads before they press Start."""
    return (await here.app.bot.get_my_description(language_code=language)).description


async def test_what_the_bot_can_do_is_said_in_both_languages_and_once(sqlite_url: str, tmp_path: Path) -> None:
    async with stage(tmp_path, sqlite_url) as here:
        assert "send each other money" in await described(here, "en")
        assert "互相付款" in await described(here, "zh")
        shown = [state(here.world, who.id)["bot"]["local"]["description"] for who in (here.alice, here.liming)]
        assert "send each other money" in shown[0]
        assert "互相付款" in shown[1]
        await here.app.bot.set_my_description("Ours, says the owner.")
        await introduce(here.app.bot, here.app.voices, play_money=True)
        assert await described(here, "en") == "Ours, says the owner."
