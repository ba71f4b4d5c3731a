"""The chat page in a real browser, against a server that speaks contracts/web-v1.md."""

from canned import LANGUAGES
from playwright.sync_api import expect


def test_first_screen_shows_languages_in_their_own_script_and_the_numbers(chat):
    buttons = chat.page.locator("#picker-languages button")
    expect(buttons).to_have_count(len(LANGUAGES))
    for index, (code, name, direction) in enumerate(LANGUAGES):
        button = buttons.nth(index)
        assert button.inner_text().strip() == name
        assert (button.get_attribute("lang"), button.get_attribute("dir")) == (code, direction)
        assert button.bounding_box()["height"] >= 44
    assert chat.page.locator(".picker a").evaluate_all("links => links.map(link => link.href)") == ["tel:112", "tel:110"]


def test_picked_language_brings_the_greeting(chat):
    chat.begin("de")
    expect(chat.last).to_contain_text("Guten Tag")
    assert chat.page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["de", "ltr"]
    assert chat.page.locator("#log").get_attribute("role") == "log"


def test_layout_is_mirrored_in_arabic(chat):
    chat.begin("ar").say("topic")
    assert chat.page.evaluate("document.documentElement.dir") == "rtl"
    bot = chat.last.locator(".bubble").bounding_box()
    person = chat.page.locator(".person .bubble").last.bounding_box()
    assert person["x"] < 40 and bot["x"] + bot["width"] > 320
    name = chat.last.locator(".office-name bdi")
    assert (name.get_attribute("lang"), name.get_attribute("dir")) == ("de", "ltr")


def test_german_message_in_persian_page_keeps_its_own_direction(chat):
    chat.begin("fa")
    message = chat.say("topic")
    assert chat.page.evaluate("document.documentElement.dir") == "rtl"
    assert (message.get_attribute("lang"), message.get_attribute("dir")) == ("de", "ltr")


def test_page_in_another_language_says_so_and_keeps_its_own_direction(chat):
    chat.begin("ar").say("page")
    found = chat.last.locator(".card-page .foreign")
    assert (found.get_attribute("lang"), found.get_attribute("dir")) == ("de", "ltr")
    assert found.locator("p").all_inner_texts() == ["Wer einen Hund hat, meldet ihn an.", "Das Formular gibt es im Rathaus."]
    assert chat.last.locator(".card-page .notice").inner_text() == "هذه الصفحة غير متوفرة بلغتك. لغة الصفحة: الألمانية"
    link = chat.last.locator(".card-page a")
    assert (link.get_attribute("href"), link.inner_text()) == (
        "https://pages.example.org/musterstadt/de/hund/",
        "قراءة الصفحة كاملة",
    )


def test_page_in_the_own_language_has_no_note(chat):
    chat.begin("de").say("page")
    assert [chat.last.locator(f".card-page {part}").count() for part in ("h2", ".notice", ".foreign")] == [1, 0, 0]


def test_value_that_begins_with_a_german_name_is_still_arabic(chat):
    chat.begin("ar").say("consent")
    values = chat.last.locator(".row dd > *").evaluate_all("all => all.map(one => getComputedStyle(one).direction)")
    assert set(values) == {"rtl"}


def test_value_in_another_language_has_its_own_direction(chat):
    chat.begin("ar").say("readback")
    phone = chat.last.locator(".row bdi").last
    assert (phone.get_attribute("dir"), phone.inner_text()) == ("ltr", "0151 23456789")


def test_long_quiet_choices_stay_on_one_line_each(chat):
    chat.begin().say("slots")
    boxes = [button.bounding_box() for button in chat.last.locator(".choice-quiet").all()]
    assert len(boxes) == 3
    assert all(44 <= box["height"] <= 48 and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)


