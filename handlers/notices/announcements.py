"""Announcements as they arrive.

Guards: see the package. What is announced stands in no notice, of which there may be a hundred thousand: it is looked
up, and never changes.
"""
from __future__ import annotations

from handlers.announcements import told
from handlers.notices.base import Context, Said
from wallet import events


async def came(event: events.AnnouncementCame | events.IncidentCame, context: Context) -> Said:
    view = await context.announcements.said(event.announcement)
    assert view is not None, "an announcement is there before anybody is told"
    return told(view, context.speaker.language), None, None
