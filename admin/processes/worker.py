"""The worker: Celery with its clock, running every declared task. A message carries only the id of a row."""

from __future__ import annotations

from collections.abc import Callable

from celery import Celery

from admin.processes.start import give_way, start
from contact_center.chores import KERNEL_TASKS
from contact_center.features import Task, resolve
from contact_center.house import House


def make(house: House) -> Celery:
    """The Celery application of this centre."""
    run = house.settings.home / "run"
    broker = f"redis+socket://{run / 'redis.sock'}"
    app = Celery("madoguchi", broker=broker)
    app.conf.update(
        task_ignore_result=True, worker_hijack_root_logger=False, timezone="Asia/Tokyo", task_acks_late=True,
        broker_connection_retry_on_startup=True, beat_schedule_filename=str(house.settings.home / "tmp" / "beat"),
        worker_prefetch_multiplier=1, task_serializer="json", accept_content=["json"],
        beat_schedule={
            task.name: {"task": task.name, "schedule": task.every, "args": (None,), "options": {"expires": task.every}}
            for task in all_tasks(house) if task.every is not None
        },
    )  # fmt: skip
    for task in all_tasks(house):
        app.task(name=task.name)(_runner(house, task))
    return app


def all_tasks(house: House) -> tuple[Task, ...]:
    """The kernel's tasks and every feature's."""
    return (*KERNEL_TASKS, *(task for feature in house.features for task in feature.tasks))


def _runner(house: House, task: Task) -> Callable[[int | None], None]:
    def run(id: int | None = None) -> None:
        resolve(task.function)(house, id)

    run.__name__ = task.name.replace(".", "_")
    return run


def main() -> None:
    """Work until told to stop."""
    give_way()
    house = start()
    app = make(house)
    app.worker_main(["worker", "-B", "--loglevel=warning", "--concurrency=1", "--without-gossip", "--without-mingle"])


if __name__ == "__main__":
    main()
