import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_server import FakeServer

from tests.browser import PATIENCE_MS, chromium


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def server():
    fake = FakeServer().start()
    yield fake
    fake.shutdown()
    fake.server_close()


@pytest.fixture
def chat(browser, server):
    """A phone on the first screen. It fails the test that leaves an error in the console or asks another origin."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    client = Chat(page, server)
    page.goto(server.url)
    yield client
    errors, foreign = client.errors, client.foreign
    context.close()
    assert foreign == []
    if not client.errors_expected:
        assert errors == []


class Chat:
    def __init__(self, page, server):
        self.page, self.server = page, server
        self.errors, self.foreign, self.errors_expected = [], [], False
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on(
            "request",
            lambda request: self.foreign.append(request.url) if not request.url.startswith((server.url, "about:")) else None,
        )

    @property
    def bot(self):
        return self.page.locator(".message.bot")

    @property
    def last(self):
        return self.bot.last

    def begin(self, lang="de"):
        self.page.click(f"#picker-languages button[lang={lang}]")
        self.bot.first.wait_for()
        return self

    def type(self, text):
        self.page.fill("#text", text)
        self.page.press("#text", "Enter")

    def say(self, text):
        """Type it and wait for the answer."""
        count = self.bot.count()
        self.type(text)
        self.bot.nth(count).wait_for()
        return self.last

    def tap(self, title):
        count = self.bot.count()
        self.page.get_by_role("button", name=title, exact=True).last.click()
        self.bot.nth(count).wait_for()
        return self.last

    def stored(self):
        return self.page.evaluate("Object.keys(sessionStorage).length")

    def left(self):
        """What is stored and shown, and the deletions the server was told of, once the first screen can be used."""
        self.page.locator("#picker-languages button").first.wait_for()
        self.server.told.wait(5)
        return self.stored(), self.bot.count(), self.server.deleted

    def received(self, key):
        return [body for body in self.server.received if key in body]
