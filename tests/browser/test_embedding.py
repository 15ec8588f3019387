"""The widget on pages of other sites: strict, hostile, crowded or broken ones."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Watch
from tests.serving import ANSWER, HOSTILE, INFO, StubEngine, running
from tpbot.records import Topic
from tpbot.server import Settings
from tpbot.server.asset import Asset
from tpbot.server.bundle import build_script

Ask = Callable[[str], None]
OUTCOMES = ("answer", "doubt", "clarify", "no answer", "emergency", "soon", "confirm")


def test_a_strict_policy_is_enough(
    page: Page, url: str, site: Site, script: str, watch: Watch, ask: Ask
) -> None:
    """Under a policy that allows the server's script and connections alone, with trusted types, all works."""
    origin = url.rstrip("/")
    policy = (
        f"default-src 'none'; script-src {origin}; connect-src {origin}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page.goto(site.publish(script, content_security_policy=policy))
    for question in (*OUTCOMES, "hostile"):
        ask(question)
    page.get_by_role("button", name="Close").click()
    assert watch.errors == []
    style = page.locator("tpbot-help .launcher").evaluate("node => getComputedStyle(node).position")
    assert style == "fixed"


@pytest.mark.parametrize("part", ["question", "reply", "corpus"])
def test_text_never_becomes_markup(page: Page, site: Site, watch: Watch, ask: Ask, part: str) -> None:
    """Markup in a question, a reply, a topic or the corpus' own words is shown as the characters it is."""
    info = INFO
    topics: tuple[Topic, ...] = ()
    if part == "corpus":
        from msgspec.structs import replace

        info = replace(INFO, description=HOSTILE, safety_note=HOSTILE, contact=HOSTILE, not_reviewed=HOSTILE)
        topics = tuple(Topic(HOSTILE, f"{number} {HOSTILE}") for number in range(5))
    with running(StubEngine(info, topics), Settings(allow_origins=(site.origin,))) as url:
        page.goto(site.publish(f'<script src="{url}widget.js" async></script>'))
        ask({"question": HOSTILE, "reply": "hostile", "corpus": "no answer"}[part])
        page.get_by_role("combobox").fill("onerror")
        expect(page.locator("tpbot-help .scroll")).to_contain_text("<img src=x onerror=")
        assert page.locator("tpbot-help img, tpbot-help b, tpbot-help script").count() == 0
        addresses = page.locator("tpbot-help a").evaluate_all("links => links.map((link) => link.href)")
    assert not [address for address in addresses if not address.startswith(("https://", "http://", "tel:"))]
    assert page.title() == "A clinic"
    assert watch.errors == []


def test_nothing_goes_elsewhere_and_nothing_stays(
    page: Page, url: str, site: Site, watch: Watch, ask: Ask
) -> None:
    """No request goes to another host than the server's; no cookie and no storage is used."""
    address = site.publish(f'<script src="{url}widget.js" async></script>')
    page.goto(address)
    for question in (*OUTCOMES, "break"):
        ask(question)
    page.get_by_role("button", name="Close").click()
    assert {request for request in watch.requests if not request.startswith(url)} <= {
        address,
        f"{site.origin}/favicon.ico",
    }
    assert sorted({request.removeprefix(url) for request in watch.requests if request.startswith(url)}) == [
        "api/ask",
        "api/topics",
        "widget.js",
    ]
    assert page.context.cookies() == []
    assert page.evaluate(
        """async () => [
          localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length,
          (await navigator.serviceWorker.getRegistrations()).length]"""
    ) == [0, 0, "", 0, 0]


def test_the_page_of_a_question_is_not_told(page: Page, url: str, site: Site, ask: Ask) -> None:
    """A question's request carries neither the address of the page nor cookies."""
    page.goto(site.publish(f'<script src="{url}widget.js" async></script>'))
    with page.expect_request("**/api/ask") as caught:
        ask("answer")
    headers = caught.value.all_headers()
    assert "referer" not in headers
    assert "cookie" not in headers


def test_nothing_is_fetched_before_the_help_is_opened(
    page: Page, site: Site, script: str, watch: Watch
) -> None:
    """A page with a closed widget has loaded the script and no more."""
    page.goto(site.publish(script))
    expect(page.locator("tpbot-help .launcher")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [request for request in watch.requests if "/api/" in request]


HOSTILE_STYLE = """<style>
  * { all: unset !important; }
  html, body { font: italic 900 60px/3 fantasy !important; color: lime !important;
    letter-spacing: 1em !important;
    text-transform: uppercase !important; text-align: right !important; white-space: pre !important;
    word-spacing: 2em !important; visibility: visible; cursor: none; }
  button, input, dialog, section, ul, li, a, p, h2 { display: none !important; position: static !important;
    font-size: 80px !important; background: red !important; }
  .launcher, .panel, .card, .root { display: none !important; }
</style>"""


def test_a_hostile_page_changes_nothing(page: Page, site: Site, script: str, ask: Ask) -> None:
    """Whatever styles a page has, those inside the widget are its own."""
    properties = """node => { const style = getComputedStyle(node); return [style.fontSize, style.fontStyle,
      style.letterSpacing, style.textTransform, style.color, style.whiteSpace, style.wordSpacing,
      style.lineHeight, style.fontFamily, style.textAlign, style.width, style.display]; }"""
    styles = []
    for head in ("", HOSTILE_STYLE):
        page.goto(site.publish(script, head=head))
        ask("answer")
        parts = (".launcher", ".panel", ".card", ".card h3", ".card p", ".choice", "input", "h2", "a")
        styles.append([page.locator(f"tpbot-help {part}").first.evaluate(properties) for part in parts])
    assert styles[0] == styles[1]
    expect(page.get_by_role("article")).to_be_visible()


def test_two_widgets_on_a_page(page: Page, site: Site, script: str, watch: Watch) -> None:
    """Two widgets answer apart and fetch the topics once; the line pasted twice adds no third."""
    page.goto(
        site.publish(
            '<tpbot-help mode="inline" heading="One"></tpbot-help>'
            '<tpbot-help mode="inline" heading="Two"></tpbot-help>'
            f"{script}{script}"
        )
    )
    expect(page.locator("tpbot-help .panel")).to_have_count(2)
    one, two = page.locator("tpbot-help").all()
    expect(one.get_by_role("heading", level=2)).to_have_text("One")
    expect(two.get_by_role("heading", level=2)).to_have_text("Two")
    one.get_by_role("combobox").fill("answer")
    one.get_by_role("button", name="Ask", exact=True).click()
    expect(one.get_by_role("article")).to_have_count(1)
    expect(two.get_by_role("article")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert len([request for request in watch.requests if request.endswith("api/topics")]) == 1
    assert page.locator("tpbot-help").count() == 2
    assert watch.errors == []


@pytest.mark.parametrize("place", ["head", "body"])
def test_the_line_works_anywhere(page: Page, url: str, site: Site, place: str) -> None:
    """With or without `async` and `defer`, in the head or the body, the line brings one button."""
    for attribute in ("", "async", "defer"):
        line = f'<script src="{url}widget.js" {attribute}></script>'
        page.goto(site.publish(line if place == "body" else "", head=line if place == "head" else ""))
        expect(page.locator("tpbot-help .launcher")).to_have_count(1)


def test_the_inline_panel_stands_where_the_line_is(page: Page, url: str, site: Site, ask: Ask) -> None:
    """With `data-mode="inline"` the panel is part of the page, a region that needs no opening."""
    line = f'<script src="{url}widget.js" data-mode="inline" data-heading="Our help"></script>'
    page.goto(site.publish(f'<div id="here">{line}</div>'))
    region = page.locator("#here").get_by_role("region", name="Our help")
    expect(region).to_be_visible()
    expect(page.locator("tpbot-help .launcher")).to_have_count(0)
    expect(page.locator(".intro .choice").first).to_be_visible()
    ask("answer")
    expect(region.get_by_role("article")).to_have_count(1)


def test_without_the_script_the_page_keeps_its_own_help(page: Page, site: Site) -> None:
    """What stands inside the element is shown while the script is not there."""
    page.goto(
        site.publish(
            '<tpbot-help><a href="/contact">Write to us</a></tpbot-help>'
            '<script src="http://127.0.0.1:9/widget.js" async></script>'
        )
    )
    expect(page.get_by_role("link", name="Write to us")).to_be_visible()


def test_with_the_script_the_pages_own_help_gives_way(page: Page, site: Site, script: str) -> None:
    """What stands inside the element is not shown once the widget works."""
    page.goto(site.publish(f'<tpbot-help><a href="/contact">Write to us</a></tpbot-help>{script}'))
    expect(page.locator("tpbot-help .launcher")).to_be_visible()
    expect(page.get_by_role("link", name="Write to us")).to_be_hidden()


def test_the_pinned_line_works_and_a_wrong_pin_is_refused(page: Page, url: str, site: Site) -> None:
    """The line with the hash works; with another hash the browser refuses the script."""
    page.goto(url)
    line = next(text for text in page.locator("pre").all_inner_texts() if "integrity" in text)
    assert Asset(build_script().encode(), "").integrity in line
    page.goto(site.publish(line))
    expect(page.locator("tpbot-help .launcher")).to_be_visible()
    page.goto(site.publish(line.replace("sha384-", "sha384-AAAA")))
    page.wait_for_load_state("networkidle")
    expect(page.locator("tpbot-help .launcher")).to_have_count(0)


def test_the_lines_of_the_demo_page_are_those_of_the_server(
    page: Page, url: str, site: Site, ask: Ask
) -> None:
    """The first line that the demo page shows brings a widget that answers."""
    page.goto(url)
    page.goto(site.publish(page.locator("pre").first.inner_text()))
    ask("answer")
    expect(page.get_by_role("article")).to_contain_text(ANSWER.question or "")


EVENTS = ("tpbot-open", "tpbot-ask", "tpbot-reply", "tpbot-error", "tpbot-close")


def events_of(page: Page, address: str, ask: Ask) -> list[tuple[str, dict[str, object]]]:
    """Return the events that a page hears at its document while somebody asks twice."""
    page.add_init_script(
        f"""window.heard = [];
        for (const name of {json.dumps(EVENTS)})
          document.addEventListener(name, (event) => heard.push([name.slice(6), event.detail]));"""
    )
    page.goto(address)
    ask("answer")
    ask("break")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("tpbot-help dialog")).to_be_hidden()
    page.wait_for_function("heard.at(-1)[0] === 'close'")
    return [(name, detail) for name, detail in page.evaluate("heard")]


def test_events_tell_no_text(page: Page, site: Site, script: str, ask: Ask) -> None:
    """A page hears what happens, without the question or the reply."""
    assert events_of(page, site.publish(script), ask) == [
        ("open", {}),
        ("ask", {}),
        ("reply", {"outcome": "answer", "band": "high"}),
        ("ask", {}),
        ("error", {"kind": "failed"}),
        ("close", {}),
    ]


def test_events_tell_the_text_on_request(page: Page, url: str, site: Site, ask: Ask) -> None:
    """With `event-text` a page hears the question and the reply."""
    heard = events_of(
        page, site.publish(f'<script src="{url}widget.js" data-event-text async></script>'), ask
    )
    assert heard[1] == ("ask", {"question": "answer"})
    reply = heard[2][1]["reply"]
    assert isinstance(reply, dict)
    assert reply["answer"]["id"] == ANSWER.id


def test_every_word_can_be_replaced(page: Page, url: str, site: Site, ask: Ask) -> None:
    """With each string replaced, no usual word is left, names for screen readers included."""
    page.goto(site.publish(f'<script src="{url}widget.js" async></script>'))
    words = dict(page.evaluate("document.querySelector('tpbot-help').strings"))
    mine = {name: f"[{number}]" for number, name in enumerate(words)}
    attribute = json.dumps(mine).replace('"', "&quot;")
    page.goto(site.publish(f'<script src="{url}widget.js" data-strings="{attribute}" async></script>'))
    seen = page.locator("tpbot-help .launcher").inner_text()
    for question in (*OUTCOMES, "break"):
        ask(question)
    page.get_by_role("combobox").fill("back pain")
    root = page.locator("tpbot-help .root")
    seen += root.evaluate(
        "node => node.textContent + [...node.querySelectorAll('[aria-label]')].map((n) => n.ariaLabel).join()"
    )
    assert [name for name, text in words.items() if text in seen and len(text) > 4] == []
    shown = {name for name in words if mine[name] in seen}
    only_elsewhere = {"looking", "draft", "evidence_good", "evidence_disputed", "evidence_none", "reviewedBy",
                      "same_day", "safetyNote", "offline", "busy", "refused", "fallback"}  # fmt: skip
    assert words.keys() - shown <= only_elsewhere


def test_words_can_be_set_as_a_property(page: Page, site: Site, script: str) -> None:
    """The property takes words before and after the script is there; wrong JSON keeps the usual ones."""
    early = "<script>document.querySelector('tpbot-help').strings = { launcher: 'Early' }</script>"
    page.goto(site.publish(f"<tpbot-help strings='nonsense'></tpbot-help>{early}{script}"))
    launcher = page.locator("tpbot-help .launcher")
    expect(launcher).to_have_text("Early")
    page.evaluate("document.querySelector('tpbot-help').strings = { launcher: 'Late' }")
    expect(launcher).to_have_text("Late")
    page.evaluate("document.querySelector('tpbot-help').strings = {}")
    expect(launcher).to_have_text("Ask a question")


def test_a_page_can_theme_it(page: Page, site: Site, script: str) -> None:
    """Custom properties and parts change the look; a colour scheme can be forced."""
    theme = """<style>
      tpbot-help { --tpbot-accent: rgb(120, 0, 120); --tpbot-font-size: 20px; --tpbot-width: 500px; }
      tpbot-help::part(launcher) { text-transform: uppercase; }
    </style>"""
    page.goto(
        site.publish(f'<tpbot-help color-scheme="dark" position="start"></tpbot-help>{script}', head=theme)
    )
    launcher = page.locator("tpbot-help .launcher")
    look = launcher.evaluate(
        """node => { const style = getComputedStyle(node);
        return [style.backgroundColor, style.fontSize, style.textTransform]; }"""
    )
    assert look == ["rgb(120, 0, 120)", "20px", "uppercase"]
    box = launcher.bounding_box()
    assert box is not None
    assert box["x"] < 100
    launcher.click()
    panel = page.locator("tpbot-help .panel")
    assert panel.evaluate("node => [node.clientWidth > 490, getComputedStyle(node).backgroundColor]") == [
        True,
        "rgb(19, 26, 34)",
    ]


def test_a_page_can_drive_it(page: Page, site: Site, script: str) -> None:
    """`open()`, `ask()` and `close()` do what a person would; moving the element keeps it working."""
    page.goto(site.publish(script))
    page.evaluate("document.querySelector('tpbot-help').ask('answer')")
    expect(page.get_by_role("article")).to_contain_text(ANSWER.question or "")
    page.evaluate("document.querySelector('tpbot-help').close()")
    expect(page.locator("tpbot-help dialog")).to_be_hidden()
    page.evaluate("document.querySelector('main').append(document.querySelector('tpbot-help'))")
    page.evaluate("document.querySelector('tpbot-help').open()")
    expect(page.get_by_role("article")).to_have_count(1)


def test_a_site_that_was_not_named_gets_no_answer(page: Page, site: Site) -> None:
    """On a page of an origin that the server does not know, the widget says that no answer came."""
    with running(StubEngine(), Settings()) as url:
        assert httpx.get(f"{url}healthz").status_code == 200
        page.goto(site.publish(f'<script src="{url}widget.js" async></script>'))
        page.locator("tpbot-help .launcher").click()
        expect(page.get_by_role("article")).to_contain_text("did not arrive")
