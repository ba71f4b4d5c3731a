"""axe on every kind of page of the widget, in both directions of writing and both colour schemes."""

import pytest
from playwright.sync_api import expect

from tests.axe import violations

EVERYWHERE = pytest.mark.parametrize(("lang", "scheme"), [("de", "light"), ("de", "dark"), ("ar", "light"), ("ar", "dark")])


def is_clean(chat):
    found = violations(chat.page)
    assert found == [], "\n".join(found)


def begin(chat, lang, scheme):
    chat.page.emulate_media(color_scheme=scheme)
    return chat.begin(lang)


@EVERYWHERE
def test_axe_finds_nothing_on_first_screen(chat, lang, scheme):
    chat.errors_expected = True
    chat.page.emulate_media(color_scheme=scheme)
    chat.page.locator("#picker-languages button").first.wait_for()
    is_clean(chat)
    chat.page.route("**/conversations", lambda route: route.fulfill(status=503, body="{}"))
    chat.page.click(f"#picker-languages button[lang={lang}]")
    chat.page.locator("#picker-problem button").wait_for()
    is_clean(chat)


@EVERYWHERE
def test_axe_finds_nothing_in_messages_and_cards(chat, lang, scheme):
    begin(chat, lang, scheme)
    is_clean(chat)
    for scene in ("topic", "work", "page", "elsewhere", "form", "consent", "slots", "readback", "receipt", "status", "emergency"):
        chat.say(scene)
        is_clean(chat)
        if scene == "form":
            chat.last.locator(".choice-toggle").first.click()
            chat.last.locator("summary").first.click()
            is_clean(chat)


@EVERYWHERE
def test_axe_finds_nothing_while_topics_are_chosen_for_paper(chat, lang, scheme):
    begin(chat, lang, scheme).say("topic")
    chat.say("work").locator(".no-print button").first.click()
    expect(chat.last.get_by_role("checkbox")).to_have_count(2)
    is_clean(chat)
    with chat.page.expect_download():
        chat.last.locator("fieldset button").click()
    expect(chat.last.get_by_role("status")).not_to_be_empty()
    is_clean(chat)


@EVERYWHERE
def test_axe_finds_nothing_in_open_lists_and_dialog(chat, lang, scheme):
    page = begin(chat, lang, scheme).page
    for button in ("#language-button", "#menu-button"):
        page.click(button)
        is_clean(chat)
    page.locator("#menu-list button").last.click()
    expect(page.locator("#forget")).to_be_visible()
    is_clean(chat)


@EVERYWHERE
def test_axe_finds_nothing_after_an_error_and_offline(chat, lang, scheme):
    chat.errors_expected = True
    begin(chat, lang, scheme)
    chat.server.failures.append((503, "unavailable"))
    chat.type("x" * 1_990)
    chat.page.locator(".failure").wait_for()
    chat.page.fill("#text", "x" * 1_990)
    is_clean(chat)
    chat.page.context.set_offline(True)
    chat.type("y")
    chat.page.locator(".standing:not(.failure)").wait_for()
    is_clean(chat)


def test_axe_sees_what_is_wrong(chat):
    chat.begin()
    chat.page.evaluate("document.getElementById('language-button').replaceChildren()")
    assert any(line.startswith("button-name") for line in violations(chat.page))