def test_everything_works_by_keyboard(chat):
    page = chat.page
    page.locator("#picker-languages button").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    chat.bot.first.wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Anmelden und Papiere")).to_be_focused()
    page.keyboard.press("Enter")
    chat.bot.nth(1).wait_for()
    page.focus("#language-button")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#language-list button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#language-list")).to_be_hidden()
    expect(page.locator("#language-button")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#menu-list button").first).to_be_focused()
    page.focus("#text")
    expect(page.locator("#menu-list")).to_be_hidden()
    page.keyboard.type("topic")
    page.keyboard.press("Shift+Enter")
    assert page.input_value("#text") == "topic\n"
    page.keyboard.press("Enter")
    chat.bot.nth(2).wait_for()
    expect(page.locator("#text")).to_be_focused()


def test_several_choices_are_sent_together(chat):
    chat.begin().say("form")
    chat.page.get_by_role("button", name="Weiter").click()
    expect(chat.last.locator(".hint")).to_have_text("Bitte wählen Sie mindestens 1 aus.")
    for title in ("Gesundheit", "Wohnen", "Deutsch lernen", "Wohnen"):
        chat.last.get_by_role("button", name=title).click()
    expect(chat.last.locator(".hint")).to_have_text("Ausgewählt: 2")
    expect(chat.last.get_by_role("button", name="Gesundheit")).to_have_attribute("aria-pressed", "true")
    form = chat.last
    form_id = chat.bot.count() - 1
    assert form.locator(".progress").inner_text().strip() == "Frage 3 von 7"
    chat.tap("Weiter")
    assert chat.received("choices")[0]["choices"] == ["token:Deutsch lernen", "token:Gesundheit"]
    settled = chat.bot.nth(form_id).locator("button:visible")
    assert settled.all_inner_texts() == ["Deutsch lernen", "Gesundheit"]
    assert all(settled.nth(index).is_disabled() for index in range(2))


def test_typed_title_or_number_counts_as_tapping(chat):
    chat.begin().say("  wohnen. ")
    assert chat.received("choice")[0]["choice"] == "token:Wohnen"
    chat.say("consent")
    chat.say("٢")
    assert chat.received("choice")[1]["choice"] == "token:Nein, nicht weitergeben"


def test_number_never_means_skip_or_back(chat):
    chat.begin().say("readback")
    chat.say("2")
    assert chat.received("choice") == []


def test_consent_buttons_are_equal(chat):
    chat.begin().say("consent")
    boxes = [chat.last.locator(".choice-equal").nth(index) for index in range(2)]
    look = (
        "node => { const style = getComputedStyle(node); return [style.width, style.height, style.color, "
        "style.backgroundColor, style.borderColor, style.fontWeight] }"
    )
    assert boxes[0].evaluate(look) == boxes[1].evaluate(look)


def test_only_the_newest_choices_accept_taps(chat):
    chat.begin().say("consent")
    chat.say("form")
    consent = chat.bot.nth(1).locator(".choice-equal")
    assert [consent.nth(index).is_disabled() for index in range(2)] == [True, True]


def test_readback_sends_the_change_that_was_tapped(chat):
    chat.begin().say("readback")
    chat.tap("Ändern: Telefon")
    assert chat.received("choice")[0]["choice"] == "token:change3"
    expect(chat.page.locator(".person").last).to_contain_text("Ändern: Telefon")


def test_topic_unfolds_its_steps_and_dials(chat):
    chat.begin().say("topic")
    expect(chat.last.locator(".steps li:visible")).to_have_count(3)
    chat.page.get_by_role("button", name="Alle 5 Schritte zeigen").click()
    expect(chat.last.locator(".steps li:visible")).to_have_count(5)
    assert chat.last.locator("a[href^='tel:']").get_attribute("href") == "tel:+492999123450"
    expect(chat.last.locator(".demo")).to_be_visible()


def test_an_office_says_quietly_why_it_is_there(chat):
    chat.begin().say("topic")
    assert chat.last.locator(".office .why").inner_text() == "In Ihrem Ort oder Bezirk · Am nächsten bei Ihnen"


def test_somebody_from_elsewhere_gets_a_link_instead_of_an_office(chat):
    chat.begin("ar").say("elsewhere")
    link = chat.last.locator(".office a")
    assert (link.get_attribute("href"), link.locator("bdi").get_attribute("lang")) == (
        "https://kommunale-integrationszentren-nrw.de/",
        "de",
    )
    expect(chat.last.locator(".call-office")).to_have_count(0)


def test_answer_is_brought_into_view_from_its_beginning(chat):
    chat.begin()
    for scene in ("topic", "readback", "topic"):
        chat.say(scene)
    assert chat.page.evaluate("document.documentElement.scrollHeight") == 740
    bar = chat.page.locator("#bar").bounding_box()["height"]
    assert 0 <= chat.last.bounding_box()["y"] - bar <= 24


def test_language_can_be_changed_on_the_way(chat):
    chat.begin()
    chat.page.click("#language-button")
    expect(chat.page.locator("#language-list [aria-current=true]")).to_have_text("Deutsch")
    chat.page.locator("#language-list button[lang=ar]").click()
    chat.bot.nth(1).wait_for()
    assert chat.received("language")[0]["language"] == "ar"
    assert chat.page.evaluate("document.documentElement.dir") == "rtl"
    assert chat.last.get_attribute("lang") == "ar"
    assert chat.page.locator("#text").get_attribute("placeholder") == "اكتب رسالة"


def test_page_follows_a_language_that_was_typed(chat):
    chat.begin().say("العربية")
    page = chat.page
    assert chat.received("language") == []
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    expect(page.locator("#language-current")).to_have_text("العربية")
    assert page.locator("#text").get_attribute("placeholder") == "اكتب رسالة"
    assert page.locator("#text").evaluate("field => getComputedStyle(field).direction") == "rtl"
    expect(page.locator("#text")).to_be_focused()
    expect(chat.bot).to_have_count(2)
    expect(chat.bot.first).to_contain_text("Guten Tag")
    page.click("#language-button")
    expect(page.locator("#language-list [aria-current=true]")).to_have_text("العربية")
    page.reload()
    expect(chat.bot).to_have_count(2)
    assert page.evaluate("document.documentElement.lang") == "ar"


def test_page_follows_a_typed_language_and_keeps_what_is_typed_since(chat):
    chat.begin()
    chat.server.delay = 0.3
    chat.type("العربية")
    chat.page.keyboard.type("x" * 1_900)
    chat.bot.nth(1).wait_for()
    assert chat.page.input_value("#text") == "x" * 1_900
    expect(chat.page.locator("#counter")).to_have_text("الأحرف المتبقية: 100")


def test_page_follows_the_conversation_after_a_reload(chat):
    chat.begin()
    chat.server.conversations["signed-0"]["lang"] = "ar"
    chat.page.reload()
    chat.bot.first.wait_for()
    assert chat.page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]


