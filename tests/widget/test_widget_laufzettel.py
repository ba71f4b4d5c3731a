"""What a person takes along from a card: the paper as PDF, the printed page, the way to the office."""

import io

from playwright.sync_api import expect
from pypdf import PdfReader

BUTTON, SAVE = "Laufzettel als PDF", "PDF herunterladen"
DONE = "Das PDF ist auf Ihrem Gerät. Bei uns bleibt es nicht."


def test_button_brings_a_pdf_of_this_card(chat):
    chat.begin()
    message = chat.say("topic")
    with chat.page.expect_download() as download:
        message.get_by_role("button", name=BUTTON).click()
    assert download.value.suggested_filename == "Laufzettel.pdf"
    expect(message.get_by_role("status")).to_have_text(DONE)
    expect(message.get_by_role("button", name=BUTTON)).to_be_focused()
    assert chat.server.papers == [[message.get_attribute("data-id")]]


def test_topics_of_the_chat_can_be_chosen_by_keyboard(chat):
    page = chat.begin().page
    first = chat.say("topic").get_attribute("data-id")
    message = chat.say("work")
    message.get_by_role("button", name=BUTTON).focus()
    page.keyboard.press("Enter")
    boxes = message.get_by_role("group", name="Was soll auf den Laufzettel?").get_by_role("checkbox")
    assert [(box.is_checked(), box.evaluate("box => box.labels[0].textContent")) for box in boxes.all()] == [
        (True, "Arbeit suchen"),
        (False, "Wohnsitz anmelden"),
    ]
    expect(boxes.first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(message.get_by_role("button", name=SAVE)).to_be_focused()
    with page.expect_download():
        page.keyboard.press("Enter")
    assert chat.server.papers == [[message.get_attribute("data-id"), first]]


def test_nothing_chosen_cannot_be_downloaded(chat):
    chat.begin().say("topic")
    message = chat.say("work")
    message.get_by_role("button", name=BUTTON).click()
    message.get_by_role("checkbox", name="Arbeit suchen").uncheck()
    expect(message.get_by_role("button", name=SAVE)).to_be_disabled()
    message.get_by_role("checkbox", name="Wohnsitz anmelden").check()
    expect(message.get_by_role("button", name=SAVE)).to_be_enabled()


def test_a_topic_shown_twice_is_offered_once(chat):
    chat.begin().say("topic")
    chat.say("topic")
    chat.say("work").get_by_role("button", name=BUTTON).click()
    expect(chat.last.get_by_role("checkbox")).to_have_count(2)


def test_paper_comes_after_a_reload_too(chat):
    chat.begin().say("topic")
    chat.page.reload()
    chat.bot.nth(1).wait_for()
    with chat.page.expect_download():
        chat.last.get_by_role("button", name=BUTTON).click()
    assert chat.server.papers == [[chat.last.get_attribute("data-id")]]


def test_failure_is_said_and_the_button_stays(chat):
    chat.errors_expected = True
    chat.begin()
    message = chat.say("topic")
    for status, code, text in (
        (503, "unavailable", "Das PDF geht gerade nicht. Bitte versuchen Sie es noch einmal."),
        (404, "no_document", "Das PDF geht gerade nicht. Bitte versuchen Sie es noch einmal."),
    ):
        chat.server.failures = [(status, code)]
        message.get_by_role("button", name=BUTTON).click()
        expect(message.get_by_role("status")).to_have_text(text)
    with chat.page.expect_download():
        message.get_by_role("button", name=BUTTON).click()
    expect(message.get_by_role("status")).to_have_text(DONE)


def test_receipt_brings_the_pdf_of_its_consents(chat):
    chat.begin()
    message = chat.say("receipt")
    with chat.page.expect_download() as download:
        message.get_by_role("button", name=SAVE).click()
    assert download.value.suggested_filename == "Einwilligung.pdf"
    expect(message.get_by_role("status").last).to_have_text(DONE)
    assert chat.server.papers == [[message.get_attribute("data-id")]]


def test_address_opens_the_map_of_the_device_only_when_tapped(chat):
    message = chat.begin().say("topic")
    link = message.get_by_role("link", name="Auf der Karte zeigen")
    expect(link).to_have_attribute("href", "geo:0,0?q=Marktplatz%204%2C%2059999%20Musterstadt")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert link.bounding_box()["height"] >= 44
    directions = message.get_by_text("Bus R45 bis Rathaus")
    assert (directions.get_attribute("lang"), directions.get_attribute("dir")) == ("de", "ltr")


def test_map_link_that_is_no_map_link_is_not_shown(chat):
    expect(chat.begin().say("hostile").locator("a[href^=javascript], a[href^=geo]")).to_have_count(0)


def test_printed_topic_fits_one_page_without_buttons(chat):
    for lang, print_label in (("de", "Drucken"), ("ar", "طباعة")):
        chat.page.goto(chat.server.url)
        chat.page.evaluate("sessionStorage.clear()")
        chat.page.reload()
        message = chat.begin(lang).say("topic")
        chat.page.evaluate("window.print = () => {}")
        message.get_by_role("button", name=print_label).click()
        chat.page.emulate_media(media="print")
        assert message.locator("button:visible").count() == 0
        assert message.locator(".steps li:visible").count() == 5
        expect(message.locator(".office")).to_be_visible()
        assert chat.page.locator(".message:visible").count() == 1
        assert message.locator(".bubble:visible, .no-print:visible").count() == 0
        pdf = chat.page.pdf(format="A4")
        assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
        chat.page.emulate_media(media="screen")
