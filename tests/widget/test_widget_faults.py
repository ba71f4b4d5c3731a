"""The chat page when things go wrong: no connection, refusals, reloads, hostile text, and leaving in a hurry."""

import time

import pytest
from playwright.sync_api import expect


def test_offline_message_is_sent_once_when_back(chat):
    chat.errors_expected = True
    chat.begin()
    chat.page.context.set_offline(True)
    chat.type("Ich brauche Hilfe")
    expect(chat.page.locator(".standing")).to_have_text("Noch nicht gesendet")
    expect(chat.page.locator("#connection")).to_contain_text("Keine Verbindung")
    chat.type("Noch etwas")
    assert chat.server.received == []
    chat.page.context.set_offline(False)
    expect(chat.bot).to_have_count(3)
    expect(chat.page.locator(".standing")).to_have_count(0)
    expect(chat.page.locator("#connection")).to_be_empty()
    assert [body["text"] for body in chat.server.received] == ["Ich brauche Hilfe", "Noch etwas"]


def test_error_keeps_the_text_and_retry_uses_the_same_id(chat):
    chat.errors_expected = True
    chat.begin()
    chat.server.failures.append((503, "unavailable"))
    chat.type("Bitte helfen Sie mir")
    failure = chat.page.locator(".failure")
    expect(failure).to_contain_text("Ihre Nachricht steht noch hier.")
    expect(chat.page.locator(".person").last).to_contain_text("Bitte helfen Sie mir")
    failure.get_by_role("button").click()
    chat.bot.nth(1).wait_for()
    first, second = chat.server.received
    assert first["id"] == second["id"]
    assert ("retry" in first, second["retry"]) == (False, True)
    expect(failure).to_have_count(0)


def test_too_long_gives_the_text_back(chat):
    chat.errors_expected = True
    chat.begin()
    chat.server.failures.append((413, "too_long"))
    chat.type("Ein langer Text")
    chat.page.get_by_role("button", name="Text ändern").click()
    assert chat.page.input_value("#text") == "Ein langer Text"
    expect(chat.page.locator(".person")).to_have_count(0)


def test_choice_not_offered_opens_the_choices_again(chat):
    chat.errors_expected = True
    chat.begin()
    chat.server.failures.append((403, "choice_not_offered"))
    chat.page.get_by_role("button", name="Wohnen").click()
    chat.page.get_by_role("button", name="Noch einmal wählen").click()
    expect(chat.page.get_by_role("button", name="Deutsch lernen")).to_be_enabled()
    chat.tap("Wohnen")


def test_ended_conversation_begins_anew_with_the_typed_text(chat):
    chat.errors_expected = True
    chat.begin()
    chat.server.conversations.clear()
    chat.type("Meine lange Frage")
    expect(chat.page.locator(".failure")).to_contain_text("Diese Unterhaltung ist beendet.")
    chat.page.get_by_role("button", name="Neu beginnen").click()
    expect(chat.page.locator("#text")).to_have_value("Meine lange Frage")
    chat.page.press("#text", "Enter")
    chat.bot.nth(1).wait_for()
    expect(chat.last).to_contain_text("Verstanden: Meine lange Frage")


def test_reload_restores_the_talk_and_the_draft(chat):
    chat.begin("ar").say("consent")
    chat.tap("نعم، أوافق")
    chat.page.fill("#text", "مسودة")
    chat.page.reload()
    expect(chat.bot).to_have_count(3)
    expect(chat.page.locator(".person")).to_have_count(2)
    assert chat.page.evaluate("document.documentElement.dir") == "rtl"
    assert chat.page.input_value("#text") == "مسودة"
    chosen = chat.bot.nth(1).locator(".choice.chosen")
    expect(chosen).to_have_text("نعم، أوافق")
    assert chat.page.evaluate("[localStorage.length, document.cookie]") == [0, ""]


def test_unsent_message_survives_a_reload(chat):
    chat.errors_expected = True
    chat.begin()
    chat.server.failures.append((503, "unavailable"))
    chat.type("Wichtig")
    chat.page.locator(".failure").wait_for()
    chat.page.reload()
    chat.page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(chat.last).to_contain_text("Verstanden: Wichtig")
    assert len({body["id"] for body in chat.server.received}) == 1


