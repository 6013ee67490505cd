extension Assets {
  /// What the pages do by themselves: live figures, countdowns, a question before what cannot be taken back. Every page
  /// works without it.
  static let script = """
    "use strict";
    const one = (selector) => document.querySelector(selector);
    const every = (selector) => Array.from(document.querySelectorAll(selector));

    const span = (ms) => {
      const seconds = Math.floor(ms / 1000), minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
      if (seconds < 60) return seconds + " s";
      if (minutes < 60) return minutes + " min";
      if (hours < 24) return hours + " h " + (minutes % 60) + " min";
      return Math.floor(hours / 24) + " d " + (hours % 24) + " h";
    };
    const countdowns = () => {
      for (const element of every("[data-until]")) {
        const left = Number(element.dataset.until) - Date.now();
        element.textContent = left > 0 ? span(left) + " left" : "overdue by " + span(-left);
        element.classList.toggle("late", left <= 0);
      }
    };
    countdowns();
    setInterval(countdowns, 1000);

    for (const input of every("input[name=by]")) {
      try { input.value = localStorage.getItem("by") || ""; } catch (_) { /* storage may be off */ }
    }
    for (const form of every("form.actions")) {
      form.addEventListener("submit", (event) => {
        const ask = event.submitter && event.submitter.dataset.ask;
        if (ask && !confirm(ask)) { event.preventDefault(); return; }
        try { localStorage.setItem("by", form.elements.by.value); } catch (_) { /* storage may be off */ }
      });
    }

    let refreshDue = false;
    const refresh = async () => {
      refreshDue = false;
      const answer = await fetch("/live/figures", { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const figures = await answer.json();
      for (const element of every("[data-figure]")) element.textContent = figures[element.dataset.figure];
      for (const element of every("[data-stage]")) {
        const count = figures["stage." + element.dataset.stage];
        element.textContent = count;
        const chip = element.closest(".chip");
        if (chip) chip.classList.toggle("none", count === "0");
      }
      const alarm = one(".tile[href='/exceptions']");
      if (alarm) alarm.classList.toggle("alarm", figures.exceptions !== "0");
    };
    const refreshSoon = () => {
      if (refreshDue) return;
      refreshDue = true;
      setTimeout(() => refresh().catch(() => {}), 1500);
    };

    const tail = one("#tail");
    const show = (change) => {
      const item = document.createElement("li");
      const time = document.createElement("time");
      time.textContent = change.at.slice(11, 23);
      const link = document.createElement("a");
      link.href = "/orders/" + encodeURIComponent(change.handoff);
      link.textContent = change.number || change.orderId;
      const text = document.createElement("span");
      text.textContent = change.event.replaceAll("_", " ") + " → " + change.stage;
      item.append(time, link, text);
      tail.prepend(item);
      while (tail.children.length > 60) tail.lastChild.remove();
      const empty = one("#tail-empty");
      if (empty) empty.remove();
    };

    const pulse = one("#pulse");
    if (pulse && tail) {
      const source = new EventSource("/live");
      source.onopen = () => { pulse.className = "pulse on"; };
      source.onerror = () => { pulse.className = "pulse off"; };
      source.addEventListener("transition", (event) => { show(JSON.parse(event.data)); refreshSoon(); });
      setInterval(refreshSoon, 5000);
    } else if (pulse) {
      pulse.remove();
    }
    """
}
