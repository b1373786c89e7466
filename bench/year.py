"""A year of contacts, made by SQL in bulk (SQLite): contacts, their events, the figures folded from them, callbacks, numbers.

Every value is worked out from the contact's number, so that two runs make the same year.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, time, timedelta
from pathlib import Path

from contact_center.clock import TOKYO, day_of
from contact_center.contacts import Unserved
from contact_center.house import House
from contact_center.settings import SERVICE_LEVEL

DAYS = 365
OPEN_CALLBACKS = 15
NUMBERS_DAYS = 90
"""Callers' numbers are kept for that many days, as the settings of a real centre say."""

CATEGORIES = (
    "new", "renewal", "certificate", "booking", "proxy", "pin", "loss", "address", "foreigner", "child", "return", "insurance",
    "account", "mynaportal", "phone", "licence", "postoffice", "general", "fraud", "complaint", "elsewhere",
)  # fmt: skip
OUTCOMES = (
    "faq", "booked", "not_booked", "department", "national", "other_city", "supervisor", "reported", "callback", "complaint",
    "broken_off",
)  # fmt: skip

DRAW = """
CREATE TEMP TABLE drawn AS
WITH RECURSIVE
  numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :contacts),
  dice AS (
    SELECT n, n * 2654435761 % 4294967296 / 4294967296.0 AS a, n * 2246822519 % 4294967296 / 4294967296.0 AS b,
           n * 3266489917 % 4294967296 / 4294967296.0 AS c FROM numbers
  )
SELECT n + 1 AS id, a, b, c,
       :midnight + n * :days / :contacts * 86400000 + CAST((8.5 + 8.5 * a) * 3600000 AS INTEGER) AS arrived,
       CASE WHEN b < 0.9 THEN 'answered' WHEN b < 0.98 THEN 'abandoned' ELSE 'overflowed' END AS ended,
       CAST(60000 * c AS INTEGER) AS waited, CAST(60000 + 400000 * a AS INTEGER) AS talked,
       CAST(10000 + 60000 * c AS INTEGER) AS wrapped, CAST(a * 1000003 AS INTEGER) AS choice
FROM dice;
"""
"""Spans are milliseconds. A day of contacts is spread over its opening hours; nine of ten are answered."""

CONTACTS = """
INSERT INTO contacts (id, key, channel, city_id, line_id, menu, state, withheld, arrived_at, queued_at, answered_at, ended_at,
                      closed_at, unserved, cut, category, further, outcome)
SELECT id, 'year-' || id, 'phone', 'mihon', 'line1', '', iif(ended = 'answered', 'closed', 'unserved'), '', arrived, arrived,
       iif(ended = 'answered', arrived + waited, NULL),
       arrived + waited + iif(ended = 'answered', talked, 0), arrived + waited + iif(ended = 'answered', talked + wrapped, 0),
       iif(ended = 'answered', NULL, ended), 0,
       iif(ended = 'answered', :categories ->> (choice % json_array_length(:categories)), NULL), '[]',
       iif(ended = 'answered', :outcomes ->> (choice / 100 % json_array_length(:outcomes)), NULL)
FROM drawn;
"""

EVENTS = """
WITH steps(kind, answered) AS (
  VALUES ('ContactArrived', NULL), ('ContactQueued', NULL), ('ContactOffered', 1), ('ContactAnswered', 1),
         ('ContactWrapping', 1), ('ContactClosed', 1), ('ContactUnserved', 0)
)
INSERT INTO events (at, kind, city, contact, actor, data)
SELECT CASE WHEN kind IN ('ContactArrived', 'ContactQueued') THEN arrived_at
            WHEN kind IN ('ContactOffered', 'ContactAnswered') THEN answered_at
            WHEN kind = 'ContactWrapping' THEN ended_at ELSE closed_at END,
       kind, city_id, id, 'switchboard',
       CASE kind
         WHEN 'ContactArrived' THEN json_object('line', line_id, 'channel', channel)
         WHEN 'ContactQueued' THEN json_object('line', line_id, 'pool', 'main')
         WHEN 'ContactOffered' THEN json_object('line', line_id, 'seat', 'seat-1')
         WHEN 'ContactAnswered' THEN
           json_object('line', line_id, 'seat', 'seat-1', 'person', 0, 'waited', (answered_at - arrived_at) / 1000.0)
         WHEN 'ContactWrapping' THEN
           json_object('line', line_id, 'seat', 'seat-1', 'talked', (ended_at - answered_at) / 1000.0)
         WHEN 'ContactClosed' THEN
           json_object('line', line_id, 'person', 0, 'category', category, 'further', json('[]'), 'outcome', outcome,
                       'talked', (ended_at - answered_at) / 1000.0, 'wrapped', (closed_at - ended_at) / 1000.0)
         ELSE json_object('line', line_id, 'how', unserved, 'waited', (closed_at - arrived_at) / 1000.0)
       END
FROM contacts CROSS JOIN steps
WHERE answered IS NULL OR answered = (outcome IS NOT NULL);
"""