def test_answer_lost_on_the_way_is_shown_once_after_a_reload(chat):
    chat.errors_expected = True
    chat.begin()

    def lose(route):
        route.fetch()
        route.abort()

    chat.page.route("**/messages", lose, times=1)
    chat.type("Kommt das an")
    chat.page.locator(".standing").wait_for()
    chat.page.reload()
    expect(chat.bot).to_have_count(2)
    chat.type("danach")
    expect(chat.last).to_contain_text("Verstanden: danach")
    expect(chat.bot).to_have_count(3)
    expect(chat.page.locator(".person")).to_have_count(2)
    assert [body.get("retry") for body in chat.server.received] == [None, True, None]


def test_messages_sent_while_waiting_go_out_in_order(chat):
    chat.begin()
    chat.server.delay = 0.3
    for text in ("eins", "zwei", "drei"):
        chat.type(text)
    expect(chat.bot).to_have_count(4)
    assert [body["text"] for body in chat.server.received] == ["eins", "zwei", "drei"]


def test_waiting_shows_dots_and_then_says_so(chat):
    chat.begin()
    clock, waiting = chat.page.clock, chat.page.locator("#waiting")
    clock.install()
    clock.pause_at(chat.page.evaluate("Date.now()") / 1_000 + 1)
    chat.server.answers.clear()
    chat.type("langsam")
    clock.run_for(350)
    assert waiting.is_hidden()
    clock.run_for(100)
    expect(chat.page.locator(".dots")).to_be_visible()
    clock.run_for(5_000)
    expect(chat.page.locator("#waiting-text")).to_contain_text("Es dauert noch etwas.")
    chat.server.answers.set()
    expect(chat.bot).to_have_count(2)
    expect(waiting).to_be_hidden()


def test_hostile_text_is_shown_as_text(chat):
    chat.begin().say("hostile")
    assert chat.page.evaluate("window.hacked") is None
    assert chat.page.locator("#log img, #log script, #log [href^='javascript']").count() == 0
    expect(chat.last.locator(".bubble")).to_contain_text("<img src=x")


def test_chat_can_be_deleted_from_the_device(chat):
    chat.begin().say("topic")
    for answer in ("Behalten", "Löschen"):
        chat.page.click("#menu-button")
        chat.page.get_by_role("button", name="Chat löschen und neu beginnen").click()
        chat.page.get_by_role("button", name=answer, exact=True).click()
    assert chat.left() == (0, 0, ["signed-0"])


def test_quick_exit_clears_the_device_and_the_screen(chat):
    chat.begin()
    chat.page.fill("#text", "geheim")
    chat.page.evaluate("history.pushState(null, '', '#here')")
    chat.page.click("#leave")
    chat.page.wait_for_url("about:blank")
    chat.page.goto(chat.server.url)
    assert chat.left() == (0, 0, ["signed-0"])


def leave_alone(chat, hours):
    """As if the last word had been that long ago."""
    chat.page.evaluate("hours => sessionStorage.setItem('lotse.used', Date.now() - hours * 3600e3)", hours)


@pytest.mark.parametrize("come_back", ["reload", "look"])
def test_what_was_left_alone_for_long_is_shown_to_nobody(chat, come_back):
    chat.begin().say("topic")
    for hours in (1.9, 2.1):
        expect(chat.bot).to_have_count(2)
        leave_alone(chat, hours)
        if come_back == "reload":
            chat.page.reload()
        else:
            chat.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert chat.left() == (0, 0, ["signed-0"])


def test_three_escapes_leave(chat):
    chat.server.config["quick_exit_url"] = None
    chat.begin()
    for _ in range(3):
        chat.page.keyboard.press("Escape")
    chat.page.wait_for_url("about:blank")


def test_slow_escapes_stay(chat):
    chat.begin()
    for pause in (0.8, 0.8, 0):
        chat.page.keyboard.press("Escape")
        time.sleep(pause)
    expect(chat.last).to_be_visible()


def test_config_unreachable_leaves_the_emergency_numbers(chat):
    chat.errors_expected = True
    chat.page.route("**/config.json", lambda route: route.abort())
    chat.page.reload()
    expect(chat.page.locator(".picker a").first).to_be_visible()


def test_start_failing_offers_the_language_again(chat):
    chat.errors_expected = True
    chat.page.route("**/conversations", lambda route: route.fulfill(status=503, body="{}"))
    chat.page.click("#picker-languages button[lang=de]")
    expect(chat.page.locator("#picker-problem")).to_contain_text("Der Chat startet gerade nicht.")
    chat.page.unroute("**/conversations")
    chat.page.locator("#picker-problem button").click()
    chat.bot.first.wait_for()