def test_language_stays_where_an_answer_names_none(chat):
    chat.begin("ar")
    chat.page.route("**/messages", lambda route: route.fulfill(json={"language": None, "messages": []}), times=1)
    chat.type("x")
    expect(chat.page.locator(".person")).to_have_count(1)
    chat.say("topic")
    assert chat.page.evaluate("document.documentElement.lang") == "ar"


def test_count_of_toggles_is_in_the_language_of_the_page(chat):
    chat.begin().say("form")
    chat.page.evaluate("import('./static/i18n.js').then(({ useLanguage }) => useLanguage('ar'))")
    expect(chat.page.locator("html")).to_have_attribute("dir", "rtl")
    chat.last.get_by_role("button", name="Wohnen").click()
    hint = chat.last.locator(".hint [lang=ar]")
    expect(hint).to_have_text("تم اختيار: 1")


def test_menu_offers_what_the_server_lists(chat):
    chat.begin()
    chat.page.click("#menu-button")
    texts = chat.page.locator("#menu-list button").all_inner_texts()
    assert texts[:2] == ["Alle Themen", "Meine Daten"] and texts[-1] == "Chat löschen und neu beginnen"
    chat.tap("Meine Daten")
    assert chat.received("command")[0]["command"] == "my_data"


def test_receipt_code_can_be_copied_and_printed_alone(chat):
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.begin().say("topic")
    chat.say("receipt")
    chat.page.get_by_role("button", name="Code kopieren").click()
    expect(chat.last).to_contain_text("Kopiert")
    assert chat.page.evaluate("navigator.clipboard.readText()") == "KIM-7F3K-92QD"
    chat.page.evaluate("window.print = () => {}")
    chat.last.get_by_role("button", name="Drucken").click()
    chat.page.emulate_media(media="print")
    expect(chat.last.locator(".code")).to_be_visible()
    expect(chat.bot.nth(1)).to_be_hidden()
    expect(chat.page.locator("#composer")).to_be_hidden()


def test_what_was_deleted_leaves_the_screen_too(chat):
    chat.begin().say("topic")
    chat.type("privacy_forgotten")
    expect(chat.page.locator(".message")).to_have_count(1)
    expect(chat.last).to_contain_text("Verstanden: privacy_forgotten")
    expect(chat.last).to_be_focused()
    chat.say("topic")
    expect(chat.page.locator(".message")).to_have_count(3)


def test_emergency_numbers_come_first_and_are_large(chat):
    chat.begin().say("emergency")
    number = chat.last.locator("a.call").first
    assert number.get_attribute("href") == "tel:112"
    assert number.bounding_box()["height"] >= 60
    assert number.bounding_box()["y"] < chat.last.locator(".bubble").bounding_box()["y"]


def test_counter_appears_near_the_limit(chat):
    chat.begin()
    chat.page.fill("#text", "a" * 1700)
    expect(chat.page.locator("#counter")).to_be_empty()
    chat.page.fill("#text", "a" * 1990)
    expect(chat.page.locator("#counter")).to_have_text("Zeichen übrig: 10")
    assert chat.page.locator("#text").bounding_box()["height"] < 130


def test_page_reflows_at_320_pixels_with_targets_of_44(chat):
    chat.page.set_viewport_size({"width": 320, "height": 256})
    chat.begin()
    for scene in ("topic", "form", "consent", "slots", "readback", "receipt", "emergency"):
        chat.say(scene)
        small = chat.page.locator("#log button:visible, .bar button:visible, .composer button:visible").evaluate_all(
            "all => all.filter(one => one.getBoundingClientRect().height < 44).map(one => one.textContent)"
        )
        assert small == []
        assert chat.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert chat.page.evaluate("document.documentElement.scrollHeight") > 1_000
