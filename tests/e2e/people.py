"""A newcomer in the chat and a case manager on the staff pages, as their hands do it."""

from __future__ import annotations

import yaml
from playwright.sync_api import Browser, Page

from scripts.stack import ROOT, Stack

SAID = yaml.safe_load((ROOT / "tests/conversations/said.yml").read_text(encoding="utf-8"))
NAMES = {"de": "Deutsch", "en": "English", "ar": "العربية", "tr": "Türkçe", "uk": "Українська"}
HELP, GOAL = SAID["personal_help"], SAID["goal"]
PERSON = {"de": "Maria Muster", "en": "Mary Example", "ar": "ليلى مثال", "tr": "Örnek Hanım", "uk": "Марія Приклад"}


class Chat:
    """The widget as a person uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._said = 0

    def _answered(self) -> None:
        """Wait until the latest message of the person is followed by an answer."""
        self._said += 1
        self.page.locator(".message.person").nth(self._said - 1).wait_for()
        answer = "xpath=following-sibling::*[contains(@class, 'bot')]"
        self.page.locator(".message.person").nth(self._said - 1).locator(answer).first.wait_for()

    def say(self, text: str) -> None:
        self.page.locator("textarea").fill(text)
        self.page.keyboard.press("Enter")
        self._answered()

    def tap(self, *numbers: int, submit: bool = False) -> None:
        """Tap choices of the newest question, from 0; with ``submit`` send the toggled ones."""
        group = self.page.locator(".choices:not(.settled)").last
        for number in numbers:
            group.locator("button.choice").nth(number).click()
        if submit:
            group.locator("button.choice-primary").click()
        self._answered()


def walk_to_receipt(chat: Chat, language: str) -> str:
    """From the wish for help to the receipt; returns the code."""
    chat.say(HELP[language])
    chat.tap(0)
    chat.tap(0, 2, submit=True)
    chat.page.locator(".choices:not(.settled)").last.locator("button.choice-plain").click()
    chat._answered()
    chat.say(GOAL[language])
    chat.tap(0)
    chat.tap(0)
    chat.say(PERSON[language])
    chat.say("0211 1234567")
    chat.page.locator(".choices:not(.settled)").last.locator("button.choice-plain").click()
    chat._answered()
    chat.tap(0)
    if language != "de":
        chat.tap(0)
        chat.tap(0)
    chat.tap(0)
    chat.tap(0)
    chat.tap(0)
    return str(chat.page.locator(".code").last.inner_text()).strip("\u2068\u2069 \n")


def sign_in(stack: Stack, browser: Browser, role: str = "case_manager", width: int = 1280) -> Page:
    """The staff pages after the sign-in, in a window of their own."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(stack.staff_url)
    login = next(login for login in stack.logins if login["role"] == role)
    page.locator("input[name=login]").fill(login["user"])
    page.locator("input[type=password]").fill(login["password"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Abmelden").wait_for()
    return page
