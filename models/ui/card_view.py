"""The right side of the Models page: what is known of the chosen model or pack."""

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QTextBrowser, QWidget

from core.command import ModelUse
from core.model_card import ModelCard, ModelLabel
from core.services import Services
from models.bench import ProviderBench
from models.shelves import Choice, Shelf, ShelvedModel
from models.store import Verification
from models.ui.wording import (
    in_words,
    megabytes,
    milliseconds,
    preparation_in_words,
    provider_name,
    task_name,
)
from models.uses import uses_of


class CardView(QTextBrowser):
    """Shows one card as a page.

    Parameters
    ----------
    services : Services
        Whose `model_uses` tell where a model is used.
    """

    command_asked = Signal(str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._choice: Choice = None
        self._providers: tuple[str, ...] = ()
        self.setOpenLinks(False)
        self.anchorClicked.connect(lambda url: self.command_asked.emit(url.toString()))

    def show_choice(self, choice: Choice, providers: tuple[str, ...]) -> None:
        """Show a model, a pack, what the user brought, or what is wrong with a damaged model."""
        changed = type(choice) is not type(self._choice) or choice != self._choice
        place = self.verticalScrollBar().value()
        self._choice, self._providers = choice, providers
        self._write()
        if not changed:
            self.verticalScrollBar().setValue(place)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.PaletteChange):
            self._write()

    def _write(self) -> None:
        if isinstance(self._choice, ShelvedModel):
            body = self._model_page(self._choice)
        elif isinstance(self._choice, Verification):
            body = self._damaged_page(self._choice)
        elif self._choice is None or self._choice.pack is None:
            body = self._own_page()
        else:
            body = self._pack_page(self._choice)
        dim = self.palette().color(QPalette.ColorRole.PlaceholderText).name()
        link = self.palette().color(QPalette.ColorRole.Link).name()
        style = (
            "h2 { font-weight: 600; margin-bottom: 2px; } p { margin: 2px 0 6px 0; }"
            f" h4 {{ color: {dim}; margin: 14px 0 4px 0; }}"
            f" th, .dim {{ color: {dim}; }} th {{ font-weight: 400; }}"
        )
        self.document().setDefaultStyleSheet(
            f"{style} a {{ color: {link}; }} td, th {{ padding: 1px 16px 1px 0; }}"
        )
        self.document().setDocumentMargin(16)
        self.setHtml(body)

    def _model_page(self, shelved: ShelvedModel) -> str:
        card = shelved.model.card
        name = f"{card.id} {card.version}"
        if not shelved.model.in_use:
            name = self.tr("{name}, not in use").format(name=name)
        facts = [
            (self.tr("Task"), task_name(card.task)),
            (self.tr("Modality"), card.modality),
            (self.tr("Body part"), card.body_part),
            (self.tr("Licence"), card.licence),
            (self.tr("Source"), in_words(card.source)),
            (self.tr("Size"), megabytes(shelved.model.size_bytes)),
            ("SHA-256", f"{card.sha256[:16]}…"),
        ]
        return "".join(
            [
                f"<h2>{escape(in_words(card.title))}</h2><p class='dim'>{escape(name)}</p>",
                f"<p>{escape(in_words(card.intended_use))}</p>",
                _facts(facts),
                self._section(self.tr("Limits"), _bullets(map(in_words, card.limits))),
                self._section(self.tr("Speed on this computer"), self._speeds(shelved)),
                self._section(
                    self.tr("Used in"), self._uses(uses_of(shelved.model, self._services.model_uses))
                ),
                self._section(self.tr("How it was measured"), self._measured(card)),
                self._section(self.tr("Inputs"), _inputs(card)),
                self._section(self.tr("Outputs"), self._outputs(card)),
            ]
        )

    def _pack_page(self, shelf: Shelf) -> str:
        pack = shelf.pack
        facts = [
            (self.tr("Pack"), pack.name),
            (self.tr("Version"), pack.version),
            (self.tr("Licence"), _joined(pack.licence, (model.licence for model in pack.models), ", ")),
            (self.tr("Source"), _joined(pack.source, (model.source for model in pack.models), "; ")),
            (self.tr("Download"), f"{megabytes(pack.size_bytes)}, {pack.file_names}"),
        ]
        if shelf.models and shelf.missing_bytes:
            state = self.tr("Not all models of this pack are here in its version {version}.")
            state = state.format(version=pack.version)
        elif shelf.models:
            state = self.tr("This pack is in the store.")
        elif shelf.came_along:
            state = self.tr(
                "This pack came with the program but has not been added yet; nothing is downloaded."
            )
        else:
            state = self.tr(
                "This pack has not been added. Nothing is downloaded until you ask for it; without a "
                "connection, add it from a folder that holds {files}."
            ).format(files=pack.file_names)
        models = [f"{in_words(model.title)}: {in_words(model.intended_use)}" for model in pack.models]
        return "".join(
            [
                f"<h2>{escape(in_words(pack.title))}</h2><p>{escape(state)}</p>",
                _facts(facts),
                self._section(self.tr("Holds"), _bullets(models)),
                self._section(self.tr("Limits"), _bullets(map(in_words, pack.limits))),
            ]
        )

    def _damaged_page(self, damaged: Verification) -> str:
        reason = self._services.translate(damaged.reason) if damaged.reason else ""
        advice = self.tr("It cannot be used. Remove it and add it again.")
        return f"<h2>{escape(damaged.name)}</h2>{_paragraph(reason, advice)}"

    def _own_page(self) -> str:
        how = self.tr(
            "Models that you brought, trained or got from your organisation's server. Add an ONNX file with "
            "its card, NAME.card.json, beside it; or drop it here. Such models run in a process of their own."
        )
        title = self.tr("Your own models")
        return f"<h2>{escape(title)}</h2>{_paragraph(how)}"

    def _speeds(self, shelved: ShelvedModel) -> str:
        runs_on = self._providers if shelved.model.pack else ("CPUExecutionProvider",)
        where = self.tr("Runs on: {provider}").format(provider=provider_name(runs_on[0]) if runs_on else "–")
        if not shelved.speeds:
            return _paragraph(where, self.tr("Not measured yet."))
        titles = (
            self.tr("Runs on"),
            self.tr("A run"),
            self.tr("Slowest"),
            self.tr("Loading"),
            self.tr("Memory"),
        )
        return _table([*titles, self.tr("Differs from the CPU")], [_speed(speed) for speed in shelved.speeds])

    def _uses(self, uses: tuple[ModelUse, ...]) -> str:
        if not uses:
            return _paragraph(self.tr("Nowhere yet; run it with: sense models run"))
        return "<p>" + "<br/>".join(_use(use) for use in uses) + "</p>"

    def _measured(self, card: ModelCard) -> str:
        if not card.measured:
            return _paragraph(self.tr("The card does not say."))
        return _table(
            (self.tr("Quantity"), self.tr("Value"), self.tr("On")),
            [
                (in_words(item.quantity), f"{item.value:g} {in_words(item.unit)}", in_words(item.data))
                for item in card.measured
            ],
        )

    def _outputs(self, card: ModelCard) -> str:
        parts = []
        for output in card.outputs:
            parts.append(f"<p><b>{escape(output.name)}</b>: {escape(in_words(output.meaning))}")
            if output.labels:
                labels = ", ".join(escape(_label(label)) for label in output.labels)
                count = self.tr("Labels: {count}").format(count=len(output.labels))
                parts.append(f"<br/><span class='dim'>{escape(count)}</span> {labels}")
            parts.append("</p>")
        return "".join(parts)

    def _section(self, title: str, body: str) -> str:
        return f"<h4>{escape(title)}</h4>{body}" if body else ""


