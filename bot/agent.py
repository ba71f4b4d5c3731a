"""Rasa's agent, but a message that comes again is not answered again."""

from __future__ import annotations

import asyncio
from typing import Any, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import Event


class AlreadyAnswered(Exception):
    """The message was answered before; ``events`` are those of that turn."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__()
        self.events = events


class ConversationAgent(Agent):
    """Asks the store under the conversation's lock, so that it holds also where two processes get the same message at once."""

    async def handle_message(self, message: UserMessage) -> Optional[list[dict[str, Any]]]:
        """Raises AlreadyAnswered, and LockError if the conversation is not free in time."""
        async with self.lock_store.lock(message.sender_id):
            message_id = (message.metadata or {}).get("id")
            events = self.tracker_store.answers_to(message.sender_id, message_id) if message_id else []
            if events:
                raise AlreadyAnswered(events)
            return await self.processor.handle_message(message)

    async def forget(self, sender_id: str) -> None:
        """Delete a conversation, after the turn that is under way. Raises LockError if it is not free in time."""
        async with self.lock_store.lock(sender_id):
            await asyncio.get_running_loop().run_in_executor(None, self.tracker_store.forget, sender_id)