HOURS = f"""
INSERT INTO report_hours (day, hour, line, city, arrived, answered, within_level, closed, waited, longest_wait, talked, wrapped,
                          {", ".join(Unserved)})
SELECT date(at / 1000 + 32400, 'unixepoch'), CAST(strftime('%H', at / 1000 + 32400, 'unixepoch') AS INTEGER), data ->> 'line',
       city, sum(kind = 'ContactArrived'), sum(kind = 'ContactAnswered'),
       sum(kind = 'ContactAnswered' AND data ->> 'waited' <= :level), sum(kind = 'ContactClosed'),
       sum(iif(kind = 'ContactAnswered', data ->> 'waited', 0.0)), max(iif(kind = 'ContactAnswered', data ->> 'waited', 0.0)),
       sum(iif(kind = 'ContactClosed', data ->> 'talked', 0.0)), sum(iif(kind = 'ContactClosed', data ->> 'wrapped', 0.0)),
       {", ".join(f"sum(kind = 'ContactUnserved' AND data ->> 'how' = '{how}')" for how in Unserved)}
FROM events WHERE kind IN ('ContactArrived', 'ContactAnswered', 'ContactClosed', 'ContactUnserved')
GROUP BY 1, 2, 3;
"""

SUBJECTS = """
INSERT INTO report_subjects (day, line, category, outcome, city, closed)
SELECT date(closed_at / 1000 + 32400, 'unixepoch'), line_id, category, outcome, city_id, count(*)
FROM contacts WHERE outcome IS NOT NULL GROUP BY 1, 2, 3, 4;
"""

CURSOR = "INSERT OR REPLACE INTO report_cursor (id, last) SELECT 1, max(id) FROM events;"

CALLBACKS = """
INSERT INTO callbacks (contact_id, city_id, line_id, fingerprint, urgency, how, asked_at, waited, times, attempts, done_at)
SELECT id, city_id, line_id, hex(randomblob(32)), 'must', unserved, closed_at, 0, 1, 1,
       iif(row_number() OVER (ORDER BY id DESC) > :open_callbacks, closed_at + 3600000, NULL)
FROM contacts WHERE unserved = 'overflowed';
"""

NUMBERS = """
INSERT INTO personal_values (owner_kind, owner_id, field, key_id, sealed, fingerprint, erase_at)
SELECT 'contact', CAST(id AS TEXT), 'number', 'contact-' || date(arrived_at / 1000 + 32400, 'unixepoch'), randomblob(41),
       hex(randomblob(32)), arrived_at + :numbers_days * 86400000
FROM contacts WHERE arrived_at > :midnight + (:days - :numbers_days) * 86400000;
"""
"""The sealed values are only as long as real ones: nobody opens them here."""


def fill(house: House, contacts: int) -> None:
    """Put a year of so many contacts, which ends today, into an empty database."""
    first = day_of(house.clock.now()) - timedelta(days=DAYS - 1)
    values = {
        "contacts": contacts, "days": DAYS, "midnight": round(datetime.combine(first, time(), TOKYO).timestamp() * 1000),
        "categories": json.dumps(CATEGORIES), "outcomes": json.dumps(OUTCOMES), "level": house.settings[SERVICE_LEVEL],
        "open_callbacks": OPEN_CALLBACKS, "numbers_days": NUMBERS_DAYS,
    }  # fmt: skip
    with sqlite3.connect(Path(house.database.path or "")) as connection:
        for statement in (DRAW, CONTACTS, EVENTS, HOURS, SUBJECTS, CURSOR, CALLBACKS, NUMBERS):
            connection.execute(statement, values)
    connection.close()
