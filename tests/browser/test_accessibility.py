"""The widget for people who see, hear, point or read in another way."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.serving import ANSWER, TOPICS, StubEngine, running
from tpbot.server import Settings

Ask = Callable[[str], None]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def assert_no_violations(page: Page, state: str) -> None:
    """Check a page with axe, all rules of WCAG 2.2 AA and the best practices."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run()")
    violations = [
        f"{state}: {violation['id']}: {violation['help']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    assert violations == []
    assert found["passes"]


@pytest.mark.parametrize("context", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True)
@pytest.mark.parametrize("mode", ["launcher", "inline"])
def test_axe_finds_nothing_in_any_state(page: Page, url: str, site: Site, ask: Ask, mode: str) -> None:
    """In light and dark, as a button and inline, axe finds no violation in any state of the widget."""
    page.goto(site.publish(f'<script src="{url}widget.js" data-mode="{mode}" async></script>', head=SCHEMES))
    if mode == "launcher":
        expect(page.locator("tpbot-help .launcher")).to_be_visible()
        assert_no_violations(page, "closed")
        page.locator("tpbot-help .launcher").click()
    expect(page.locator(".intro .choice").first).to_be_visible()
    assert_no_violations(page, "open")
    page.get_by_role("combobox").fill("back pain")
    page.get_by_role("combobox").press("ArrowDown")
    assert_no_violations(page, "suggestions")
    for question in ("answer", "doubt", "clarify", "no answer", "emergency", "soon", "confirm", "break"):
        ask(question)
        assert_no_violations(page, question)
        page.get_by_role("button", name="Start again").click()
    page.context.set_offline(True)
    ask("answer")
    assert_no_violations(page, "offline")


SCHEMES = """<style>:root { color-scheme: light dark; } body { background: Canvas; color: CanvasText; }
a { color: LinkText; }</style>"""


def test_the_demo_page_is_accessible(page: Page, url: str) -> None:
    """The demo page has no violation that axe finds."""
    page.goto(url)
    expect(page.locator("tpbot-help .launcher")).to_be_visible()
    assert_no_violations(page, "demo page")


def focused(page: Page) -> str:
    """Return the name of the focused element, as far as its text tells."""
    return str(
        page.evaluate(
            """() => {
              let node = document.activeElement;
              while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
              return node.getAttribute("aria-label") || node.textContent.trim() || node.id;
            }"""
        )
    )


def test_the_keyboard_is_enough(page: Page, site: Site, script: str, engine: StubEngine) -> None:
    """With keys alone: to the button, open, choose a suggestion, read on, follow a question, close."""
    page.goto(site.publish(script))
    expect(page.locator("tpbot-help .launcher")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "Ask a question"
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_be_focused()
    expect(page.locator(".intro .choice").first).to_be_visible()

    page.keyboard.type("sore back")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    option = page.get_by_role("option", selected=True)
    expect(option).to_have_text(TOPICS[1].question)
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("ArrowUp")
    expect(option).to_have_count(0)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("sore back")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    assert engine.asked[-1][0] == TOPICS[1].question

    page.keyboard.type("clarify")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_have_count(2)
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if focused(page) == TOPICS[2].question:
            break
    page.keyboard.press("Space")
    expect(page.get_by_role("article")).to_have_count(3)
    assert engine.asked[-1][0] == TOPICS[2].question

    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    assert focused(page) == "Ask a question"


def test_the_focus_order_is_that_of_the_page(page: Page, site: Site, script: str, ask: Ask) -> None:
    """Tab goes from the head of the panel through the conversation to the field, and out again: no trap."""
    page.goto(site.publish(script))
    ask("answer")
    page.locator("tpbot-help .launcher").focus()
    order = []
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.localName !== 'tpbot-help'"):
            break
        order.append(focused(page))
    assert order[:3] == ["Start again", "Close", "Conversation"]
    assert order[3:-2] == [
        *(topic.question for topic in TOPICS[:4]),
        "A review of trigger points, 2015 (opens in a new tab)",
        *(topic.question for topic in TOPICS[1:3]),
    ]
    assert order[-1] == "Ask"


@pytest.fixture
def announced(page: Page) -> Callable[[], list[str]]:
    """Return a function that gives what entered the log, one text for each change of it."""
    page.add_init_script(
        """window.announced = [];
        window.observeLog = () => new MutationObserver((changes) => {
          for (const change of changes) {
            if (change.type !== "childList") announced.push("CHANGED " + change.target.textContent);
            for (const node of change.addedNodes) announced.push(node.textContent);
          }
        }).observe(document.querySelector("tpbot-help").shadowRoot.querySelector("[role=log]"),
                   { childList: true, characterData: true, subtree: true });"""
    )
    return lambda: list(page.evaluate("announced"))


def test_the_log_says_each_reply_once(
    page: Page, site: Site, script: str, announced: Callable[[], list[str]], ask: Ask
) -> None:
    """The log is there before the first question; each question and each whole reply enters it once."""
    page.goto(site.publish(script))
    page.locator("tpbot-help .launcher").click()
    expect(page.get_by_role("log")).to_be_attached()
    expect(page.locator(".intro .choice").first).to_be_visible()
    page.evaluate("observeLog()")
    ask("answer")
    ask("no answer")
    page.get_by_role("button", name="Close").click()
    page.locator("tpbot-help .launcher").click()
    changes = announced()
    assert len(changes) == 4
    assert changes[0] == "You asked: answer"
    assert ANSWER.question is not None
    assert ANSWER.question in changes[1]
    assert "safety note" in changes[1]
    assert changes[2] == "You asked: no answer"
    assert "I don't know that." in changes[3]


@pytest.mark.parametrize(
    "context",
    [{"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}],
    indirect=True,
)
def test_a_phone_gets_the_whole_screen(page: Page, site: Site, script: str, ask: Ask) -> None:
    """On a phone the panel is modal and fills the screen, and its keyboard stays away at first."""
    page.goto(site.publish(script))
    page.locator("tpbot-help .launcher").tap()
    panel = page.get_by_role("dialog")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 375, "height": 667}
    assert page.locator("tpbot-help dialog").evaluate("node => node.matches(':modal')")
    expect(page.get_by_role("combobox")).not_to_be_focused()
    assert (
        float(page.get_by_role("combobox").evaluate("node => parseFloat(getComputedStyle(node).fontSize)"))
        >= 16
    )
    ask("answer")
    expect(page.get_by_role("article").get_by_role("heading").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box is None or (box["width"] >= 24 and box["height"] >= 24)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert focused(page) == "Ask a question"


@pytest.mark.parametrize(
    "context",
    [{"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}],
    indirect=True,
)
def test_the_panel_stays_above_a_phones_keyboard(page: Page, site: Site, script: str, ask: Ask) -> None:
    """When the keyboard takes part of the visual viewport, field and conversation keep to the rest."""
    page.add_init_script(
        """const listeners = [];
        const addEventListener = (_, listener) => listeners.push(listener);
        window.viewport = { height: 667, offsetTop: 0, addEventListener };
        Object.defineProperty(window, "visualViewport", { value: viewport });
        window.raiseKeyboard = () => {
          viewport.height = 360;
          listeners.forEach((listener) => listener());
        };"""
    )
    page.goto(site.publish(script))
    ask("answer")
    page.evaluate("raiseKeyboard()")
    box = page.get_by_role("combobox").bounding_box()
    log = page.locator(".scroll").bounding_box()
    assert box is not None
    assert log is not None
    assert box["y"] + box["height"] <= 360
    assert log["height"] > 150


@pytest.mark.parametrize(("width", "height"), [(640, 400), (320, 256)])
def test_zoom_hides_nothing(browser: Browser, site: Site, script: str, width: int, height: int) -> None:
    """At 200% and 400% of a usual screen all is there, without scrolling in two directions."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(site.publish(script))
    page.locator("tpbot-help .launcher").click()
    page.get_by_role("combobox").fill("answer")
    page.get_by_role("combobox").press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    scroll = page.locator(".scroll")
    assert scroll.evaluate("node => node.scrollWidth <= node.clientWidth && node.clientHeight >= 80")
    for name in ("Close", "Ask"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    context.close()


def test_a_change_of_size_keeps_the_conversation(page: Page, site: Site, script: str, ask: Ask) -> None:
    """When the screen becomes small and large again, an open panel becomes modal and back, text kept."""
    page.goto(site.publish(script))
    ask("answer")
    dialog = page.locator("tpbot-help dialog")
    for width, modal in ((400, True), (1000, False)):
        page.set_viewport_size({"width": width, "height": 700})
        expect(page.locator("tpbot-help dialog:modal")).to_have_count(int(modal))
        expect(dialog).to_be_visible()
        expect(page.get_by_role("article")).to_have_count(1)


@pytest.mark.parametrize("context", [{"forced_colors": "active"}], indirect=True)
def test_forced_colours_keep_the_edges(page: Page, site: Site, script: str, ask: Ask) -> None:
    """With forced colours the button, the panel and the cards keep visible borders."""
    page.goto(site.publish(script))
    ask("emergency")
    for part in (".launcher", ".panel", ".card", ".call", "input"):
        style = page.locator(f"tpbot-help {part}").first.evaluate(
            "node => [getComputedStyle(node).borderTopStyle, getComputedStyle(node).borderTopWidth]"
        )
        assert style[0] == "solid"
        assert float(style[1].removesuffix("px")) >= 1


@pytest.mark.parametrize(
    ("context", "animated"),
    [({"reduced_motion": "reduce"}, False), ({"reduced_motion": "no-preference"}, True)],
    indirect=["context"],
)
def test_motion_is_reduced_on_request(page: Page, site: Site, script: str, animated: bool) -> None:
    """The panel moves in only for people who did not ask for less motion."""
    page.goto(site.publish(script))
    page.locator("tpbot-help .launcher").click()
    name = page.locator("tpbot-help .panel").evaluate("node => getComputedStyle(node).animationName")
    assert (name != "none") is animated


def test_right_to_left(page: Page, url: str, site: Site, ask: Ask) -> None:
    """In a language from right to left the widget is mirrored; the corpus' text keeps its own direction."""
    strings = json.dumps({"launcher": "اسأل سؤالا", "close": "إغلاق"})
    page.goto(
        site.publish(
            f'<script src="{url}widget.js" data-lang="ar" data-strings=\'{strings}\' async></script>'
        )
    )
    launcher = page.get_by_role("button", name="اسأل سؤالا")
    box = launcher.bounding_box()
    assert box is not None
    assert box["x"] < 100
    ask("answer")
    assert page.locator("tpbot-help .root").get_attribute("lang") == "ar"
    assert page.locator("tpbot-help .panel").evaluate("node => getComputedStyle(node).direction") == "rtl"
    card = page.get_by_role("article")
    assert (card.get_attribute("lang"), card.get_attribute("dir")) == ("en", "ltr")
    close = page.get_by_role("button", name="إغلاق").bounding_box()
    heading = page.locator("tpbot-help h2").bounding_box()
    assert close is not None
    assert heading is not None
    assert close["x"] < heading["x"]


def test_a_page_from_right_to_left_needs_no_attribute(page: Page, site: Site, script: str) -> None:
    """On a page from right to left the widget follows the page."""
    page.goto(site.publish(script, attributes='dir="rtl"'))
    page.locator("tpbot-help .launcher").click()
    assert page.locator("tpbot-help .panel").evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_dates_follow_the_language(page: Page, site: Site) -> None:
    """The date of the last check is written as in the widget's language; an unknown one is no error."""
    with running(StubEngine(), Settings(allow_origins=(site.origin,))) as other:
        for language, date in (("de", "20. November 2026"), ("xx-invalid-language-tag", "2026")):
            page.goto(site.publish(f'<script src="{other}widget.js" data-lang="{language}" async></script>'))
            page.locator("tpbot-help .launcher").click()
            page.get_by_role("combobox").fill("answer")
            page.get_by_role("combobox").press("Enter")
            expect(page.get_by_role("article").locator("time")).to_contain_text(date)
