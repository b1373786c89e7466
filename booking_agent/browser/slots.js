// Free slots: days with their marks, the times of one day, what a caller has said, and the next that fit.
import { element, settle } from "../../contact_center/web/browser/settle.js";
import { t } from "../../contact_center/web/browser/words.js";

const MARKS = { free: "○", few: "△", full: "×", closed: "－", unknown: "？" };
const PROPOSED = 3;
const WEEKDAYS = t("日月火水木金土").split(/(?<=[^A-Za-z])|,/).filter(Boolean);

export const dayWords = (iso) => {
  const day = new Date(`${iso}T00:00:00`);
  return t("{month}月{day}日({weekday})", { month: day.getMonth() + 1, day: day.getDate(), weekday: WEEKDAYS[day.getDay()] });
};

export class Slots {
  // `onDay` is told which day's times are wanted, `onSlot` which slot was chosen.
  constructor(place, { post, onDay, onSlot }) {
    this.place = place;
    this.post = post;
    this.onDay = onDay;
    this.onSlot = onSlot;
    this.calendar = null;
    this.day = "";
    this.chosen = null;
    this.wish = null;
    const said = element("p", "", "bk-said");
    const label = element("label", t("いつがよいか（聞いたまま）"), "", said);
    this.input = element("input", "", "", said);
    this.input.id = `${place.id}-said`;
    label.htmlFor = this.input.id;
    this.input.placeholder = t("来週の木曜の午後");
    this.input.maxLength = 80;
    this.input.autocomplete = "off";
    this.read = element("span", "", "quiet", said);
    this.state = element("p", "", "quiet");
    this.state.role = "status";
    this.next = element("p", "", "bk-next");
    this.days = element("ol", "", "bk-days");
    this.head = element("p", "", "bk-day");
    this.times = element("ol", "", "bk-times");
    place.replaceChildren(said, this.state, this.next, this.days, this.head, this.times);
    this.input.addEventListener("input", (event) => !event.isComposing && this.hear());
    this.input.addEventListener("compositionend", () => this.hear());
    this.input.addEventListener("keydown", (event) => event.key === "Enter" && this.first(event));
    this.days.addEventListener("click", ({ target }) => this.pickDay(target.closest("button")?.dataset.day));
    this.next.addEventListener("click", ({ target }) => {
      const { day, start, end } = target.closest("button")?.dataset ?? {};
      if (!start) return;
      this.day = day;
      this.pickTime({ start, end });
    });
    this.times.addEventListener("click", ({ target }) => this.pickTime(target.closest("button")?.dataset));
  }

  show(calendar, state = "") {
    this.calendar = calendar;
    this.state.textContent = state;
    this.draw();
  }

  clear() {
    Object.assign(this, { calendar: null, day: "", chosen: null, wish: null });
    this.input.value = "";
    this.read.textContent = "";
    this.draw();
  }

  hear() {
    clearTimeout(this.due);
    this.due = setTimeout(async () => {
      const words = this.input.value;
      const wish = words.trim() ? await this.post("said", { words }) : null;
      if (words !== this.input.value) return;
      this.wish = wish;
      this.read.textContent = !wish ? "" : wish.read ? t("聞き取り: {read}", { read: wish.read }) : t("日付も時間も聞き取れません");
      const fits = this.free().filter(([day]) => this.fitsDay(day));
      // Times of a day that was not meant are never shown under what was said.
      if (this.day && !fits.some(([day]) => day === this.day)) Object.assign(this, { day: "", chosen: null });
      if (wish?.first && fits.length && !fits.some(([day]) => day === this.day)) this.pickDay(fits[0][0]);
      this.draw();
    }, 150);
  }

  fitsDay(day) {
    const { first, last, weekdays } = this.wish ?? {};
    if (first && day < first) return false;
    if (last && day > last) return false;
    return !weekdays?.length || weekdays.includes((new Date(`${day}T00:00:00`).getDay() + 6) % 7);
  }

  fitsTime(start) {
    const { from, until } = this.wish ?? {};
    return (!from || start >= from) && (!until || start < until);
  }

