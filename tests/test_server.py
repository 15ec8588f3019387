"""The API, against a real server on loopback."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import settings

from tests.serving import INFO, REPLIES, SAFETY_NOTE, TOPICS, StubEngine, running
from tpbot.bot import Bot
from tpbot.records import Reply
from tpbot.server import Settings, create_app
from tpbot.server.ask import MAX_BODY_SIZE


@pytest.fixture(scope="module")
def engine() -> StubEngine:
    """Return the engine behind `client`."""
    return StubEngine()


@pytest.fixture(scope="module")
def client(engine: StubEngine) -> Iterator[httpx.Client]:
    """Yield a client of a server without a rate limit."""
    with (
        running(engine, Settings(region="IE", rate_limit=0)) as url,
        httpx.Client(base_url=url) as client,
    ):
        yield client


def ask(client: httpx.Client, **body: object) -> httpx.Response:
    """Send a question."""
    return client.post("/api/ask", json=body)


def assert_problem(response: httpx.Response, status: int) -> str:
    """Check that a response is a problem with this status; return its detail."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    return str(problem["detail"])


@pytest.mark.parametrize("question", REPLIES)
def test_a_reply_travels_whole(client: httpx.Client, question: str) -> None:
    """The body of a response is the engine's reply, field by field."""
    response = ask(client, question=question)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    expected = msgspec.structs.replace(REPLIES[question], question=question)
    assert msgspec.json.decode(response.content, type=Reply) == expected


def test_the_bot_answers_over_http() -> None:
    """A question to the server gets the reply that the bot gives."""
    bot = Bot.from_pairs([("Where are you?", "On **Elm** Street."), ("When do you close?", "At five.")])
    with running(bot) as url:
        response = httpx.post(f"{url}api/ask", json={"question": "where are you"})
    assert response.content == msgspec.json.encode(bot.ask("where are you"))
    assert response.json()["answer"]["text"] == "On Elm Street."


def test_the_body_reaches_the_engine(client: httpx.Client, engine: StubEngine) -> None:
    """`top`, `region` and `confirm` of the body are what the engine is asked with."""
    ask(client, question="x", top=3, region="NZ", confirm={"cauda-equina": False})
    assert engine.asked[-1] == ("x", 3, "NZ", {"cauda-equina": False})


@pytest.mark.parametrize("extra", [{}, {"region": None}])
def test_the_servers_region_is_the_default(
    client: httpx.Client, engine: StubEngine, extra: dict[str, None]
) -> None:
    """Without a region in the body the server's own is used."""
    ask(client, question="x", **extra)
    assert engine.asked[-1] == ("x", 5, "IE", None)


@pytest.mark.parametrize("question", ["", " ", "é" * 2_001, "\0", "<script>", "؟", "\u202e", "👩‍⚕️"])
def test_any_text_is_a_question(client: httpx.Client, engine: StubEngine, question: str) -> None:
    """Blank, long and strange questions reach the engine as they are."""
    assert ask(client, question=question).status_code == 200
    assert engine.asked[-1][0] == question


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": 1},
        {"question": "x", "top": 0},
        {"question": "x", "top": 1.5},
        {"question": "x", "top": 51},
        {"question": "x", "region": "gb"},
        {"question": "x", "confirm": {"a": "no"}},
        {"question": "x", "confirm": {str(number): True for number in range(51)}},
        {"question": "x", "Question": "y"},
        {"question": "x", "confirm": {"a": [[[[]]]]}},
        ["x"],
        None,
    ],
)
def test_a_wrong_body_is_refused_with_the_field(client: httpx.Client, body: object) -> None:
    """A body that does not fit is a 422 which points to the description."""
    response = client.post("/api/ask", content=json.dumps(body), headers={"content-type": "application/json"})
    assert "openapi.json" in assert_problem(response, 422)


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"question": "\\ud800"}', b"\xff\xfe", b'{"question": "\xed\xa0\x80"}']
)
def test_what_is_no_json_is_refused(client: httpx.Client, body: bytes) -> None:
    """A body that is not JSON in UTF-8 is a 400."""
    response = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert_problem(response, 400)


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_read(client: httpx.Client, engine: StubEngine, media_type: str | None) -> None:
    """A page of another site cannot make a browser ask without a preflight: such bodies are a 415."""
    before = len(engine.asked)
    headers = {"content-type": media_type} if media_type else {}
    assert_problem(client.post("/api/ask", content=b'{"question": "x"}', headers=headers), 415)
    assert len(engine.asked) == before


