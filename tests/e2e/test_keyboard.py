"""From the first screen to the read-back with the keyboard alone: where the focus is, and that one sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from scripts.stack import Stack
from tests.e2e.people import GOAL, NAMES, PERSON

QUESTION = {"de": "Wie melde ich meine Wohnung an?", "ar": "كيف أسجل عنوان سكني؟"}
SIGHT = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  const middle = document.elementFromPoint(box.x + box.width / 2, Math.max(box.top, 0) + Math.min(box.height, 8) / 2);
  return one !== document.body && one.matches(':focus-visible') && style.outlineStyle !== 'none'
    && parseFloat(style.outlineWidth) >= 2 && one.contains(middle);
}"""


class Hands:
    """Somebody with a keyboard and no mouse. Each stop of the focus must be in sight."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def sees_the_focus(self) -> None:
        assert self.page.evaluate(SIGHT), self.page.evaluate("document.activeElement.outerHTML.slice(0, 300)")

    def reach(self, target: Locator, key: str = "Tab") -> None:
        """Tab until the target has the focus."""
        for _ in range(80):
            self.press(key)
            if target.evaluate("one => one === document.activeElement"):
                self.sees_the_focus()
                return
            if not self.page.evaluate("document.activeElement === document.body"):
                self.sees_the_focus()
        raise AssertionError(f"not reached: {target}")

    def answer(self, target: Locator, key: str = "Tab", press: str = "Enter") -> None:
        """Reach a choice and press it. Then the focus is on the own words, in sight above the answer."""
        self.reach(target, key)
        before = self.page.locator(".message").count()
        self.press(press)
        expect(self.page.locator(".message.person:focus")).to_have_count(1)
        self.page.locator(".message").nth(before + 1).wait_for()
        expect(self.page.locator(".message.person").last).to_be_focused()
        self.sees_the_focus()

    def type(self, text: str, key: str = "Tab") -> None:
        """Reach the field, type, send. The focus stays in the field."""
        field = self.page.locator("textarea")
        if not field.evaluate("one => one === document.activeElement"):
            self.reach(field, key)
        before = self.page.locator(".message").count()
        self.page.keyboard.type(text)
        self.press("Enter")
        self.page.locator(".message").nth(before + 1).wait_for()
        expect(field).to_be_focused()
        expect(field).to_have_value("")
        self.sees_the_focus()


@pytest.mark.parametrize("language", ["de", "ar"])
def test_everything_up_to_the_read_back_is_done_by_keyboard(stack: Stack, browser: Browser, language: str) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce").new_page()
    page.goto(stack.chat_url)
    hands = Hands(page)
    page.locator("#picker-languages button").first.wait_for()
    hands.reach(page.get_by_role("button", name=NAMES[language], exact=True))
    hands.press("Enter")
    expect(page.locator(".message.bot").first).to_be_focused()
    hands.sees_the_focus()
    log = page.locator("[role=log]")
    assert [log.get_attribute(name) for name in ("id", "aria-live")] == ["log", "polite"]
    assert page.locator("#log").evaluate("log => log.contains(document.activeElement)")

    newest = page.locator(".message.bot").last
    choices = newest.locator(".choices button.choice")
    hands.type(QUESTION[language])
    expect(newest.locator(".card-topic")).to_have_count(1)
    hands.answer(choices.first, "Shift+Tab", "Space")
    hands.answer(choices.first)

    expect(newest.locator(".choice-toggle").first).to_be_visible()
    hands.reach(newest.locator("summary").first)
    hands.press("Enter")
    expect(newest.locator("details[open]")).to_have_count(1)
    for number in (0, 2):
        hands.reach(newest.locator(".choice-toggle").nth(number))
        hands.press("Space")
        expect(newest.locator(".choice-toggle").nth(number)).to_have_attribute("aria-pressed", "true")
    hands.answer(newest.locator(".choice-primary"))
    hands.answer(newest.locator("button.choice-plain"))
    hands.type(GOAL[language])

    expect(newest.locator(".card-consent")).to_have_count(1)
    hands.answer(newest.locator(".choice-equal").first, "Shift+Tab", "Space")
    hands.answer(newest.locator(".choice-equal").first)
    hands.type(PERSON[language])
    hands.type("0211 1234567")
    hands.answer(newest.locator("button.choice-plain"))
    hands.answer(choices.first, "Shift+Tab")
    if language != "de":
        hands.answer(newest.locator(".choice-equal").first)
        hands.answer(newest.locator(".choice-equal").first)
    rows = newest.locator(".card-readback .row-change button")
    expect(rows.first).to_be_visible()
    hands.press("Tab")
    expect(rows.first).to_be_focused()
    hands.sees_the_focus()
    hands.reach(newest.locator(".choice-primary"))
    page.context.close()


def test_escape_closes_what_is_open_and_gives_the_focus_back(stack: Stack, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce").new_page()
    page.goto(stack.chat_url)
    hands = Hands(page)
    page.get_by_role("button", name=NAMES["de"], exact=True).press("Enter")
    page.locator(".message.bot").first.wait_for()
    for name in ("language", "menu"):
        opener, items = page.locator(f"#{name}-button"), page.locator(f"#{name}-list")
        hands.reach(opener, "Shift+Tab")
        hands.press("Enter")
        hands.reach(items.locator("button").nth(1))
        hands.press("Escape")
        expect(items).to_be_hidden()
        expect(opener).to_be_focused()
        page.wait_for_timeout(1_600)  # three times Escape in a row leaves the page
        hands.press("Tab")
    menu = page.locator("#menu-button")
    hands.reach(menu, "Shift+Tab")
    hands.press("Enter")
    hands.reach(page.locator("#menu-list button").last)
    hands.press("Enter")
    expect(page.locator("#forget-no")).to_be_focused()
    hands.reach(page.locator("#forget-yes"))
    hands.reach(page.locator("#forget-no"))
    hands.press("Escape")
    expect(page.locator("#forget")).to_be_hidden()
    expect(menu).to_be_focused()
    hands.sees_the_focus()
    page.context.close()
