"""A server that speaks contracts/web-v1.md with canned answers, for the widget's tests and for looking at it.

`python tests/widget/fake_server.py` serves it on port 8765; a text that names a scene of canned.py is answered with it,
and a text that is a language's own name changes the language.
"""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from canned import CONFIG, LANGUAGES, direction
from scenes import SCENES

WIDGET = Path(__file__).parents[2] / "bot" / "widget"
HERE = Path(__file__).parent
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
NAMES = {name: code for code, name, _ in LANGUAGES}
ENTRY = re.compile(r'^(\w+): (".*")$', re.MULTILINE)


def strings(lang):
    source = (WIDGET / "strings.yml").read_text(encoding="utf-8")
    german = {key: json.loads(text) for key, text in ENTRY.findall(source)}
    translated = HERE / f"strings_{lang}.json"
    return german | (json.loads(translated.read_text(encoding="utf-8")) if translated.exists() else {})


class FakeServer(ThreadingHTTPServer):
    """`received` holds the bodies of all messages; `failures` the errors of the next ones: (status, code).

    No message is answered while `answers` is cleared. `papers` holds the ids of messages that each paper was made of,
    `deleted` the tokens of deleted conversations; `told` is set as soon as there is one.
    """

    daemon_threads = True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.received, self.failures, self.delay = [], [], 0
        self.answers = threading.Event()
        self.answers.set()
        self.papers, self.deleted, self.told = [], [], threading.Event()
        self.conversations, self.lock = {}, threading.Lock()
        self.config = dict(CONFIG)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/chat/"

    def start(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def open(self, lang):
        token = f"signed-{len(self.conversations)}"
        talk = self.conversations[token] = {"lang": lang, "log": [], "answers": {}}
        return {"token": token, "language": lang, "messages": [self.bot(talk, "greeting")]}

    def bot(self, talk, scene, text=None):
        lang = talk["lang"] if talk["lang"] in ("de", "ar") else "de"
        content = SCENES[scene](lang) if scene in SCENES else {"text": text}
        message = {
            "id": f"m{len(talk['log'])}",
            "from": "bot",
            "response": f"utter_{scene}",
            "lang": lang,
            "dir": direction(lang),
            "args": {"forgotten": True} if scene == "privacy_forgotten" else {},
            "choices": [],
            "select": None,
            "progress": None,
            "why": None,
            "german": None,
            "card": None,
        } | content
        talk["log"].append(message)
        return message

    def answer(self, talk, body):
        if body["id"] in talk["answers"]:
            return talk["answers"][body["id"]]
        wished = body.get("language") or NAMES.get(body.get("text"))
        talk["lang"] = wished or talk["lang"]
        said = body.get("text") or body.get("command") or body.get("language") or self.titles(talk, body)
        talk["log"].append(
            {"id": body["id"], "from": "person", "text": said, "lang": talk["lang"], "dir": direction(talk["lang"])}
        )
        messages = [self.bot(talk, "greeting" if wished else said, f"Verstanden: {said}")]
        talk["answers"][body["id"]] = {"language": talk["lang"], "messages": messages}
        return talk["answers"][body["id"]]

    @staticmethod
    def titles(talk, body):
        wanted = body.get("choices") or [body["choice"]]
        offered = [one for message in talk["log"] for one in message.get("choices", [])]
        return ", ".join(dict.fromkeys(one["title"] for one in offered if one["token"] in wanted)) or wanted[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.removeprefix("/chat/").split("?")[0]
        if path == "config.json":
            self.reply(200, self.server.config)
        elif path.startswith("ui/"):
            lang = Path(path).stem
            self.reply(200, {"lang": lang, "dir": direction(lang), "strings": strings(lang)})
        elif path == "messages":
            talk = self.talk()
            if talk:
                self.reply(200, {"language": talk["lang"], "messages": talk["log"]})
        elif path in ("documents/laufzettel.pdf", "documents/receipt.pdf"):
            self.paper()
        else:
            self.file(WIDGET / (path or "index.html"))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            if self.path == "/chat/conversations":
                self.reply(201, self.server.open(body["language"]))
                return
            self.server.received.append(body)
            time.sleep(self.server.delay)
            self.server.answers.wait(30)
            if self.server.failures:
                status, code = self.server.failures.pop(0)
                self.reply(status, {"error": {"code": code}})
                return
            talk = self.talk()
            if talk:
                self.reply(200, self.server.answer(talk, body))

    def do_DELETE(self):
        self.server.deleted.append(self.headers["Authorization"].removeprefix("Bearer "))
        self.server.told.set()
        self.send_response(204)
        self.end_headers()

    def paper(self):
        if self.server.failures:
            status, code = self.server.failures.pop(0)
            self.reply(status, {"error": {"code": code}})
        elif self.talk():
            self.server.papers.append(parse_qs(urlsplit(self.path).query)["message"])
            self.reply(200, b"%PDF-1.7", "application/pdf")

    def talk(self):
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        talk = self.server.conversations.get(token)
        if talk is None:
            self.reply(401, {"error": {"code": "unknown_conversation"}})
        return talk

    def file(self, path):
        if path.is_file():
            self.reply(200, path.read_bytes(), TYPES[path.suffix])
        else:
            self.reply(404, {"error": {"code": "bad_request"}})

    def reply(self, status, content, kind="application/json"):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    server = FakeServer(8765)
    print(server.url)
    server.serve_forever()
