"""What became of a training, in the language of the window."""

import math

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtWidgets import QLabel, QWidget

from core.services import Services
from models.training.smaller import VariantOutcome
from models.training.student import Student
from models.training.validation import Score
from viewers.training_commands import TrainReport


class TrainingResult(QLabel):
    """Shows the measured figures of a finished training, its warnings and its variants.

    Parameters
    ----------
    services : Services
        Whose `translate` puts messages into words.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._services = services
        self._report: TrainReport | None = None

    def show_report(self, report: TrainReport) -> None:
        """Show what the report says."""
        self._report = report
        self.setText("\n".join(self._lines(report)))

    def clear(self) -> None:
        """Show nothing."""
        self._report = None
        super().clear()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._report is not None:
            self.show_report(self._report)

    def _lines(self, report: TrainReport) -> list[str]:
        scores, translate = report.trained.scores, self._services.translate
        lines = [
            self.tr("{quantity}: {value}").format(quantity=self._quantity(score), value=_figure(score))
            for score in scores.scores
        ]
        if scores.told is not None:
            lines.append(translate(scores.told))
        else:
            lines.append(self.tr("How good it is was not measured: there was no cross-validation."))
        if report.trained.student is not None:
            lines += self._student_lines(report.trained.student)
        lines += [translate(item) for item in report.trained.warnings]
        return lines + [self._variant_line(variant) for variant in report.trained.variants]

    def _quantity(self, score: Score) -> str:
        return score.quantity if score.told is None else self._services.translate(score.told)

    def _student_lines(self, student: Student) -> list[str]:
        text = self.tr("{name} is in the store, too: half as wide, it learnt from the model.")
        quantities = [
            self.tr("{quantity}: {value}").format(quantity=self._quantity(score), value=_figure(score))
            for score in student.scores.scores
        ]
        return [text.format(name=student.card.id), *quantities]

    def _variant_line(self, variant: VariantOutcome) -> str:
        if variant.card is None:
            return self._services.translate(variant.reason) if variant.reason else ""
        text = self.tr("{name} is in the store, too: it loses {loss}.")
        loss = QLocale().toString(variant.card.measured[-1].value, "f", 4)
        return text.format(name=variant.card.id, loss=loss)


def _figure(score: Score) -> str:
    value, deviation = (
        QLocale().toString(number, "f", 3) if not math.isnan(number) else ""
        for number in (score.value, score.deviation)
    )
    return f"{value} ± {deviation}" if value and deviation else value or "–"
