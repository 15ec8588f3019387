"""The help widget in a real browser, against a real server."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site, Watch
from tests.serving import ANSWER, INFO, SAFETY_NOTE, TOPICS, StubEngine, running
from tpbot.bot import Bot
from tpbot.server import Settings

Ask = Callable[[str], None]


@pytest.fixture
def opened(page: Page, url: str) -> Page:
    """Return the demo page with the help open."""
    page.goto(url)
    page.locator("tpbot-help .launcher").click()
    expect(page.get_by_role("combobox")).to_be_focused()
    return page


def test_a_typing_error_still_finds_the_answer(page: Page) -> None:
    """From the line to paste to the real bot's answer: a question with typing errors is answered."""
    bot = Bot.from_pairs(
        [("What does a trigger point feel like?", "Like a *pea*."), ("Who are you?", "A bot.")]
    )
    with running(bot) as url:
        page.goto(url)
        page.get_by_role("button", name="Ask a question").click()
        page.get_by_label("Your question").fill("what does a triger piont feel like")
        page.get_by_role("button", name="Ask", exact=True).click()
        card = page.get_by_role("article")
        expect(card.get_by_role("heading", level=3)).to_have_text("What does a trigger point feel like?")
        expect(card.locator("em")).to_have_text("pea")


def test_an_answer_shows_what_it_rests_on(opened: Page, ask: Ask) -> None:
    """An answer has its text, evidence, date, review, sources, related questions and the safety note."""
    ask("answer")
    card = opened.get_by_role("article")
    expect(card.get_by_role("heading", level=3)).to_have_text(ANSWER.question or "")
    expect(card.locator("p strong").first).to_have_text("sore")
    assert card.locator("ol > li").all_inner_texts() == ["Sit.", "Press gently"]
    expect(card).to_contain_text("Evidence: limited")
    expect(card).to_contain_text("Checked November 20, 2026")
    expect(card).to_contain_text(INFO.not_reviewed or "")
    link = card.get_by_role("link", name="A review of trigger points")
    expect(link).to_have_attribute("href", "https://example.org/review")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(card).to_contain_text("A book without an address")
    expect(card.get_by_role("button", name=TOPICS[1].question)).to_be_visible()
    expect(card).to_contain_text(SAFETY_NOTE)
    assert "closest match" not in card.inner_text()


@pytest.mark.parametrize(
    "question",
    ["answer", "doubt", "clarify", "no answer", "emergency", "soon", "confirm", "hostile", "break"],
)
def test_the_safety_note_is_always_there(opened: Page, ask: Ask, question: str) -> None:
    """Every reply, of whatever outcome, and every failure shows a safety note."""
    ask(question)
    note = opened.locator(".card .safety")
    expect(note).to_have_count(1)
    expect(note).to_contain_text("</script>" if question == "hostile" else SAFETY_NOTE)


def test_doubt_is_said(opened: Page, ask: Ask) -> None:
    """An answer of less than high confidence says that it may be another question's."""
    ask("doubt")
    expect(opened.get_by_role("article")).to_contain_text("closest match")


def test_did_you_mean(opened: Page, ask: Ask, engine: StubEngine) -> None:
    """The choices of a clarifying reply are buttons that ask."""
    ask("clarify")
    expect(opened.get_by_role("heading", name="Did you mean")).to_be_visible()
    opened.get_by_role("article").get_by_role("button", name=TOPICS[2].question).click()
    expect(opened.get_by_role("article")).to_have_count(2)
    assert engine.asked[-1][0] == TOPICS[2].question


def test_no_answer_offers_topics(opened: Page, ask: Ask) -> None:
    """When there is no answer, the nearest questions are buttons."""
    ask("no answer")
    card = opened.get_by_role("article")
    expect(card).to_contain_text("I don't know that.")
    assert card.get_by_role("button").all_inner_texts() == [topic.question for topic in TOPICS[:2]]


def test_an_emergency_comes_with_a_call_link(
    page: Page, url: str, site: Site, ask: Ask, engine: StubEngine
) -> None:
    """An urgent reply is a care card with links that call the numbers of the widget's region."""
    page.goto(site.publish(f'<script src="{url}widget.js" data-region="nz" async></script>'))
    ask("emergency")
    assert engine.asked[-1][2] == "NZ"
    card = page.get_by_role("article")
    expect(card.get_by_role("heading").first).to_have_text("Emergency: get help now")
    expect(card).to_contain_text("Call for help now.")
    expect(card.get_by_role("link", name="Call 999 Emergency services")).to_have_attribute("href", "tel:999")
    expect(card.get_by_role("link", name="Call 0800 611 116")).to_have_attribute("href", "tel:0800611116")


def test_the_bot_that_ships_sends_people_to_care(page: Page, bot: Bot, ask: Ask) -> None:
    """A warning sign brings the care card, and at once in sight the number of the server's region."""
    with running(bot, Settings(region="GB", rate_limit=0)) as url:
        page.goto(url)
        ask("I cannot pee and my groin is numb and my back hurts")
        card = page.get_by_role("article")
        expect(card.get_by_role("heading").first).to_have_text("Emergency: get help now")
        expect(card.get_by_role("link", name="Call 999").first).to_be_in_viewport(ratio=1)
        expect(card).to_contain_text(bot.info.safety_note)


def test_an_answer_may_follow_the_advice(opened: Page, ask: Ask) -> None:
    """With the urgency `soon` the advice comes first and the answer after it."""
    ask("soon")
    card = opened.get_by_role("article")
    headings = card.get_by_role("heading", level=3).all_inner_texts()
    assert headings == ["Get this checked soon", ANSWER.question]
    expect(card).to_contain_text("Book an appointment")