def _joined(first: str, more: Iterable[str], separator: str) -> str:
    return separator.join(in_words(text) for text in dict.fromkeys((first, *more)) if text)


def _paragraph(*lines: str) -> str:
    return "<p>" + "<br/>".join(map(escape, lines)) + "</p>"


def _facts(facts: Iterable[tuple[str, str]]) -> str:
    rows = [
        f"<tr><th align='left'>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in facts
        if value
    ]
    return f"<table cellspacing='0' style='margin-top: 8px'>{''.join(rows)}</table>"


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th align='left'>{escape(title)}</th>" for title in titles)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table cellspacing='0'><tr>{head}</tr>{body}</table>"


def _bullets(texts: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul style='margin: 0 0 0 -20px'>{items}</ul>" if items else ""


def _inputs(card: ModelCard) -> str:
    return "".join(
        f"<p><b>{escape(item.name)}</b>: {escape(preparation_in_words(item.preparation))}</p>"
        for item in card.inputs
    )


def _label(label: ModelLabel) -> str:
    return f"{label.name} ({label.concept.scheme} {label.concept.value})" if label.concept else label.name


def _speed(speed: ProviderBench) -> tuple[str, ...]:
    locale = QLocale()
    return (
        provider_name(speed.provider),
        milliseconds(speed),
        f"{locale.toString(speed.slowest_ms, 'f', 2)} ms",
        f"{locale.toString(speed.load_ms, 'f', 0)} ms",
        f"{locale.toString(speed.memory_mb, 'f', 0)} MB",
        f"{speed.difference:.1e}",
    )


def _use(use: ModelUse) -> str:
    title = escape(QCoreApplication.translate("Command", use.title))
    return f"<a href='{escape(use.command)}'>{title}</a>" if use.command else title
