"""The whole loop in a real browser: the newcomer in the own language, the case manager on the staff pages, and back by code."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.stack import Stack

NAMES = {"de": "Deutsch", "ar": "العربية"}
HELP = {"de": "Ich brauche persönliche Hilfe", "ar": "أحتاج إلى مساعدة شخصية"}
GOAL = {"de": "Eine Wohnung für meine Familie", "ar": "بيت لعائلتي"}
PERSON = {"de": "Maria Muster", "ar": "ليلى مثال"}
STATE = {"de": "Case Management", "ar": "Case Management"}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = os.environ.get("LOTSE_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


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
    chat.tap(0)
    if language != "de":
        chat.tap(0)
        chat.tap(0)
    chat.tap(0)
    chat.tap(0)
    chat.tap(0)
    return str(chat.page.locator(".code").last.inner_text()).strip("\u2068\u2069 \n")


@pytest.mark.parametrize("language", ["de", "ar"])
def test_loop_from_question_to_decision_and_back(stack: Stack, browser: Browser, language: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: errors.append(request.url) if not request.url.startswith(stack.chat_url) else None)
    page.goto(stack.chat_url)
    page.get_by_role("button", name=NAMES[language]).click()
    page.locator("textarea").wait_for()
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    chat = Chat(page)
    code = walk_to_receipt(chat, language)
    assert len(code) == 14

    accept_in_staff_pages(stack, browser, PERSON[language])
    chat.say(code)
    state = page.locator(".message.bot").last.inner_text()
    assert STATE[language] in state
    shoot(page, f"status-{language}")
    context.close()
    assert errors == []


def accept_in_staff_pages(stack: Stack, browser: Browser, name: str) -> None:
    """The case manager signs in, opens the case, sees the original, and accepts it with a reason."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(stack.staff_url)
    login = stack.logins[0]
    page.locator("input[name=login]").fill(login["user"])
    page.locator("input[type=password]").fill(login["password"])
    page.keyboard.press("Enter")
    page.get_by_role("link", name=name).first.click()
    page.locator("input[value='case_management:several_bodies']").check()
    shoot(page, "case")
    page.get_by_role("button", name="Entscheidung speichern").click()
    page.wait_for_url("**entschieden**")
    context.close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture to look at where a folder is given."""
    if folder := os.environ.get("LOTSE_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=False)