def test_a_body_of_the_limit_is_read(client: httpx.Client) -> None:
    """The limit is exact: a body of that size is answered, one byte more is a 413."""
    frame = len(json.dumps({"question": ""}))
    text = "x" * (MAX_BODY_SIZE - frame)
    for extra, status in (("", 200), ("x", 413)):
        body = json.dumps({"question": text + extra})
        response = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
        assert response.status_code == status


def test_a_large_body_in_chunks_is_refused(client: httpx.Client) -> None:
    """A body without a stated length is held to the same limit."""
    chunks = (b"x" * 10_000 for _ in range(5))
    response = client.post("/api/ask", content=chunks, headers={"content-type": "application/json"})
    assert_problem(response, 413)


def test_a_failure_tells_nothing_of_the_question(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    """When the engine fails, the client gets a 500, and the log names the place but no text."""
    with caplog.at_level(logging.DEBUG):
        detail = assert_problem(ask(client, question="break"), 500)
    assert "secret" not in detail
    assert "RuntimeError at" in caplog.text
    assert "serving.py" in caplog.text
    assert "secret" not in caplog.text
    assert "break" not in caplog.text


def test_nothing_logs_a_question(
    client: httpx.Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """No log line of any level, nor the output, holds what was asked, even in the address."""
    with caplog.at_level(logging.DEBUG, logger="tpbot"), caplog.at_level(logging.DEBUG, logger="uvicorn"):
        ask(client, question="my very private pain")
        client.post("/api/ask?q=my+very+private+pain", content=b"my very private pain")
        client.get("/api/ask?q=my+very+private+pain")
    output = capfd.readouterr()
    assert "private" not in caplog.text + output.out + output.err


def test_topics_name_what_can_be_asked(client: httpx.Client) -> None:
    """`GET /api/topics` gives the topics and what to say around them."""
    body = client.get("/api/topics").json()
    assert [topic["id"] for topic in body["topics"]] == [topic.id for topic in TOPICS]
    assert body["safety_note"] == SAFETY_NOTE
    assert body["title"] == INFO.title
    assert body["not_reviewed"] == INFO.not_reviewed


def test_health(client: httpx.Client) -> None:
    """`GET /healthz` says that the server runs."""
    assert client.get("/healthz").json() == {"status": "ok"}


def test_an_unknown_address_is_a_problem(client: httpx.Client) -> None:
    """What is not there is a 404 in the errors' one form."""
    assert_problem(client.get("/nothing"), 404)


def test_a_wrong_method_is_a_problem(client: httpx.Client) -> None:
    """A method that an address does not take is a 405 that names those it takes."""
    response = client.get("/api/ask")
    assert_problem(response, 405)
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/api/topics", "/widget.js", "/openapi.json", "/demo.css"])
def test_what_stays_the_same_is_sent_once(client: httpx.Client, path: str) -> None:
    """A client that has the current bytes gets a 304 without them."""
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(path, headers={"if-none-match": '"other"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_compression_is_the_clients_choice(client: httpx.Client) -> None:
    """The same bytes arrive with gzip and without; a refusal of gzip is heard."""
    bodies = set()
    for header, expected in (("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("", None)):
        response = client.get("/widget.js", headers={"accept-encoding": header})
        assert response.headers.get("content-encoding") == expected
        assert response.headers["vary"] == "Accept-Encoding"
        bodies.add(response.content)
    assert len(bodies) == 1


def test_the_pinned_script_is_cached_for_ever(client: httpx.Client) -> None:
    """The address with the script's version may be kept for ever, others must be asked about again."""
    page = client.get("/").text
    version = page.partition("widget.js?v=")[2].partition('"')[0]
    assert "immutable" in client.get(f"/widget.js?v={version}").headers["cache-control"]
    for path in ("/widget.js", "/widget.js?v=0123456789abcdef"):
        assert client.get(path).headers["cache-control"] == "no-cache"


def test_replies_are_not_cached(client: httpx.Client) -> None:
    """No cache between server and person keeps a reply or an error."""
    assert ask(client, question="answer").headers["cache-control"] == "no-store"
    assert client.get("/nothing").headers["cache-control"] == "no-store"


schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(StubEngine(), Settings(rate_limit=0)))


@schema.parametrize()
@settings(max_examples=60, deadline=None)
def test_the_server_keeps_to_its_description(case: schemathesis.Case[Any]) -> None:
    """Whatever is sent, responses are those of the OpenAPI document."""
    case.call_and_validate()