@pytest.mark.parametrize(
    ("choice", "value", "outcome"),
    [
        ("Yes", True, "Emergency: get help now"),
        ("Not sure", True, "Emergency: get help now"),
        ("No", False, ANSWER.question),
    ],
)
def test_a_check_question_is_answered_by_a_button(
    opened: Page, ask: Ask, engine: StubEngine, choice: str, value: bool, outcome: str
) -> None:
    """The same question is asked again with the answer; not being sure counts as a yes."""
    ask("confirm")
    expect(opened.get_by_role("article")).to_contain_text("Do you feel numb between your legs?")
    opened.get_by_role("button", name=choice, exact=True).click()
    expect(opened.get_by_role("article").nth(1).get_by_role("heading").first).to_have_text(outcome)
    assert engine.asked[-1] == ("confirm", 5, None, {"cauda-equina": value})


def test_suggestions_stay_in_the_page(opened: Page, watch: Watch) -> None:
    """Suggestions appear while somebody types, and typing sends nothing."""
    box = opened.get_by_role("combobox")
    expect(opened.locator(".intro .choice").first).to_be_visible()
    before = list(watch.requests)
    box.press_sequentially("ténnis bal")
    expect(opened.get_by_role("option")).to_have_text([TOPICS[1].question])
    box.press_sequentially(" xyz qqq www rrr")
    expect(opened.get_by_role("option")).to_have_count(0)
    assert watch.requests == before


def test_a_suggestion_is_asked_with_a_click(opened: Page, engine: StubEngine) -> None:
    """A click on a suggestion asks it."""
    expect(opened.locator(".intro .choice").first).to_be_visible()
    opened.get_by_role("combobox").fill("heat or ice")
    opened.get_by_role("option").first.click()
    expect(opened.get_by_role("article")).to_be_visible()
    assert engine.asked[-1][0] == TOPICS[2].question


@pytest.mark.usefixtures("opened")
def test_a_pasted_question_is_never_cut(ask: Ask, engine: StubEngine) -> None:
    """A long question reaches the server whole: its end may hold what matters most."""
    question = "my back hurts " * 200 + "and I cannot feel my legs"
    ask(question)
    assert engine.asked[-1][0] == question


def test_a_failing_server_is_said_and_can_be_tried_again(page: Page, ask: Ask) -> None:
    """When the server is gone, a card says so, with the safety note and a button that asks again."""
    engine = StubEngine()
    with running(engine) as url:
        page.goto(url)
        ask("answer")
    ask("answer")
    card = page.get_by_role("article").last
    expect(card).to_contain_text("did not arrive")
    expect(card).to_contain_text(SAFETY_NOTE)
    expect(card).to_contain_text(INFO.contact or "")
    card.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("article")).to_have_count(3)


def test_a_server_that_was_never_there(page: Page, url: str, site: Site) -> None:
    """Without its server the widget opens with a failure card, a safety note and the other way to help."""
    page.goto(
        site.publish(
            f'<script src="{url}widget.js" data-api="http://127.0.0.1:9/" data-fallback="/contact" async>'
            "</script>"
        )
    )
    page.get_by_role("button", name="Ask a question").click()
    card = page.get_by_role("article")
    expect(card).to_contain_text("Safety note: This is general information.")
    expect(card.get_by_role("link", name="Get help another way")).to_have_attribute("href", "/contact")


def test_offline_is_said(opened: Page, ask: Ask) -> None:
    """Without a network the card says that one is offline; back online the same button asks."""
    opened.context.set_offline(True)
    ask("answer")
    expect(opened.get_by_role("article")).to_contain_text("offline")
    opened.context.set_offline(False)
    opened.get_by_role("button", name="Try again").click()
    expect(opened.get_by_role("article").nth(1)).to_contain_text(ANSWER.question or "")


def test_too_many_questions_are_said(page: Page, ask: Ask) -> None:
    """When the server refuses for a while, the card says for how long."""
    with running(StubEngine(), Settings(rate_limit=1)) as url:
        page.goto(url)
        ask("answer")
        ask("answer")
    expect(page.get_by_role("article").last).to_contain_text(re.compile(r"wait \d+ seconds"))


def test_a_slow_answer_is_announced(opened: Page) -> None:
    """While an answer takes long, a status says that it is looked for."""

    def delay(route: Route) -> None:
        opened.wait_for_timeout(900)
        route.continue_()

    opened.route("**/api/ask", delay)
    opened.get_by_role("combobox").fill("answer")
    opened.get_by_role("combobox").press("Enter")
    expect(opened.get_by_role("status")).to_have_text("Looking for an answer …")
    expect(opened.get_by_role("article")).to_be_visible()
    expect(opened.get_by_role("status")).to_have_text("")


def test_start_again_forgets_the_conversation(opened: Page, ask: Ask) -> None:
    """The button empties the conversation; a new page has none either."""
    ask("answer")
    opened.get_by_role("button", name="Start again").click()
    expect(opened.get_by_role("article")).to_have_count(0)
    expect(opened.get_by_role("combobox")).to_be_focused()


def test_closing_keeps_the_conversation_and_reloading_forgets_it(opened: Page, ask: Ask) -> None:
    """The conversation lives as long as the page."""
    ask("answer")
    opened.get_by_role("button", name="Close").click()
    opened.locator("tpbot-help .launcher").click()
    expect(opened.get_by_role("article")).to_have_count(1)
    opened.reload()
    opened.locator("tpbot-help .launcher").click()
    expect(opened.get_by_role("article")).to_have_count(0)
