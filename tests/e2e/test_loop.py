"""The whole loop in a real browser: the newcomer in the own language, the case manager on the staff pages, and back by code."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Browser, Page

from scripts.stack import Stack
from tests.e2e.people import HELP, NAMES, PERSON, Chat, sign_in, walk_to_receipt

STATE = "Case Management"
"""An office word that stays German in every language."""


@pytest.mark.parametrize("language", list(NAMES))
def test_loop_from_question_to_decision_and_back(stack: Stack, browser: Browser, language: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: errors.append(request.url) if not request.url.startswith(stack.chat_url) else None)
    page.goto(stack.chat_url)
    page.get_by_role("button", name=NAMES[language], exact=True).click()
    page.locator("textarea").wait_for()
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    chat = Chat(page)
    code = walk_to_receipt(chat, language)
    assert len(code) == 14

    accept_in_staff_pages(stack, browser, PERSON[language])
    chat.say(code)
    state = page.locator(".message.bot").last.inner_text()
    assert STATE in state
    shoot(page, f"status-{language}")
    context.close()
    assert errors == []


def accept_in_staff_pages(stack: Stack, browser: Browser, name: str) -> None:
    """The case manager signs in, opens the case, sees the original, and accepts it with a reason."""
    page = sign_in(stack, browser)
    page.get_by_role("link", name=name).first.click()
    page.locator("input[value='case_management:several_bodies']").check()
    shoot(page, "case")
    page.get_by_role("button", name="Entscheidung speichern").click()
    page.wait_for_url("**entschieden**")
    page.context.close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture to look at where a folder is given."""
    if folder := os.environ.get("LOTSE_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=False)


def test_page_follows_a_language_that_was_asked_for_in_words(stack: Stack, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    page.goto(stack.chat_url)
    page.get_by_role("button", name=NAMES["de"], exact=True).click()
    page.locator("textarea").wait_for()
    chat = Chat(page)
    chat.say("Ich möchte auf Arabisch schreiben")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("#language-current").inner_text() == NAMES["ar"]
    chat.say(HELP["ar"])
    assert page.locator(".message.bot").last.get_attribute("lang") == "ar"
    page.context.close()
