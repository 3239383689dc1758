"""Replies: rules and drills for what callbacks are answered, and forwarding to the developer's own application."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog

from inspector.capture.answering import Planned, RulePlan
from inspector.capture.drills import DRILLS
from inspector.capture.rule_words import answer_words, condition_words
from inspector.capture.rules import Rule, RuleError, Rules
from inspector.capture.server import CaptureSettings
from inspector.session.records import Appended, Received
from inspector.ui.menus import Entry
from inspector.ui.texts import count_text
from inspector.ui.workbench.forward_panel import ForwardChoice
from inspector.ui.workbench.notice import Notice
from inspector.ui.workbench.rule_list import RuleLine
from inspector.workbench.bench import Bench, Tool
from inspector.workbench.forwarding import Forwarding

if TYPE_CHECKING:
    from inspector.ui.workbench.replies_page import RepliesPage

_TITLE = "Replies"


class Replies(Tool):
    """The page of replies."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        settings = bench.settings
        self.rules: tuple[Rule, ...] = ()
        self._plan: RulePlan | None = None
        self._page: RepliesPage | None = None
        self._tab: int | None = None
        self._damaged = 0
        self._notice = Notice(bench.window.appearance, "Replies", bench.window)
        off = ForwardChoice(on=False, url="", answers=False, seconds=settings.forward_seconds)
        self.forwarding = Forwarding(bench, off, self._show_forwarding)

    def prepare(self) -> None:
        bench, settings = self.bench, self.bench.settings
        bench.capturing.adjust.append(self._adjust)
        self._use(self._loaded())
        self.forwarding.use(
            ForwardChoice(settings.forward_on, settings.forward_url, settings.forward_answers, settings.forward_seconds)
        )

    def set_up(self) -> None:
        bench, window = self.bench, self.bench.window
        window.add_page(_TITLE, self._make_page, Entry("show_replies", "Rep&lies and forwarding"))
        self._tab = window.side.tabs.count() - 1
        self._notice.clicked.connect(window.menus.actions["show_replies"].trigger)
        window.status.add_notice(self._notice)
        bench.capturing.on_amended.append(window.replies_changed)
        self._show_notice()
        if self._damaged:
            bench.note(f"{count_text(self._damaged, 'damaged rule', 'damaged rules')} for replies left out.")

    def listening_changed(self) -> None:
        self.forwarding.surroundings_changed()

    def public_url_changed(self) -> None:
        self.forwarding.surroundings_changed()

    def session_shown(self) -> None:
        self.forwarding.surroundings_changed()

    def session_cleared(self) -> None:
        self.forwarding.session_cleared()

    def appended(self, received: Sequence[Received], appended: Sequence[Appended]) -> None:
        self.forwarding.send_on(received, appended)

    async def close(self) -> None:
        await self.forwarding.close()

    # -- what is answered ---------------------------------------------------------------------

    def _adjust(self, settings: CaptureSettings) -> CaptureSettings:
        if self._plan is None and self.forwarding.plan is None:
            return settings
        return replace(settings, answer=self._answer)

    def _answer(self, received: Received) -> Planned | None:
        planned = None if self._plan is None else self._plan(received)
        return self.forwarding.plan if planned is None else planned

    def _loaded(self) -> list[Rule]:
        """The rules of the settings; what is damaged is left out."""
        rules = []
        for values in self.bench.settings.reply_rules:
            try:
                rules.append(Rule.from_json(values))
            except RuleError:
                self._damaged += 1
        return rules

    def _use(self, rules: Sequence[Rule]) -> None:
        """Answer by these from the next callback on; attempts are counted anew."""
        self.rules = tuple(rules)
        active = Rules(rules)
        self._plan = RulePlan(active) if active.active else None
        self.bench.capturing.apply()
        self._show_rules()

    def _change(self, rules: Sequence[Rule]) -> None:
        self._use(rules)
        self.bench.settings.reply_rules = [rule.as_json() for rule in rules]
        self.bench.save_settings()

    # -- the page -----------------------------------------------------------------------------

    def _make_page(self) -> "RepliesPage":
        from inspector.ui.workbench.replies_page import RepliesPage

        drills = [(drill.key, drill.title, drill.expected) for drill in DRILLS]
        page = self._page = RepliesPage(self.bench.window.appearance, drills)
        page.drill_chosen.connect(self._on_drill)
        page.add_wished.connect(lambda: self.bench.spawn(self._edit(None), "add a rule"))
        page.all_off_wished.connect(lambda: self._change([replace(rule, enabled=False) for rule in self.rules]))
        page.rules.edit_wished.connect(lambda number: self.bench.spawn(self._edit(number), "edit a rule"))
        page.rules.switched.connect(self._on_switched)
        page.rules.moved.connect(self._on_moved)
        page.rules.deleted.connect(self._on_deleted)
        page.forward.changed.connect(self._on_forward_changed)
        page.forward.show_choice(self._chosen())
        self._show_rules()
        self._show_forwarding()
        return page

    def _show_notice(self) -> None:
        if self._tab is None:
            return
        active = sum(rule.enabled for rule in self.rules)
        rules = f"{count_text(active, 'rule', 'rules')} active" if active else ""
        app = "app answers" if self.forwarding.plan is not None else ""
        self._notice.show_words(" · ".join(filter(None, (rules, app))).capitalize(), "Show what callbacks are answered")
        self.bench.window.side.tabs.setTabText(self._tab, f"{_TITLE} ({active})" if active else _TITLE)

    def _show_rules(self) -> None:
        self._show_notice()
        if self._page is not None:
            self._page.show_rules(
                [RuleLine(answer_words(rule), condition_words(rule), rule.name, rule.enabled) for rule in self.rules]
            )

    def _show_forwarding(self) -> None:
        if self._page is not None:
            text, problem = self.forwarding.state()
            self._page.forward.show_state(text, problem=problem)
        self._show_notice()

    def _on_drill(self, key: str) -> None:
        drill = next(one for one in DRILLS if one.key == key)
        # Before all others: a drill is what is wanted now.
        self._change([drill.rule, *(rule for rule in self.rules if rule != drill.rule)])
        self.bench.note(drill.expected)

    def _on_switched(self, number: int, on: bool) -> None:
        self._change([replace(rule, enabled=on) if at == number else rule for at, rule in enumerate(self.rules)])

    def _on_moved(self, number: int, place: int) -> None:
        if 0 <= place < len(self.rules):
            rules = list(self.rules)
            rules.insert(place, rules.pop(number))
            self._change(rules)

    def _on_deleted(self, number: int) -> None:
        self._change([rule for at, rule in enumerate(self.rules) if at != number])

    async def _edit(self, number: int | None) -> None:
        from inspector.runtime.dialogs import ask
        from inspector.ui.workbench.rule_editor import RuleEditor

        rule = Rule(code=500) if number is None else self.rules[number]
        editor = RuleEditor(self.bench.window.appearance, rule.as_json(), _described, self.bench.dialog_parent)
        if await ask(editor) != QDialog.DialogCode.Accepted:
            return
        edited = Rule.from_json(editor.values)
        if number is None:
            self._change([*self.rules, edited])
        else:
            # The rules may have changed while the dialog was open, if only through the keyboard.
            self._change([edited if one is rule else one for one in self.rules])

    # -- forwarding ---------------------------------------------------------------------------

    def _chosen(self) -> ForwardChoice:
        return self.forwarding.choice

    def _on_forward_changed(self, choice: ForwardChoice) -> None:
        self.forwarding.use(choice)
        settings = self.bench.settings
        settings.forward_on, settings.forward_answers = choice.on, choice.answers
        settings.forward_seconds = choice.seconds
        if "@" not in choice.url.partition("://")[2].partition("/")[0]:  # what may be a password is not kept
            settings.forward_url = choice.url
        self.bench.save_settings()


def _described(values: Mapping[str, Any]) -> tuple[str, str]:
    try:
        rule = Rule.from_json(values)
    except RuleError as error:
        return "", str(error)
    return f"{condition_words(rule)}: {answer_words(rule)}.", ""
