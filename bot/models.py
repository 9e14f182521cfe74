"""aiogram's models of the Bot API, each of them built when it is used for the first time.

aiogram builds all six hundred while it is imported: two thirds of the time in which a process starts, and 100 MB, for
the forty that a bot uses. pydantic can put that off, if the names in their annotations can be found later too.

Guards: a model that is built late is the same as one that is built early. Both kinds work, so nothing else needs to
know of this, and tests import aiogram as it is.
"""
from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from pydantic import BaseModel

_NAME: Final = re.compile(r"[A-Za-z_]\w*")


def import_aiogram() -> None:
    """Import aiogram without building its models, unless somebody has imported it already."""
    if "aiogram" in sys.modules:
        return
    with _built_at_first_use():
        importlib.import_module("aiogram")
        types = importlib.import_module("aiogram.types")
    public = vars(types)
    for name in types.__all__:
        model = public[name]
        if isinstance(model, type) and issubclass(model, BaseModel):
            _name_everything(model, public)
    _lighten(importlib.import_module("aiogram.client.context_controller").BotContextController)


def _lighten(base: type[BaseModel]) -> None:
    """Leave two things out that each of the dozen objects in an update pays for. Every object keeps the bot that it
    came with, and pydantic sees to that in one call for each class that a model comes from, four or five deep: one is
    enough. And nobody here says `UNSET`, so nobody needs to look for it."""
    def keep(self: BaseModel, context: Any, /) -> None:
        object.__setattr__(self, "__pydantic_private__", {"_bot": context.get("bot") if context else None})

    left = [base]
    while left:  # Each class once.
        model = left.pop()
        left.extend(model.__subclasses__())
        assert model.__private_attributes__.keys() == {"_bot"}, f"{model.__name__} keeps more than the bot"
        if "model_post_init" in vars(model):
            del model.model_post_init
        model.__pydantic_decorators__.model_validators.pop("remove_unset", None)
    base.model_post_init = keep  # type: ignore[method-assign]


@contextmanager
def _built_at_first_use() -> Iterator[None]:
    """While this lasts, models are defined but not built: neither when they are defined, nor when they are told to."""
    rebuild, config = vars(BaseModel)["model_rebuild"], BaseModel.model_config
    BaseModel.model_rebuild = classmethod(_not_yet)  # type: ignore[method-assign, assignment]
    BaseModel.model_config = config | {"defer_build": True}
    try:
        yield
    finally:
        BaseModel.model_rebuild = rebuild  # type: ignore[method-assign]
        BaseModel.model_config = config


def _not_yet(model: type[BaseModel], /, **_: Any) -> None:
    """In the place of `model_rebuild`."""


def _name_everything(model: type[BaseModel], public: dict[str, Any]) -> None:
    """Put what a model's annotations name where pydantic looks for it: aiogram imports it for type checkers only."""
    module = vars(sys.modules[model.__module__])
    for base in model.__mro__:
        for annotation in vars(base).get("__annotations__", {}).values():
            if isinstance(annotation, str):
                for word in _NAME.findall(annotation):
                    if word in public:
                        module.setdefault(word, public[word])
