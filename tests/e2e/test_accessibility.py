"""axe on the whole conversation of the running stack and on every staff page, in both colour schemes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from scripts.stack import Stack
from tests.axe import violations
from tests.e2e.people import NAMES, PERSON, Chat, sign_in, walk_to_receipt

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def is_clean(page: Page) -> None:
    found = violations(page)
    assert found == [], f"{page.url}\n" + "\n".join(found)


@pytest.fixture(scope="module")
def conversation(stack: Stack, browser: Browser) -> Iterator[Page]:
    """A conversation in Arabic up to the receipt, and with it a case on the staff pages."""
    page = browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce").new_page()
    page.goto(stack.chat_url)
    page.get_by_role("button", name=NAMES["ar"], exact=True).click()
    page.locator("textarea").wait_for()
    walk_to_receipt(Chat(page), "ar")
    yield page
    page.context.close()


@SCHEMES
def test_axe_finds_nothing_in_the_conversation(conversation: Page, scheme: str) -> None:
    conversation.emulate_media(color_scheme=scheme)
    is_clean(conversation)


@SCHEMES
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_pages_of_case_managers(
    stack: Stack, browser: Browser, conversation: Page, scheme: str, width: int
) -> None:
    page = sign_in(stack, browser, width=width)
    page.emulate_media(color_scheme=scheme)
    for path in ("", "?suche=niemand", "kalender", "sprachmittlung", "gibt-es-nicht"):
        page.goto(stack.staff_url + path)
        is_clean(page)
    page.goto(stack.staff_url)
    page.get_by_role("link", name=PERSON["ar"]).first.click()
    for summary in page.locator("summary").all():
        summary.click()
    is_clean(page)
    page.context.close()


@SCHEMES
def test_axe_finds_nothing_on_pages_of_the_coordination(stack: Stack, browser: Browser, conversation: Page, scheme: str) -> None:
    page = sign_in(stack, browser, role="coordination")
    page.emulate_media(color_scheme=scheme)
    for path in ("uebersicht", "sprachmittlung"):
        page.goto(stack.staff_url + path)
        is_clean(page)
    page.context.close()


@SCHEMES
def test_axe_finds_nothing_on_the_sign_in(stack: Stack, browser: Browser, scheme: str) -> None:
    page = browser.new_context(color_scheme=scheme).new_page()
    page.goto(stack.staff_url)
    is_clean(page)
    page.locator("input[name=login]").fill("niemand")
    page.locator("input[type=password]").fill("falsch")
    page.keyboard.press("Enter")
    page.locator("[role=alert]").wait_for()
    is_clean(page)
    page.context.close()


@SCHEMES
def test_axe_finds_nothing_on_a_decided_case(stack: Stack, browser: Browser, conversation: Page, scheme: str) -> None:
    page = sign_in(stack, browser)
    page.emulate_media(color_scheme=scheme)
    page.get_by_role("link", name=PERSON["ar"]).first.click()
    page.locator("input[value='case_management:several_bodies']").check()
    page.locator("textarea[name=note]").fill("Unterlagen liegen vor.")
    page.get_by_role("button", name="Entscheidung speichern").click()
    page.locator("[role=status]").wait_for()
    is_clean(page)
    page.context.close()