  free() {
    return (this.calendar?.days ?? []).filter(([, mark]) => mark === "free" || mark === "few");
  }

  first(event) {
    event.preventDefault();
    const next = this.times.querySelector("button:not(:disabled)") ?? this.days.querySelector("button:not(:disabled)");
    next?.focus();
  }

  pickDay(day) {
    if (!day) return;
    this.day = day;
    this.chosen = null;
    this.draw();
    this.onDay(day);
  }

  pickTime(data) {
    if (!data?.start) return;
    this.chosen = { day: this.day, start: data.start, end: data.end };
    this.draw();
    this.onSlot(this.chosen);
  }

  draw() {
    const { slots, words } = this.offers();
    this.next.dataset.title = words;
    settle(this.next, slots.map(({ day, start, end }) => {
      const key = element("button", `${dayWords(day)} ${start}`);
      key.type = "button";
      key.dataset.key = `${day} ${start}`;
      Object.assign(key.dataset, { day, start, end });
      return key;
    }));
    const fits = this.free().filter(([day]) => this.fitsDay(day));
    const shown = this.wish ? fits : this.calendar?.days ?? [];
    settle(this.days, shown.map(([day, mark]) => {
      const row = element("li");
      row.dataset.key = day;
      const key = element("button", "", "", row);
      key.type = "button";
      key.dataset.day = day;
      key.disabled = mark !== "free" && mark !== "few";
      key.setAttribute("aria-pressed", String(day === this.day));
      element("span", dayWords(day), "", key);
      element("b", MARKS[mark] ?? mark, mark, key);
      return row;
    }));
    this.head.textContent = this.day ? dayWords(this.day) : "";
    const times = (this.calendar?.times?.[this.day] ?? []).filter(([start]) => this.fitsTime(start));
    settle(this.times, times.map(([start, end, mark]) => {
      const ours = this.calendar.ours?.includes(`${this.day}|${start}`);
      const row = element("li");
      row.dataset.key = start;
      const key = element("button", "", "", row);
      key.type = "button";
      key.dataset.start = start;
      key.dataset.end = end;
      key.disabled = ours || (mark !== "free" && mark !== "few");
      key.title = ours ? t("他の席で手続き中") : "";
      key.setAttribute("aria-pressed", String(this.chosen?.day === this.day && this.chosen?.start === start));
      element("span", start, "", key);
      element("b", ours ? t("手続き中") : MARKS[mark] ?? mark, mark, key);
      return row;
    }));
  }

  // What is offered by voice: the next free slots that fit what was said; where none does, that, and the next free ones after it.
  offers() {
    const fitting = this.nextFree((day) => this.fitsDay(day), (start) => this.fitsTime(start));
    if (fitting.length || !this.wish?.read || !this.calendar?.seen_at) return { slots: fitting, words: "" };
    const { first } = this.wish;
    const { opens, closes } = this.calendar;
    if (first && (first < opens || first > closes)) {
      return { slots: [], words: t("予約できるのは {from} から {until} までです。", { from: dayWords(opens), until: dayWords(closes) }) };
    }
    // Days that fit, but whose times are not known yet, are looked at when they are chosen.
    if (this.free().some(([day]) => this.fitsDay(day) && !this.calendar.times?.[day])) return { slots: [], words: "" };
    const later = this.nextFree((day) => !first || day >= first, () => true);
    return { slots: later, words: later.length ? t("ご希望の日時に空きはありません。次に空いているのは:") : t("ご希望の日時に空きはありません。") };
  }

  // The next free slots, as far as their times are known.
  nextFree(fitsDay, fitsTime) {
    const found = [];
    for (const [day] of this.free().filter(([one]) => fitsDay(one))) {
      for (const [start, end, mark] of this.calendar.times?.[day] ?? []) {
        const ours = this.calendar.ours?.includes(`${day}|${start}`);
        if (!ours && (mark === "free" || mark === "few") && fitsTime(start)) found.push({ day, start, end });
        if (found.length === PROPOSED) return found;
      }
    }
    return found;
  }
}
