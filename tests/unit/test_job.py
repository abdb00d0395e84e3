import threading
import time
from collections.abc import Callable, Iterator

import pytest

from core.errors import BadInput, Cancelled
from core.job import Job, JobRunner, JobState
from core.message import Message, message
from core.progress import Progress

TITLE = message("Work")


@pytest.fixture
def runner() -> Iterator[JobRunner]:
    runner = JobRunner(workers=2)
    yield runner
    runner.shutdown()


def until_cancelled(started: threading.Event, *, progress: Progress) -> None:
    started.set()
    while True:
        progress.report(0.5)
        time.sleep(0.001)


def wait_for(started: threading.Event, release: threading.Event, *, progress: Progress) -> None:
    started.set()
    release.wait()


def occupy(runner: JobRunner) -> Callable[[], None]:
    """Keep both workers busy; call what this gives to let them go."""
    release = threading.Event()
    for _ in range(2):
        started = threading.Event()
        runner.submit(TITLE, wait_for, started, release)
        assert started.wait(5)
    return release.set


def test_the_result_comes_with_the_last_snapshot(runner: JobRunner) -> None:
    job = runner.submit(TITLE, lambda first, second, progress: first + second, 2, 3)
    done = runner.wait(job.id, 5)
    assert (done.state, done.fraction, done.result) == (JobState.DONE, 1.0, 5)


def test_listeners_hear_every_state_in_order(runner: JobRunner) -> None:
    heard: list[Job] = []
    runner.listen(heard.append)

    def work(*, progress: Progress) -> None:
        progress.report(0.25, message("a quarter"))

    job = runner.submit(TITLE, work)
    runner.wait(job.id, 5)
    states = [snapshot.state for snapshot in heard]
    assert states == [JobState.WAITING, JobState.RUNNING, JobState.RUNNING, JobState.DONE]
    assert heard[2].fraction == 0.25
    assert str(heard[2].message) == "a quarter"


def test_a_failing_listener_neither_fails_the_job_nor_silences_the_others(runner: JobRunner) -> None:
    heard: list[Job] = []

    def broken(job: Job) -> None:
        raise ZeroDivisionError

    runner.listen(broken)
    runner.listen(heard.append)
    job = runner.submit(TITLE, lambda progress: 1)
    assert runner.wait(job.id, 5).state is JobState.DONE
    assert heard[-1].state is JobState.DONE


def test_a_running_job_is_cancelled(runner: JobRunner) -> None:
    started = threading.Event()
    job = runner.submit(TITLE, until_cancelled, started)
    assert started.wait(5)
    begin = time.monotonic()
    runner.cancel(job.id)
    assert runner.wait(job.id, 5).state is JobState.CANCELLED
    assert time.monotonic() - begin < 0.2  # the promise to the user, twenty times what it takes


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(runner: JobRunner) -> None:
    release = occupy(runner)
    ran = threading.Event()
    job = runner.submit(TITLE, lambda progress: ran.set())
    runner.cancel(job.id)
    assert runner.job(job.id).state is JobState.CANCELLED
    release()
    runner.shutdown()
    assert not ran.is_set()


def test_a_newer_job_of_the_group_supersedes_the_older(runner: JobRunner) -> None:
    started = threading.Event()
    older = runner.submit(TITLE, until_cancelled, started, group="view 1")
    other = runner.submit(TITLE, lambda progress: "kept", group="view 2")
    assert started.wait(5)
    newer = runner.submit(TITLE, lambda progress: "newer", group="view 1")
    assert runner.wait(older.id, 5).state is JobState.CANCELLED
    assert runner.wait(newer.id, 5).result == "newer"
    assert runner.wait(other.id, 5).result == "kept"


def test_a_known_error_keeps_its_sentence_its_hint_and_its_cause(runner: JobRunner) -> None:
    def work(*, progress: Progress) -> None:
        try:
            raise OSError("disk on fire")
        except OSError as error:
            raise BadInput(message("a.dcm cannot be read."), message("Try another.")) from error

    failed = runner.wait(runner.submit(TITLE, work).id, 5)
    assert failed.state is JobState.FAILED
    assert (str(failed.error), str(failed.hint)) == ("a.dcm cannot be read.", "Try another.")
    assert "disk on fire" in failed.detail


def test_an_unexpected_error_is_named_and_keeps_its_traceback(runner: JobRunner) -> None:
    failed = runner.wait(runner.submit(TITLE, lambda progress: 1 / 0).id, 5)
    assert failed.state is JobState.FAILED
    assert "ZeroDivisionError" in str(failed.error)
    assert "test_job.py" in failed.detail


def test_a_late_report_does_not_bring_a_job_back_to_life(runner: JobRunner) -> None:
    kept: list[Progress] = []
    job = runner.submit(TITLE, lambda progress: kept.append(progress))
    runner.wait(job.id, 5)
    kept[0].report(0.3)
    assert (runner.job(job.id).state, runner.job(job.id).fraction) == (JobState.DONE, 1.0)


def test_forgetting_keeps_what_still_runs(runner: JobRunner) -> None:
    started = threading.Event()
    running = runner.submit(TITLE, until_cancelled, started)
    ended = runner.submit(TITLE, lambda progress: None)
    runner.wait(ended.id, 5)
    assert started.wait(5)
    runner.forget_ended()
    assert [job.id for job in runner.jobs()] == [running.id]


def test_shutdown_cancels_and_nothing_is_accepted_after_it(runner: JobRunner) -> None:
    started = threading.Event()
    job = runner.submit(TITLE, until_cancelled, started)
    assert started.wait(5)
    runner.shutdown()
    assert runner.job(job.id).state is JobState.CANCELLED
    with pytest.raises(RuntimeError):
        runner.submit(TITLE, lambda progress: None)
    assert runner.active() == []


def test_the_time_left_is_estimated_only_from_enough() -> None:
    job = Job(1, TITLE, state=JobState.RUNNING, fraction=0.25, elapsed_s=10.0)
    assert job.seconds_left == pytest.approx(30.0)
    assert Job(1, TITLE, state=JobState.RUNNING, fraction=0.0, elapsed_s=10.0).seconds_left is None
    assert Job(1, TITLE, state=JobState.DONE, fraction=1.0, elapsed_s=10.0).seconds_left is None


def test_reports_are_thinned_but_the_last_fraction_is_kept(runner: JobRunner) -> None:
    heard: list[float] = []
    runner.listen(lambda job: heard.append(job.fraction))

    def work(*, progress: Progress) -> Message | None:
        for step in range(1000):
            progress.report(step / 1000)
        return None

    begin = time.monotonic()
    runner.wait(runner.submit(TITLE, work).id, 30)
    assert len(heard) <= 4 + 10 * (time.monotonic() - begin) + 1


def test_a_cancel_inside_the_work_is_not_an_error(runner: JobRunner) -> None:
    def work(*, progress: Progress) -> None:
        raise Cancelled

    assert runner.wait(runner.submit(TITLE, work).id, 5).state is JobState.CANCELLED
